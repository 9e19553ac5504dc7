-- The first day that is over, has stays and was not packed.
SELECT day
FROM (SELECT to_date(right(part.relname, 8), 'YYYYMMDD') AS day
      FROM pg_inherits AS link JOIN pg_class AS part ON part.oid = link.inhrelid
      WHERE link.inhparent = 'tracing_stay'::regclass) AS days
WHERE day < %(today)s AND NOT EXISTS (SELECT FROM tracing_packed AS done WHERE done.day = days.day)
ORDER BY day LIMIT 1

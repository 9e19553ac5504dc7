-- People of an area about whom something of these kinds was told: whom a rule that asks about it looks at.
SELECT count(DISTINCT f.person_id)::int AS people
FROM loop_fact AS f
WHERE f.kind = ANY (%(kinds)s) AND f.area >= %(first)s AND f.area < %(after)s AND f.person_id IS NOT NULL

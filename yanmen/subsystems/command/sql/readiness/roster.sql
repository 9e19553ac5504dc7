-- check: roster
-- order: 10
-- zh: 此刻有人值班
-- en: Somebody is on duty now
-- page: command.roster
-- needs: people_on_duty
-- remedy: 排好值班表 | Fill the duty roster
SELECT count(*) FROM command_shift AS s
WHERE s.cancelled_at IS NULL AND s.starts_at <= %(now)s AND s.ends_at > %(now)s
  AND (s.area >= %(first)s AND s.area < %(after)s OR %(first)s LIKE s.area || '%%')

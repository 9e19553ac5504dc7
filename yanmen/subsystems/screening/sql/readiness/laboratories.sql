-- check: laboratories
-- order: 20
-- zh: 有可用的检测机构
-- en: Laboratories with capacity
-- page: screening.laboratories
-- needs: laboratories
-- remedy: 登记检测机构及日检测能力 | Register laboratories with their capacity
SELECT count(*) FROM screening_laboratory AS l
WHERE l.area >= %(first)s AND l.area < %(after)s AND l.open_from <= %(now)s AND (l.open_to IS NULL OR l.open_to > %(now)s)

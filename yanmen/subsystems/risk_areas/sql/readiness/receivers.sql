-- check: receivers
-- order: 40
-- zh: 重点地区清单有人接收
-- en: Somebody receives the key-area list
-- needs: receivers
-- remedy: 由账号管理员授予“重点地区清单接收人” | Have the role of its receiver granted
SELECT count(*) FROM registry_grant AS g
WHERE g.role = 'risk_areas.receiver' AND g.valid_from <= %(now)s AND (g.valid_to IS NULL OR g.valid_to > %(now)s)
  AND (g.area >= %(first)s AND g.area < %(after)s OR %(first)s LIKE g.area || '%%')

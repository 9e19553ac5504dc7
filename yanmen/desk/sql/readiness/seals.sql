-- check: seals
-- order: 60
-- zh: 签名密钥可用（昨日已封印）
-- en: The signing key works: yesterday is sealed
-- page: desk.ledger
-- needs: sealed_days
-- remedy: 检查签名密钥和每日封印 | Look at the signing key and the daily seal
SELECT count(*) FROM loop_daily_seal AS s WHERE s.day = local_date(%(now)s) - 1

-- check: turns
-- order: 50
-- zh: 闭环在运转
-- en: The loop turns
-- page: desk.ledger
-- needs: turns
-- remedy: 启动 yanmen turn 或 yanmen serve | Start yanmen turn, or yanmen serve
SELECT count(*) FROM (SELECT at FROM loop_turn ORDER BY id DESC LIMIT 1) AS t
WHERE t.at > %(now)s - %(turn_minutes)s * interval '1 minute'

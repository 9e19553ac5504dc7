-- check: rooms
-- order: 30
-- zh: 有洁净的隔离房间
-- en: Clean quarantine rooms
-- page: quarantine.sites
-- needs: rooms_clean
-- remedy: 启用隔离点或清理房间 | Open a site, or make rooms ready
SELECT count(*) FROM quarantine_room AS r JOIN quarantine_site AS s ON s.place_id = r.site_id
WHERE s.area >= %(first)s AND s.area < %(after)s AND s.state IN ('ready', 'open') AND r.state = 'clean'

-- What does not balance: tubes that nobody holds, moments and boxes that contradict each other, members who were not told.
WITH tubes AS (
    SELECT t.*, b.state AS box_state, b.code AS box_code FROM screening_tube t LEFT JOIN screening_box b ON b.id = t.box_id
    WHERE t.first_at >= %(since)s AND t.area >= %(area)s AND t.area < %(area)s || '~'
), bound AS (
    SELECT DISTINCT ON (k.tube, k.person_id) k.tube, k.person_id, k.id, k.recorded_at, k.area, k.occurred_at
    FROM known_screening_bound(%(now)s) k
    WHERE k.id >= first_id_of(local_date(%(since)s) - 1) AND k.area >= %(area)s AND k.area < %(area)s || '~'
    ORDER BY k.tube, k.person_id, k.occurred_at
), looked AS (
    SELECT coalesce(max(l.up_to), '-infinity') AS up_to FROM screening_look l
), counted AS (
    SELECT b.tube, count(*) AS members FROM bound b, looked WHERE b.recorded_at < looked.up_to GROUP BY b.tube
), asked AS (
    SELECT f.person_id, f.detail ->> 'tube' AS tube FROM known_facts(%(now)s) f
    WHERE f.kind = 'screening.void' AND f.recorded_at >= %(since)s
), told AS (
    SELECT f.id FROM known_facts(%(now)s) f
    WHERE f.kind IN ('screening.reactive', 'screening.result') AND f.recorded_at >= %(since)s
), negative AS (
    SELECT n.id FROM known_screening_negative(%(now)s) n WHERE n.id >= first_id_of(local_date(%(since)s) - 1)
)
SELECT 'tube_held_by_nobody' AS fault, t.code AS tube, t.area, NULL::bigint AS person FROM tubes t
WHERE t.released_at IS NULL AND t.void_at IS NULL AND (
    t.logged_at IS NOT NULL AND t.run_id IS NULL
    OR t.received_at IS NOT NULL AND t.laboratory_id IS NULL
    OR t.received_at IS NULL AND t.boxed_at IS NOT NULL AND (t.box_id IS NULL OR t.box_state IN ('lost', 'discarded', 'reconciled')))
UNION ALL
SELECT 'tube_out_of_order', t.code, t.area, NULL FROM tubes t
WHERE t.sent_at < t.boxed_at OR t.received_at < t.sent_at OR t.logged_at < t.received_at OR t.measured_at < t.logged_at
   OR t.released_at < t.measured_at OR t.logged_at IS NOT NULL AND t.received_at IS NULL
UNION ALL
SELECT 'tube_ended_twice', t.code, t.area, NULL FROM tubes t WHERE t.released_at IS NOT NULL AND t.void_at IS NOT NULL
UNION ALL
SELECT 'tube_against_box', t.code, t.area, NULL FROM tubes t
WHERE t.condition <> 'unexpected' AND (t.box_state IN ('draft', 'ready', 'discarded') AND t.sent_at IS NOT NULL
   OR t.box_state IN ('sent', 'in_transit', 'received', 'reconciled', 'lost') AND t.sent_at IS NULL
   OR t.box_state = 'reconciled' AND t.condition = '')
UNION ALL
SELECT 'members_against_bindings', t.code, t.area, NULL FROM tubes t JOIN counted c ON c.tube = t.code WHERE c.members <> t.members
UNION ALL
SELECT 'binding_without_tube', b.tube, min(b.area), NULL FROM bound b, looked
WHERE b.recorded_at < looked.up_to AND NOT EXISTS (SELECT FROM screening_tube t WHERE t.code = b.tube) GROUP BY b.tube
UNION ALL
SELECT 'negative_not_told', t.code, t.area, b.person_id FROM tubes t JOIN bound b ON b.tube = t.code
WHERE t.result = 'negative' AND b.person_id IS NOT NULL AND b.occurred_at <= t.received_at
  AND NOT EXISTS (SELECT FROM negative n WHERE n.id = screening_told_id(t.told, b.id))
UNION ALL
SELECT 'reactive_not_held', t.code, t.area, b.person_id FROM tubes t JOIN bound b ON b.tube = t.code
WHERE t.released_at IS NOT NULL AND t.result <> 'negative' AND b.person_id IS NOT NULL AND b.occurred_at <= t.received_at
  AND NOT EXISTS (SELECT FROM told f WHERE f.id = screening_told_id(t.told, b.id))
UNION ALL
SELECT 'void_not_told', t.code, t.area, b.person_id FROM tubes t JOIN bound b ON b.tube = t.code
WHERE t.void_at IS NOT NULL AND b.person_id IS NOT NULL
  AND NOT EXISTS (SELECT FROM asked a WHERE a.tube = t.code AND a.person_id = b.person_id)
ORDER BY 1, 2, 4 LIMIT 1000

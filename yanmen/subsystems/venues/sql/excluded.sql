-- Claimed check-ins of people whom a measure held in quarantine or hospital at that moment, hours after it began.
WITH standing AS MATERIALIZED (
    SELECT (d.detail ->> 'scan')::uuid AS scan, d.detail ->> 'why' AS why, d.id
    FROM known_facts(%(now)s) d WHERE d.kind = 'venues.scan_doubted'
)
SELECT s.id, s.person_id, s.place_id, s.area, s.occurred_at, left(p.area, 4) AS home
FROM known_presence_scanned(%(now)s) s
JOIN registry_person p ON p.id = s.person_id
WHERE s.recorded_at > %(from)s AND s.recorded_at <= %(to)s AND s.claimed AND s.place_id IS NOT NULL
  AND NOT EXISTS (SELECT FROM venues_venue v WHERE v.place_id = s.place_id AND v.kind = ANY (%(compatible)s))
  AND EXISTS (
      SELECT FROM loop_measure m JOIN loop_edition_stage g ON g.edition_id = m.edition_id
      WHERE m.subject_type = 'person' AND m.subject = coalesce(p.same_as_id, p.id) AND m.state <> 'proposed'
        AND g.place = ANY (%(places)s)
        AND m.imposed_at + %(transfer)s <= s.occurred_at AND (m.ended_at IS NULL OR m.ended_at > s.occurred_at)
        AND local_date(s.occurred_at) >= m.count_from + g.from_day
        AND (g.to_day IS NULL OR m.over_hold AND g.is_last OR local_date(s.occurred_at) <= m.count_from + g.to_day)
  )
  AND s.id NOT IN (SELECT scan FROM standing)
ORDER BY s.id

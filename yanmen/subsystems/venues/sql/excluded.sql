-- Claimed check-ins of people whom a measure held in quarantine or hospital at that moment, hours after it began.
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
  AND NOT EXISTS (SELECT FROM known_facts(%(now)s) d WHERE d.kind = 'venues.scan_doubted'
                  AND d.person_id = s.person_id AND d.detail ->> 'scan' = s.id::text)
ORDER BY s.id

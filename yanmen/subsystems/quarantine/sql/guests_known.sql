-- What rooms ask of people: age, household, guardian, where they live; what the latest check of their home said.
SELECT p.id AS person, p.name, p.born_on, coalesce(h.area, p.area)::text AS area,
       coalesce(nullif(h.address, ''), p.address) AS address, p.household_id AS household, p.guardian_id AS guardian,
       checked.detail AS home, told.needs
FROM registry_person p
LEFT JOIN registry_household h ON h.id = p.household_id
LEFT JOIN LATERAL (
    SELECT f.detail FROM loop_fact f
    WHERE f.person_id = p.id AND f.kind = 'quarantine.home_checked' AND f.recorded_at <= %(now)s
      AND NOT EXISTS (SELECT FROM loop_fact c WHERE c.corrects = f.id AND c.recorded_at <= %(now)s)
    ORDER BY f.occurred_at DESC, f.id DESC LIMIT 1
) checked ON true
LEFT JOIN LATERAL (
    SELECT array_agg(DISTINCT f.detail ->> 'need' || ':' || coalesce(f.detail ->> 'text', '')) AS needs FROM loop_fact f
    WHERE f.person_id = p.id AND f.kind = 'quarantine.need_told' AND f.recorded_at <= %(now)s AND f.detail ->> 'need' IN ('dialysis', 'language')
      AND NOT EXISTS (SELECT FROM loop_fact c WHERE c.corrects = f.id AND c.recorded_at <= %(now)s)
) told ON true
WHERE p.id = ANY (%(people)s)

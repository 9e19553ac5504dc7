-- Every proposal to switch an area to emergency: who proposed, who approved, who undid it; newest first.
SELECT f.id, f.area::text AS area, f.occurred_at AS at, f.recorded_by AS by,
       f.detail ->> 'desk' AS desk, f.detail ->> 'disease' AS disease, f.detail ->> 'document' AS document,
       f.detail ->> 'clause' AS clause, (f.detail ->> 'starts_on')::date AS starts_on, (f.detail ->> 'ends_on')::date AS ends_on,
       f.detail ->> 'unit' AS unit, f.detail ->> 'switch' AS switch, f.detail ->> 'renews' AS renews,
       coalesce(f.detail ->> 'unready', '') AS unready, coalesce(f.detail ->> 'unready_reason', '') AS unready_reason,
       a.at AS approved_at, coalesce(a.unit, '') AS approved_unit,
       u.occurred_at AS undone_at, coalesce(u.detail ->> 'reason', '') AS undone_reason, coalesce(u.detail ->> 'document', '') AS undone_document
FROM known_facts(%(now)s) AS f
LEFT JOIN LATERAL (
    SELECT min(g.occurred_at) AS at, min(g.detail ->> 'unit') AS unit
    FROM known_facts(%(now)s) AS g
    WHERE g.kind = 'measure.approved' AND g.area = f.area AND g.detail ->> 'reason' = f.id::text AND g.recorded_by <> f.recorded_by
    HAVING count(*) > 0
) AS a ON true
LEFT JOIN LATERAL (
    SELECT g.occurred_at, g.detail FROM known_facts(%(now)s) AS g
    WHERE g.kind = 'mode.undone' AND g.area = f.area AND g.detail ->> 'proposal' = f.id::text
    ORDER BY g.occurred_at LIMIT 1
) AS u ON true
WHERE f.kind = 'mode.proposed' AND f.area >= %(first)s AND f.area < %(after)s
ORDER BY f.occurred_at DESC, f.id DESC LIMIT %(limit)s

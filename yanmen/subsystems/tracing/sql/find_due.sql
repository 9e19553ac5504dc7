-- Cases to look at for contacts: those that something recorded since the last look touches, then the open ones not looked at for longest.
WITH fresh AS MATERIALIZED (
    SELECT fact.id, fact.kind, fact.person_id, fact.recorded_by, fact.detail FROM loop_fact AS fact
    WHERE fact.recorded_at > %(since)s
    UNION ALL
    SELECT old.id, old.kind, old.person_id, old.recorded_by, old.detail
    FROM loop_fact AS fact JOIN loop_fact AS old ON old.id = fact.corrects
    WHERE fact.recorded_at > %(since)s
), people AS (
    SELECT DISTINCT other.person_id AS id
    FROM fresh
    JOIN loop_fact AS other
        ON other.kind = 'tracing.setting_told' AND other.detail ->> 'name' = fresh.detail ->> 'name'
        AND other.detail ->> 'setting' = fresh.detail ->> 'setting'
    WHERE fresh.kind = 'tracing.setting_told'
), touched AS (
    SELECT coalesce(fresh.detail ->> 'case', fresh.id::text) AS key FROM fresh WHERE fresh.kind = 'cases.reported'
    UNION
    SELECT fresh.detail ->> 'case' FROM fresh
    WHERE fresh.kind IN ('cases.reclassified', 'cases.admitted', 'cases.discharged', 'cases.died', 'cases.assessed', 'cases.merged',
                         'tracing.contact_excluded')
       OR fresh.kind IN ('tracing.contact_found', 'tracing.general_contact_found') AND fresh.recorded_by <> %(by)s
    UNION
    SELECT fresh.detail ->> 'into' FROM fresh WHERE fresh.kind = 'cases.merged'
    UNION
    SELECT coalesce(report.detail ->> 'case', report.id::text)
    FROM people JOIN loop_fact AS report ON report.person_id = people.id AND report.kind = 'cases.reported'
    UNION
    SELECT contact.detail ->> 'case'
    FROM fresh JOIN loop_fact AS contact ON contact.person_id = fresh.person_id AND contact.kind = 'tracing.contact_found'
    WHERE fresh.kind = 'arrivals.transferred'
), open AS (
    SELECT reported.key
    FROM (
        SELECT DISTINCT coalesce(report.detail ->> 'case', report.id::text) AS key
        FROM loop_fact AS report
        WHERE report.kind = 'cases.reported' AND report.person_id IS NOT NULL AND report.occurred_at > %(open_since)s
    ) AS reported
    LEFT JOIN tracing_finding AS look ON look.case_key = reported.key
    ORDER BY look.looked_at NULLS FIRST, reported.key
    LIMIT %(most)s
)
SELECT key FROM touched WHERE key IS NOT NULL
UNION
SELECT key FROM open
ORDER BY key

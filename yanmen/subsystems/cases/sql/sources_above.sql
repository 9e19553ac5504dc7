-- The cases above a case in its chain: its infector, that one's infector, and so on, as told and in the asker's areas.
WITH RECURSIVE above AS (
    SELECT %(infector)s::text AS key
    UNION
    SELECT fact.detail ->> 'infector'
    FROM above JOIN loop_fact AS fact ON fact.kind = 'cases.source_told' AND fact.detail ->> 'case' = above.key
    WHERE fact.detail ->> 'infector' <> '' AND fact.area >= %(area)s AND fact.area < %(area)s || '~'
      AND NOT EXISTS (SELECT FROM loop_fact AS later WHERE later.corrects = fact.id)
)
SELECT key FROM above

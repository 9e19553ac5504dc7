-- Positive tubes all of whose members were tested alone since and are negative: swapped, mixed up or contaminated.
WITH told AS (
    SELECT f.detail ->> 'tube' AS tube, f.person_id, max((f.detail ->> 'members')::int) AS members, max(f.occurred_at) AS sampled_at
    FROM known_facts(%(now)s) f
    WHERE f.kind = 'screening.reactive' AND f.detail ->> 'result' = 'positive' AND f.occurred_at > %(since)s
    GROUP BY 1, 2
), judged AS (
    SELECT o.tube, o.members, count(*) AS people,
           bool_and(EXISTS (
               SELECT FROM known_tests(%(now)s) t
               WHERE t.person_id = o.person_id AND t.id >= first_id_of(%(oldest)s) AND t.members = 1 AND t.method = 'nat'
                 AND t.occurred_at > o.sampled_at AND t.result = 'negative')) AS negative,
           bool_or(EXISTS (
               SELECT FROM known_tests(%(now)s) t
               WHERE t.person_id = o.person_id AND t.id >= first_id_of(%(oldest)s) AND t.occurred_at >= o.sampled_at
                 AND t.result <> 'negative')) AS positive
    FROM told o
    WHERE NOT EXISTS (SELECT FROM screening_finding f WHERE f.kind = 'no_member_positive' AND f.tube = o.tube)
    GROUP BY o.tube, o.members
)
INSERT INTO screening_finding (kind, tube, area, site_id, key, detail, found_at, resolved_by, note)
SELECT 'no_member_positive', t.code, t.area, t.site_id, '', jsonb_build_object('people', j.people), %(now)s, '', ''
FROM judged j JOIN screening_tube t ON t.code = j.tube
WHERE j.negative AND NOT j.positive AND j.people >= j.members
ON CONFLICT (kind, tube, key) DO NOTHING

-- Some people and everybody merged with them, as relations ask about them.
INSERT INTO stays_asked (subject, member)
SELECT subject, subject FROM unnest(%(subjects)s::bigint[]) AS subject
UNION ALL
SELECT subject, person.id FROM unnest(%(subjects)s::bigint[]) AS subject JOIN registry_person AS person ON person.same_as_id = subject

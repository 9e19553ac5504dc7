-- Editions: what the rules say, from when, stored once.

-- name: editions
SELECT digest, id FROM loop_edition WHERE digest = ANY(%(digests)s)

-- name: store_edition
INSERT INTO loop_edition (pack, rule, area, valid_from, valid_to, digest, body)
VALUES (%(pack)s, %(rule)s, %(area)s, %(valid_from)s, %(valid_to)s, %(digest)s, %(body)s::jsonb)
ON CONFLICT (digest) DO UPDATE SET valid_to = excluded.valid_to
RETURNING id

-- name: store_stage
INSERT INTO loop_edition_stage (edition_id, ordinal, place, from_day, to_day, is_last, marks)
VALUES (%(edition)s, %(ordinal)s, %(place)s, %(from_day)s, %(to_day)s, %(is_last)s, %(marks)s::jsonb)
ON CONFLICT (edition_id, ordinal) DO NOTHING

-- name: store_edition_task
INSERT INTO loop_edition_task (edition_id, kind, ordinal, day, within_hours, every_days, role)
VALUES (%(edition)s, %(kind)s, %(ordinal)s, %(day)s, %(within_hours)s, %(every_days)s, %(role)s)
ON CONFLICT (edition_id, kind, ordinal) DO NOTHING

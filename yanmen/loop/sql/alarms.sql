-- Alarms for inspection.

-- name: raise_alarm
INSERT INTO loop_alarm (at, kind, actor, count, detail)
VALUES (%(now)s, %(kind)s, %(actor)s, %(count)s, %(detail)s::jsonb)

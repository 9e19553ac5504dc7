-- The end of a turn: sequence, hash chain, what edges follow.

-- name: new_turn
SELECT nextval(pg_get_serial_sequence('loop_turn', 'id'))

-- name: new_seq
WITH alone AS MATERIALIZED (SELECT pg_advisory_xact_lock(%(lock)s, 0))
SELECT nextval(pg_get_serial_sequence('loop_outbox', 'seq')) FROM alone

-- name: tell
WITH told AS (
    INSERT INTO loop_outbox (seq, at, topic, body) OVERRIDING SYSTEM VALUE
    VALUES (%(seq)s, %(now)s, %(topic)s, %(body)s::jsonb)
)
SELECT pg_notify('yanmen_outbox', %(seq)s::bigint::text)

-- name: seal
-- The turn stands in the text: a kept plan would expect the rows of an average turn, and read the whole ledger.
INSERT INTO loop_seal (turn, at, events, digest, previous)
SELECT %(turn)s, %(now)s, count(*),
       sha256(coalesce((SELECT digest FROM loop_seal ORDER BY id DESC LIMIT 1), ''::bytea)
              || convert_to(string_agg(event_text(ROW(e.*)::public.loop_event), E'\n' ORDER BY e.id), 'UTF8')),
       coalesce((SELECT digest FROM loop_seal ORDER BY id DESC LIMIT 1), ''::bytea)
FROM loop_event e WHERE e.turn = {turn} HAVING count(*) > 0

-- name: close_turn
INSERT INTO loop_turn (id, at, as_of, subjects, imposed, proposed, revised, lifted, completed, over_held, tasks_opened,
                       tasks_closed, tasks_failed, statuses, seconds)
OVERRIDING SYSTEM VALUE
VALUES (%(turn)s, %(now)s, %(as_of)s, %(subjects)s, %(imposed)s, %(proposed)s, %(revised)s, %(lifted)s, %(completed)s,
        %(over_held)s, %(tasks_opened)s, %(tasks_closed)s, %(tasks_failed)s, %(statuses)s, %(seconds)s)

-- name: tell_edges
SELECT outbox_tell(%(topic)s, %(body)s::jsonb, %(now)s)

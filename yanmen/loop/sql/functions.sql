-- Functions that relations and the turn share. Idempotent.

CREATE OR REPLACE FUNCTION local_date(moment timestamptz) RETURNS date
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT (moment AT TIME ZONE 'Asia/Shanghai')::date $$;

CREATE OR REPLACE FUNCTION day_start(day date) RETURNS timestamptz
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT day::timestamp AT TIME ZONE 'Asia/Shanghai' $$;

-- Which facts were corrected or withdrawn, and when, whoever asks: a correction that moves a fact to another area is not shown to
-- the old one, but what it takes back must count in neither twice. It runs as its owner and says nothing of the correction itself.
CREATE OR REPLACE VIEW loop_corrected AS
    SELECT c.corrects AS fact, c.recorded_at FROM loop_fact c WHERE c.corrects IS NOT NULL;

-- Facts that count, as known at a moment: recorded by then, and neither corrected nor withdrawn by then.
CREATE OR REPLACE FUNCTION known_facts(known_at timestamptz) RETURNS SETOF loop_fact
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT f.* FROM loop_fact f
    WHERE f.recorded_at <= known_at
      AND NOT EXISTS (SELECT 1 FROM loop_corrected c WHERE c.fact = f.id AND c.recorded_at <= known_at)
$$;

-- Area measures as known at a moment, a row a stage. Those lifted because their reason was gone never were.
CREATE OR REPLACE FUNCTION area_marks(known_at timestamptz)
RETURNS TABLE (measure_id bigint, kind text, rule text, area_id bigint, area_code text, mark_tier text,
               first_day date, last_day date, known_on date, evidence uuid[])
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    WITH latest AS (
        SELECT DISTINCT ON (e.measure_id) e.*
        FROM loop_event e WHERE e.subject_type = 'area' AND e.at <= known_at
        ORDER BY e.measure_id, e.id DESC
    ), imposed AS (
        SELECT e.measure_id, local_date(max(e.at)) AS on_day
        FROM loop_event e WHERE e.subject_type = 'area' AND e.at <= known_at AND e.act IN ('imposed', 'approved')
        GROUP BY e.measure_id
    )
    SELECT l.measure_id, l.kind, l.rule, l.subject, l.area::text, s.marks ->> 'tier',
           l.count_from + s.from_day,
           CASE WHEN s.is_last AND l.over_hold THEN NULL ELSE l.count_from + s.to_day END,
           greatest(l.known_on, imposed.on_day), l.evidence
    FROM latest l
    JOIN imposed ON imposed.measure_id = l.measure_id
    JOIN loop_edition_stage s ON s.edition_id = l.edition_id
    WHERE l.state IN ('in_force', 'completed') OR (l.state = 'lifted' AND l.note = 'edition')
$$;

-- A ledger row as one line of text, the same in every session: what the hash chain covers.
CREATE OR REPLACE FUNCTION event_text(e loop_event) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT concat_ws('|', e.id, e.turn, extract(epoch FROM e.at), e.act, e.measure_id, e.rule, e.kind, e.subject_type,
        e.subject, e.reason, e.area, e.state, e.edition_id, to_char(e.count_from, 'YYYY-MM-DD'),
        to_char(e.last_day, 'YYYY-MM-DD'), to_char(e.known_on, 'YYYY-MM-DD'), e.over_hold, e.evidence, e.note)
$$;

-- Whether an area stands in emergency mode for a desk now: by a measure on itself or on what it lies in, for that desk or for all ('*').
-- The reason of such a measure reads  desk|disease|proposal.
CREATE OR REPLACE FUNCTION in_emergency(code text, desk text) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT EXISTS (
        SELECT 1 FROM loop_measure m
        WHERE m.area = ANY (ARRAY[left(code, 2), left(code, 4), left(code, 6), left(code, 9), code]::varchar[])
          AND m.kind = 'emergency_mode' AND m.subject_type = 'area' AND m.state = 'in_force'
          AND split_part(m.reason, '|', 1) IN ('*', desk)
    )
$$;

-- The same as known at a moment, from the ledger: what relations ask, so that an audit finds what the turn found.
CREATE OR REPLACE FUNCTION area_modes(known_at timestamptz)
RETURNS TABLE (area_code text, desk text, disease text, first_day date, known_on date, evidence uuid[])
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT l.area::text, split_part(l.reason, '|', 1), split_part(l.reason, '|', 2), l.count_from, l.known_on, l.evidence
    FROM (SELECT DISTINCT ON (e.measure_id) e.* FROM loop_event e
          WHERE e.subject_type = 'area' AND e.kind = 'emergency_mode' AND e.at <= known_at
          ORDER BY e.measure_id, e.id DESC) l
    WHERE l.state = 'in_force'
$$;

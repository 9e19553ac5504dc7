-- Working tables of a turn. They live in the session and empty themselves at commit.

-- name: scratch
CREATE TEMP TABLE IF NOT EXISTS woken (subject_type text, subject bigint) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS asked (subject bigint, member bigint) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS desired (
    rule text, kind text, subject bigint, reason text, state text, edition_id bigint, count_from date, last_day date,
    known_on date, next_change date, since_at timestamptz, evidence uuid[], area text
) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS touched (measure_id bigint, subject_type text, subject bigint, kind text, act text) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS ending (
    measure_id bigint, rule text, subject bigint, member bigint, count_from date, last_day date, edition_id bigint
) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS met (measure_id bigint, end_name text) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS wanted (
    measure_id bigint, kind text, ordinal int, subject bigint, area text, role text, opens_at timestamptz, due_at timestamptz
) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS changed (subject bigint) ON COMMIT DELETE ROWS

-- Working tables of a turn. They live in the session; a turn leaves them empty (emptying them at commit costs
-- more than a small turn). They are made anew after a large turn, and when deleted rows have filled them.
-- subjects: whom this stratum asks about, once each; asked: the same with every merged duplicate as a member.
-- Each is analysed once with a single row in it: kept plans then expect few rows, and use the indexes.

-- name: scratch
DROP TABLE IF EXISTS pg_temp.woken, pg_temp.subjects, pg_temp.asked, pg_temp.desired, pg_temp.touched, pg_temp.ending,
    pg_temp.met, pg_temp.wanted, pg_temp.changed;
CREATE TEMP TABLE woken (subject_type text, subject bigint);
CREATE TEMP TABLE subjects (subject bigint);
CREATE TEMP TABLE asked (subject bigint, member bigint);
CREATE TEMP TABLE desired (
    rule text, kind text, subject bigint, reason text, state text, edition_id bigint, count_from date, last_day date,
    known_on date, next_change date, since_at timestamptz, evidence uuid[], area text
);
CREATE TEMP TABLE touched (measure_id bigint, subject_type text, subject bigint, kind text, act text, stratum int);
CREATE TEMP TABLE ending (
    measure_id bigint, rule text, subject bigint, member bigint, count_from date, last_day date, edition_id bigint
);
CREATE TEMP TABLE met (measure_id bigint, end_name text);
CREATE TEMP TABLE wanted (
    measure_id bigint, kind text, ordinal int, subject bigint, area text, role text, opens_at timestamptz, due_at timestamptz
);
CREATE TEMP TABLE changed (subject bigint);
INSERT INTO woken DEFAULT VALUES; INSERT INTO subjects DEFAULT VALUES; INSERT INTO asked DEFAULT VALUES;
INSERT INTO desired DEFAULT VALUES; INSERT INTO touched DEFAULT VALUES; INSERT INTO ending DEFAULT VALUES;
INSERT INTO met DEFAULT VALUES; INSERT INTO wanted DEFAULT VALUES; INSERT INTO changed DEFAULT VALUES;
ANALYZE woken, subjects, asked, desired, touched, ending, met, wanted, changed;
DELETE FROM woken; DELETE FROM subjects; DELETE FROM asked; DELETE FROM desired; DELETE FROM touched; DELETE FROM ending;
DELETE FROM met; DELETE FROM wanted; DELETE FROM changed

-- name: drop_scratch
DROP TABLE pg_temp.woken, pg_temp.subjects, pg_temp.asked, pg_temp.desired, pg_temp.touched, pg_temp.ending, pg_temp.met,
    pg_temp.wanted, pg_temp.changed

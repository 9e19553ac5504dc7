-- What relations, jobs and pages of venues share. Idempotent.

-- Kilometres between two points on the sphere (haversine; mean radius of the Earth, IUGG).
CREATE OR REPLACE FUNCTION venues_km(lon1 float8, lat1 float8, lon2 float8, lat2 float8) RETURNS float8
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT 2 * 6371.0088 * asin(least(1, sqrt(
        sin(radians(lat2 - lat1) / 2) ^ 2 + cos(radians(lat1)) * cos(radians(lat2)) * sin(radians(lon2 - lon1) / 2) ^ 2)))
$$;

-- The policy's numbers of one name on a day; null when none are in force.
CREATE OR REPLACE FUNCTION venues_numbers(norm text, on_day date) RETURNS jsonb
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT n.parts FROM venues_norm n
    WHERE n.name = norm AND n.valid_from <= on_day AND (n.valid_to IS NULL OR on_day < n.valid_to)
    ORDER BY n.valid_from DESC LIMIT 1
$$;

-- Check-ins that count as presence, as known at a moment. What was recorded on the spot counts at once. What a phone
-- claims counts when it was judged; that of somebody registered in another county only after the window in which a
-- forwarded code shows. What is in doubt never counts.
CREATE OR REPLACE FUNCTION venues_counted(known_at timestamptz) RETURNS SETOF loop_bulk_presence_scanned
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT s.* FROM known_presence_scanned(known_at) s
    WHERE s.place_id IS NOT NULL
      AND (s.claimed IS NOT TRUE
           OR s.recorded_at <= (SELECT max(j.settled_to) FROM venues_judging j WHERE j.at <= known_at)
           OR s.recorded_at <= (SELECT max(j.up_to) FROM venues_judging j WHERE j.at <= known_at)
              AND EXISTS (SELECT FROM registry_person p WHERE p.id = s.person_id AND left(p.area, 6) = left(s.area, 6)))
      AND NOT EXISTS (SELECT FROM known_facts(known_at) d
                      WHERE d.person_id = s.person_id AND d.kind = 'venues.scan_doubted' AND d.detail ->> 'scan' = s.id::text)
$$;

-- How long a visit lasts when nothing says when it ended.
CREATE OR REPLACE FUNCTION venues_minutes(place bigint, on_day date) RETURNS integer
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT coalesce(v.stay_minutes, (n.parts ->> v.kind)::integer, (n.parts ->> 'other')::integer, 720)
    FROM (SELECT venues_numbers('venues.stays', on_day) AS parts) n
    LEFT JOIN venues_venue v ON v.place_id = place
$$;

-- A visit ends with the next check-in anywhere, on leaving, or after its usual time; never later than twelve hours on.
CREATE OR REPLACE FUNCTION venues_stay_end(entered_at timestamptz, next_at timestamptz, left_at timestamptz, minutes integer)
RETURNS timestamptz LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT least(next_at, left_at, entered_at + make_interval(mins => minutes), entered_at + interval '12 hours')
$$;

-- When a check-in ended its stay on leaving, if somebody said so.
CREATE OR REPLACE FUNCTION venues_left_at(person bigint, place bigint, entered_at timestamptz, known_at timestamptz)
RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT min(l.occurred_at) FROM known_venues_left(known_at) l
    WHERE l.person_id = person AND l.place_id = place
      AND l.occurred_at > entered_at AND l.occurred_at <= entered_at + interval '12 hours'
$$

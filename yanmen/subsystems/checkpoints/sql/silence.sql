-- Posts of an area that are manned by a shift and of which nothing has come in for too long. Told once for each silence.
WITH manned AS (
    SELECT post.place_id, post.area, place.name_zh, max(shift.starts_at) AS starts_at
    FROM checkpoints_shift shift
    JOIN checkpoints_post post ON post.place_id = shift.post_id
    JOIN registry_place place ON place.id = post.place_id
    WHERE shift.starts_at <= %(now)s AND shift.ends_at > %(now)s
      AND post.open_from <= %(now)s AND (post.open_to IS NULL OR post.open_to > %(now)s)
      AND post.area COLLATE "C" >= %(area)s AND post.area COLLATE "C" < %(area)s || '~'
    GROUP BY 1, 2, 3
), silent AS (
    SELECT manned.*, greatest(manned.starts_at, heard.at) AS since
    FROM manned
    LEFT JOIN LATERAL (
        SELECT max(passed.recorded_at) AS at FROM loop_bulk_checkpoints_passed passed
        WHERE passed.place_id = manned.place_id AND passed.occurred_at >= manned.starts_at - interval '1 day'
          AND passed.occurred_at <= %(now)s AND passed.recorded_at <= %(now)s
    ) heard ON true
)
INSERT INTO loop_alarm (at, kind, actor, count, detail)
SELECT %(now)s, 'post_silent', %(by)s, 1, told.detail
FROM (SELECT jsonb_build_object('area', area, 'place', name_zh, 'since', since) AS detail FROM silent
      WHERE since < %(now)s - %(minutes)s * interval '1 minute') told
WHERE NOT EXISTS (SELECT FROM loop_alarm known WHERE known.kind = 'post_silent' AND known.detail = told.detail)

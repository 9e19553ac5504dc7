-- The daily seal: a day's last link of the chain and that day's facts, under the signing key.

-- name: unsealed_days
SELECT day FROM (
    SELECT DISTINCT local_date(at) AS day FROM loop_turn
    UNION
    SELECT DISTINCT local_date(recorded_at) FROM loop_fact
) d
WHERE day < %(as_of)s AND NOT EXISTS (SELECT 1 FROM loop_daily_seal s WHERE s.day = d.day) ORDER BY day

-- name: day_digests
SELECT coalesce((SELECT digest FROM loop_seal WHERE at < day_start(%(day)s::date + 1) ORDER BY id DESC LIMIT 1), ''::bytea) AS chain,
       (SELECT count(*) FROM loop_fact WHERE recorded_at >= day_start(%(day)s) AND recorded_at < day_start(%(day)s::date + 1)) AS facts,
       (SELECT sha256(convert_to(coalesce(string_agg(concat_ws('|', f.id, f.kind, f.person_id, f.place_id, f.area,
                  extract(epoch FROM f.occurred_at), extract(epoch FROM f.recorded_at), f.recorded_by, f.detail, f.corrects),
                  E'\n' ORDER BY f.id), ''), 'UTF8'))
        FROM loop_fact f
        WHERE f.recorded_at >= day_start(%(day)s) AND f.recorded_at < day_start(%(day)s::date + 1)) AS facts_digest

-- name: store_daily_seal
INSERT INTO loop_daily_seal (day, digest, facts, facts_digest, key_id, signature, sealed_at)
VALUES (%(day)s, %(digest)s, %(facts)s, %(facts_digest)s, %(key_id)s, %(signature)s, %(now)s)
ON CONFLICT (day) DO NOTHING

-- name: daily_seals
SELECT day, digest, facts, facts_digest, key_id, signature FROM loop_daily_seal ORDER BY day

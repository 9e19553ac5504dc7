-- What the published documents are made from, within the row-level security of the program itself.

-- name: worsened
-- Everybody whose colour is worse than the default and came to be so since a moment, under every number; so, too, who was
-- found since to be one person with somebody of such a colour.
WITH worse AS (
    SELECT subject, value FROM loop_status
    WHERE subject_type = 'person' AND status = %(status)s AND value <> %(default)s
      AND area >= %(area)s AND area < %(area)s || '~'
      AND (since >= %(since)s OR subject IN (
          SELECT coalesce(one.same_as_id, one.id) FROM registry_matchdecision AS decided
          JOIN registry_person AS one ON one.id = decided.left_id
          WHERE decided.at >= %(since)s OR decided.undone_at >= %(since)s))
)
SELECT subject, value FROM worse
UNION ALL
SELECT twin.id, worse.value FROM worse JOIN registry_person AS twin ON twin.same_as_id = worse.subject

-- name: papers
-- Papers that may still be shown: those taken back, and those of people with a colour now.
SELECT paper.pseudonym, paper.colour, paper.revoked_at IS NOT NULL AS revoked, coalesce(status.value, %(default)s) AS value
FROM health_code_papercode AS paper
JOIN registry_person AS person ON person.id = paper.person_id
LEFT JOIN loop_status AS status ON status.subject = coalesce(person.same_as_id, person.id)
    AND status.subject_type = 'person' AND status.status = %(status)s
WHERE paper.expires_at > %(now)s AND paper.area >= %(area)s AND paper.area < %(area)s || '~'
  AND (paper.revoked_at IS NOT NULL OR status.value <> %(default)s)

-- name: lost_keys
-- Keys of telephones that nobody may use any more, as long as codes bound to them may live.
SELECT DISTINCT lost.public_key
FROM registry_device AS lost
WHERE lost.kind = 'holder' AND lost.revoked_at >= %(since)s AND lost.area >= %(area)s AND lost.area < %(area)s || '~'
  AND NOT EXISTS (SELECT FROM registry_device AS other
                  WHERE other.public_key = lost.public_key AND other.revoked_at IS NULL AND other.expires_at > %(now)s)

-- name: basis
-- What changes when any of it changes.
SELECT concat_ws('/',
    (SELECT max(version) FROM loop_status WHERE subject_type = 'person' AND status = %(status)s),
    (SELECT max(revoked_at) FROM health_code_papercode), (SELECT max(revoked_at) FROM registry_device),
    (SELECT max(greatest(at, undone_at)) FROM registry_matchdecision))

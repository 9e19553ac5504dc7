-- What is in force of every field of some doors and of the people behind them: the newest edit that came into force.
SELECT DISTINCT ON (door_id, person_id, field)
       door_id AS door, person_id AS person, field, key, value, sealed, digest, said_at, by
FROM grid_edit
WHERE door_id = ANY(%(doors)s) AND outcome IN ('created', 'settled')
ORDER BY door_id, person_id, field, id DESC

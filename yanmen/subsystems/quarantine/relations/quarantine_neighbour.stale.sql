-- People who were in a site together with a changed person who was reported as a case during the stay, or no longer is one.
SELECT DISTINCT near.person_id AS subject
FROM changed
JOIN quarantine_stay AS own ON own.person_id = changed.subject AND own.admitted_at IS NOT NULL
JOIN quarantine_stay AS near ON near.site_id = own.site_id AND near.person_id <> own.person_id AND near.admitted_at IS NOT NULL
WHERE near.admitted_at < coalesce(own.ended_at, 'infinity') AND own.admitted_at < coalesce(near.ended_at, 'infinity')
  AND EXISTS (
      SELECT FROM loop_fact AS report
      WHERE report.person_id = own.person_id AND report.kind = 'cases.reported' AND report.occurred_at >= own.admitted_at
  )

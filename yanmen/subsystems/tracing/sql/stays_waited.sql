-- What needs to wait no longer: it is a stay now, was taken back, is in doubt, or its day is gone.
DELETE FROM tracing_waiting AS waiting
WHERE (waiting.person_id IN (SELECT member FROM stays_asked)
       AND (EXISTS (SELECT FROM stays_found AS found WHERE found.fact_id = waiting.fact_id)
            OR EXISTS (SELECT FROM loop_fact AS later WHERE later.corrects = waiting.fact_id)
            OR EXISTS (SELECT FROM loop_fact AS doubt
                       WHERE doubt.person_id = waiting.person_id AND doubt.kind = ANY (%(kinds)s)
                         AND doubt.detail ->> 'scan' = waiting.fact_id::text
                         AND NOT EXISTS (SELECT FROM loop_fact AS later WHERE later.corrects = doubt.id))))
   OR waiting.fact_id < first_id_of(local_date(%(first)s))

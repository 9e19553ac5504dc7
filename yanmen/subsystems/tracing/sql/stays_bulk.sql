-- People of whom facts of a bulk kind came in that say no stay of their own (leaving).
UNION SELECT fact.person_id FROM {table} AS fact WHERE fact.recorded_at > %(from)s AND fact.recorded_at <= %(now)s

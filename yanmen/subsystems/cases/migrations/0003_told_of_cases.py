"""What lists ask of the books for every line: reports by their number in a list, care, outcome and sources by their case."""

from django.db import migrations

CREATE = """
CREATE INDEX cases_number_in_list ON loop_fact ((detail ->> 'list_source'), (detail ->> 'number_in_list'))
WHERE kind = 'cases.reported' AND detail ? 'number_in_list';

CREATE INDEX cases_report_of ON loop_fact ((detail ->> 'case')) WHERE kind = 'cases.reported';

CREATE INDEX cases_told_of ON loop_fact ((detail ->> 'case'))
WHERE kind IN ('cases.admitted', 'cases.discharged', 'cases.died', 'cases.source_told');

CREATE INDEX cases_infected_by ON loop_fact ((detail ->> 'infector')) WHERE kind = 'cases.source_told';
"""
DROP = "DROP INDEX cases_number_in_list, cases_report_of, cases_told_of, cases_infected_by;"


class Migration(migrations.Migration):
    dependencies = [("cases", "0002_line_lists"), ("loop", "0002_functions")]

    operations = [migrations.RunSQL(CREATE, DROP)]

"""Who shared a journey, a class or a ward, at once by its name; when each case was last looked at for contacts."""

from django.db import migrations

CREATE = """
CREATE INDEX tracing_setting ON loop_fact ((detail ->> 'name'), (detail ->> 'setting')) WHERE kind = 'tracing.setting_told';
CREATE INDEX tracing_excluded ON loop_fact ((detail ->> 'case')) WHERE kind = 'tracing.contact_excluded';
CREATE TABLE tracing_finding (case_key text PRIMARY KEY, looked_at timestamptz NOT NULL);
"""
DROP = """
DROP TABLE tracing_finding;
DROP INDEX tracing_excluded;
DROP INDEX tracing_setting;
"""


class Migration(migrations.Migration):
    dependencies = [("tracing", "0002_stays")]
    operations = [migrations.RunSQL(CREATE, DROP)]

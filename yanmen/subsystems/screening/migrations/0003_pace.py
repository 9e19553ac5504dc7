"""How fast a site and a laboratory are is asked by everybody who waits: found by index."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [('screening', '0002_tubes')]

    operations = [
        migrations.AddIndex(
            model_name='tube',
            index=models.Index(fields=['site', 'first_at'], name='screening_tube_site'),
        ),
        migrations.AddIndex(
            model_name='tube',
            index=models.Index(condition=models.Q(('released_at__isnull', False)), fields=['laboratory', 'released_at'], name='screening_tube_told'),
        ),
    ]

"""Orders and receipts down the levels, requests upward, the duty roster."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import yanmen.registry.models
import yanmen.subsystems.command.models.orders
import yanmen.subsystems.command.models.roster


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Handover',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', yanmen.registry.models.AreaCode(db_collation='C', max_length=12)),
                ('at', models.DateTimeField()),
                ('by', models.CharField()),
                ('from_name', models.CharField(max_length=60)),
                ('to_name', models.CharField(max_length=60)),
                ('note', models.TextField(blank=True, default='')),
                ('items', models.JSONField(default=yanmen.subsystems.command.models.roster.no_items)),
                ('taken_at', models.DateTimeField(null=True)),
                ('taken_by', models.CharField(blank=True, default='')),
            ],
            options={
                'indexes': [models.Index(fields=['area', '-at'], name='command_handover_area')],
            },
        ),
        migrations.CreateModel(
            name='Order',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', yanmen.registry.models.AreaCode(db_collation='C', max_length=12)),
                ('title', models.CharField(max_length=200)),
                ('text', models.TextField()),
                ('document', models.CharField(max_length=200)),
                ('clauses', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=200), default=list, size=None)),
                ('urgency', models.CharField()),
                ('target', models.JSONField()),
                ('target_sql', models.TextField()),
                ('target_count', models.PositiveIntegerField()),
                ('end', models.JSONField(default=yanmen.subsystems.command.models.orders.no_terms)),
                ('due_at', models.DateTimeField()),
                ('issued_at', models.DateTimeField()),
                ('issued_by', models.CharField()),
                ('state', models.CharField(default='open')),
                ('closed_at', models.DateTimeField(null=True)),
                ('closed_by', models.CharField(blank=True, default='')),
                ('closed_why', models.CharField(blank=True, default='', max_length=400)),
                ('replaced_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replaces', to='command.order')),
                ('root', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='below', to='command.order')),
            ],
        ),
        migrations.CreateModel(
            name='Receipt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('root_id', models.BigIntegerField()),
                ('area', yanmen.registry.models.AreaCode(db_collation='C', max_length=12)),
                ('state', models.CharField(default='issued')),
                ('due_at', models.DateTimeField()),
                ('issued_at', models.DateTimeField()),
                ('receive_by', models.DateTimeField()),
                ('received_at', models.DateTimeField(null=True)),
                ('received_by', models.CharField(blank=True, default='')),
                ('read_due', models.DateTimeField()),
                ('read_at', models.DateTimeField(null=True)),
                ('read_by', models.CharField(blank=True, default='')),
                ('accept_due', models.DateTimeField()),
                ('accepted_at', models.DateTimeField(null=True)),
                ('accepted_by', models.CharField(blank=True, default='')),
                ('split_at', models.DateTimeField(null=True)),
                ('done_at', models.DateTimeField(null=True)),
                ('done_by', models.CharField(blank=True, default='')),
                ('done_note', models.CharField(blank=True, default='', max_length=1000)),
                ('verified_at', models.DateTimeField(null=True)),
                ('verified_by', models.CharField(blank=True, default='')),
                ('returned_at', models.DateTimeField(null=True)),
                ('returned_why', models.CharField(blank=True, default='', max_length=400)),
                ('returns', models.PositiveSmallIntegerField(default=0)),
                ('step_due', models.DateTimeField(null=True)),
                ('order', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='receipts', to='command.order')),
            ],
        ),
        migrations.AddField(
            model_name='order',
            name='parent',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='orders', to='command.receipt'),
        ),
        migrations.CreateModel(
            name='Request',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', yanmen.registry.models.AreaCode(db_collation='C', max_length=12)),
                ('to_area', yanmen.registry.models.AreaCode(db_collation='C', max_length=12)),
                ('kind', models.CharField()),
                ('text', models.TextField()),
                ('amount', models.PositiveIntegerField(null=True)),
                ('needed_at', models.DateTimeField(null=True)),
                ('asked_at', models.DateTimeField()),
                ('asked_by', models.CharField()),
                ('due_at', models.DateTimeField()),
                ('seen_at', models.DateTimeField(null=True)),
                ('seen_by', models.CharField(blank=True, default='')),
                ('answered_at', models.DateTimeField(null=True)),
                ('answered_by', models.CharField(blank=True, default='')),
                ('outcome', models.CharField(blank=True, default='')),
                ('reason', models.CharField(blank=True, default='', max_length=1000)),
                ('receipt', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='requests', to='command.receipt')),
            ],
        ),
        migrations.CreateModel(
            name='Shift',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', yanmen.registry.models.AreaCode(db_collation='C', max_length=12)),
                ('duty', models.CharField(default='officer')),
                ('account', models.BigIntegerField(null=True)),
                ('name', models.CharField(max_length=60)),
                ('phone_sealed', models.BinaryField(null=True)),
                ('phone_tail', models.CharField(blank=True, default='', max_length=4)),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
                ('written_at', models.DateTimeField()),
                ('written_by', models.CharField()),
                ('cancelled_at', models.DateTimeField(null=True)),
                ('cancelled_by', models.CharField(blank=True, default='')),
            ],
            options={
                'indexes': [models.Index(fields=['area', 'starts_at'], name='command_shift_area')],
                'constraints': [models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='command_shift_ends'), models.CheckConstraint(condition=models.Q(('duty__in', ('leader', 'officer'))), name='command_shift_duty')],
            },
        ),
        migrations.AddIndex(
            model_name='receipt',
            index=models.Index(fields=['root_id', 'area'], name='command_receipt_tree'),
        ),
        migrations.AddIndex(
            model_name='receipt',
            index=models.Index(fields=['area', '-issued_at'], name='command_receipt_area'),
        ),
        migrations.AddIndex(
            model_name='receipt',
            index=models.Index(condition=models.Q(('step_due__isnull', False)), fields=['step_due'], name='command_receipt_due'),
        ),
        migrations.AddConstraint(
            model_name='receipt',
            constraint=models.UniqueConstraint(fields=('order', 'area'), name='command_receipt_once'),
        ),
        migrations.AddConstraint(
            model_name='receipt',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ('issued', 'received', 'read', 'accepted', 'split', 'done', 'verified', 'recalled'))), name='command_receipt_state'),
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(fields=['area', '-issued_at'], name='command_order_area'),
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(fields=['root'], name='command_order_root'),
        ),
        migrations.AddConstraint(
            model_name='order',
            constraint=models.CheckConstraint(condition=models.Q(('urgency__in', ('express', 'urgent', 'ordinary'))), name='command_order_urgency'),
        ),
        migrations.AddConstraint(
            model_name='order',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ('open', 'recalled', 'superseded'))), name='command_order_state'),
        ),
        migrations.AddConstraint(
            model_name='order',
            constraint=models.CheckConstraint(condition=models.Q(('target_count__gt', 0)), name='command_order_for_somebody'),
        ),
        migrations.AddIndex(
            model_name='request',
            index=models.Index(fields=['area', '-asked_at'], name='command_request_area'),
        ),
        migrations.AddIndex(
            model_name='request',
            index=models.Index(condition=models.Q(('answered_at', None)), fields=['to_area', 'due_at'], name='command_request_open'),
        ),
        migrations.AddConstraint(
            model_name='request',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ('teams', 'supplies', 'rooms', 'decision', 'other'))), name='command_request_kind'),
        ),
        migrations.AddConstraint(
            model_name='request',
            constraint=models.CheckConstraint(condition=models.Q(('outcome__in', ('', 'granted', 'partly', 'refused'))), name='command_request_outcome'),
        ),
    ]

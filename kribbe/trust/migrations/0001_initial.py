import pgtrigger.compiler
from django.db import migrations, models


CACHE = """
CREATE TABLE trust_cache (
    cache_key varchar(255) PRIMARY KEY,
    value text NOT NULL,
    expires timestamp with time zone NOT NULL
);
CREATE INDEX trust_cache_expires ON trust_cache (expires);
"""
"""The table of Django's database cache: rate limits count over all processes."""


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.RunSQL(CACHE, "DROP TABLE trust_cache"),
        migrations.CreateModel(
            name='OnceToken',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token', models.CharField(max_length=64, unique=True)),
                ('at', models.DateTimeField()),
                ('outcome', models.CharField(blank=True, max_length=300)),
            ],
        ),
        migrations.CreateModel(
            name='StoredFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=32, unique=True)),
                ('space', models.CharField(db_index=True, max_length=40)),
                ('name', models.CharField(max_length=120)),
                ('media_type', models.CharField(max_length=40)),
                ('size', models.PositiveBigIntegerField()),
                ('width', models.PositiveIntegerField(default=0)),
                ('height', models.PositiveIntegerField(default=0)),
                ('widths', models.JSONField(default=list)),
                ('created_at', models.DateTimeField()),
                ('created_by', models.BigIntegerField(null=True)),
                ('held_until', models.DateTimeField(db_index=True, null=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('key__regex', '^[0-9a-f]{32}$')), name='file_key')],
            },
        ),
        migrations.CreateModel(
            name='AuditEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('actor_id', models.BigIntegerField(null=True)),
                ('actor_name', models.CharField(max_length=200)),
                ('action', models.CharField(max_length=60)),
                ('subject', models.CharField(max_length=60)),
                ('subject_id', models.BigIntegerField(null=True)),
                ('household_id', models.BigIntegerField(null=True)),
                ('desk_id', models.BigIntegerField(null=True)),
                ('reason', models.TextField(blank=True)),
                ('data', models.JSONField(default=dict)),
            ],
            options={
                'indexes': [models.Index(fields=['household_id', '-at'], name='audit_household'), models.Index(fields=['desk_id', '-at'], name='audit_desk'), models.Index(fields=['subject', 'subject_id'], name='audit_subject')],
                'triggers': [pgtrigger.compiler.Trigger(name='never_change', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='a2c1e115b72d8c5bbc9e00b01ee3b8a448bd3209', operation='UPDATE OR DELETE', pgid='pgtrigger_never_change_baa61', table='trust_auditentry', when='BEFORE')), pgtrigger.compiler.Trigger(name='never_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'trust_auditentry can only be added to';", hash='68c96e1f3c135c6e9d525c57f95f2d12fbec2f70', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_truncate_d019a', table='trust_auditentry', when='BEFORE'))],
            },
        ),
    ]

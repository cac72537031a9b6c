import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import django.db.models.functions.text
import kribbe.region.models
import kribbe.trust.references
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('pghistory', '0007_auto_20250421_0444'),
        ('region', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Household',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(default=kribbe.trust.references.new_reference, editable=False, max_length=8, unique=True)),
                ('street', models.CharField(max_length=200)),
                ('postcode', models.CharField(max_length=10)),
                ('city', models.CharField(max_length=100)),
                ('longitude', models.FloatField(null=True)),
                ('latitude', models.FloatField(null=True)),
                ('language', models.CharField(default='nl', max_length=2)),
                ('created_at', models.DateTimeField()),
                ('desk', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='households', to='region.desk')),
                ('municipality', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='region.municipality')),
            ],
            options={
                'triggers': [pgtrigger.compiler.Trigger(name='keys_due_added', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n                INSERT INTO people_householddue (household_id, at) SELECT DISTINCT * FROM (VALUES (NEW.id, now())) AS due\n                    ON CONFLICT (household_id) DO UPDATE SET at = EXCLUDED.at;\n                RETURN NULL;\n            ', hash='5228b277d6e8fdb803d5feee7c0d9648556e8f39', operation='INSERT', pgid='pgtrigger_keys_due_added_1bc94', table='people_household', when='AFTER')), pgtrigger.compiler.Trigger(name='keys_due_changed', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n                INSERT INTO people_householddue (household_id, at) SELECT DISTINCT * FROM (VALUES (OLD.id, now()), (NEW.id, now())) AS due\n                    ON CONFLICT (household_id) DO UPDATE SET at = EXCLUDED.at;\n                RETURN NULL;\n            ', hash='6d270518a17fe41f3ed3693f553c6fff6f902f57', operation='UPDATE OF "desk_id", "reference", "street", "postcode", "city"', pgid='pgtrigger_keys_due_changed_9d014', table='people_household', when='AFTER')), pgtrigger.compiler.Trigger(name='keys_due_removed', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n                INSERT INTO people_householddue (household_id, at) SELECT DISTINCT * FROM (VALUES (OLD.id, now())) AS due\n                    ON CONFLICT (household_id) DO UPDATE SET at = EXCLUDED.at;\n                RETURN NULL;\n            ', hash='8699b5691e5da15d2e8cc323540b9b7f9af49b03', operation='DELETE', pgid='pgtrigger_keys_due_removed_3cb04', table='people_household', when='AFTER')), pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "people_householdevent" ("city", "created_at", "desk_id", "id", "language", "latitude", "longitude", "municipality_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "postcode", "reference", "street") VALUES (NEW."city", NEW."created_at", NEW."desk_id", NEW."id", NEW."language", NEW."latitude", NEW."longitude", NEW."municipality_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."postcode", NEW."reference", NEW."street"); RETURN NULL;', hash='66ce423bd732293b0c40861b57a5d3f62604b203', operation='INSERT', pgid='pgtrigger_insert_insert_bfe65', table='people_household', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "people_householdevent" ("city", "created_at", "desk_id", "id", "language", "latitude", "longitude", "municipality_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "postcode", "reference", "street") VALUES (NEW."city", NEW."created_at", NEW."desk_id", NEW."id", NEW."language", NEW."latitude", NEW."longitude", NEW."municipality_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."postcode", NEW."reference", NEW."street"); RETURN NULL;', hash='52cc2d934442fa0db66109877b7c1046c2da0187', operation='UPDATE', pgid='pgtrigger_update_update_dc1e1', table='people_household', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "people_householdevent" ("city", "created_at", "desk_id", "id", "language", "latitude", "longitude", "municipality_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "postcode", "reference", "street") VALUES (OLD."city", OLD."created_at", OLD."desk_id", OLD."id", OLD."language", OLD."latitude", OLD."longitude", OLD."municipality_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."postcode", OLD."reference", OLD."street"); RETURN NULL;', hash='315f3d17d169df85ce82eef1662ba64115bcb5db', operation='DELETE', pgid='pgtrigger_delete_delete_f7549', table='people_household', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('email', models.EmailField(max_length=254, unique=True)),
                ('name', models.CharField(blank=True, max_length=200)),
                ('language', models.CharField(default='nl', max_length=2)),
                ('is_active', models.BooleanField(default=True)),
                ('joined_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('email', django.db.models.functions.text.Lower('email'))), name='user_email_lower')],
            },
        ),
        migrations.CreateModel(
            name='Adult',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_applicant', models.BooleanField(default=False)),
                ('first_name', models.CharField(max_length=100)),
                ('last_name', models.CharField(max_length=100)),
                ('name_key', models.CharField(db_index=True, max_length=200)),
                ('email', models.EmailField(blank=True, max_length=254)),
                ('phone', models.CharField(blank=True, max_length=40)),
                ('other_street', models.CharField(blank=True, max_length=200)),
                ('other_postcode', models.CharField(blank=True, max_length=10)),
                ('other_city', models.CharField(blank=True, max_length=100)),
                ('national_number_hash', models.CharField(blank=True, db_index=True, max_length=64)),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='adults', to=settings.AUTH_USER_MODEL)),
                ('work_municipality', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='region.municipality')),
                ('household', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='adults', to='people.household')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('is_applicant', True)), fields=('household',), name='household_one_applicant')],
                'triggers': [pgtrigger.compiler.Trigger(name='keys_due_added', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n                INSERT INTO people_householddue (household_id, at) SELECT DISTINCT * FROM (VALUES (NEW.household_id, now())) AS due\n                    ON CONFLICT (household_id) DO UPDATE SET at = EXCLUDED.at;\n                RETURN NULL;\n            ', hash='fc640138bc12598005e4b7394b3d68d6486c2102', operation='INSERT', pgid='pgtrigger_keys_due_added_526bd', table='people_adult', when='AFTER')), pgtrigger.compiler.Trigger(name='keys_due_changed', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n                INSERT INTO people_householddue (household_id, at) SELECT DISTINCT * FROM (VALUES (OLD.household_id, now()), (NEW.household_id, now())) AS due\n                    ON CONFLICT (household_id) DO UPDATE SET at = EXCLUDED.at;\n                RETURN NULL;\n            ', hash='b8dcf8132543f27a4dd9d10880c27eef45707703', operation='UPDATE OF "household_id", "is_applicant", "first_name", "last_name", "name_key", "email", "phone", "other_street", "other_postcode", "other_city", "national_number_hash"', pgid='pgtrigger_keys_due_changed_4949e', table='people_adult', when='AFTER')), pgtrigger.compiler.Trigger(name='keys_due_removed', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n                INSERT INTO people_householddue (household_id, at) SELECT DISTINCT * FROM (VALUES (OLD.household_id, now())) AS due\n                    ON CONFLICT (household_id) DO UPDATE SET at = EXCLUDED.at;\n                RETURN NULL;\n            ', hash='1478cbacdf00b8a27214b4babda997108f0311be', operation='DELETE', pgid='pgtrigger_keys_due_removed_3c979', table='people_adult', when='AFTER')), pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "people_adultevent" ("email", "first_name", "household_id", "id", "is_applicant", "last_name", "name_key", "national_number_hash", "other_city", "other_postcode", "other_street", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "user_id", "work_municipality_id") VALUES (NEW."email", NEW."first_name", NEW."household_id", NEW."id", NEW."is_applicant", NEW."last_name", NEW."name_key", NEW."national_number_hash", NEW."other_city", NEW."other_postcode", NEW."other_street", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."phone", NEW."user_id", NEW."work_municipality_id"); RETURN NULL;', hash='a7c99e05c5b3d36c5473879cc6125bed927f58dc', operation='INSERT', pgid='pgtrigger_insert_insert_dde7a', table='people_adult', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "people_adultevent" ("email", "first_name", "household_id", "id", "is_applicant", "last_name", "name_key", "national_number_hash", "other_city", "other_postcode", "other_street", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "user_id", "work_municipality_id") VALUES (NEW."email", NEW."first_name", NEW."household_id", NEW."id", NEW."is_applicant", NEW."last_name", NEW."name_key", NEW."national_number_hash", NEW."other_city", NEW."other_postcode", NEW."other_street", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."phone", NEW."user_id", NEW."work_municipality_id"); RETURN NULL;', hash='014574779b1025dae4b7fc6b5875c9bb5b270fa4', operation='UPDATE', pgid='pgtrigger_update_update_e1c05', table='people_adult', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "people_adultevent" ("email", "first_name", "household_id", "id", "is_applicant", "last_name", "name_key", "national_number_hash", "other_city", "other_postcode", "other_street", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "user_id", "work_municipality_id") VALUES (OLD."email", OLD."first_name", OLD."household_id", OLD."id", OLD."is_applicant", OLD."last_name", OLD."name_key", OLD."national_number_hash", OLD."other_city", OLD."other_postcode", OLD."other_street", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."phone", OLD."user_id", OLD."work_municipality_id"); RETURN NULL;', hash='6470caf23b9c626d6e59e49bd401a6bd282a15d7', operation='DELETE', pgid='pgtrigger_delete_delete_bfa69', table='people_adult', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='AdultEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('is_applicant', models.BooleanField(default=False)),
                ('first_name', models.CharField(max_length=100)),
                ('last_name', models.CharField(max_length=100)),
                ('name_key', models.CharField(max_length=200)),
                ('email', models.EmailField(blank=True, max_length=254)),
                ('phone', models.CharField(blank=True, max_length=40)),
                ('other_street', models.CharField(blank=True, max_length=200)),
                ('other_postcode', models.CharField(blank=True, max_length=10)),
                ('other_city', models.CharField(blank=True, max_length=100)),
                ('national_number_hash', models.CharField(blank=True, max_length=64)),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='people.adult')),
                ('user', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('work_municipality', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='region.municipality')),
                ('household', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='people.household')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Child',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('first_name', models.CharField(blank=True, max_length=100)),
                ('last_name', models.CharField(max_length=100)),
                ('name_key', models.CharField(db_index=True, max_length=200)),
                ('born', models.DateField(null=True)),
                ('expected', models.DateField(null=True)),
                ('birth_rank', models.PositiveSmallIntegerField(default=1)),
                ('foster', models.BooleanField(default=False)),
                ('care_need', models.BooleanField(default=False)),
                ('national_number_hash', models.CharField(blank=True, db_index=True, max_length=64)),
                ('household', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='children', to='people.household')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('born__isnull', False), ('expected__isnull', False), _connector='OR'), name='child_born_or_expected')],
                'triggers': [pgtrigger.compiler.Trigger(name='keys_due_added', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n                INSERT INTO people_householddue (household_id, at) SELECT DISTINCT * FROM (VALUES (NEW.household_id, now())) AS due\n                    ON CONFLICT (household_id) DO UPDATE SET at = EXCLUDED.at;\n                RETURN NULL;\n            ', hash='c092bc1373b4d0ab552ea6cfa2cc1994d0b76919', operation='INSERT', pgid='pgtrigger_keys_due_added_d4b08', table='people_child', when='AFTER')), pgtrigger.compiler.Trigger(name='keys_due_changed', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n                INSERT INTO people_householddue (household_id, at) SELECT DISTINCT * FROM (VALUES (OLD.household_id, now()), (NEW.household_id, now())) AS due\n                    ON CONFLICT (household_id) DO UPDATE SET at = EXCLUDED.at;\n                RETURN NULL;\n            ', hash='bb71e5628c31444f9201a6fa989ab7ede2e10d2c', operation='UPDATE OF "household_id", "first_name", "last_name", "born", "expected", "national_number_hash"', pgid='pgtrigger_keys_due_changed_a7ac3', table='people_child', when='AFTER')), pgtrigger.compiler.Trigger(name='keys_due_removed', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n                INSERT INTO people_householddue (household_id, at) SELECT DISTINCT * FROM (VALUES (OLD.household_id, now())) AS due\n                    ON CONFLICT (household_id) DO UPDATE SET at = EXCLUDED.at;\n                RETURN NULL;\n            ', hash='52417012426bce130571caaf7a3923a3a750736e', operation='DELETE', pgid='pgtrigger_keys_due_removed_daf29', table='people_child', when='AFTER')), pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "people_childevent" ("birth_rank", "born", "care_need", "expected", "first_name", "foster", "household_id", "id", "last_name", "name_key", "national_number_hash", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."birth_rank", NEW."born", NEW."care_need", NEW."expected", NEW."first_name", NEW."foster", NEW."household_id", NEW."id", NEW."last_name", NEW."name_key", NEW."national_number_hash", _pgh_attach_context(), NOW(), \'insert\', NEW."id"); RETURN NULL;', hash='d55eb7aa3452505b134e6ae7c1570c5037213be5', operation='INSERT', pgid='pgtrigger_insert_insert_bc2db', table='people_child', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "people_childevent" ("birth_rank", "born", "care_need", "expected", "first_name", "foster", "household_id", "id", "last_name", "name_key", "national_number_hash", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."birth_rank", NEW."born", NEW."care_need", NEW."expected", NEW."first_name", NEW."foster", NEW."household_id", NEW."id", NEW."last_name", NEW."name_key", NEW."national_number_hash", _pgh_attach_context(), NOW(), \'update\', NEW."id"); RETURN NULL;', hash='4ae56445f1aee842b37b17dc8bb43ce106e98b52', operation='UPDATE', pgid='pgtrigger_update_update_84682', table='people_child', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "people_childevent" ("birth_rank", "born", "care_need", "expected", "first_name", "foster", "household_id", "id", "last_name", "name_key", "national_number_hash", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."birth_rank", OLD."born", OLD."care_need", OLD."expected", OLD."first_name", OLD."foster", OLD."household_id", OLD."id", OLD."last_name", OLD."name_key", OLD."national_number_hash", _pgh_attach_context(), NOW(), \'delete\', OLD."id"); RETURN NULL;', hash='5e6a3e17a2e1c06e43b0c2e429ba0cdd89b8144b', operation='DELETE', pgid='pgtrigger_delete_delete_93bfc', table='people_child', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='ChildEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('first_name', models.CharField(blank=True, max_length=100)),
                ('last_name', models.CharField(max_length=100)),
                ('name_key', models.CharField(max_length=200)),
                ('born', models.DateField(null=True)),
                ('expected', models.DateField(null=True)),
                ('birth_rank', models.PositiveSmallIntegerField(default=1)),
                ('foster', models.BooleanField(default=False)),
                ('care_need', models.BooleanField(default=False)),
                ('national_number_hash', models.CharField(blank=True, max_length=64)),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='people.child')),
                ('household', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='people.household')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ReferrerOrganisation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100)),
                ('phone', models.CharField(blank=True, max_length=40)),
                ('email', models.EmailField(blank=True, max_length=254)),
                ('active', models.BooleanField(default=True)),
                ('desk', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='referrers', to='region.desk')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('desk', 'name'), name='referrer_once')],
                'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "people_referrerorganisationevent" ("active", "desk_id", "email", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone") VALUES (NEW."active", NEW."desk_id", NEW."email", NEW."id", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."phone"); RETURN NULL;', hash='921c66dce21fe6017fe5f93c4e3a9c3ca6fceed3', operation='INSERT', pgid='pgtrigger_insert_insert_e324e', table='people_referrerorganisation', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "people_referrerorganisationevent" ("active", "desk_id", "email", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone") VALUES (NEW."active", NEW."desk_id", NEW."email", NEW."id", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."phone"); RETURN NULL;', hash='d7ccfdf02438679f96dcf79933d649d8ce9ecebc', operation='UPDATE', pgid='pgtrigger_update_update_6b5a2', table='people_referrerorganisation', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "people_referrerorganisationevent" ("active", "desk_id", "email", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone") VALUES (OLD."active", OLD."desk_id", OLD."email", OLD."id", OLD."name", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."phone"); RETURN NULL;', hash='ca2f65767b76d18f6a936b969b03e99daabb2dca', operation='DELETE', pgid='pgtrigger_delete_delete_79f86', table='people_referrerorganisation', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='Consent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('what', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('request.make', 'Register and change our request'), ('household.change', 'Change our names, address, contacts and what gives priority'), ('request.answer_offer', 'Answer offers for us')], max_length=40), size=None)),
                ('during', django.contrib.postgres.fields.ranges.DateRangeField()),
                ('on_paper', models.BooleanField(default=False)),
                ('given_at', models.DateTimeField()),
                ('given_by', models.BigIntegerField(null=True)),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('withdrawn_by', models.BigIntegerField(null=True)),
                ('household', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='consents', to='people.household')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='consents', to='people.referrerorganisation')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('during__endswith__isnull', False)), name='consent_ends'), models.CheckConstraint(condition=models.Q(('what__contained_by', ['request.make', 'household.change', 'request.answer_offer']), ('what__len__gt', 0)), name='consent_what'), models.UniqueConstraint(condition=models.Q(('withdrawn_at', None)), fields=('household', 'organisation'), name='consent_one_standing')],
                'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "people_consentevent" ("during", "given_at", "given_by", "household_id", "id", "on_paper", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "what", "withdrawn_at", "withdrawn_by") VALUES (NEW."during", NEW."given_at", NEW."given_by", NEW."household_id", NEW."id", NEW."on_paper", NEW."organisation_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."what", NEW."withdrawn_at", NEW."withdrawn_by"); RETURN NULL;', hash='2fbe6df84b035c87e29f8c0591bcbfb6d82aeef2', operation='INSERT', pgid='pgtrigger_insert_insert_91c75', table='people_consent', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "people_consentevent" ("during", "given_at", "given_by", "household_id", "id", "on_paper", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "what", "withdrawn_at", "withdrawn_by") VALUES (NEW."during", NEW."given_at", NEW."given_by", NEW."household_id", NEW."id", NEW."on_paper", NEW."organisation_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."what", NEW."withdrawn_at", NEW."withdrawn_by"); RETURN NULL;', hash='6aba2398ccc10fd24e94d2dc9c5039ec985ec383', operation='UPDATE', pgid='pgtrigger_update_update_8387f', table='people_consent', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "people_consentevent" ("during", "given_at", "given_by", "household_id", "id", "on_paper", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "what", "withdrawn_at", "withdrawn_by") VALUES (OLD."during", OLD."given_at", OLD."given_by", OLD."household_id", OLD."id", OLD."on_paper", OLD."organisation_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."what", OLD."withdrawn_at", OLD."withdrawn_by"); RETURN NULL;', hash='11a1d5658133e2a055a9e76ddb86212e7ba0d168', operation='DELETE', pgid='pgtrigger_delete_delete_ee4b6', table='people_consent', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='ConsentEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('what', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('request.make', 'Register and change our request'), ('household.change', 'Change our names, address, contacts and what gives priority'), ('request.answer_offer', 'Answer offers for us')], max_length=40), size=None)),
                ('during', django.contrib.postgres.fields.ranges.DateRangeField()),
                ('on_paper', models.BooleanField(default=False)),
                ('given_at', models.DateTimeField()),
                ('given_by', models.BigIntegerField(null=True)),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('withdrawn_by', models.BigIntegerField(null=True)),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='people.consent')),
                ('household', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='people.household')),
                ('organisation', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='people.referrerorganisation')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='HouseholdDue',
            fields=[
                ('household_id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='HouseholdEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('reference', models.CharField(default=kribbe.trust.references.new_reference, editable=False, max_length=8)),
                ('street', models.CharField(max_length=200)),
                ('postcode', models.CharField(max_length=10)),
                ('city', models.CharField(max_length=100)),
                ('longitude', models.FloatField(null=True)),
                ('latitude', models.FloatField(null=True)),
                ('language', models.CharField(default='nl', max_length=2)),
                ('created_at', models.DateTimeField()),
                ('desk', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='region.desk')),
                ('municipality', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='region.municipality')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='people.household')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='HouseholdFact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('work', 'Work'), ('work_4_5', 'Work 4 5'), ('single', 'Single'), ('low_income', 'Low Income'), ('care_need', 'Care Need'), ('no_diploma', 'No Diploma'), ('dutch_speaking', 'Dutch Speaking')], max_length=20)),
                ('during', django.contrib.postgres.fields.ranges.DateRangeField()),
                ('recorded_at', models.DateTimeField()),
                ('recorded_by', models.BigIntegerField(null=True)),
                ('household', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='facts', to='people.household')),
            ],
            options={
                'constraints': [django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('kind', 'work')), expressions=[(kribbe.region.models.SameKey('household_id'), '&&'), ('during', '&&')], name='household_fact_work'), django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('kind', 'work_4_5')), expressions=[(kribbe.region.models.SameKey('household_id'), '&&'), ('during', '&&')], name='household_fact_work_4_5'), django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('kind', 'single')), expressions=[(kribbe.region.models.SameKey('household_id'), '&&'), ('during', '&&')], name='household_fact_single'), django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('kind', 'low_income')), expressions=[(kribbe.region.models.SameKey('household_id'), '&&'), ('during', '&&')], name='household_fact_low_income'), django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('kind', 'care_need')), expressions=[(kribbe.region.models.SameKey('household_id'), '&&'), ('during', '&&')], name='household_fact_care_need'), django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('kind', 'no_diploma')), expressions=[(kribbe.region.models.SameKey('household_id'), '&&'), ('during', '&&')], name='household_fact_no_diploma'), django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('kind', 'dutch_speaking')), expressions=[(kribbe.region.models.SameKey('household_id'), '&&'), ('during', '&&')], name='household_fact_dutch_speaking'), models.CheckConstraint(condition=models.Q(('kind__in', ['work', 'work_4_5', 'single', 'low_income', 'care_need', 'no_diploma', 'dutch_speaking'])), name='household_fact_kind')],
                'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "people_householdfactevent" ("during", "household_id", "id", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recorded_at", "recorded_by") VALUES (NEW."during", NEW."household_id", NEW."id", NEW."kind", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."recorded_at", NEW."recorded_by"); RETURN NULL;', hash='0945b78d134f0ebcc6ee5f39cea36c6e19666631', operation='INSERT', pgid='pgtrigger_insert_insert_49701', table='people_householdfact', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "people_householdfactevent" ("during", "household_id", "id", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recorded_at", "recorded_by") VALUES (NEW."during", NEW."household_id", NEW."id", NEW."kind", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."recorded_at", NEW."recorded_by"); RETURN NULL;', hash='bc9d3606a314a5fe2d1ce4bc65435b6ef980afc6', operation='UPDATE', pgid='pgtrigger_update_update_f26d3', table='people_householdfact', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "people_householdfactevent" ("during", "household_id", "id", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recorded_at", "recorded_by") VALUES (OLD."during", OLD."household_id", OLD."id", OLD."kind", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."recorded_at", OLD."recorded_by"); RETURN NULL;', hash='9fa26a5b0f2dae7b2f190f13ba3f645136363626', operation='DELETE', pgid='pgtrigger_delete_delete_2e0be', table='people_householdfact', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='HouseholdFactEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('kind', models.CharField(choices=[('work', 'Work'), ('work_4_5', 'Work 4 5'), ('single', 'Single'), ('low_income', 'Low Income'), ('care_need', 'Care Need'), ('no_diploma', 'No Diploma'), ('dutch_speaking', 'Dutch Speaking')], max_length=20)),
                ('during', django.contrib.postgres.fields.ranges.DateRangeField()),
                ('recorded_at', models.DateTimeField()),
                ('recorded_by', models.BigIntegerField(null=True)),
                ('household', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='people.household')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='people.householdfact')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ReferrerOrganisationEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('name', models.CharField(max_length=100)),
                ('phone', models.CharField(blank=True, max_length=40)),
                ('email', models.EmailField(blank=True, max_length=254)),
                ('active', models.BooleanField(default=True)),
                ('desk', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='region.desk')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='people.referrerorganisation')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='RoleGrant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('parent', 'parent'), ('co_parent', 'co_parent'), ('manager', 'manager'), ('organiser', 'organiser'), ('clerk', 'clerk'), ('policy_officer', 'policy_officer'), ('administrator', 'administrator'), ('referrer', 'referrer')], max_length=20)),
                ('scope', models.CharField(choices=[('region', 'region'), ('desk', 'desk'), ('organiser', 'organiser'), ('location', 'location'), ('household', 'household'), ('referrer', 'referrer')], max_length=20)),
                ('scope_id', models.BigIntegerField()),
                ('granted_at', models.DateTimeField()),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='role_grants', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('user', 'role', 'scope', 'scope_id'), name='role_grant_once')],
                'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "people_rolegrantevent" ("granted_at", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "scope", "scope_id", "user_id") VALUES (NEW."granted_at", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."role", NEW."scope", NEW."scope_id", NEW."user_id"); RETURN NULL;', hash='d6ea448c51a3edf1fec06cdc1bbf993bc2a5a9a9', operation='INSERT', pgid='pgtrigger_insert_insert_8ee7b', table='people_rolegrant', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "people_rolegrantevent" ("granted_at", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "scope", "scope_id", "user_id") VALUES (NEW."granted_at", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."role", NEW."scope", NEW."scope_id", NEW."user_id"); RETURN NULL;', hash='2e28e47682209bb9c2bf10a8de7409925e5e237d', operation='UPDATE', pgid='pgtrigger_update_update_caacd', table='people_rolegrant', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "people_rolegrantevent" ("granted_at", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "scope", "scope_id", "user_id") VALUES (OLD."granted_at", OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."role", OLD."scope", OLD."scope_id", OLD."user_id"); RETURN NULL;', hash='188e4b52e8770c843e917ea91a6d5998b8af70b6', operation='DELETE', pgid='pgtrigger_delete_delete_bd118', table='people_rolegrant', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='RoleGrantEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('role', models.CharField(choices=[('parent', 'parent'), ('co_parent', 'co_parent'), ('manager', 'manager'), ('organiser', 'organiser'), ('clerk', 'clerk'), ('policy_officer', 'policy_officer'), ('administrator', 'administrator'), ('referrer', 'referrer')], max_length=20)),
                ('scope', models.CharField(choices=[('region', 'region'), ('desk', 'desk'), ('organiser', 'organiser'), ('location', 'location'), ('household', 'household'), ('referrer', 'referrer')], max_length=20)),
                ('scope_id', models.BigIntegerField()),
                ('granted_at', models.DateTimeField()),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='people.rolegrant')),
                ('user', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='HouseholdKeys',
            fields=[
                ('household', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='keys', serialize=False, to='people.household')),
                ('region_id', models.BigIntegerField()),
                ('desk_id', models.BigIntegerField()),
                ('name_key', models.CharField(max_length=200)),
                ('keys', django.contrib.postgres.search.SearchVectorField()),
            ],
            options={
                'indexes': [django.contrib.postgres.indexes.GinIndex(fastupdate=False, fields=['keys'], name='household_keys'), models.Index(fields=['region_id', 'name_key', 'household'], name='household_keys_order')],
            },
        ),
    ]

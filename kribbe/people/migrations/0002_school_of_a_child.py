import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


MOVED = [
    '''UPDATE people_child SET school_from = reported.school_from FROM taxes_childreported reported
       WHERE reported.child_id = people_child.id AND reported.school_from IS NOT NULL''',
    'UPDATE taxes_childreported SET school_from = NULL WHERE school_from IS NOT NULL',
]


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0001_initial'),
        ('taxes', '0002_years_by_a_worker'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='child',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='child',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='child',
            name='delete_delete',
        ),
        migrations.AddField(
            model_name='child',
            name='school_from',
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name='childevent',
            name='school_from',
            field=models.DateField(null=True),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='child',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "people_childevent" ("birth_rank", "born", "care_need", "expected", "first_name", "foster", "household_id", "id", "last_name", "name_key", "national_number_hash", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "school_from") VALUES (NEW."birth_rank", NEW."born", NEW."care_need", NEW."expected", NEW."first_name", NEW."foster", NEW."household_id", NEW."id", NEW."last_name", NEW."name_key", NEW."national_number_hash", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."school_from"); RETURN NULL;', hash='486b255cc184e7b17dfe4b5850c6c7a605315154', operation='INSERT', pgid='pgtrigger_insert_insert_bc2db', table='people_child', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='child',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "people_childevent" ("birth_rank", "born", "care_need", "expected", "first_name", "foster", "household_id", "id", "last_name", "name_key", "national_number_hash", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "school_from") VALUES (NEW."birth_rank", NEW."born", NEW."care_need", NEW."expected", NEW."first_name", NEW."foster", NEW."household_id", NEW."id", NEW."last_name", NEW."name_key", NEW."national_number_hash", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."school_from"); RETURN NULL;', hash='27c5cc04d83ed9db0c9d40afdd5456bae48a6007', operation='UPDATE', pgid='pgtrigger_update_update_84682', table='people_child', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='child',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "people_childevent" ("birth_rank", "born", "care_need", "expected", "first_name", "foster", "household_id", "id", "last_name", "name_key", "national_number_hash", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "school_from") VALUES (OLD."birth_rank", OLD."born", OLD."care_need", OLD."expected", OLD."first_name", OLD."foster", OLD."household_id", OLD."id", OLD."last_name", OLD."name_key", OLD."national_number_hash", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."school_from"); RETURN NULL;', hash='42012715d9a1a39ccaea3ab7ac6de43ad9bdb8dd', operation='DELETE', pgid='pgtrigger_delete_delete_93bfc', table='people_child', when='AFTER')),
        ),
        migrations.RunSQL(MOVED, migrations.RunSQL.noop),
    ]

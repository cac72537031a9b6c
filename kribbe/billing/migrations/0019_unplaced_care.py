"""Care without a placement is called what it is: a club's, or places of one day. Rows and their history stay."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0018_days_taken_before'),
        ('people', '0002_school_of_a_child'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='clubcare',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='clubcare',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='clubcare',
            name='delete_delete',
        ),
        migrations.RenameModel(
            old_name='ClubCare',
            new_name='UnplacedCare',
        ),
        migrations.RenameModel(
            old_name='ClubCareEvent',
            new_name='UnplacedCareEvent',
        ),
        migrations.AlterField(
            model_name='unplacedcare',
            name='child',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='unplaced_cares', to='people.child'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='unplacedcare',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "billing_unplacedcareevent" ("child_id", "club_id", "during", "id", "location_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reference") VALUES (NEW."child_id", NEW."club_id", NEW."during", NEW."id", NEW."location_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."reference"); RETURN NULL;', hash='1ead6f1a3f60d3288fbe69d85603ed5db138b2ed', operation='INSERT', pgid='pgtrigger_insert_insert_6ca39', table='billing_unplacedcare', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='unplacedcare',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "billing_unplacedcareevent" ("child_id", "club_id", "during", "id", "location_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reference") VALUES (NEW."child_id", NEW."club_id", NEW."during", NEW."id", NEW."location_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reference"); RETURN NULL;', hash='b276173e7b31827a3d4f0f174514baae3607294d', operation='UPDATE', pgid='pgtrigger_update_update_3a21b', table='billing_unplacedcare', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='unplacedcare',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "billing_unplacedcareevent" ("child_id", "club_id", "during", "id", "location_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reference") VALUES (OLD."child_id", OLD."club_id", OLD."during", OLD."id", OLD."location_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."reference"); RETURN NULL;', hash='8d200ed386ab91ba7a179fa7c20baa78d1fefd33', operation='DELETE', pgid='pgtrigger_delete_delete_bffb5', table='billing_unplacedcare', when='AFTER')),
        ),
    ]

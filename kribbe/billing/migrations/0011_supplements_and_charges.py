
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0010_packages'),
        ('enrolment', '0011_direct_match'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='onecharge',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='onecharge',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='onecharge',
            name='delete_delete',
        ),
        migrations.AddField(
            model_name='invoice',
            name='supplements',
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name='onecharge',
            name='care',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='one_charges', to='billing.clubcare'),
        ),
        migrations.AddField(
            model_name='onechargeevent',
            name='care',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='billing.clubcare'),
        ),
        migrations.AlterField(
            model_name='onecharge',
            name='placement',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='one_charges', to='enrolment.placement'),
        ),
        migrations.AlterField(
            model_name='onechargeevent',
            name='placement',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='enrolment.placement'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='onecharge',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "billing_onechargeevent" ("amount", "care_id", "day", "id", "made_at", "made_by", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "placement_id", "taken_back_at") VALUES (NEW."amount", NEW."care_id", NEW."day", NEW."id", NEW."made_at", NEW."made_by", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."placement_id", NEW."taken_back_at"); RETURN NULL;', hash='a673c721c095c63a13398ea1f5d3d919fb89cb4c', operation='INSERT', pgid='pgtrigger_insert_insert_c5211', table='billing_onecharge', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='onecharge',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "billing_onechargeevent" ("amount", "care_id", "day", "id", "made_at", "made_by", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "placement_id", "taken_back_at") VALUES (NEW."amount", NEW."care_id", NEW."day", NEW."id", NEW."made_at", NEW."made_by", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."placement_id", NEW."taken_back_at"); RETURN NULL;', hash='b787dd163db7f766d23660036cb12b01726be547', operation='UPDATE', pgid='pgtrigger_update_update_2d12d', table='billing_onecharge', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='onecharge',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "billing_onechargeevent" ("amount", "care_id", "day", "id", "made_at", "made_by", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "placement_id", "taken_back_at") VALUES (OLD."amount", OLD."care_id", OLD."day", OLD."id", OLD."made_at", OLD."made_by", OLD."name", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."placement_id", OLD."taken_back_at"); RETURN NULL;', hash='d98f64ad248d52ba588c407820e6ae62ea5c930f', operation='DELETE', pgid='pgtrigger_delete_delete_2c70b', table='billing_onecharge', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='onecharge',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('care', None), ('placement__isnull', False)), models.Q(('care__isnull', False), ('placement', None)), _connector='OR'), name='one_charge_of_one'),
        ),
    ]

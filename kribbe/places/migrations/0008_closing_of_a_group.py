import django.contrib.postgres.constraints
import django.db.models.deletion
import kribbe.region.models
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

OF_ITS_LOCATION = """
ALTER TABLE places_closingday ADD CONSTRAINT closing_of_its_location
    FOREIGN KEY (group_id, location_id) REFERENCES places_group (id, location_id) DEFERRABLE
"""
"""Judged at once; deferrable for a restore."""


class Migration(migrations.Migration):
    """A closing can be that of one group of the location, which the database keeps true."""

    dependencies = [
        ('places', '0007_sought_as_its_group'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='closingday',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='closingday',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='closingday',
            name='delete_delete',
        ),
        migrations.RemoveConstraint(
            model_name='closingday',
            name='closing_days_once',
        ),
        migrations.AddField(
            model_name='closingday',
            name='group',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='closing_days', to='places.group'),
        ),
        migrations.AddField(
            model_name='closingdayevent',
            name='group',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='places.group'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='closingday',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "places_closingdayevent" ("during", "group_id", "id", "location_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason") VALUES (NEW."during", NEW."group_id", NEW."id", NEW."location_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."reason"); RETURN NULL;', hash='895a7de80401c316f77437dbf7a08bc21afc3abd', operation='INSERT', pgid='pgtrigger_insert_insert_3b71b', table='places_closingday', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='closingday',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "places_closingdayevent" ("during", "group_id", "id", "location_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason") VALUES (NEW."during", NEW."group_id", NEW."id", NEW."location_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reason"); RETURN NULL;', hash='014155f379896d68641ea7163f179c3962f424e5', operation='UPDATE', pgid='pgtrigger_update_update_4be45', table='places_closingday', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='closingday',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "places_closingdayevent" ("during", "group_id", "id", "location_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason") VALUES (OLD."during", OLD."group_id", OLD."id", OLD."location_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."reason"); RETURN NULL;', hash='2a700d529c9d8b566e8e10bad5c016fbe81f7132', operation='DELETE', pgid='pgtrigger_delete_delete_df874', table='places_closingday', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='closingday',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(kribbe.region.models.SameKey('location_id'), '&&'), (kribbe.region.models.SameKey('group_id'), '&&'), ('during', '&&')], name='closing_days_once'),
        ),
        migrations.AddConstraint(
            model_name='group',
            constraint=models.UniqueConstraint(fields=('id', 'location'), name='group_of_location'),
        ),
        migrations.RunSQL(
            OF_ITS_LOCATION, "ALTER TABLE places_closingday DROP CONSTRAINT closing_of_its_location"
        ),
    ]

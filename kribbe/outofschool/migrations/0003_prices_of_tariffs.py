import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('outofschool', '0002_tariffs'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='club',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='club',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='club',
            name='delete_delete',
        ),
        migrations.RemoveConstraint(
            model_name='club',
            name='club_prices',
        ),
        migrations.RemoveField(
            model_name='club',
            name='day_price',
        ),
        migrations.RemoveField(
            model_name='club',
            name='hour_price',
        ),
        migrations.RemoveField(
            model_name='clubevent',
            name='day_price',
        ),
        migrations.RemoveField(
            model_name='clubevent',
            name='hour_price',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='club',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "outofschool_clubevent" ("about", "active", "city", "closes_at", "desk_id", "email", "from_months", "id", "latitude", "location_id", "longitude", "name", "name_key", "opens_at", "organiser_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "postcode", "slug", "street", "to_months") VALUES (NEW."about", NEW."active", NEW."city", NEW."closes_at", NEW."desk_id", NEW."email", NEW."from_months", NEW."id", NEW."latitude", NEW."location_id", NEW."longitude", NEW."name", NEW."name_key", NEW."opens_at", NEW."organiser_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."phone", NEW."postcode", NEW."slug", NEW."street", NEW."to_months"); RETURN NULL;', hash='99bf382026bb18bce991924edcfa244873af4fd6', operation='INSERT', pgid='pgtrigger_insert_insert_9eaa7', table='outofschool_club', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='club',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "outofschool_clubevent" ("about", "active", "city", "closes_at", "desk_id", "email", "from_months", "id", "latitude", "location_id", "longitude", "name", "name_key", "opens_at", "organiser_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "postcode", "slug", "street", "to_months") VALUES (NEW."about", NEW."active", NEW."city", NEW."closes_at", NEW."desk_id", NEW."email", NEW."from_months", NEW."id", NEW."latitude", NEW."location_id", NEW."longitude", NEW."name", NEW."name_key", NEW."opens_at", NEW."organiser_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."phone", NEW."postcode", NEW."slug", NEW."street", NEW."to_months"); RETURN NULL;', hash='44e408fa82a3198d8a5e66b952ef5799ca0f8b93', operation='UPDATE', pgid='pgtrigger_update_update_b246d', table='outofschool_club', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='club',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "outofschool_clubevent" ("about", "active", "city", "closes_at", "desk_id", "email", "from_months", "id", "latitude", "location_id", "longitude", "name", "name_key", "opens_at", "organiser_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "postcode", "slug", "street", "to_months") VALUES (OLD."about", OLD."active", OLD."city", OLD."closes_at", OLD."desk_id", OLD."email", OLD."from_months", OLD."id", OLD."latitude", OLD."location_id", OLD."longitude", OLD."name", OLD."name_key", OLD."opens_at", OLD."organiser_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."phone", OLD."postcode", OLD."slug", OLD."street", OLD."to_months"); RETURN NULL;', hash='f51dbde996717b482cc649586ce6f8c9c6bb745d', operation='DELETE', pgid='pgtrigger_delete_delete_98468', table='outofschool_club', when='AFTER')),
        ),
    ]


import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0009_set_off'),
        ('places', '0006_longer_holders'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='pricelist',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='pricelist',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='pricelist',
            name='delete_delete',
        ),
        migrations.AddField(
            model_name='pricelist',
            name='package_half_days',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='pricelist',
            name='package_name',
            field=models.CharField(blank=True, max_length=80),
        ),
        migrations.AddField(
            model_name='pricelist',
            name='package_price',
            field=models.DecimalField(decimal_places=2, max_digits=7, null=True),
        ),
        migrations.AddField(
            model_name='pricelist',
            name='package_size',
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='pricelistevent',
            name='package_half_days',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='pricelistevent',
            name='package_name',
            field=models.CharField(blank=True, max_length=80),
        ),
        migrations.AddField(
            model_name='pricelistevent',
            name='package_price',
            field=models.DecimalField(decimal_places=2, max_digits=7, null=True),
        ),
        migrations.AddField(
            model_name='pricelistevent',
            name='package_size',
            field=models.PositiveSmallIntegerField(null=True),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='pricelist',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "billing_pricelistevent" ("deposit", "extras", "flex", "from_day", "full", "half", "hour", "id", "location_id", "long", "made_at", "made_by", "month", "own_fee", "package_half_days", "package_name", "package_price", "package_size", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "short", "sibling_discount") VALUES (NEW."deposit", NEW."extras", NEW."flex", NEW."from_day", NEW."full", NEW."half", NEW."hour", NEW."id", NEW."location_id", NEW."long", NEW."made_at", NEW."made_by", NEW."month", NEW."own_fee", NEW."package_half_days", NEW."package_name", NEW."package_price", NEW."package_size", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."short", NEW."sibling_discount"); RETURN NULL;', hash='74d7fe3e12bbfb9bc5e2d82439314d9b39e88caa', operation='INSERT', pgid='pgtrigger_insert_insert_e2470', table='billing_pricelist', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='pricelist',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "billing_pricelistevent" ("deposit", "extras", "flex", "from_day", "full", "half", "hour", "id", "location_id", "long", "made_at", "made_by", "month", "own_fee", "package_half_days", "package_name", "package_price", "package_size", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "short", "sibling_discount") VALUES (NEW."deposit", NEW."extras", NEW."flex", NEW."from_day", NEW."full", NEW."half", NEW."hour", NEW."id", NEW."location_id", NEW."long", NEW."made_at", NEW."made_by", NEW."month", NEW."own_fee", NEW."package_half_days", NEW."package_name", NEW."package_price", NEW."package_size", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."short", NEW."sibling_discount"); RETURN NULL;', hash='a113875ec9c1b97cebeaa2d10a404cc2915eb034', operation='UPDATE', pgid='pgtrigger_update_update_c8e37', table='billing_pricelist', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='pricelist',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "billing_pricelistevent" ("deposit", "extras", "flex", "from_day", "full", "half", "hour", "id", "location_id", "long", "made_at", "made_by", "month", "own_fee", "package_half_days", "package_name", "package_price", "package_size", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "short", "sibling_discount") VALUES (OLD."deposit", OLD."extras", OLD."flex", OLD."from_day", OLD."full", OLD."half", OLD."hour", OLD."id", OLD."location_id", OLD."long", OLD."made_at", OLD."made_by", OLD."month", OLD."own_fee", OLD."package_half_days", OLD."package_name", OLD."package_price", OLD."package_size", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."short", OLD."sibling_discount"); RETURN NULL;', hash='341f55d1b78d12fdaa373f347a7171fdbb8e1c9e', operation='DELETE', pgid='pgtrigger_delete_delete_8ff09', table='billing_pricelist', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='pricelist',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('package_name', ''), ('package_price', None), ('package_size', None)), models.Q(models.Q(('package_name', ''), _negated=True), ('package_price__gte', 0), ('package_size__gt', 0)), _connector='OR'), name='price_list_package'),
        ),
        migrations.AddConstraint(
            model_name='pricelist',
            constraint=models.CheckConstraint(condition=models.Q(('month', None), ('package_size', None), _connector='OR'), name='price_list_package_or_month'),
        ),
    ]

"""Charges have a kind of those that the law lists. What was written stays; a name that clearly is one gets its kind.

Neither the history nor what counts as changed since an invoice is touched: the amounts stay what they are.
"""

import unicodedata

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

CLEAR = {
    "nappies": ("luier", "luiers", "pampers", "nappy", "nappies", "diapers", "couche", "couches", "windel", "windeln"),
    "care_products": (
        "verzorgingsproduct", "verzorgingsproducten", "care products", "produits de soin", "produits de soins",
        "pflegeprodukte",
    ),
    "nappy_waste": (
        "luierafval", "afval luiers", "afval van luiers", "nappy waste", "dechets de couches", "windelabfall",
    ),
    "administration": (
        "administratie", "administratiekost", "administratiekosten", "administration", "frais administratifs",
        "verwaltungskosten",
    ),
}
CLEAR_ONCE = {
    "late_pick_up": (
        "te laat opgehaald", "te laat afgehaald", "laattijdig opgehaald", "laattijdig afgehaald",
        "laattijdig afhalen", "late pick up", "late pickup", "reprise tardive", "verspatete abholung",
        "zu spat abgeholt",
    ),
}


def kind_of(name, clear):
    """The kind that this name clearly is, or none."""
    marked = unicodedata.normalize("NFKD", name.lower())
    letters = "".join(each if each.isalnum() else " " for each in marked if not unicodedata.combining(each))
    folded = " ".join(letters.split())
    return next((kind for kind, names in clear.items() if folded in names), "")


def give_kinds(apps, schema_editor):
    charges = apps.get_model("billing", "OneCharge").objects.filter(amount__gt=0)
    for name in charges.order_by().values_list("name", flat=True).distinct():
        if kind := kind_of(name, CLEAR | CLEAR_ONCE):
            charges.filter(name=name).update(kind=kind)
    for prices in apps.get_model("billing", "PriceList").objects.exclude(extras=[]):
        kinds = [kind_of(each["name"], CLEAR) for each in prices.extras]
        if any(kinds):
            prices.extras = [
                {"kind": kind, **each} if kind else each for kind, each in zip(kinds, prices.extras, strict=True)
            ]
            prices.save(update_fields=["extras"])


def take_kinds(apps, schema_editor):
    for prices in apps.get_model("billing", "PriceList").objects.exclude(extras=[]):
        prices.extras = [{key: each[key] for key in each if key != "kind"} for each in prices.extras]
        prices.save(update_fields=["extras"])


def history(state):
    """Turn the writing of price lists' history off or on; that of charges is off while its columns change."""
    return f'ALTER TABLE "billing_pricelist" {state} TRIGGER USER'


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0019_unplaced_care'),
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
            model_name='onecharge',
            name='kind',
            field=models.CharField(blank=True, max_length=20),
        ),
        migrations.AddField(
            model_name='onechargeevent',
            name='kind',
            field=models.CharField(blank=True, max_length=20),
        ),
        migrations.RunSQL(history("DISABLE"), history("ENABLE")),
        migrations.RunPython(give_kinds, take_kinds),
        migrations.RunSQL(history("ENABLE"), history("DISABLE")),
        pgtrigger.migrations.AddTrigger(
            model_name='onecharge',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "billing_onechargeevent" ("amount", "care_id", "day", "id", "kind", "made_at", "made_by", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "placement_id", "taken_back_at") VALUES (NEW."amount", NEW."care_id", NEW."day", NEW."id", NEW."kind", NEW."made_at", NEW."made_by", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."placement_id", NEW."taken_back_at"); RETURN NULL;', hash='b6a1f95c321bdc1610a23db009c64d28d232335d', operation='INSERT', pgid='pgtrigger_insert_insert_c5211', table='billing_onecharge', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='onecharge',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "billing_onechargeevent" ("amount", "care_id", "day", "id", "kind", "made_at", "made_by", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "placement_id", "taken_back_at") VALUES (NEW."amount", NEW."care_id", NEW."day", NEW."id", NEW."kind", NEW."made_at", NEW."made_by", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."placement_id", NEW."taken_back_at"); RETURN NULL;', hash='e18200c4d0ab88cf95eb2a912639114373bd2e6a', operation='UPDATE', pgid='pgtrigger_update_update_2d12d', table='billing_onecharge', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='onecharge',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "billing_onechargeevent" ("amount", "care_id", "day", "id", "kind", "made_at", "made_by", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "placement_id", "taken_back_at") VALUES (OLD."amount", OLD."care_id", OLD."day", OLD."id", OLD."kind", OLD."made_at", OLD."made_by", OLD."name", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."placement_id", OLD."taken_back_at"); RETURN NULL;', hash='9416276aedbdb400d47bf8b3d8a137472f59dadd', operation='DELETE', pgid='pgtrigger_delete_delete_2c70b', table='billing_onecharge', when='AFTER')),
        ),
    ]

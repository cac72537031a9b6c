"""The tables are those that the models say."""

from collections.abc import Iterator

import pgtrigger
import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection, models
from pgtrigger.core import INSTALLED

pytestmark = pytest.mark.django_db


def test_no_migration_is_missing() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=1)


def test_the_columns_have_the_type_that_their_model_says() -> None:
    fields = [field for model in laid() for field in model._meta.local_concrete_fields]
    said = sorted({kind for field in fields if (kind := field.db_type(connection))})
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE said ({})".format(", ".join(f'"{kind}" {kind}' for kind in said))
        )
    types = {column: kind for column, kind, _ in columns("said")}
    for model in laid():
        found = {column: kind for column, *kind in columns(model._meta.db_table)}
        for field in model._meta.local_concrete_fields:
            kind, may_be_empty = found[field.column]
            assert kind == types.get(field.db_type(connection), kind), field
            assert may_be_empty == (field.null or field.generated), field


def test_every_reference_has_the_type_of_what_it_refers_to() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint"
            " JOIN pg_attribute AS own ON own.attrelid = conrelid AND own.attnum = conkey[1]"
            " JOIN pg_attribute AS far ON far.attrelid = confrelid AND far.attnum = confkey[1]"
            " WHERE contype = 'f' AND (own.atttypid, own.atttypmod) IS DISTINCT FROM (far.atttypid, far.atttypmod)"
        )
        assert cursor.fetchall() == []
        cursor.execute("SELECT count(*) FROM pg_constraint WHERE contype = 'f'")
        assert cursor.fetchone()[0] > 200


def test_every_constraint_and_index_of_a_model_is_there() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint UNION SELECT relname FROM pg_class WHERE relkind = 'i'"
        )
        found = {name for (name,) in cursor.fetchall()}
    said = {each.name for model in laid() for each in (*model._meta.constraints, *model._meta.indexes)}
    assert said - found == set()


def test_every_trigger_is_there_as_its_model_says_it_now() -> None:
    triggers = pgtrigger.registered()
    assert len(triggers) > 200
    for model, trigger in triggers:
        assert trigger.get_installation_status(model)[0] == INSTALLED, (model, trigger.name)


def laid() -> Iterator[type[models.Model]]:
    """The models that have a table of their own, laid by migrations."""
    return (model for model in apps.get_models() if model._meta.managed and not model._meta.proxy)


def columns(table: str) -> list[tuple[str, str, bool]]:
    """Name and type of each column, in PostgreSQL's own words, and whether it may be empty."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attname, format_type(atttypid, atttypmod), NOT attnotnull FROM pg_attribute"
            " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped",
            [table],
        )
        return cursor.fetchall()

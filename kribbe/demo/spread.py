"""The demo region laid side by side many times, until it is as large as a country.

Flanders had about 5,400 locations (Opgroeien, end of 2025); the copies hold some 100,000 open requests, more than
its desks registered in 2024 (Flemish Parliament, written question 852 of 2024-25). Each copy has rows, keys,
addresses and points of its own; accounts and their roles stay those of the first region, and so does money: invoices
are numbered without a gap. Needs a role that may rest triggers, as the embedded server's has.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, models, transaction

from kribbe.demo.tables import towns
from kribbe.region.models import Desk
from kribbe.trust.references import ALPHABET, LENGTH

COPIES = 22
WAITING = 5.7
"""Open requests of the copied region, in those of the demo: 253 locations and some 4,700 open requests a copy."""

ROOMS = frozenset(
    {
        "trust",
        "region",
        "people",
        "places",
        "contact",
        "enrolment",
        "rounds",
        "planning",
        "staff",
        "attendance",
        "outofschool",
        "sickcare",
        "upkeep",
        "policy",
    }
)
KEPT = frozenset(
    {
        "enrolment_chancelesson",
        "enrolment_vacancylist",
        "planning_daybatch",
        "planning_manychange",
        "region_region",
        "people_user",
        "people_rolegrant",
        "people_rolegrantevent",
        "places_namekey",
        "policy_regioncount",
        "policy_snapshot",
        "policy_snapshotvalue",
        "trust_oncetoken",
        "upkeep_forgotten",
        "upkeep_merge",
        "upkeep_mergechange",
        "upkeep_mergeevent",
    }
)
"""Tables of which the copies use the rows that are there, or of whose lists of keys they have no need."""

MANY = 10_000
"""Rows of a table from which on its indexes are taken away for the copying and made anew, which is much quicker."""

COLUMNS_OF_COPIES = 6
DEGREES_EAST = 0.42
DEGREES_NORTH = 0.21

Told = Callable[[str, float], None]

REFERENCE = f"""
CREATE OR REPLACE FUNCTION pg_temp.spread_reference(number bigint) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT string_agg(substr('{ALPHABET}', 1 + ((mixed >> (5 * place)) & 31)::int, 1), '' ORDER BY place)
    FROM (SELECT (number * 6364136223) & {32**LENGTH - 1} AS mixed) once, generate_series(0, {LENGTH - 1}) place
$$"""
"""Another reference for another number: odd times a number, modulo a power of two, meets each value once."""


OTHER_KEY = "md5(key::text || '-' || %(copy)s)::uuid"
ELSEWHERE: Mapping[str, str] = {
    "longitude": "longitude + %(east)s",
    "latitude": "latitude + %(north)s",
    "outline": "NULL",
    "postcode": "chr(64 + %(copy)s) || postcode",
    "other_postcode": "CASE WHEN other_postcode <> '' THEN chr(64 + %(copy)s) || other_postcode ELSE '' END",
    "postcodes": "(SELECT array_agg(chr(64 + %(copy)s) || one) FROM unnest(postcodes) one)",
    "nis_code": "to_char(90000 + %(copy)s * 100 + dense_rank() OVER (ORDER BY {key}), 'FM00000')",
    "slug": "slug || '-r' || %(copy)s",
    "licence_number": "CASE WHEN licence_number <> '' THEN licence_number || '-' || %(copy)s ELSE '' END",
    "email": "CASE WHEN email <> '' THEN %(copy)s || '.' || email ELSE '' END",
    "trust_storedfile.key": "md5(key || '-' || %(copy)s)",
    "attendance_tap.key": OTHER_KEY,
    "attendance_typedchild.key": OTHER_KEY,
    "attendance_typedtap.key": OTHER_KEY,
    "attendance_daynote.key": OTHER_KEY,
    "upkeep_childkey.key": "key # %(copy)s::bigint",
    "code_hash": "CASE WHEN code_hash <> '' THEN md5(code_hash || '-' || %(copy)s) ELSE '' END",
    "token_hash": "CASE WHEN token_hash <> '' THEN md5(token_hash || '-' || %(copy)s) ELSE '' END",
    "nonce": "md5(nonce || '-' || %(copy)s)",
    "once": "once || '-r' || %(copy)s",
    "message_id": "%(copy)s || '.' || message_id",
    "national_number_hash": (
        "CASE WHEN national_number_hash <> '' THEN md5(national_number_hash || %(copy)s) ELSE '' END"
    ),
    "reference": "pg_temp.spread_reference({key} + %(copy)s::bigint * {step})",
}
"""What a column, or that of one table, holds in a copy where it isn't what it holds in the first region."""


HOLDERS = {
    "direct": "enrolment_directchild",
    "own": "places_group",
    "home": "staff_homechild",
    "elsewhere": "staff_standin",
    "day": "planning_daychange",
}
"""The tables to which the numbers of holders point that aren't called after their table."""


@dataclass(frozen=True)
class Layout:
    """How far apart the keys of two copies lie, by table; and the table that a plain number named so points to."""

    steps: Mapping[str, int]
    tables: Mapping[str, str]

    def shifted(self, column: str, table: str) -> str:
        """SQL of a key of that table as the copy has it; keys of tables that aren't copied stay."""
        step = self.steps.get(table)
        return f'"{column}" + %(copy)s::bigint * {step}' if step else f'"{column}"'

    def holder(self) -> str:
        """SQL of who holds half-days, such as "placement:12", or "child:12:3:2026-09-01" in group 3, in the copy."""
        tables = {**self.tables, **HOLDERS}
        steps = " ".join(f"WHEN '{name}' THEN {self.steps[tables[name]]}" for name in sorted(tables))
        kind, number, group = (f"split_part(holder, ':', {part})" for part in (1, 2, 3))
        moved = f"{kind} || ':' || ({number}::bigint + %(copy)s::bigint * CASE {kind} {steps} END)"
        in_group = f"':' || ({group}::bigint + %(copy)s::bigint * {self.steps['places_group']})"
        return f"""CASE WHEN {kind} = 'child'
            THEN {moved} || {in_group} || regexp_replace(holder, '^[^:]+:[^:]+:[^:]+', '')
            ELSE {moved} || regexp_replace(holder, '^[^:]+:[^:]+', '') END"""


def spread(told: Told, copies: int = COPIES) -> None:
    """Lay the region of this database side by side until there are so many, all or nothing."""
    copied = copied_models()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("SET LOCAL maintenance_work_mem = '256MB'")
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(REFERENCE)
        layout = _layout(cursor, copied)
        for place, model in enumerate(copied):
            told(f"Laying out {model._meta.verbose_name_plural}", place / len(copied))
            with _without_indexes(cursor, model, layout):
                _copy(cursor, model, layout, copies)
        for reset in connection.ops.sequence_reset_sql(no_style(), copied):
            cursor.execute(reset)
        told("Gathering statistics", 1.0)
        cursor.execute("ANALYZE")


def copied_models() -> list[type[models.Model]]:
    """Those of whose rows every copy has its own."""
    return [model for model in apps.get_models(include_auto_created=True) if _is_copied(model)]


def is_spread() -> bool:
    """Whether this database holds more than the one region."""
    return Desk.objects.count() > len(towns())


def _is_copied(model: type[models.Model]) -> bool:
    meta = model._meta
    return meta.app_label in ROOMS and meta.managed and not meta.proxy and meta.db_table not in KEPT


def _layout(cursor: Any, copied: list[type[models.Model]]) -> Layout:
    steps = {}
    for model in copied:
        table, key = model._meta.db_table, _key(model)
        cursor.execute(f'SELECT coalesce(max("{key}"), 0) + 1 FROM "{table}"')
        steps[table] = int(cursor.fetchone()[0])
    named = Counter(str(model._meta.model_name) for model in copied)
    single = [model for model in copied if named[str(model._meta.model_name)] == 1]
    return Layout(steps, {str(model._meta.model_name): model._meta.db_table for model in single})


@contextmanager
def _without_indexes(cursor: Any, model: type[models.Model], layout: Layout) -> Iterator[None]:
    """Copy into a large table without the indexes that hold up no constraint; they are made again as they were."""
    table = model._meta.db_table
    if layout.steps[table] < MANY:
        yield
        return
    cursor.execute(
        "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index"
        " WHERE indrelid = %s::regclass"
        " AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)",
        [table],
    )
    indexes = cursor.fetchall()
    for name, _made in indexes:
        cursor.execute(f"DROP INDEX {name}")
    yield
    for _name, made in indexes:
        cursor.execute(made)


def _copy(cursor: Any, model: type[models.Model], layout: Layout, copies: int) -> None:
    fields = [field for field in model._meta.concrete_fields if not field.generated]
    names = ", ".join(f'"{field.column}"' for field in fields)
    values = ", ".join(_value(field, model, layout) for field in fields)
    table, key = model._meta.db_table, _key(model)
    rows = f'FROM "{table}" WHERE "{key}" < {layout.steps[table]}'
    statement = f'INSERT INTO "{table}" ({names}) SELECT {values} {rows}'
    for copy in range(1, copies):
        row, column = divmod(copy, COLUMNS_OF_COPIES)
        place = {"east": (column - 2) * DEGREES_EAST, "north": (1 - row) * DEGREES_NORTH}
        cursor.execute(statement, {"copy": copy, **place})


def _key(model: type[models.Model]) -> str:
    return str(model._meta.pk.column)


def _value(field: Any, model: type[models.Model], layout: Layout) -> str:
    """SQL of what the copy has in this column."""
    column = str(field.column)
    if field.remote_field is not None:
        return layout.shifted(column, field.remote_field.model._meta.db_table)
    if field.primary_key:
        return layout.shifted(column, model._meta.db_table)
    if column == "holder":
        return layout.holder()
    other = elsewhere(model, column)
    if isinstance(field, models.BigIntegerField) and other == f'"{column}"':
        return layout.shifted(column, _pointed_at(model, column, layout))
    return other.format(**_object(model, layout))


def _pointed_at(model: type[models.Model], column: str, layout: Layout) -> str:
    """The table of whose rows a plain number is the key, or none: a version of history has its row's own key too."""
    tracked = getattr(model, "pgh_tracked_model", None)
    if tracked is not None and column == _key(tracked):
        return str(tracked._meta.db_table)
    return layout.tables.get(column.removesuffix("_id"), "")


def elsewhere(model: type[models.Model], column: str) -> str:
    """What a copy has in a column that is no key: the same as the first region, or what `ELSEWHERE` says."""
    return ELSEWHERE.get(f"{model._meta.db_table}.{column}") or ELSEWHERE.get(column, f'"{column}"')


def _object(model: type[models.Model], layout: Layout) -> dict[str, object]:
    """The row whose public names are made: for a version of history, the row it is a version of."""
    tracked = getattr(model, "pgh_tracked_model", None)
    if tracked is None:
        return {"key": f'"{_key(model)}"', "step": layout.steps[model._meta.db_table]}
    return {"key": "pgh_obj_id", "step": layout.steps[tracked._meta.db_table]}

"""The reference page of the tables: what each column means, and why the rest is left out."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from kribbe.config.export.columns import Counts, Scope, Table
from kribbe.config.export.left_out import models, reason
from kribbe.config.export.tables import TABLES

ALL = Scope(None, date.min, personal=True, rows=True)


def reference_page() -> Iterator[str]:
    """The lines of the page."""
    yield "# Tables of an export"
    yield ""
    yield (
        "What [`kribbe export`](../how-to/export-tables.md) writes, as `dictionary.csv` tells it too. Columns in"
        " italics go along with `--personal` alone."
    )
    yield ""
    for table in TABLES:
        yield from _table(table)
    yield "## What is left out"
    yield ""
    yield "Every other model of Kribbe, and why it is in no table. Histories are versions of the rows of others."
    yield ""
    by_reason: dict[str, list[str]] = defaultdict(list)
    for model in models():
        if why := reason(model):
            by_reason[why].append(f"{model._meta.app_label}.{model.__name__}")
    for why, names in sorted(by_reason.items()):
        yield f"- {', '.join(f'`{name}`' for name in sorted(names))}: {why}."
    yield ""
    yield "## Fields that are left out"
    yield ""
    for table in TABLES:
        if isinstance(table, Table) and table.left_out:
            yield f"- `{table.name}`: {'; '.join(_fields(table))}."


def _table(table: Table | Counts) -> Iterator[str]:
    yield f"## `{table.name}`"
    yield ""
    yield table.meaning + (" With `--rows` alone." if table.single else "")
    yield ""
    yield "| Column | Type | Unit | What it means |"
    yield "|---|---|---|---|"
    for column in table.shown(ALL):
        name = f"*`{column.name}`*" if column.personal else f"`{column.name}`"
        yield f"| {name} | {column.type} | {column.unit} | {column.meaning} |"
    yield ""


def _fields(table: Table) -> Iterator[str]:
    by_reason: dict[str, list[str]] = defaultdict(list)
    for field, why in table.left_out.items():
        by_reason[why].append(field)
    for why, fields in by_reason.items():
        yield f"{', '.join(f'`{field}`' for field in fields)} {why}"

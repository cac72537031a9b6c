"""What a column is, and how a table of columns is read in bounded memory."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl
from django.db.models import Model
from django.db.models.expressions import BaseExpression

BATCH = 20_000
"""Rows in memory at a time."""

TYPES: Mapping[str, Any] = {
    "text": pl.String,
    "whole": pl.Int64,
    "number": pl.Float64,
    "amount": pl.Decimal(10, 2),
    "date": pl.Date,
    "moment": pl.Datetime("us", "UTC"),
    "yes/no": pl.Boolean,
    "time": pl.Time,
}
"""The types of the dictionary, and what they are in Parquet."""


@dataclass(frozen=True)
class Column:
    """A column: its name, where it comes from (a path of the model, or an expression), and what it means.

    `personal` columns tell of a family or a member of staff, and are left out unless they are asked for.
    """

    name: str
    source: str | BaseExpression
    type: str
    meaning: str
    unit: str = ""
    personal: bool = False
    shown: Callable[[Any], Any] | None = None


@dataclass(frozen=True)
class Scope:
    """Which desk (None: all), the day of the export, whether rows about single families go along, and names too."""

    desk_id: int | None
    today: date
    personal: bool = False
    rows: bool = False

    def __post_init__(self) -> None:
        if self.personal and not self.rows:
            raise ValueError("names go along with rows about single families only")


@dataclass(frozen=True)
class Table:
    """A table of one model. `desk` is the path to the desk's id; `order` makes the order the same each time.

    `left_out` names fields of the model that are not exported, each with the reason. `single` tells that a row is
    about one family; `feeds` names other models of which it tells something.
    """

    name: str
    meaning: str
    model: type[Model]
    columns: tuple[Column, ...]
    desk: str
    order: tuple[str, ...]
    left_out: Mapping[str, str] = field(default_factory=dict)
    single: bool = False
    feeds: tuple[type[Model], ...] = ()

    def shown(self, scope: Scope) -> tuple[Column, ...]:
        """The columns that go along."""
        return tuple(column for column in self.columns if scope.personal or not column.personal)

    def count(self, scope: Scope) -> int:
        """How many rows there are."""
        return int(self._rows(scope).count())

    def batches(self, scope: Scope) -> Iterator[list[tuple[Any, ...]]]:
        """The rows, so many at a time."""
        columns = self.shown(scope)
        named = {
            f"c{at}": column.source for at, column in enumerate(columns) if not isinstance(column.source, str)
        }
        wanted = [
            column.source if isinstance(column.source, str) else f"c{at}" for at, column in enumerate(columns)
        ]
        rows = self._rows(scope).annotate(**named).order_by(*self.order).values_list(*wanted)
        yield from batched(_as_shown(rows.iterator(chunk_size=BATCH), columns))

    def _rows(self, scope: Scope) -> Any:
        rows = self.model._default_manager.all()
        if scope.desk_id is None:
            return rows
        return rows.filter(pk__in=rows.filter(**{self.desk: scope.desk_id}).values("pk"))


@dataclass(frozen=True)
class Counts:
    """A table that is counted by a query of its own, which never tells of one family. `feeds`: what it counts."""

    name: str
    meaning: str
    columns: tuple[Column, ...]
    query: Callable[[Scope], Iterator[tuple[Any, ...]]]
    feeds: tuple[type[Model], ...]
    single: bool = False

    def shown(self, scope: Scope) -> tuple[Column, ...]:
        """All columns."""
        return self.columns

    def count(self, scope: Scope) -> int:
        """Not known before they are read."""
        return 0

    def batches(self, scope: Scope) -> Iterator[list[tuple[Any, ...]]]:
        """The rows, so many at a time."""
        yield from batched(self.query(scope))


def batched(rows: Iterator[tuple[Any, ...]]) -> Iterator[list[tuple[Any, ...]]]:
    """The rows in lists of BATCH."""
    batch: list[tuple[Any, ...]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _as_shown(rows: Iterator[tuple[Any, ...]], columns: Sequence[Column]) -> Iterator[tuple[Any, ...]]:
    changed = {at: column.shown for at, column in enumerate(columns) if column.shown}
    for row in rows:
        if not changed:
            yield row
            continue
        yield tuple(
            changed[at](value) if at in changed and value is not None else value
            for at, value in enumerate(row)
        )

"""The rows of the demo before they are saved: numbered here, so that they come out the same every time."""

import hashlib
from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from functools import partial
from typing import Any, TypeVar, cast

import pgtrigger
from django.core.management.color import no_style
from django.db import connection, models
from django.utils.timezone import get_default_timezone
from psycopg import sql

from kribbe.demo.chance import Chance

Row = TypeVar("Row", bound=models.Model)

TRIGGERS_REST = "SELECT 1"
"""Any statement: with the first one the triggers of history are told to rest, which a copy alone doesn't do."""

OPENS = time(6)
"""The demo's clock stands at six in the morning of the day for which it is built."""

SALTED = frozenset({"password", "pin_hash"})
"""Columns that differ from one building to the next."""

AS_THEY_ARE = frozenset({type(None), bool, int, str, date, datetime, time, Decimal})
"""Values that the database's driver takes without the field's help."""


class Book:
    """All rows of the demo region for one day, in the order in which they can be saved."""

    def __init__(self, today: date) -> None:
        self.today = today
        self.now = datetime.combine(today, OPENS, get_default_timezone())
        self._rows: dict[type[models.Model], list[models.Model]] = defaultdict(list)
        self._references = Chance("references")

    def add(self, row: Row) -> Row:
        """Keep a row; gives it its number."""
        rows = self._rows[type(row)]
        rows.append(row)
        row.pk = len(rows)
        return row

    def reference(self) -> str:
        """A public reference for one row."""
        return self._references.reference()

    def rows(self, model: type[Row]) -> list[Row]:
        """The rows of one table."""
        return cast("list[Row]", self._rows[model])

    @property
    def tables(self) -> list[type[models.Model]]:
        """The tables that have rows, those that others point to first."""
        return list(self._rows)

    def save(self, model: type[models.Model]) -> None:
        """Copy the rows of one table into the database without writing history (see `past`)."""
        fields = [field for field in model._meta.concrete_fields if not field.generated]
        columns = [sql.Identifier(str(field.column)) for field in fields]
        names = [field.attname for field in fields]
        prepared = [_preparing(field) for field in fields]
        statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
            sql.Identifier(model._meta.db_table), sql.SQL(", ").join(columns)
        )
        with pgtrigger.ignore(*_triggers(model)), connection.cursor() as cursor:
            cursor.execute(TRIGGERS_REST)
            with cursor.copy(statement) as copy:
                for row in self._rows[model]:
                    values = [getattr(row, name) for name in names]
                    copy.write_row(
                        [
                            value if type(value) in AS_THEY_ARE else prepare(value)
                            for value, prepare in zip(values, prepared, strict=True)
                        ]
                    )
            for reset in connection.ops.sequence_reset_sql(no_style(), [model]):
                cursor.execute(reset)

    def digest(self) -> str:
        """SHA-256 of all rows but for their salts."""
        found = hashlib.sha256()
        for model in self.tables:
            names = [
                f.attname for f in model._meta.concrete_fields if not f.generated and f.name not in SALTED
            ]
            for row in self._rows[model]:
                found.update(repr([getattr(row, name) for name in names]).encode())
        return found.hexdigest()


def _triggers(model: type[models.Model]) -> list[str]:
    """Names of the table's own triggers; each row looks them up, so the list had better be short."""
    own = model._meta.label
    return [f"{own}:{trigger.name}" for of, trigger in pgtrigger.registered() if of._meta.label == own]


def _preparing(field: "models.Field[Any, Any]") -> Callable[[object], object]:
    """Makes a field's value ready for the database; a foreign key's as the column is to which it points."""
    column = field.target_field if isinstance(field, models.ForeignKey) else field
    return partial(column.get_db_prep_save, connection=connection)

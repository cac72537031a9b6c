"""The rows of the demo before they are saved: numbered here, so that they come out the same every time."""

import hashlib
from collections import defaultdict
from datetime import date, datetime, time
from typing import TypeVar, cast

import pgtrigger
from django.core.management.color import no_style
from django.db import connection, models
from django.utils.timezone import get_default_timezone

from kribbe.demo.chance import Chance

Row = TypeVar("Row", bound=models.Model)

BATCH = 1000
OPENS = time(6)
"""The demo's clock stands at six in the morning of the day for which it is built."""

SALTED = frozenset({"password", "joined_at"})
"""Columns that differ from one building to the next."""


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
        """Insert the rows of one table without writing history (see `past`)."""
        with pgtrigger.ignore():
            model._default_manager.bulk_create(self._rows[model], batch_size=BATCH)
        with connection.cursor() as cursor:
            for statement in connection.ops.sequence_reset_sql(no_style(), [model]):
                cursor.execute(statement)

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

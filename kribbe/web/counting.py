"""Counting what waits in many places at once."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

Named = tuple[str, "QuerySet[Any]"]


@dataclass(frozen=True, slots=True)
class Count:
    """A query that counts in many places, ready to be asked more than once; "" where there is nothing to count."""

    statement: str
    parameters: tuple[Any, ...]

    def read(self) -> Counter[str]:
        """How many rows there are now under each name."""
        if not self.statement:
            return Counter()
        totals = Counter[str]()
        with connection.cursor() as cursor:
            cursor.execute(self.statement, self.parameters)
            for name, total in cursor.fetchall():
                totals[name] += total
        return totals


def count_of(rows: "Iterable[Named]") -> Count:
    """The query that counts the rows under each name; a name may come several times."""
    statements: list[str] = []
    given: list[Any] = []
    for name, found in rows:
        try:
            statement, parameters = found.order_by().values("pk").query.sql_with_params()
        except EmptyResultSet:
            continue
        statements.append(f"SELECT %s, count(*) FROM ({statement}) found")  # noqa: S608  Django's own
        given += (name, *parameters)
    return Count(" UNION ALL ".join(statements), tuple(given))


def counted(rows: "Iterable[Named]") -> Counter[str]:
    """How many rows there are under each name, all in one query."""
    return count_of(rows).read()

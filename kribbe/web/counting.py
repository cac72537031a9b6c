"""Counting what waits in many places at once."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet


def counted(rows: "Iterable[tuple[str, QuerySet[Any]]]") -> Counter[str]:
    """How many rows there are under each name, all in one query; a name may come several times."""
    statements: list[str] = []
    given: list[Any] = []
    for name, found in rows:
        try:
            statement, parameters = found.order_by().values("pk").query.sql_with_params()
        except EmptyResultSet:
            continue
        statements.append(f"SELECT %s, count(*) FROM ({statement}) found")  # noqa: S608  Django's own
        given += (name, *parameters)
    totals = Counter[str]()
    if statements:
        with connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(statements), given)
            for name, total in cursor.fetchall():
                totals[name] += total
    return totals

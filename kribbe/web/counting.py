"""Counting what waits in many places at once."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.db.models import CharField, Count, QuerySet, Value


def counted(rows: "Iterable[tuple[str, QuerySet[Any]]]") -> Counter[str]:
    """How many rows there are under each name, all in one query; a name may come several times."""
    each = [
        found.order_by().values(waits_in=Value(name, CharField())).annotate(total=Count("pk"))
        for name, found in rows
    ]
    if not each:
        return Counter()
    totals = Counter[str]()
    for row in each[0].union(*each[1:], all=True):
        totals[row["waits_in"]] += row["total"]
    return totals

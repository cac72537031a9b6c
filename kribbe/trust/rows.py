"""Rows in lists by what they have alike."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import TypeVar

Row = TypeVar("Row")


def rows_by(rows: Iterable[Row], name: str) -> Mapping[int, list[Row]]:
    """Rows by a key that they have, in their order."""
    found: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        found[getattr(row, name)].append(row)
    return dict(found)

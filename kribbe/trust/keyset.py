"""Pages of a long list by the key of the row where the reader is, so that page 500 costs what page 1 does."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import Model, Q, QuerySet

T = TypeVar("T", bound=Model)


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows in their order, and whether there are others before and after them."""

    rows: Sequence[T]
    has_previous: bool
    has_next: bool


def page(
    found: "QuerySet[T]",
    *,
    by: str,
    size: int,
    descending: bool = False,
    after: T | None = None,
    before: T | None = None,
) -> Page[T]:
    """The `size` rows after or before a row, or the first ones, ordered by the field `by` and then the key."""
    return page_of_parts([found], by=by, size=size, descending=descending, after=after, before=before)


def page_of_parts(
    parts: "Sequence[QuerySet[T]]",
    *,
    by: str,
    size: int,
    descending: bool = False,
    after: T | None = None,
    before: T | None = None,
    part_of: Callable[[T], int] = lambda _row: 0,
) -> Page[T]:
    """As `page`, of a list in several parts that follow each other; `part_of` tells in which one a row stands."""
    backwards = before is not None
    anchor = before or after
    first = part_of(anchor) if anchor is not None else 0
    rows: list[T] = []
    for number in range(first, -1, -1) if backwards else range(first, len(parts)):
        if len(rows) <= size:
            ordered = _ordered(
                parts[number], by, anchor if number == first else None, falling=descending != backwards
            )
            rows += ordered[: size + 1 - len(rows)]
    more = len(rows) > size
    rows = rows[:size]
    if backwards:
        rows.reverse()
    return Page(rows, has_previous=more if backwards else anchor is not None, has_next=backwards or more)


def _ordered(found: "QuerySet[T]", by: str, anchor: T | None, *, falling: bool) -> "QuerySet[T]":
    sign = "-" if falling else ""
    ordered = found.order_by(f"{sign}{by}", f"{sign}pk")
    if anchor is None:
        return ordered
    return ordered.filter(_beyond(by, getattr(anchor, by), anchor.pk, falling=falling))


def _beyond(by: str, value: Any, key: int, *, falling: bool) -> Q:
    """Beyond a value, or at it beyond a key; the side is given first, as an index needs it to begin there."""
    side = "lt" if falling else "gt"
    return Q(**{f"{by}__{side}e": value}) & (Q(**{f"{by}__{side}": value}) | Q(**{f"pk__{side}": key}))

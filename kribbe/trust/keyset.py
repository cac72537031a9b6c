"""Pages of a long list by the key of the row where the reader is, so that page 500 costs what page 1 does."""

from collections.abc import Sequence
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
    backwards = before is not None
    anchor = before or after
    falling = descending != backwards
    sign = "-" if falling else ""
    ordered = found.order_by(f"{sign}{by}", f"{sign}pk")
    if anchor is not None:
        ordered = ordered.filter(_beyond(by, getattr(anchor, by), anchor.pk, falling=falling))
    rows = list(ordered[: size + 1])
    more = len(rows) > size
    rows = rows[:size]
    if backwards:
        rows.reverse()
    return Page(rows, has_previous=more if backwards else anchor is not None, has_next=backwards or more)


def _beyond(by: str, value: Any, key: int, *, falling: bool) -> Q:
    """Beyond a value, or at it beyond a key; the side is given first, as an index needs it to begin there."""
    side = "lt" if falling else "gt"
    return Q(**{f"{by}__{side}e": value}) & (Q(**{f"{by}__{side}": value}) | Q(**{f"pk__{side}": key}))

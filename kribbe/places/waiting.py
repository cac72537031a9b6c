"""What waits for somebody at a location. Rooms hang their lists here; who runs several locations sees them together.

A room registers in its AppConfig.ready:
`register(AtLocation("offers", _("Offers"), "enrolment:offers", rows=open_offers, path="group__location"))`.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import CharField, Count, F, QuerySet, Value
from django.urls import reverse
from django.utils.functional import Promise

Rows = Callable[[datetime], "QuerySet[Any]"]
"""What waits at any location."""


@dataclass(frozen=True)
class AtLocation:
    """One list: `path` leads from its rows to their location; the address of its page takes `slug`.

    A list that is no task (`is_task`) only says how many there are.
    """

    name: str
    label: str | Promise
    url_name: str
    rows: Rows
    path: str
    order: int = 100
    is_task: bool = True


@dataclass(frozen=True, slots=True)
class Here:
    """A list at one location, with how many wait in it."""

    label: str
    url: str
    total: int
    is_task: bool


_lists: dict[str, AtLocation] = {}


def register(at_location: AtLocation) -> None:
    """Adds a list; the same name again replaces it."""
    _lists[at_location.name] = at_location


def waiting_at(locations: Mapping[int, str], *, now: datetime) -> Mapping[int, Sequence[Here]]:
    """The lists that hold something at these locations (slugs by key), in their order; counted in one query."""
    lists = sorted(_lists.values(), key=lambda each: (each.order, each.name))
    totals = _totals(lists, locations.keys(), now)
    return {
        key: [
            Here(
                str(each.label),
                reverse(each.url_name, kwargs={"slug": slug}),
                totals[key][each.name],
                each.is_task,
            )
            for each in lists
            if each.name in totals[key]
        ]
        for key, slug in locations.items()
    }


def _totals(
    lists: Sequence[AtLocation], keys: Collection[int], now: datetime
) -> Mapping[int, Mapping[str, int]]:
    found: defaultdict[int, dict[str, int]] = defaultdict(dict)
    each = [
        one.rows(now)
        .filter(**{f"{one.path}__in": keys})
        .order_by()
        .values(at=F(one.path), waits_in=Value(one.name, CharField()))
        .annotate(total=Count("pk", distinct=True))
        for one in lists
    ]
    if each:
        for row in each[0].union(*each[1:], all=True):
            found[row["at"]][row["waits_in"]] = row["total"]
    return found

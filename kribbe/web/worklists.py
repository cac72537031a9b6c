"""Work lists of a desk, in which rooms hang theirs; the clerk's first page shows those with something in them.

A room registers in its AppConfig.ready:
`register(WorkList("duplicates", _("Perhaps the same child"), _("…"), "copy", "upkeep:pairs", rows=waiting_pairs))`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import Promise

from kribbe.web.counting import counted

Rows = Callable[[int, datetime], "QuerySet[Any]"]
"""What waits at the desk of that id."""


@dataclass(frozen=True)
class WorkList:
    """One list: what it is for (`hint`, a sentence), and its page, whose address takes `desk` (the slug)."""

    name: str
    label: str | Promise
    hint: str | Promise
    icon: str
    url_name: str
    rows: Rows
    order: int = 100
    tone: str = "warn"


@dataclass(frozen=True)
class Waiting:
    """A list as the clerk's first page shows it."""

    label: str
    hint: str
    icon: str
    url: str
    total: int
    tone: str


_lists: dict[str, WorkList] = {}


def register(work_list: WorkList) -> None:
    """Adds a list; the same name again replaces it."""
    _lists[work_list.name] = work_list


def label_of(name: str) -> str:
    """What the list is called on the pages; "" for none of that name."""
    return str(_lists[name].label) if name in _lists else ""


def waiting(*, desk_id: int, slug: str, now: datetime) -> list[Waiting]:
    """The lists of this desk that hold something, in their order; counted in one query."""
    lists = sorted(_lists.values(), key=lambda each: (each.order, each.name))
    totals = counted((one.name, one.rows(desk_id, now)) for one in lists)
    return [
        Waiting(
            str(one.label),
            str(one.hint),
            one.icon,
            reverse(one.url_name, kwargs={"desk": slug}),
            totals[one.name],
            one.tone,
        )
        for one in lists
        if totals[one.name]
    ]

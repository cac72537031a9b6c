"""Work lists of a desk, in which rooms hang theirs; the clerk's first page shows those with something in them.

A room registers in its AppConfig.ready:
`register(WorkList("duplicates", _("Perhaps the same child"), _("…"), "copy", "enrolment:duplicates", count=count))`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.functional import Promise

Count = Callable[[int, datetime], int]
"""How much waits at the desk of that id, in one query."""


@dataclass(frozen=True)
class WorkList:
    """One list: what it is for (`hint`, a sentence), and its page, whose address takes `desk` (the slug)."""

    name: str
    label: str | Promise
    hint: str | Promise
    icon: str
    url_name: str
    count: Count
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


def waiting(*, desk_id: int, slug: str, now: datetime) -> list[Waiting]:
    """The lists of this desk that hold something, in their order."""
    found = []
    for one in sorted(_lists.values(), key=lambda each: (each.order, each.name)):
        total = one.count(desk_id, now)
        if total:
            url = reverse(one.url_name, kwargs={"desk": slug})
            found.append(Waiting(str(one.label), str(one.hint), one.icon, url, total, one.tone))
    return found

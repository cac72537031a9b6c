"""Navigation in which rooms hang their entries.

A room registers in its AppConfig.ready:
`register(NavItem(_("Waiting list"), "enrolment:waiting_list", "list-ordered", "location", order=20, badge=waiting))`.
"""

from collections import Counter
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import NoReverseMatch, get_script_prefix, get_urlconf, reverse
from django.utils.functional import Promise
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from kribbe.web.counting import Count, count_of

SECTIONS = ("public", "parent", "account", "foot", "location", "desk", "policy", "admin")
"""`public` and `parent` stand in the page bar, `account` in the account menu, `foot` at the
foot of the page, the others in the staff rail."""

GROUPS: Mapping[str, Promise] = {
    "planning": _("Planning"),
    "children": _("Children and families"),
    "giving": _("Giving places"),
    "team": _("Carers and roster"),
    "billing": _("Invoices and money"),
    "talking": _("Talking"),
    "locations": _("Locations"),
    "place": _("Our location"),
}
"""Drawers of the staff rail, in their order, below the entries that belong to none."""

Badge = Callable[[HttpRequest], "Sequence[QuerySet[Any]]"]
Arguments = Callable[[HttpRequest], Mapping[str, object] | None]
ActionCheck = Callable[[HttpRequest, str], bool]


@dataclass(frozen=True)
class NavItem:
    """One entry.

    `badge` gives the rows that wait there; their number is shown. Which rows those are follows from the reader, the
    open location, the desk and the day alone. `action` names what the reader must be allowed to do, "" for everybody.
    `arguments` gives the address's parts, or None where the entry does not apply to this request.
    `holds` names pages (`places:photos`) that belong to it though their address doesn't begin with its own.
    `alone` where other pages' addresses begin with its own though they don't belong to it.
    `group` is the drawer of the staff rail in which it lies, "" where it always shows.
    """

    label: str | Promise
    url_name: str
    icon: str
    section: str
    badge: Badge | None = None
    action: str = ""
    order: int = 100
    arguments: Arguments | None = None
    holds: Collection[str] = ()
    group: str = ""
    alone: bool = False


@dataclass(frozen=True)
class Entry:
    """An entry as a template shows it."""

    label: str
    url: str
    icon: str
    badge: str
    is_current: bool
    group: str = ""


@dataclass(frozen=True)
class Drawer:
    """Entries of the staff rail under one heading."""

    label: str
    entries: Sequence[Entry]

    @property
    def is_open(self) -> bool:
        """Whether it holds the page that is shown."""
        return any(entry.is_current for entry in self.entries)

    @property
    def badge(self) -> str:
        """What waits in it, "" where nothing does."""
        return str(sum(int(entry.badge or 0) for entry in self.entries) or "")


@dataclass(frozen=True)
class RailSection:
    """A section of the staff rail: entries that always show, then the drawers that hold something."""

    name: str
    entries: Sequence[Entry]
    drawers: Sequence[Drawer]

    @property
    def waiting(self) -> str:
        """What waits in its drawers together, "" where nothing does."""
        return str(sum(int(drawer.badge or 0) for drawer in self.drawers) or "")

    @property
    def current(self) -> Entry | None:
        """The entry of the page that is shown."""
        inside = [entry for drawer in self.drawers for entry in drawer.entries]
        return next((entry for entry in [*self.entries, *inside] if entry.is_current), None)


_items: list[NavItem] = []
_action_checks: list[ActionCheck] = []


def register(item: NavItem) -> None:
    """Adds an entry; the same entry twice counts once. Raises ValueError for an unknown section or group."""
    if item.section not in SECTIONS:
        raise ValueError(f"no such section: {item.section}")
    if item.group and item.group not in GROUPS:
        raise ValueError(f"no such group: {item.group}")
    if not any((one.url_name, one.section) == (item.url_name, item.section) for one in _items):
        _items.append(item)


def register_action_check(check: ActionCheck) -> None:
    """Sets who decides whether a reader may do an action; without one, entries with an action stay hidden."""
    _action_checks[:] = [check]


def _may(request: HttpRequest, action: str) -> bool:
    return not action or (bool(_action_checks) and _action_checks[0](request, action))


def _address(request: HttpRequest, item: NavItem) -> str | None:
    arguments: Mapping[str, object] | None = {}
    if item.arguments is not None:
        arguments = item.arguments(request)
    if arguments is None:
        return None
    return _reversed(
        item.url_name, get_urlconf() or settings.ROOT_URLCONF, get_script_prefix(), tuple(arguments.items())
    )


@lru_cache(maxsize=8192)
def _reversed(name: str, urlconf: str, _prefix: str, arguments: tuple[tuple[str, object], ...]) -> str | None:
    """Kept: a page of staff asks dozens, the same on every page of their place."""
    try:
        return reverse(name, urlconf, kwargs=dict(arguments))
    except NoReverseMatch:
        return None


def entries(request: HttpRequest, section: str) -> list[Entry]:
    """The entries of a section that this reader may see, in order.

    Current is the one that holds the page, or else the one with the longest matching path.
    """
    wanted = sorted((one for one in _items if one.section == section), key=lambda one: one.order)
    found = [(item, _address(request, item)) for item in wanted if _may(request, item.action)]
    shown = [(item, url) for item, url in found if url is not None]
    current = _current(request, shown)
    waiting = _waiting(request, shown)
    return [
        Entry(str(item.label), url, item.icon, str(waiting[url] or ""), url == current, item.group)
        for item, url in shown
    ]


def _waiting(request: HttpRequest, shown: Sequence[tuple[NavItem, str]]) -> Counter[str]:
    """How much waits under each address."""
    badges = tuple((url, item.badge) for item, url in shown if item.badge is not None)
    kept = _kept(_reader(request), badges)
    if not kept:
        kept.append(count_of((url, rows) for url, badge in badges for rows in badge(request)))
    return kept[0].read()


def _reader(request: HttpRequest) -> Hashable:
    """Who reads, at which desk and location, today: all that a badge looks at."""
    place, desk = getattr(request, "place", None), getattr(request, "desk", None)
    return getattr(request, "principal", None), place and place.pk, desk and desk.pk, localdate()


@lru_cache(maxsize=1024)
def _kept(_reader: Hashable, _badges: tuple[tuple[str, Badge], ...]) -> list[Count]:
    """Where this reader's count is kept once it is written; writing it takes many times as long as asking it."""
    return []


def nearest_only(sections: Mapping[str, Sequence[Entry]]) -> dict[str, Sequence[Entry]]:
    """The entries of a rail's sections, of which one at most is current: the one with the longest address."""
    current = [entry.url for shown in sections.values() for entry in shown if entry.is_current]
    nearest = max(current, key=len, default=None)
    return {
        name: [replace(entry, is_current=entry.is_current and entry.url == nearest) for entry in shown]
        for name, shown in sections.items()
    }


def rail_section(name: str, shown: Sequence[Entry]) -> RailSection:
    """The entries of a section, laid in their drawers."""
    drawers = [
        Drawer(str(label), inside)
        for group, label in GROUPS.items()
        if (inside := [entry for entry in shown if entry.group == group])
    ]
    return RailSection(name, [entry for entry in shown if not entry.group], drawers)


def _current(request: HttpRequest, shown: Sequence[tuple[NavItem, str]]) -> str | None:
    page = request.resolver_match.view_name if request.resolver_match else ""
    holding = [url for item, url in shown if page in item.holds]
    matches = [
        url
        for item, url in shown
        if request.path == url or (url != "/" and not item.alone and request.path.startswith(url))
    ]
    return max(holding or matches, key=len, default=None)

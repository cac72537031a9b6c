"""The room's entries in the navigation, and its work lists."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from kribbe.contact.models import Side, Thread
from kribbe.contact.selectors import letters_to_post, unread_notices
from kribbe.contact.selectors.threads import unread_threads
from kribbe.contact.selectors.undelivered import undelivered_waiting
from kribbe.contact.selectors.visits import booked_when_closed
from kribbe.people.navigation import desk_here, own_household_only
from kribbe.places import waiting
from kribbe.places.access import place_of, place_where
from kribbe.region.settings_tabs import Tab
from kribbe.region.settings_tabs import register as register_tab
from kribbe.trust.permissions import Action
from kribbe.trust.principal import PARENTS, Scope
from kribbe.web.navigation import NavItem, register
from kribbe.web.worklists import WorkList
from kribbe.web.worklists import register as register_list


def _new_for_parent(request: Any) -> "Sequence[QuerySet[Any]]":
    own = request.principal.scope_ids(Scope.HOUSEHOLD, *PARENTS)
    return [unread_threads(Thread.objects.filter(household__in=own), Side.HOUSEHOLD), unread_notices(own)]


def _new_at_location(request: Any) -> "Sequence[QuerySet[Thread]]":
    return [_locations_unread().filter(location=place_of(request))]


def _locations_unread() -> "QuerySet[Thread]":
    return unread_threads(Thread.objects.all(), Side.LOCATION)


def _new_at_desk(request: Any) -> "Sequence[QuerySet[Thread]]":
    return [_desk_unread(request.desk.pk)]


def _desk_unread(desk_id: int) -> QuerySet[Thread]:
    return unread_threads(Thread.objects.filter(desk=desk_id, with_desk=True), Side.DESK)


_at_location = partial(NavItem, section="location", arguments=place_where(Action.LOCATION_TALK))
_of_families = partial(_at_location, group="children")
_at_desk = partial(NavItem, section="desk", arguments=desk_here)
_talking = partial(_at_desk, group="talking")

ENTRIES = (
    NavItem(
        _("Messages"),
        "contact:threads",
        "mail",
        "parent",
        _new_for_parent,
        order=60,
        arguments=own_household_only,
    ),
    _at_location(
        _("Conversations"), "contact:location_threads", "message-circle", order=16, badge=_new_at_location
    ),
    _of_families(_("Visits"), "contact:location_visits", "calendar-days", order=44),
    _talking(
        _("Conversations"),
        "contact:office_threads",
        "message-circle",
        order=50,
        action=Action.DESK_TALK,
        badge=_new_at_desk,
    ),
    _at_desk(_("Tasks"), "contact:tasks", "list-checks", order=30, action=Action.DESK_TASKS),
    _talking(_("Questions"), "contact:questions", "circle-question-mark", order=65, action=Action.DESK_TASKS),
    NavItem(
        _("Texts of notices"),
        "contact:texts",
        "pencil",
        "admin",
        order=92,
        action=Action.DESK_SETTINGS,
        arguments=desk_here,
    ),
    _talking(_("Who was told what"), "contact:office_told", "mail-search", order=55, action=Action.DESK_TALK),
    _of_families(_("Who was told what"), "contact:location_told", "mail-search", order=55),
    _talking(_("Letters"), "contact:letters", "printer", order=60, action=Action.DESK_LETTERS),
)

LISTS = (
    WorkList(
        "letters",
        _("Letters to post"),
        _("For families without a mail address."),
        "printer",
        "contact:letters",
        rows=letters_to_post,
        order=70,
        tone="blue",
    ),
    WorkList(
        "undelivered",
        _("Mails that did not arrive"),
        _("Correct the address and send it again, post a letter, or call."),
        "mail",
        "contact:undelivered",
        rows=undelivered_waiting,
        order=25,
    ),
    WorkList(
        "conversations",
        _("Conversations with something new"),
        _("A family or a location wrote to the desk."),
        "message-circle",
        "contact:office_threads",
        rows=lambda desk_id, _now: _desk_unread(desk_id),
        order=30,
        tone="primary",
    ),
)

WAITING = (
    waiting.AtLocation(
        "conversations",
        _("Conversations with something new"),
        "contact:location_threads",
        rows=lambda now: _locations_unread(),
        path="location",
        order=60,
    ),
    waiting.AtLocation(
        "visits_when_closed",
        _("Visits on a closing day"),
        "contact:location_visits",
        rows=booked_when_closed,
        path="location",
        order=65,
    ),
)


def register_navigation() -> None:
    """Hang the pages in the bar and the rail, and what waits; a second call does nothing more."""
    for item in ENTRIES:
        register(item)
    register_tab(Tab("contact:policy", _("Mails and messages"), order=50))
    for one in LISTS:
        register_list(one)
    for each in WAITING:
        waiting.register(each)

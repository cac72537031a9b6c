"""The desk's work lists of this room, and its pages in the navigation."""

from django.utils.translation import gettext_lazy as _

from kribbe.people.navigation import desk_here
from kribbe.places import waiting
from kribbe.places.access import place_where
from kribbe.trust.permissions import Action
from kribbe.upkeep.pages.complaints import running
from kribbe.upkeep.pages.first_days import asked, missed, untold
from kribbe.upkeep.pages.pairs import waiting_pairs
from kribbe.upkeep.pages.phantom import births_untold
from kribbe.upkeep.pages.still_needed import on_paper
from kribbe.upkeep.selectors.taken import direct_unseen
from kribbe.upkeep.selectors.taken_asked import unanswered
from kribbe.web import navigation
from kribbe.web.navigation import NavItem
from kribbe.web.worklists import WorkList, register

LISTS = (
    WorkList(
        "duplicates",
        _("Perhaps the same child"),
        _("Compare two registrations, and merge them or set them apart."),
        "copy",
        "upkeep:pairs",
        rows=waiting_pairs,
        order=40,
    ),
    WorkList(
        "complaints",
        _("Complaints"),
        _("Look into the decision, and answer within the term."),
        "message-square-warning",
        "upkeep:complaints",
        rows=lambda desk_id, _now: running(desk_id),
        order=30,
    ),
    WorkList(
        "questions",
        _("Asked by letter"),
        _("Call the family: does it still need a place?"),
        "circle-help",
        "upkeep:questions",
        rows=lambda desk_id, _now: on_paper(desk_id),
        order=60,
    ),
    WorkList(
        "births",
        _("Birth not told"),
        _("The expected date has passed: call, and record the birth."),
        "baby",
        "upkeep:births",
        rows=births_untold,
        order=65,
    ),
    WorkList(
        "first_days",
        _("Didn't come on the first day"),
        _("Call the family: does the child come later?"),
        "calendar-x",
        "upkeep:absences",
        rows=lambda desk_id, _now: missed(desk_id),
        order=35,
    ),
    WorkList(
        "direct",
        _("Taken directly"),
        _("A location took a child outside the desk."),
        "user-plus",
        "upkeep:taken",
        rows=direct_unseen,
        order=70,
    ),
    WorkList(
        "direct_asked",
        _("Another desk asks"),
        _("Is a child that its location took directly one of your families?"),
        "circle-help",
        "upkeep:taken_asked",
        rows=unanswered,
        order=68,
    ),
)

ENTRIES = (
    NavItem(
        _("Open requests"),
        "upkeep:phantom",
        "filter",
        "desk",
        order=65,
        action=Action.DESK_UPKEEP,
        arguments=desk_here,
        group="children",
    ),
    NavItem(
        _("Soon forgotten"),
        "upkeep:forgetting",
        "clock",
        "desk",
        order=69,
        action=Action.DESK_UPKEEP,
        arguments=desk_here,
        group="children",
    ),
    NavItem(
        _("Forgotten families"),
        "upkeep:forgotten",
        "clock",
        "admin",
        order=96,
        action=Action.DESK_AUDIT,
        arguments=desk_here,
    ),
    NavItem(
        _("First days"),
        "upkeep:first_days",
        "calendar-check",
        "location",
        order=45,
        badge=asked,
        arguments=place_where(Action.PLACEMENT_FIRST_DAY),
        group="children",
    ),
)

FIRST_DAYS = waiting.AtLocation(
    "first_days",
    _("First days: did they come?"),
    "upkeep:first_days",
    rows=untold,
    path="placement__group__location",
    order=50,
)


def register_work_lists() -> None:
    """Hang them on the clerk's first page, and the pages in the rail; a second call does nothing more."""
    for one in LISTS:
        register(one)
    for item in ENTRIES:
        navigation.register(item)
    waiting.register(FIRST_DAYS)

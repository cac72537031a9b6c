"""The notices of out-of-school care: whom they tell, when, and what they can say."""

from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

from django.utils.timezone import get_default_timezone, localtime
from django.utils.translation import gettext_lazy as _

from kribbe.contact.kinds import Place, Recipient
from kribbe.enrolment.notice_kinds import register_all
from kribbe.enrolment.notice_places import CHILD
from kribbe.enrolment.notice_samples import family
from kribbe.outofschool import words
from kribbe.outofschool.models import Club, HolidayWeek, Registration
from kribbe.web.templatetags.telling import long_date

CLUB = {"club": Place(_("the name of the out-of-school location"), lambda context: context["club"].name)}
MOMENTS = {
    "moments": Place(
        _("the moments of the week"), lambda context: words.moments(context["registration"].pattern)
    ),
    "first": Place(_("the first day"), lambda context: long_date(context["registration"].first)),
}
ANSWER_BY = {
    "answer_by": Place(
        _("the last day to answer"), lambda context: long_date(context["registration"].answer_by)
    )
}
WEEK = {
    "children": Place(_("the first names of the children"), lambda context: words.names(context["children"])),
    "week": Place(_("the name of the holiday week"), lambda context: context["week"].name),
    "first": Place(_("the first day"), lambda context: long_date(context["week"].first)),
    "last": Place(_("the last day"), lambda context: long_date(context["week"].last)),
}


def register_kinds() -> None:
    """Offer them to the desks; a second call changes nothing."""
    register_all("outofschool", Recipient.FAMILY, FAMILY)


def _sample() -> dict[str, Any]:
    registration = Registration(pattern=0b10, first=date(2027, 9, 1), answer_by=date(2027, 6, 14))
    return family() | {"club": Club(name="De Speelvogel"), "registration": registration}


def _holiday_sample() -> dict[str, Any]:
    opens = datetime(2027, 1, 18, 19, tzinfo=get_default_timezone())
    week = HolidayWeek(
        name="Paasvakantie, week 1", first=date(2027, 3, 29), last=date(2027, 4, 2), opens_at=localtime(opens)
    )
    child = SimpleNamespace(first_name="Noor")
    return {"club": Club(name="De Speelvogel"), "week": week, "children": [child]}


FAMILY: tuple[tuple[Any, ...], ...] = (
    (
        "club_granted",
        _("Out-of-school care: the place is granted"),
        "As soon as a family asks moments that are all free.",
        CHILD | CLUB | MOMENTS,
        _sample,
    ),
    (
        "club_waiting",
        _("Out-of-school care: on the waiting list"),
        "As soon as a family asks moments that aren't all free.",
        CHILD | CLUB | MOMENTS,
        _sample,
    ),
    (
        "club_offered",
        _("Out-of-school care: a place is offered"),
        "As soon as the moments come free that the first in line asked.",
        CHILD | CLUB | MOMENTS | ANSWER_BY,
        _sample,
        "answer_by",
    ),
    (
        "club_lapsed",
        _("Out-of-school care: an offer ran out"),
        "On the day after the last one to answer.",
        CHILD | CLUB,
        _sample,
    ),
    (
        "holiday_taken",
        _("Holiday week: the place is certain"),
        "As soon as a family takes places in a holiday week.",
        CLUB | WEEK,
        _holiday_sample,
    ),
    (
        "holiday_waiting",
        _("Holiday week: on the waiting list"),
        "As soon as a family asks a place in a holiday week that is full.",
        CLUB | WEEK,
        _holiday_sample,
    ),
    (
        "holiday_moved_up",
        _("Holiday week: a place came free"),
        "As soon as somebody cancels, or the location has more places.",
        CLUB | WEEK,
        _holiday_sample,
    ),
)

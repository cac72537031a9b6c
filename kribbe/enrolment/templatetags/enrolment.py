"""Words about children, offers and placements for templates and notices."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django import template
from django.urls import reverse
from django.utils.formats import time_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from kribbe.enrolment import words
from kribbe.enrolment.models import Offer, Placement
from kribbe.enrolment.pages.acting import page_of
from kribbe.enrolment.selectors.stays import Stay
from kribbe.people.models import Child, Household
from kribbe.places.selectors import closed
from kribbe.region.models import PassOverReason
from kribbe.rules.closing import Closing, Shut
from kribbe.rules.halfdays import WeekPattern
from kribbe.web.dates import date_format
from kribbe.web.templatetags.telling import long_date

register = template.Library()


@register.filter
def called(child: Child) -> str:
    """The first name, or `your child` while it has none."""
    return child.first_name or _("your child")


@register.filter
def hour(text: str | None) -> str:
    """An hour that is kept as `08:30`, as pages write it; "" where none is."""
    return str(time_format(dt.time.fromisoformat(text))) if text else ""


@register.filter
def fully_called(child: Child) -> str:
    """First and last name; of a child without one, when it is expected."""
    if child.first_name or child.expected is None:
        return str(child)
    day = date_format(child.expected, "DATE_FORMAT")
    return _("child expected on %(day)s") % {"day": day}


@register.filter
def last_day(deadline: dt.datetime | None) -> dt.date | None:
    """The last whole day before a deadline."""
    return None if deadline is None else localtime(deadline - dt.timedelta(microseconds=1)).date()


@register.filter
def day_before(end: dt.date) -> dt.date:
    """The last day of a stay that ends before this one."""
    return end - dt.timedelta(days=1)


@register.simple_tag
def starting(start: dt.date, latest: dt.date) -> str:
    """From which day a family wants a place; until which one too, where that is another."""
    said = {"start": long_date(start), "latest": long_date(latest)}
    text = _("From %(start)s, at the latest on %(latest)s") if latest > start else _("From %(start)s")
    return text % said


@register.filter
def reason_words(reason: PassOverReason) -> str:
    """A reason of the desk's list in the reader's language."""
    return words.reason(reason)


@register.filter
def goes_on(stay: Stay) -> list[str]:
    """How a stay goes on after the days that its row tells: `From 1 March: Monday the whole day`."""
    return words.goes_on(stay)


@register.filter
def stretches_in_words(stretches: Iterable[Closing]) -> str:
    """Days on which a location is closed."""
    return closed.stretches_in_words(stretches)


@register.filter
def shut_in_words(shut: Shut) -> str:
    """By which closing a location is closed, and from when it is open again."""
    return closed.shut_in_words(shut)


@register.filter
def first_day_words(stay: Offer | Placement) -> str:
    """Where nobody can come on the first day of an offer or a place: why, and from when; "" otherwise."""
    pattern = WeekPattern(stay.pattern)
    calendars = closed.calendars_of([stay.group.location_id], stay.during.lower, None)
    shut = closed.first_day_shut(calendars.of(stay.group), pattern, stay.during.lower)
    if shut is None:
        return ""
    whole = calendars.at[stay.group.location_id]
    text = (
        _("The location is %(closed)s.")
        if whole.is_closed(shut.closing.first)
        else _("The group %(group)s is %(closed)s.")
    )
    return text % {"closed": closed.shut_in_words(shut), "group": stay.group.name}


@register.inclusion_tag("enrolment/_way_back.html", takes_context=True)
def way_back(context: Any, household: Household, url: str = "", label: str = "") -> dict[str, str]:
    """The link back: to `url` (or to their children) for the household's parents, to its page for who acts for it."""
    return {
        "family_url": page_of(household, context["request"].principal),
        "url": url or reverse("enrolment:my"),
        "label": label or _("My children"),
    }

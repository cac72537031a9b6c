"""How fresh the figures of locations are, in numbers and in words."""

from collections.abc import Collection, Mapping
from datetime import date, datetime

from django.db.models import OuterRef, Subquery
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kribbe.places.models import Location
from kribbe.region.models import DeskPolicy
from kribbe.rules.freshness import Looked, looked
from kribbe.web.components import Point
from kribbe.web.templatetags.telling import long_date

DEFAULT_WEEKS = 4
RECENT = 60
"""Up to so many days are told as days; what is older is told by its date."""


def freshness_of(location_ids: Collection[int], *, today: date) -> Mapping[int, Looked]:
    """When each of these locations was last confirmed, judged by its own desk's policy; one query."""
    rows = Location.objects.filter(pk__in=location_ids).annotate(look_weeks=look_weeks(today))
    return {
        key: judged(moment, weeks, today=today)
        for key, moment, weeks in rows.values_list("pk", "looked_at", "look_weeks")
    }


def look_weeks(today: date) -> Subquery:
    """For a query of locations: the weeks after which their desk asks them to look."""
    policies = DeskPolicy.objects.filter(desk=OuterRef("desk"), during__contains=today)
    return Subquery(policies.values("look_weeks")[:1])


def judged(moment: datetime | None, weeks: int | None, *, today: date) -> Looked:
    """How fresh what was confirmed at that moment is."""
    on = localtime(moment).date() if moment else None
    return looked(on, today=today, look_weeks=weeks or DEFAULT_WEEKS)


def freshness_point(found: Looked) -> Point:
    """A line with an icon for a card or a page."""
    if found.is_stale:
        return Point("circle-question-mark", stale_words(found.on), "warn")
    return Point("history", checked_words(found))


def stale_words(on: date | None) -> str:
    """Since when nobody confirmed the figures."""
    if on is None:
        return _("The location hasn't confirmed its free places yet")
    return _("Free places not confirmed since %(date)s") % {"date": long_date(on)}


def checked_words(found: Looked) -> str:
    """How long ago somebody confirmed the figures."""
    if found.on is None or found.days is None or found.days > RECENT:
        return stale_words(found.on)
    if found.days == 0:
        return _("Free places checked today")
    text = ngettext(
        "Free places checked %(count)d day ago", "Free places checked %(count)d days ago", found.days
    )
    return text % {"count": found.days}

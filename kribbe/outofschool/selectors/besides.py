"""What children ask or have of out-of-school care, a line each."""

from collections.abc import Collection, Iterator
from datetime import date

from django.urls import reverse

from kribbe.outofschool import words
from kribbe.outofschool.models import LIVE, HolidayPlace, HolidayState, Registration
from kribbe.people.besides import Line
from kribbe.people.models import Child
from kribbe.rules.school import school_year_of
from kribbe.web.dates import date_format

COMES = (HolidayState.TAKEN, HolidayState.WAITING)
TONES = {"granted": "good", "offered": "primary", "waiting": "warn", "taken": "good"}


def lines(child_ids: Collection[int], today: date) -> Iterator[Line]:
    """Moments of this school year and the next, then holiday weeks that aren't over."""
    asked = Registration.objects.filter(
        child__in=child_ids, state__in=LIVE, year__year__gte=school_year_of(today)
    )
    for one in asked.select_related("child__household", "year__club").order_by("year__year", "pk"):
        what = f"{one.year.club.name}, {words.school_year(one.year.year)}"
        yield _line(one.child, what, one)
    weeks = HolidayPlace.objects.filter(child__in=child_ids, state__in=COMES, week__last__gte=today)
    for place in weeks.select_related("child__household", "week__club").order_by("week__first", "pk"):
        week = place.week
        days = (
            f"{date_format(week.first, 'SHORT_DATE_FORMAT')} – {date_format(week.last, 'SHORT_DATE_FORMAT')}"
        )
        yield _line(place.child, f"{week.club.name}, {week.name} ({days})", place)


def _line(child: Child, what: str, row: Registration | HolidayPlace) -> Line:
    url = reverse("outofschool:family", args=[child.household.reference])
    return Line(child.pk, what, row.get_state_display(), TONES.get(row.state, ""), url)

"""Figures of out-of-school care, apart from those of the care of babies and toddlers."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, Sum

from kribbe.outofschool.models import Club, ClubYear, HolidayWeek


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """One club in one school year. `places` and `taken` are moments of the week added up."""

    club: Club
    moments: int
    places: int
    taken: int
    children: int
    waiting: int
    offered: int
    holiday_places: int
    holiday_taken: int


def figures_of(clubs: Sequence[Club], *, year: int) -> list[Figures]:
    """By club, in two queries."""
    years = {
        each.club_id: each
        for each in ClubYear.objects.filter(club__in=clubs, year=year).annotate(
            children=Count("registrations", filter=Q(registrations__state="granted")),
            waiting=Count("registrations", filter=Q(registrations__state="waiting")),
            offered=Count("registrations", filter=Q(registrations__state="offered")),
        )
    }
    sums = (
        HolidayWeek.objects.filter(club__in=clubs, first__year__gte=year)
        .values("club")
        .annotate(all_places=Sum("places"), all_taken=Sum("taken"))
    )
    weeks = {row["club"]: (row["all_places"], row["all_taken"]) for row in sums}
    return [_one(club, years.get(club.pk), weeks.get(club.pk, (0, 0))) for club in clubs]


def _one(club: Club, year: ClubYear | None, holidays: tuple[int, int]) -> Figures:
    places = year.places if year else []
    return Figures(
        club=club,
        moments=sum(1 for number in places if number),
        places=sum(places),
        taken=sum(year.taken) if year else 0,
        children=getattr(year, "children", 0),
        waiting=getattr(year, "waiting", 0),
        offered=getattr(year, "offered", 0),
        holiday_places=holidays[0],
        holiday_taken=holidays[1],
    )

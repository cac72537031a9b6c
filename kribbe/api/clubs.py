"""Out-of-school care for everybody: the clubs, the schools from which they fetch, and their holiday weeks."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db.models import F, Prefetch, Q, QuerySet
from django.urls import reverse
from django.utils.timezone import localtime
from ninja import Schema
from pydantic import Field

from kribbe.api.problems import ProblemError
from kribbe.api.schemas import Address, Cursor, NisCode, Point, Slug, Strict
from kribbe.api.selectors import cursor_of, read_cursor
from kribbe.outofschool.models import Club, HolidayWeek, Pickup
from kribbe.outofschool.selectors.prices import with_prices
from kribbe.outofschool.selectors.search import Found, current_year, many
from kribbe.rules.halfdays import DAYS
from kribbe.rules.outofschool import MOMENTS

MOMENT_NAMES = tuple(f"{day}-{part}" for day in DAYS for part in ("before", "after"))[:MOMENTS]


class SchoolOut(Schema):
    """A school from which a club fetches children, and to which it brings them in the morning."""

    name: str = Field(description="Name of the school.")
    postcode: str = Field(description="Postcode.")
    city: str = Field(description="Town.")
    how: str = Field(description="How children are fetched, in the club's words; may be empty.")


class MomentOut(Schema):
    """A moment of the week in the school year for which families ask now."""

    moment: str = Field(description="Such as mon-before or wed-after: before or after school.")
    places: int = Field(description="Places at that moment; moments without any aren't listed.")
    free: int = Field(description="How many of them nobody has.")


class HolidayWeekOut(Schema):
    """Days of a holiday that are taken as one."""

    name: str = Field(description="In the club's words.")
    first: str = Field(description="First day, as YYYY-MM-DD.")
    last: str = Field(description="Last day, as YYYY-MM-DD.")
    opens_at: str = Field(description="When registration opens, as a moment in ISO 8601.")
    closes_at: str = Field(description="When it closes.")
    places: int = Field(description="Places in that week.")
    free: int = Field(description="How many of them nobody has; 0: families can join the waiting list.")


class ClubOut(Schema):
    """An out-of-school location."""

    slug: Slug = Field(description="Names the club in addresses; stays the same.")
    name: str = Field(description="Name.")
    url: str = Field(description="Its page for people.")
    desk: Slug = Field(description="The desk to which it belongs.")
    organiser: str | None = Field(description="Who runs it.")
    address: Address = Field(description="Its address.")
    point: Point = Field(description="Its place on the map.")
    phone: str = Field(description="Telephone.")
    email: str = Field(description="Mail address.")
    from_months: int = Field(description="Youngest age, in months.")
    to_months: int = Field(description="Oldest age, in months.")
    opens_at: str = Field(description="Opening time, as HH:MM.")
    closes_at: str = Field(description="Closing time, as HH:MM.")
    hour_price: str = Field(description="Euros an hour, as a decimal number.")
    day_price: str = Field(description="Most that a day costs, in euros.")
    school_year: int = Field(
        description="The year in which the school year begins of which moments are told."
    )
    schools: list[SchoolOut] = Field(description="The schools from which it fetches.")
    moments: list[MomentOut] = Field(description="Its moments of the week in that school year.")
    holiday_weeks: list[HolidayWeekOut] = Field(
        description="Holiday weeks for which registration is open or will open."
    )


class ClubList(Schema):
    """One page of clubs, ordered by slug."""

    items: list[ClubOut] = Field(description="The clubs.")
    next: Cursor | None = Field(description="Give it as cursor for the next page; null on the last one.")


class ClubFilter(Strict):
    """Which clubs."""

    desk: Slug | None = Field(None, description="Only those of this desk.")
    municipality: NisCode | None = Field(
        None, description="Only those of the desk of this municipality (NIS code)."
    )
    school: str | None = Field(
        None,
        max_length=200,
        pattern=r"^[^\x00-\x1f]+$",
        description="Only those that fetch from a school of this name.",
    )
    free_week: bool | None = Field(
        None, description="true: only those with a free place in a holiday week that is open or will open."
    )
    cursor: Cursor | None = Field(None, description="Go on after this page.")
    limit: int = Field(50, ge=1, le=200, description="Clubs a page.")


def clubs(filters: ClubFilter, now: datetime) -> tuple[list[dict[str, Any]], str | None]:
    """One page of clubs and the cursor of the next; six queries, whatever their number."""
    found = _open_clubs(localtime(now).date()).order_by("slug")
    plain = {"desk__slug": filters.desk, "desk__municipality__nis_code": filters.municipality}
    found = found.filter(**{name: value for name, value in plain.items() if value is not None})
    if filters.school:
        fetched = Pickup.objects.filter(school__active=True, school__name__iexact=filters.school)
        found = found.filter(pk__in=fetched.values("club_id"))
    if filters.free_week is not None:
        free = Q(taken__lt=F("places"), closes_at__gt=now)
        weeks = HolidayWeek.objects.filter(free).values("club_id")
        found = found.filter(pk__in=weeks) if filters.free_week else found.exclude(pk__in=weeks)
    if filters.cursor:
        found = found.filter(slug__gt=read_cursor(filters.cursor))
    rows = list(found[: filters.limit + 1])
    shown = rows[: filters.limit]
    following = cursor_of(shown[-1].slug) if len(rows) > filters.limit else None
    return _told(shown, now), following


def club(slug: str, now: datetime) -> dict[str, Any]:
    """One club. ProblemError 404 where it isn't there."""
    found = _told(_open_clubs(localtime(now).date()).filter(slug=slug), now)
    if not found:
        raise ProblemError(404)
    return found[0]


def _open_clubs(on: date) -> "QuerySet[Club]":
    pickups = Pickup.objects.filter(school__active=True).select_related("school")
    return (
        with_prices(Club.objects.filter(active=True), on)
        .select_related("desk", "organiser")
        .prefetch_related(Prefetch("pickups", pickups.order_by("school__name_key", "pk")))
    )


def _told(rows: Iterable[Club], now: datetime) -> list[dict[str, Any]]:
    year = current_year(localtime(now).date())
    return [_club(each, year) for each in many(list(rows), year=year, now=now)]


def _club(found: Found, year: int) -> dict[str, Any]:
    row: Any = found.club
    return {
        "slug": row.slug,
        "name": row.name,
        "url": settings.BASE_URL + reverse("outofschool:club", args=[row.desk.slug, row.slug]),
        "desk": row.desk.slug,
        "organiser": row.organiser.name if row.organiser else None,
        "address": {"street": row.street, "postcode": row.postcode, "city": row.city},
        "point": {"longitude": row.longitude, "latitude": row.latitude, "exact": True},
        "phone": row.phone,
        "email": row.email,
        "from_months": row.from_months,
        "to_months": row.to_months,
        "opens_at": f"{row.opens_at:%H:%M}",
        "closes_at": f"{row.closes_at:%H:%M}",
        "hour_price": f"{row.hour_price}",
        "day_price": f"{row.day_price}",
        "school_year": year,
        "schools": [_school(each) for each in row.pickups.all()],
        "moments": _moments(found),
        "holiday_weeks": [_week(each) for each in found.weeks],
    }


def _school(pickup: Pickup) -> dict[str, str]:
    school = pickup.school
    return {"name": school.name, "postcode": school.postcode, "city": school.city, "how": pickup.how}


def _moments(found: Found) -> list[dict[str, Any]]:
    places = found.year.places if found.year else ()
    return [
        {"moment": name, "places": number, "free": free}
        for name, number, free in zip(MOMENT_NAMES, places, found.free, strict=False)
        if number
    ]


def _week(week: HolidayWeek) -> dict[str, Any]:
    return {
        "name": week.name,
        "first": week.first.isoformat(),
        "last": week.last.isoformat(),
        "opens_at": localtime(week.opens_at).isoformat(timespec="seconds"),
        "closes_at": localtime(week.closes_at).isoformat(timespec="seconds"),
        "places": week.places,
        "free": week.free,
    }

"""What the API tells, read for everybody: no name of a family, no count under five."""

import base64
import binascii
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Prefetch, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from kribbe.api import schemas
from kribbe.api.problems import ProblemError
from kribbe.enrolment.models import CareRequest, RequestState
from kribbe.places.models import (
    MONTHS_SHOWN,
    Group,
    GroupCapacity,
    Kind,
    LicenceState,
    Location,
)
from kribbe.places.selectors import search
from kribbe.places.selectors.cards import opens_late
from kribbe.places.selectors.closed import calendars_of
from kribbe.region.models import Desk, DeskPolicy, Municipality
from kribbe.region.services import Terms
from kribbe.region.words import sentences
from kribbe.rules.calendar import add_months, first_of_month
from kribbe.rules.closing import Calendar
from kribbe.rules.distance import kilometres
from kribbe.rules.halfdays import DAYS, SLOTS, WeekPattern
from kribbe.rules.small_numbers import hide

ROUNDED = 2
"""Decimals of the point of a carer who works at home: about a kilometre."""

FITS = {search.Tier.WHOLE: "whole", search.Tier.SOME: "some", search.Tier.NONE: "none"}
HALF_DAYS = tuple(f"{day}-{half}" for day in DAYS for half in ("am", "pm"))


def locations(filters: schemas.LocationFilter, today: date) -> tuple[list[dict[str, Any]], str | None]:
    """One page of locations and the cursor of the next."""
    found = _open_locations(today).order_by("slug")
    plain = {"desk__slug": filters.desk, "municipality__nis_code": filters.municipality, "kind": filters.kind}
    found = found.filter(**{name: value for name, value in plain.items() if value is not None})
    if filters.inclusive is not None:
        found = found.filter(inclusive=filters.inclusive)
    if filters.price:
        priced = Group.objects.filter(active=True, price_kind=filters.price)
        found = found.filter(pk__in=priced.values("location_id"))
    if filters.cursor:
        found = found.filter(slug__gt=read_cursor(filters.cursor))
    rows = list(found[: filters.limit + 1])
    shown = rows[: filters.limit]
    following = cursor_of(shown[-1].slug) if len(rows) > filters.limit else None
    return [_location(row) for row in shown], following


def location(slug: str, today: date) -> dict[str, Any]:
    """One location. ProblemError 404 where it isn't there or closed for good."""
    found = _open_locations(today).filter(slug=slug).first()
    if found is None:
        raise ProblemError(404)
    return _location(found)


def location_free(slug: str, asked: schemas.FreeMonths, today: date) -> dict[str, Any]:
    """The free half-days of a location by month."""
    groups = Group.objects.filter(active=True, availability__isnull=False).select_related("availability")
    found = (
        _listed()
        .filter(slug=slug)
        .prefetch_related(Prefetch("groups", groups.order_by("from_months", "name")))
        .first()
    )
    if found is None:
        raise ProblemError(404)
    start = month_asked(asked.start, today)
    accepting = found.licence_state != LicenceState.SUSPENDED
    last = add_months(start, asked.months) - timedelta(days=1)
    calendars = calendars_of([found.pk], max(start, today), last)
    return {
        "slug": found.slug,
        "accepting": accepting,
        "groups": [
            _free_of(group, start, asked.months, accepting) | {"closed": _closed(calendars.of(group))}
            for group in found.groups.all()
        ],
        "closed": _closed(calendars.at[found.pk]),
    }


def _closed(calendar: Calendar) -> list[dict[str, str]]:
    return [
        {"first": each.first.isoformat(), "last": each.last.isoformat(), "reason": each.reason}
        for each in calendar.closings
    ]


def free(asked: schemas.FreeSearch, today: date) -> dict[str, Any]:
    """Locations around a point and what of the half-days asked is free there."""
    after = None
    if asked.cursor:
        after = search.Key.from_text(read_cursor(asked.cursor))
        if after is None:
            raise ProblemError(422, [("query.cursor", "is none that was given here")])
    terms = _search(asked, today)
    found = search.find(terms, after=after, limit=asked.limit)
    nis = _nis_codes(row.municipality_id for row in found.rows)
    desks = _desks_of([row.id for row in found.rows])
    return {
        "items": [_found(row, terms, nis[row.municipality_id], desks[row.id]) for row in found.rows],
        "total": found.total,
        "whole": found.whole,
        "next": cursor_of(found.following.to_text()) if found.following else None,
    }


def desks(today: date, slug: str | None = None) -> list[dict[str, Any]]:
    """All desks, or the one of this slug."""
    here = Q(locations__active=True) & ~Q(locations__licence_state=LicenceState.ENDED)
    rows = Desk.objects.select_related("region", "municipality").annotate(
        taking=Count("locations", filter=here)
    )
    rows = rows.prefetch_related(Prefetch("policies", DeskPolicy.objects.filter(during__contains=today)))
    if slug is not None:
        rows = rows.filter(slug=slug)
    open_requests = CareRequest.objects.filter(state=RequestState.OPEN)
    waiting = dict(
        open_requests.values_list("desk_id").annotate(count=Count("child", distinct=True)).order_by()
    )
    return [_desk(row, row.taking, hide(waiting.get(row.pk, 0))) for row in rows.order_by("slug")]


def areas(desk: str | None = None, nis: str | None = None) -> list[dict[str, Any]]:
    """Municipalities of the installation as GeoJSON features."""
    rows = Municipality.objects.filter(region__isnull=False).select_related("desk").order_by("nis_code")
    if desk is not None:
        rows = rows.filter(region__desks__slug=desk)
    if nis is not None:
        rows = rows.filter(nis_code=nis)
    return [_area(row) for row in rows]


def month_asked(text: str | None, today: date) -> date:
    """The first day of the month asked. ProblemError 422 where nothing is kept for it."""
    this = first_of_month(today)
    if text is None:
        return this
    month = date.fromisoformat(f"{text}-01")
    if not this <= month < add_months(this, MONTHS_SHOWN):
        last = add_months(this, MONTHS_SHOWN - 1)
        raise ProblemError(422, [("query.start", f"must lie from {this:%Y-%m} to {last:%Y-%m}")])
    return month


def cursor_of(text: str) -> str:
    """A place in a list, as an address carries it."""
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(cursor: str) -> str:
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode(
            "ascii"
        )
    except (binascii.Error, UnicodeDecodeError):
        text = ""
    if not text.isprintable() or not text:
        raise ProblemError(422, [("query.cursor", "is none that was given here")])
    return text


def _listed() -> "QuerySet[Location]":
    return Location.objects.filter(active=True).exclude(licence_state=LicenceState.ENDED)


def _open_locations(today: date) -> "QuerySet[Location]":
    capacities = GroupCapacity.objects.filter(during__contains=today)
    groups = Group.objects.filter(active=True).order_by("from_months", "name")
    groups = groups.prefetch_related(Prefetch("capacities", capacities))
    related = _listed().select_related("desk", "organiser", "municipality")
    return related.prefetch_related(Prefetch("groups", groups))


def _page(desk_slug: str, slug: str) -> str:
    return settings.BASE_URL + reverse("places:location", args=[desk_slug, slug])


def _location(row: Location) -> dict[str, Any]:
    at_home = row.kind == Kind.FAMILY
    return {
        "slug": row.slug,
        "name": row.name,
        "kind": {"code": row.kind, "name": row.get_kind_display()},
        "url": _page(row.desk.slug, row.slug),
        "desk": row.desk.slug,
        "municipality": _municipality(row.municipality),
        "address": {
            "street": None if at_home else row.street,
            "postcode": row.postcode,
            "city": row.city,
        },
        "point": _point(row.longitude, row.latitude, exact=not at_home),
        "licence": {
            "number": row.licence_number,
            "state": {"code": row.licence_state, "name": row.get_licence_state_display()},
            "checked_on": row.licence_checked_on.isoformat() if row.licence_checked_on else None,
        },
        "organiser": None if at_home or row.organiser is None else row.organiser.name,
        "contacts": {
            "phone": "" if at_home else row.phone,
            "email": "" if at_home else row.email,
            "website": "" if at_home else row.website,
        },
        "languages": row.languages,
        "inclusive": row.inclusive,
        "opens_at": f"{row.opens_at:%H:%M}",
        "closes_at": f"{row.closes_at:%H:%M}",
        "min_half_days": row.min_half_days,
        "day_price": None if row.day_price is None else str(row.day_price),
        "groups": [_group(group) for group in row.groups.all()],
    }


def _point(longitude: float, latitude: float, *, exact: bool) -> dict[str, Any]:
    decimals = 6 if exact else ROUNDED
    return {"longitude": round(longitude, decimals), "latitude": round(latitude, decimals), "exact": exact}


def _municipality(row: Municipality) -> dict[str, str]:
    return {"nis": row.nis_code, "name": row.name_nl}


def _group(group: Group) -> dict[str, Any]:
    capacity = next(iter(group.capacities.all()), None)
    return _ages(group) | {"licensed_places": capacity.licensed_places if capacity else None}


def _ages(group: Group) -> dict[str, Any]:
    return {
        "name": group.name,
        "from_months": group.from_months,
        "to_months": group.to_months,
        "price": group.price_kind,
    }


def _free_of(group: Group, start: date, count: int, accepting: bool) -> dict[str, Any]:
    kept = group.availability
    skipped = (start.year - kept.first_month.year) * 12 + start.month - kept.first_month.month
    shown = range(max(0, skipped), min(skipped + count, MONTHS_SHOWN))
    months = [
        {
            "month": f"{add_months(kept.first_month, at):%Y-%m}",
            "free": half_days(search.mask_of(kept.free[SLOTS * at : SLOTS * (at + 1)])) if accepting else [],
        }
        for at in shown
    ]
    return _ages(group) | {"counted_at": _moment(kept.counted_at), "months": months}


def _moment(at: datetime) -> str:
    return timezone.localtime(at).isoformat(timespec="seconds")


def half_days(mask: int) -> list[str]:
    """The codes of the half-days in a mask, in the order of the week."""
    return [HALF_DAYS[slot] for slot in WeekPattern(mask).slots()]


def _search(asked: schemas.FreeSearch, today: date) -> search.Search:
    return search.Search(
        region_id=_nearest_region(asked.longitude, asked.latitude),
        longitude=asked.longitude,
        latitude=asked.latitude,
        start=month_asked(asked.start, today),
        today=today,
        pattern=WeekPattern.from_text(asked.pattern.replace(",", " ")),
        kilometres=asked.kilometres,
        kind=asked.kind or "",
        price=asked.price or "",
        sort=search.Sort(asked.sort),
        whole_only=asked.whole,
        inclusive=asked.inclusive,
    )


def _nearest_region(longitude: float, latitude: float) -> int:
    """The region of the desk that lies nearest; 0, where nothing is found, without any desk."""
    rows = Desk.objects.values_list("region_id", "municipality__longitude", "municipality__latitude")
    here = (longitude, latitude)
    ranked = sorted((kilometres(here, (x, y)), region) for region, x, y in rows)
    return ranked[0][1] if ranked else 0


def _nis_codes(ids: Iterable[int]) -> dict[int, str]:
    return dict(Municipality.objects.filter(pk__in=set(ids)).values_list("pk", "nis_code"))


def _desks_of(ids: list[int]) -> dict[int, str]:
    return dict(Location.objects.filter(pk__in=ids).values_list("pk", "desk__slug"))


def _found(row: search.Found, asked: search.Search, nis: str, desk: str) -> dict[str, Any]:
    opens = opens_late(row, asked)
    return {
        "slug": row.slug,
        "name": row.name,
        "kind": row.kind,
        "url": _page(desk, row.slug),
        "municipality": {"nis": nis, "name": row.municipality},
        "metres": _metres(row, asked),
        "fits": FITS[search.Tier(row.tier)],
        "free": half_days(row.free),
        "opens_on": opens.isoformat() if opens else None,
    }


def _metres(row: search.Found, asked: search.Search) -> int:
    away = kilometres((asked.longitude, asked.latitude), (row.longitude, row.latitude))
    return round(away) * 1000 if row.kind == Kind.FAMILY else round(away * 1000)


def _desk(desk: Desk, taking: int, waiting: int | None) -> dict[str, Any]:
    policy = next(iter(desk.policies.all()), None)
    return {
        "slug": desk.slug,
        "name": desk.name,
        "subtitle": desk.subtitle,
        "url": settings.BASE_URL + reverse("region:home", args=[desk.slug]),
        "region": desk.region.name,
        "municipality": _municipality(desk.municipality),
        "contacts": {
            "phone": desk.phone,
            "email": desk.email,
            "address": desk.address,
            "complaints": desk.complaints,
        },
        "public_languages": desk.public_languages,
        "letter_languages": desk.letter_languages,
        "locations": taking,
        "waiting_children": waiting,
        "policy": _policy(policy) if policy else None,
    }


def _policy(policy: DeskPolicy) -> dict[str, Any]:
    terms = Terms.of(policy)
    values = {name: getattr(policy, name) for name in Terms.__dataclass_fields__}
    return values | {
        "since": policy.during.lower.isoformat(),
        "until": policy.during.upper.isoformat() if policy.during.upper else None,
        "sentences": sentences(terms),
        "source": policy.source,
    }


def _area(row: Municipality) -> dict[str, Any]:
    desk = getattr(row, "desk", None)
    return {
        "type": "Feature",
        "id": row.nis_code,
        "geometry": row.outline,
        "properties": {
            "nis": row.nis_code,
            "name": row.name_nl,
            "name_fr": row.name_fr,
            "name_de": row.name_de,
            "province": row.province,
            "postcodes": row.postcodes,
            "desk": desk.slug if desk else None,
            "outline_source": row.outline_source,
        },
    }

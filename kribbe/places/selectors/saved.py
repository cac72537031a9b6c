"""Reading saved searches: what each asks on a day, what fits it, and which are due."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from django.core import signing

from kribbe.places.models import Rhythm, SavedSearch
from kribbe.places.selectors.search import Found, Search, Sort, find
from kribbe.rules.calendar import first_of_month
from kribbe.rules.halfdays import WeekPattern

MOST_FITS = 500
EVERY = {Rhythm.DAILY: timedelta(hours=20), Rhythm.WEEKLY: timedelta(days=6, hours=20)}
"""Least time between two looks: some hours less than the rhythm, since duties don't start to the minute."""

_SALT = "places.saved_search"


def search_of(saved: SavedSearch, *, today: date) -> Search:
    """What the saved search asks today: a month that is over gives way to the present one."""
    work = (
        (saved.work_longitude, saved.work_latitude)
        if saved.work_longitude is not None and saved.work_latitude is not None
        else None
    )
    return Search(
        region_id=saved.desk.region_id,
        longitude=saved.longitude,
        latitude=saved.latitude,
        start=max(saved.start, first_of_month(today)),
        today=today,
        pattern=WeekPattern(saved.pattern),
        kilometres=saved.kilometres,
        kind=saved.kind,
        price=saved.price,
        inclusive=saved.inclusive,
        before=saved.opens_before,
        work=work,
        own_id=saved.desk.municipality_id,
    )


def fitting(search: Search) -> list[Found]:
    """The places that are free on all that is asked, the nearest first."""
    sort = Sort.DETOUR if search.work else Sort.NEAR
    rows = find(replace(search, whole_only=True, sort=sort), limit=MOST_FITS).rows
    return [row for row in rows if row.months]


def due_searches(*, now: datetime) -> list[int]:
    """Ids of the confirmed searches that may be looked at again, in order."""
    found: set[int] = set()
    confirmed = SavedSearch.objects.filter(confirmed_at__isnull=False)
    for rhythm, wait in EVERY.items():
        due = confirmed.filter(rhythm=rhythm, looked_at__lte=now - wait)
        found.update(due.values_list("pk", flat=True))
    return sorted(found)


def sign_search(saved: SavedSearch) -> str:
    """The part of an address by which whoever got the mail confirms or stops it."""
    return signing.dumps(saved.reference, salt=_SALT)


def read_search(token: str) -> SavedSearch | None:
    """The search of a signed address; None if the address is wrong or the search is gone."""
    try:
        reference = signing.loads(token, salt=_SALT)
    except signing.BadSignature:
        return None
    return SavedSearch.objects.select_related("desk__municipality").filter(reference=reference).first()

"""The weekly list of places that came free: made from the ledger, kept, and told to those who wait."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.urls import reverse
from django.utils.timezone import localtime

from kribbe.contact.services import drop_unposted, tell_household
from kribbe.enrolment.models import CareRequest, FreeThen, RequestState, Vacancy, VacancyList, VacancyTold
from kribbe.enrolment.selectors.vacancies import Asking, Match, askers, lately, matches
from kribbe.people.models import Adult, Household
from kribbe.places.models import Group, GroupAvailability
from kribbe.places.selectors.closed import Calendars, calendars_of
from kribbe.places.selectors.search import mask_of
from kribbe.region.models import Region
from kribbe.rules.calendar import add_months, first_of_month
from kribbe.rules.closing import Calendar
from kribbe.rules.halfdays import SLOTS, WeekPattern
from kribbe.rules.vacancies import came_free
from kribbe.trust.locks import lock_rows

MONTHS_AHEAD = 9
"""How far ahead the list looks: nine months and the running one, as in Leuven."""

DAY = timedelta(days=1)

KIND = "enrolment/weekly_list"
SALT = "enrolment.vacancy"
LINK_DAYS = 28
MOST_TOLD = 8
"""No more than so many places in one mail; all are on the desk's page."""


def make_lists(*, now: datetime) -> int:
    """Make this week's list of every region and tell it. Returns the number of families told.

    Where a run broke off, the next one tells the rest; nobody is told twice.
    """
    return sum(_make(region, now) for region in Region.objects.order_by("pk"))


def make_list(*, region: Region, now: datetime) -> VacancyList:
    """Today's list of the region, with what came free since the last; the one that is there where today has one."""
    day = localtime(now).date()
    with transaction.atomic():
        made, is_new = VacancyList.objects.get_or_create(region=region, day=day, defaults={"made_at": now})
        if not is_new:
            return made
        found = Group.objects.filter(location__desk__region=region, availability__isnull=False)
        groups = [
            group
            for group in found.select_related("location", "availability", "free_then")
            if group.takes_children
        ]
        last = add_months(first_of_month(day), MONTHS_AHEAD + 1)
        calendars = calendars_of({group.location_id for group in groups}, day, last)
        Vacancy.objects.bulk_create(
            row
            for group in groups
            for row in _opened(made, group, day)
            if _somebody_can_come(calendars.of(group), row, day, last)
        )
        FreeThen.objects.bulk_create(
            (
                FreeThen(
                    group=group,
                    first_month=group.availability.first_month,
                    free=group.availability.free,
                    kept_at=now,
                )
                for group in groups
            ),
            update_conflicts=True,
            unique_fields=["group"],
            update_fields=["first_month", "free", "kept_at"],
        )
    return made


def tell_list(*, made: VacancyList, now: datetime) -> int:
    """Tell each family that waits and wasn't told yet what fits it, the best first. Returns how many were told.

    A family without a mail address gets a letter, in place of an earlier one that nobody posted.
    """
    vacancies = lately(made)
    if not vacancies:
        return 0
    calendars = calendars_of({each.group.location_id for each in vacancies}, made.day, None)
    told = 0
    for household_id, requests in askers(made.region, today=made.day):
        found = [
            (asking, match)
            for asking in requests
            for match in matches(asking, vacancies, today=made.day)[:MOST_TOLD]
        ]
        if found:
            told += _tell(made, household_id, found, calendars, now)
    return told


def vacancy_token(request_id: int, vacancy_id: int) -> str:
    """What a mailed link carries: who holds it may answer this vacancy for this request."""
    return signing.dumps([request_id, vacancy_id], salt=SALT)


def read_token(token: str) -> tuple[int, int] | None:
    """Request and vacancy of a mailed link; None where it isn't one, or is more than four weeks old."""
    try:
        request_id, vacancy_id = signing.loads(token, salt=SALT, max_age=LINK_DAYS * 24 * 3600)
    except signing.BadSignature:
        return None
    return request_id, vacancy_id


def _make(region: Region, now: datetime) -> int:
    return tell_list(made=make_list(region=region, now=now), now=now)


def _opened(made: VacancyList, group: Group, day: date) -> Iterator[Vacancy]:
    first = first_of_month(day)
    then = getattr(group, "free_then", None)
    after = _masks(group.availability, first)
    before = _masks(then, first) if then else [0] * len(after)
    for opening in came_free(before=before, after=after):
        yield Vacancy(
            list=made,
            group=group,
            month=add_months(first, opening.month),
            until=add_months(first, opening.until) if opening.until is not None else None,
            pattern=opening.pattern.mask,
        )


def _somebody_can_come(calendar: Calendar, row: Vacancy, since: date, last: date) -> bool:
    """Half-days that are free only while the group is closed help nobody."""
    days = calendar.open_days(WeekPattern(row.pattern), max(row.month, since), (row.until or last) - DAY)
    return any(True for _day in days)


def _masks(kept: GroupAvailability | FreeThen, first: date) -> list[int]:
    """Free half-days by month from `first` on; months that were not kept count as full."""
    skipped = (first.year - kept.first_month.year) * 12 + first.month - kept.first_month.month
    starts = range(skipped * SLOTS, (skipped + MONTHS_AHEAD + 1) * SLOTS, SLOTS)
    return [mask_of(kept.free[start : start + SLOTS] or "0") for start in starts]


def _tell(
    made: VacancyList,
    household_id: int,
    found: Sequence[tuple[Asking, Match]],
    calendars: Calendars,
    now: datetime,
) -> bool:
    """Whether there was something that an earlier run hadn't told, about a request that is open still."""
    with transaction.atomic():
        lock_rows((Household, household_id))
        before = set(made.told.filter(request__household=household_id).values_list("request_id", flat=True))
        asks = set(_still_open(household_id)) - before
        found = [(asking, match) for asking, match in found if asking.request_id in asks]
        if not found:
            return False
        on_paper = not Adult.objects.filter(household=household_id).exclude(email="").exists()
        drop_unposted(household_id=household_id, kind=KIND)
        notice = tell_household(
            household_id=household_id,
            kind=KIND,
            context={
                "lines": [
                    _line(asking, match, calendars, made.day, on_paper=on_paper) for asking, match in found
                ],
                "on_paper": on_paper,
            },
            now=now,
            link="" if on_paper else reverse("enrolment:my"),
            about=f"vacancy_list:{made.pk}",
        )
        by_request: dict[int, list[int]] = {}
        for asking, match in found:
            by_request.setdefault(asking.request_id, []).append(match.vacancy.pk)
        VacancyTold.objects.bulk_create(
            VacancyTold(list=made, request_id=request_id, vacancies=keys, notice=notice, at=now)
            for request_id, keys in by_request.items()
        )
    return True


def _still_open(household_id: int) -> Iterable[int]:
    """Requests of the household that didn't end while the list was made."""
    return CareRequest.objects.filter(household=household_id, state=RequestState.OPEN).values_list(
        "pk", flat=True
    )


def _line(
    asking: Asking, match: Match, calendars: Calendars, today: date, *, on_paper: bool
) -> dict[str, Any]:
    path = reverse("enrolment:vacancy", args=[vacancy_token(asking.request_id, match.vacancy.pk)])
    start = max(asking.wanted_start, match.vacancy.month, today)
    return {
        "shut": calendars.of(match.vacancy.group).late_start(match.fits, start),
        "child": asking.child,
        "match": match,
        "location": match.vacancy.group.location,
        "url": "" if on_paper else settings.BASE_URL + path,
    }

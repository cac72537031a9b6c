"""What out-of-school care costs: the prices that hold on a day, and a month of families at clubs."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import Min, OuterRef, Q, QuerySet, Subquery

from kribbe.outofschool.models import (
    Club,
    ClubRules,
    ClubTariff,
    HolidayPlace,
    HolidayState,
    Part,
    SocialTariff,
    Stay,
)
from kribbe.outofschool.selectors.order import Rules, as_rules
from kribbe.people.models import Child
from kribbe.places.models import Organiser
from kribbe.rules.billing.club import ClubStay, Tariff, Unused, bill_club
from kribbe.rules.billing.result import Result
from kribbe.rules.calendar import add_months, is_working_day
from kribbe.trust.rows import rows_by

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Priced:
    """A child's month at a club."""

    club: Club
    child: Child
    result: Result


@dataclass(slots=True)
class _Read:
    """What a month is priced by; dated rows in the order of their first day."""

    tariffs: Mapping[int, Sequence[ClubTariff]]
    rules: Mapping[int, Sequence[ClubRules]]
    social: Mapping[tuple[int, int], Sequence[SocialTariff]]
    stays: dict[tuple[int, int], list[ClubStay]] = field(default_factory=lambda: defaultdict(list))
    unused: dict[tuple[int, int], list[Unused]] = field(default_factory=lambda: defaultdict(list))

    def is_social(self, club: Club, child: Child, on: date) -> bool:
        return any(on in each.during for each in self.social.get((club.pk, child.household_id), ()))

    def rules_on(self, club: Club, on: date) -> Rules:
        return as_rules(next((each for each in self.rules.get(club.desk_id, ()) if on in each.during), None))

    def tariff(self, club: Club, on: date) -> Tariff:
        return as_tariff(tariff_on(self.tariffs[club.pk], on))


def with_prices(clubs: "QuerySet[Club]", on: date) -> "QuerySet[Club]":
    """The clubs with the `hour_price` and `day_price` that hold on a day; before the first ones, those."""
    own = ClubTariff.objects.filter(club=OuterRef("pk"))
    holding = own.filter(Q(from_day__lte=on) | Q(from_day=_first())).order_by("-from_day")
    return clubs.annotate(
        **{name: Subquery(holding.values(name)[:1]) for name in ("hour_price", "day_price")}
    )


def tariff_on(tariffs: Iterable[ClubTariff], on: date) -> ClubTariff:
    """Of a club's tariffs, in their order, the one that holds on a day; before the first one, that."""
    rows = list(tariffs)
    return next((each for each in reversed(rows) if each.from_day <= on), rows[0])


def as_tariff(row: ClubTariff) -> Tariff:
    """A tariff as the rules read it."""
    return Tariff(
        hour=row.hour_price,
        day=row.day_price,
        half_day=row.half_day_price,
        half_day_under=row.half_day_minutes,
        siblings=row.sibling_discount,
        every_sibling=row.every_sibling,
        social=row.social_discount,
    )


def clubs_of(organiser: Organiser | int | None) -> "QuerySet[Club]":
    """The clubs that an organiser runs, by itself or with one of its locations."""
    return Club.objects.filter(Q(organiser=organiser) | Q(organiser=None, location__organiser=organiser))


def coming(clubs: "QuerySet[Club]", month: date) -> list[tuple[int, int]]:
    """Child and club of everybody with something to price in a month; one query."""
    during = (month, add_months(month, 1) - DAY)
    stays = Stay.objects.filter(club__in=clubs, day__range=during)
    places = _places(clubs, *during)
    found = stays.order_by().values_list("child_id", "club_id")
    return sorted(found.union(places.order_by().values_list("child_id", "week__club_id")))


def first_days(clubs: "QuerySet[Club]", children: Collection[int]) -> dict[tuple[int, int], date]:
    """The first day of care of these children, by child and club."""
    stays = Stay.objects.filter(club__in=clubs, child__in=children).values_list("child_id", "club_id")
    places = HolidayPlace.objects.filter(week__club__in=clubs, child__in=children)
    found = {(child, club): day for child, club, day in stays.annotate(first=Min("day")).order_by()}
    weeks = places.values_list("child_id", "week__club_id").annotate(first=Min("week__first")).order_by()
    for child, club, day in weeks:
        found[child, club] = min(day, found.get((child, club), day))
    return found


def priced_month(
    clubs: "QuerySet[Club]", month: date, households: Collection[int] | None = None
) -> list[Priced]:
    """The month of each child of these households, or of all, at these clubs; seven queries, however many.

    A holiday day counts as kept for nothing once the club noted who came that day; one that was given up too late, at
    once. Days off at a club are weekends and public holidays.
    """
    last = add_months(month, 1) - DAY
    known = {club.pk: club for club in clubs.select_related("desk")}
    if not known:
        return []
    stays = Stay.objects.filter(club__in=known, day__range=(month, last))
    places = _places(clubs, month, last)
    if households is not None:
        stays = stays.filter(child__household__in=households)
        places = places.filter(child__household__in=households)
    read = _Read(
        tariffs=rows_by(ClubTariff.objects.filter(club__in=known).order_by("from_day"), "club_id"),
        rules=rows_by(
            ClubRules.objects.filter(desk__in={club.desk_id for club in known.values()}), "desk_id"
        ),
        social=_social(known, month, last),
    )
    children: dict[int, Child] = {}
    came = set()
    for stay in stays.select_related("child").order_by("day", "pk"):
        children[stay.child_id] = stay.child
        came.add((stay.club_id, stay.child_id, stay.day))
        _add(read, known[stay.club_id], stay)
    kept = set(
        Stay.objects.filter(club__in=known, day__range=(month, last), part=Part.HOLIDAY)
        .values_list("club_id", "day")
        .distinct()
    )
    for place in places.select_related("child", "week").order_by("week__first", "pk"):
        children[place.child_id] = place.child
        club = known[place.week.club_id]
        for day in _days(place, month, last):
            if (club.pk, place.child_id, day) not in came:
                _add_unused(read, club, place, day, was_kept=(club.pk, day) in kept)
    return _results(read, known, children)


def prices_of(priced: Iterable[Priced]) -> dict[tuple[int, int, date, str], Decimal]:
    """By club, child, day and what is charged, the euros."""
    return {
        (each.club.pk, each.child.pk, line.on, line.what): line.amount
        for each in priced
        for line in each.result.lines
    }


def _first() -> Subquery:
    rows = ClubTariff.objects.filter(club=OuterRef("club")).order_by("from_day")
    return Subquery(rows.values("from_day")[:1])


def _places(clubs: "QuerySet[Club]", month: date, last: date) -> "QuerySet[HolidayPlace]":
    """The holiday places of a month that are kept, or were given up."""
    return HolidayPlace.objects.filter(
        Q(state=HolidayState.TAKEN) | Q(given_up_on__isnull=False),
        week__club__in=clubs,
        week__first__lte=last,
        week__last__gte=month,
    )


def _social(
    clubs: Collection[int], month: date, last: date
) -> Mapping[tuple[int, int], Sequence[SocialTariff]]:
    found: dict[tuple[int, int], list[SocialTariff]] = defaultdict(list)
    for row in SocialTariff.objects.filter(club__in=clubs, during__overlap=(month, last + DAY)):
        found[row.club_id, row.household_id].append(row)
    return found


def _add(read: _Read, club: Club, stay: Stay) -> None:
    present = None
    if stay.left_at is not None:
        came, left = (datetime.combine(stay.day, each) for each in (stay.came_at, stay.left_at))
        present = (left - came) // MINUTE
    read.stays[club.pk, stay.child.household_id].append(
        ClubStay(
            child=stay.child_id,
            on=stay.day,
            part=stay.part,
            present=present,
            tariff=read.tariff(club, stay.day),
            charge=read.rules_on(club, stay.day).charge,
            is_social=read.is_social(club, stay.child, stay.day),
        )
    )


def _days(place: HolidayPlace, month: date, last: date) -> Iterator[date]:
    day = max(place.week.first, month)
    while day <= min(place.week.last, last):
        if is_working_day(day):
            yield day
        day += DAY


def _add_unused(read: _Read, club: Club, place: HolidayPlace, day: date, *, was_kept: bool) -> None:
    given_up = place.given_up_on
    rules = read.rules_on(club, given_up or day)
    is_late = given_up is not None and given_up > place.week.first - rules.cancel_days * DAY
    if is_late or (given_up is None and was_kept):
        read.unused[club.pk, place.child.household_id].append(
            Unused(
                child=place.child_id,
                on=day,
                given_up_on=given_up,
                percent=rules.unused_percent,
                tariff=read.tariff(club, day),
                is_social=read.is_social(club, place.child, day),
            )
        )


def _results(read: _Read, clubs: Mapping[int, Club], children: Mapping[int, Child]) -> list[Priced]:
    return [
        Priced(clubs[key[0]], children[child], result)
        for key in sorted({*read.stays, *read.unused})
        for child, result in bill_club(read.stays.get(key, ()), read.unused.get(key, ())).items()
    ]

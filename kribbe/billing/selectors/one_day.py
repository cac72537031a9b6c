"""Places of one day of families that wait: what of a month is to be asked, and who pays for it.

Such a day is reserved like any other (6.8): what was taken is asked, or what was used where that is longer. Where the
location kept its register and the child isn't in it, it is an absence, charged as reserved; where it is and nobody
noted when it went, it came as reserved. The price is that of the group: by the child's certificate, or the list's
price of a stay; a month or a package isn't sold with one day. No discount for brothers and sisters comes off.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q, QuerySet

from kribbe.attendance.models import DayInvite, InviteState, Presence
from kribbe.billing.models import Books, FeeCertificate, OneCharge, PriceList, UnplacedCare
from kribbe.billing.selectors.cases import extra_of
from kribbe.billing.selectors.clubs import NOTHING, CareMonth, shares_of, with_charges
from kribbe.billing.selectors.facts import closed_in_year, holding, packs_of
from kribbe.billing.selectors.register import minute_of, registered_days
from kribbe.places.models import Group, Location
from kribbe.places.selectors.closed import ClosedDays
from kribbe.planning.selectors.planned import merged, parts_of_halves
from kribbe.rules.agreed import Agreement, Parts
from kribbe.rules.billing.case import Absent, Allowance, Case, Certificate, Entry, FreePrice, IncomePrice
from kribbe.rules.billing.pricing import bill
from kribbe.rules.billing.result import Result
from kribbe.rules.calendar import add_months
from kribbe.rules.money import NOUGHT
from kribbe.rules.packs import Pack
from kribbe.rules.priority import PriceKind
from kribbe.trust.rows import rows_by

DAY = timedelta(days=1)
STANDING = Q(state=InviteState.TAKEN) & ~Q(direct__undone_at__isnull=False)
"""Taken by the family, and taken back by nobody."""
Key = tuple[int, int]
"""Location and child."""


@dataclass(frozen=True, slots=True)
class HadDay:
    """What the register says of a place of one day: the stays of which it has both ends, and how the day counts.

    None counts as reserved.
    """

    came: Sequence[Presence]
    entry: Entry | None

    @property
    def is_absent(self) -> bool:
        return self.entry is not None and self.entry.absent is not None


@dataclass(frozen=True, slots=True)
class _Read:
    month: date
    packs: Mapping[int, Pack]
    closed: ClosedDays
    prices: Mapping[int, Sequence[PriceList]]
    certificates: Mapping[int, Sequence[FeeCertificate]]
    had: Mapping[int, HadDay]


def taken_days(books: Books, month: date, households: Collection[int] | None = None) -> "QuerySet[DayInvite]":
    """The places of one day of a month at the locations of an organiser, of these households or of all."""
    found = DayInvite.objects.filter(
        STANDING,
        group__location__organiser=books.organiser_id,
        day__range=(month, add_months(month, 1) - DAY),
    )
    return found if households is None else found.filter(request__child__household__in=households)


def had_days(days: Sequence[DayInvite], month: date) -> dict[int, HadDay]:
    """What the register says of each of these days of a month, by primary key; two queries."""
    rows = rows_by(Presence.objects.filter(direct__in=[each.direct_id for each in days]), "direct_id")
    kept = registered_days({each.group.location_id for each in days}, month, add_months(month, 1) - DAY)
    return {
        each.pk: _had(each, rows.get(each.direct_id or 0, ()), kept.get(each.group.location_id, ()))
        for each in days
    }


def _had(taken: DayInvite, rows: Sequence[Presence], kept: Collection[date]) -> HadDay:
    ended = [each for each in rows if each.end is not None]
    if parts := _parts(ended, taken.day):
        return HadDay(ended, Entry(present=parts))
    is_absent = not rows and taken.day in kept
    return HadDay(ended, Entry(absent=Absent.UNTOLD) if is_absent else None)


def one_day_months(
    books: Books,
    month: date,
    households: Collection[int] | None = None,
    charges: Sequence[OneCharge] = (),
) -> list[CareMonth]:
    """The places of one day of these households, or of all, with these charges; nine queries, however many, and one
    where there are none.
    """
    days: dict[Key, list[DayInvite]] = defaultdict(list)
    for each in taken_days(books, month, households).select_related("request__child", "group__location"):
        days[each.group.location_id, each.request.child_id].append(each)
    once: dict[Key, list[OneCharge]] = defaultdict(list)
    cares: dict[Key, UnplacedCare] = {}
    for charge in charges:
        if charge.care is not None and charge.care.location_id is not None:
            cares[charge.care.location_id, charge.care.child_id] = charge.care
            once[charge.care.location_id, charge.care.child_id].append(charge)
    if not days and not once:
        return []
    known = UnplacedCare.objects.filter(location__isnull=False, child__in={child for _site, child in days})
    cares |= {(each.location_id or 0, each.child_id): each for each in known}
    shares = shares_of(cares.values(), month)
    read = _read(books, month, [each for own in days.values() for each in own])
    return [
        CareMonth(
            care := _care(cares.get(key), days.get(key, ())),
            with_charges(_priced(days[key], read) if key in days else NOTHING, once.get(key, ())),
            tuple(shares.get(care.pk or 0, ())),
        )
        for key in sorted(days.keys() | once.keys())
    ]


def _care(known: UnplacedCare | None, days: Sequence[DayInvite]) -> UnplacedCare:
    care = known or UnplacedCare()
    if days:
        care.location, care.child = days[0].group.location, days[0].request.child
    return care


def _read(books: Books, month: date, days: Sequence[DayInvite]) -> _Read:
    sites = {each.group.location_id: each.group.location for each in days}
    after = add_months(month, 1)
    return _Read(
        month=month,
        packs=packs_of({key: site.desk_id for key, site in sites.items()}, month),
        closed=closed_in_year(sites, month.year),
        prices=rows_by(
            PriceList.objects.filter(location__in=sites, from_day__lt=after).order_by("from_day"),
            "location_id",
        ),
        certificates=rows_by(
            FeeCertificate.objects.filter(
                books=books,
                placement=None,
                child__in={each.request.child_id for each in days},
                during__overlap=(month, after),
            ),
            "child_id",
        ),
        had=had_days(days, month),
    )


def _priced(days: Sequence[DayInvite], read: _Read) -> Result:
    """The days of one child at one location, each by the price of its group."""
    found = [bill(case) for case in _cases(days, read)]
    return Result(
        tuple(sorted((line for each in found for line in each.lines), key=lambda line: line.on)),
        tuple(sorted((held for each in found for held in each.held), key=lambda held: held.on)),
        NOUGHT,
    )


def _cases(days: Sequence[DayInvite], read: _Read) -> Iterator[Case]:
    by_kind: dict[str, list[DayInvite]] = defaultdict(list)
    for each in days:
        by_kind[each.group.price_kind].append(each)
    for own in by_kind.values():
        location, child = own[0].group.location, own[0].request.child
        prices = holding(read.prices.get(location.pk, ()), read.month)
        reserved = {each.day: parts_of_halves(each.halves, location) for each in own}
        yield Case(
            pack=read.packs[location.pk],
            month=read.month,
            school_from=child.school_from,
            certificates=tuple(_certificates(read.certificates.get(child.pk, ()))),
            price=_price(own[0].group, location, prices),
            flex=prices.flex if prices else False,
            beyond=None,
            extras=tuple(extra_of(each) for each in prices.extras) if prices else (),
            charges=(),
            agreement=tuple(
                Agreement(day, day, ({day.weekday(): parts},)) for day, parts in reserved.items()
            ),
            closing_days=frozenset(each.day for each in own if each.day in read.closed.of(each.group)),
            allowance=Allowance(),
            entries={each.day: entry for each in own if (entry := read.had[each.pk].entry)},
        )


def _certificates(rows: Sequence[FeeCertificate]) -> Iterator[Certificate]:
    for each in rows:
        last = each.during.upper - DAY if each.during.upper else None
        yield Certificate(each.during.lower or date.min, last, each.day_fee)


def _price(group: Group, location: Location, prices: PriceList | None) -> IncomePrice | FreePrice:
    if group.price_kind == PriceKind.INCOME:
        return IncomePrice()
    return FreePrice(
        full=prices.full if prices else location.day_price,
        half=prices.half if prices else None,
        long=prices.long if prices else None,
        short=prices.short if prices else None,
        hour=prices.hour if prices else None,
        month=None,
        package=None,
        discount=NOUGHT,
    )


def _parts(rows: Sequence[Presence], day: date) -> Parts:
    found = [(minute_of(each.start, day), minute_of(each.end, day)) for each in rows if each.end]
    return merged([part for part in found if part[0] < part[1]], ())

"""All that a month of some children is priced by, read in so many queries whatever their number."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import TypeVar

from django.db.models import Model, Q, QuerySet

from kribbe.attendance.models import Presence
from kribbe.billing.models import Books, FeeCertificate, OneCharge, PriceList, Share
from kribbe.enrolment.models import Placement
from kribbe.places.selectors.closed import closed_days_of
from kribbe.planning.models import Absence, AgreedWeeks, HouseRules
from kribbe.planning.selectors.planned import Planned, certain, plan_of
from kribbe.planning.selectors.stay_year import StayYear, stay_years
from kribbe.region.models import DeskPolicy
from kribbe.rules.calendar import add_months
from kribbe.rules.packs import Pack, load_pack

DAY = timedelta(days=1)
Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class Facts:
    """By placement, by location or by child; `month` is its first day, `last` its last one."""

    month: date
    last: date
    planned: Sequence[Planned]
    packs: Mapping[int, Pack]
    closed: Mapping[int, frozenset[date]]
    rules: Mapping[int, Sequence[HouseRules]]
    prices: Mapping[int, Sequence[PriceList]]
    certificates: Mapping[int, Sequence[FeeCertificate]]
    absences: Mapping[int, Sequence[Absence]]
    stays: Mapping[int, StayYear]
    """All pieces of the stay of each placement in the year, with every absence."""
    presences: Mapping[int, Sequence[Presence]]
    charges: Mapping[int, Sequence[OneCharge]]
    shares: Mapping[int, Sequence[Share]]
    registered: Mapping[int, frozenset[date]] = field(default_factory=dict)
    """The days on which a location kept its register."""
    fees: Mapping[int, Decimal | None] = field(default_factory=dict)
    """The day fee of a placement's agreement, for a place at a free price without a price list."""


def placements_of(books: Books, month: date) -> "QuerySet[Placement]":
    """The certain places of a month at all locations of an organiser."""
    return certain((month, add_months(month, 1))).filter(group__location__organiser=books.organiser_id)


def facts_of(books: Books, month: date, households: Collection[int] | None = None) -> Facts:
    """The facts of a month, of the children of these households or of all; twenty-one queries at most."""
    found = placements_of(books, month).select_related("group__location", "child")
    if households is not None:
        found = found.filter(child__household__in=households)
    planned = [plan_of(each, each.group.location) for each in found]
    placements = [each.placement for each in planned if each.placement]
    keys = [each.pk for each in placements]
    sites = {each.group.location_id: each.group.location for each in placements}
    last, year = add_months(month, 1) - DAY, date(month.year, 1, 1)
    return Facts(
        month=month,
        last=last,
        planned=planned,
        packs=_packs({key: site.desk_id for key, site in sites.items()}, month),
        closed=closed_days_of(sites, year - DAY, date(month.year, 12, 31)) if sites else {},
        rules=_by(
            HouseRules.objects.filter(location__in=sites, from_day__lte=last).order_by("from_day", "version"),
            "location_id",
        ),
        prices=_by(
            PriceList.objects.filter(location__in=sites, from_day__lte=last).order_by("from_day"),
            "location_id",
        ),
        certificates=_certificates(books, placements, month, last),
        absences=_by(
            Absence.objects.filter(placement__in=keys, day__range=(month, last), taken_back_at=None).order_by(
                "day"
            ),
            "placement_id",
        ),
        stays=stay_years(planned, month.year),
        presences=_by(
            Presence.objects.filter(placement__in=keys, day__range=(month - DAY, last), end__isnull=False),
            "placement_id",
        ),
        charges=_by(
            OneCharge.objects.filter(
                placement__in=keys, day__range=(month, last), taken_back_at=None
            ).order_by("day", "pk"),
            "placement_id",
        ),
        shares=_by(
            Share.objects.filter(placement__in=keys, during__overlap=(month, last + DAY)).order_by("pk"),
            "placement_id",
        ),
        registered=_registered(sites, month, last),
        fees=_fees(keys),
    )


def _by(rows: "Iterable[Row]", name: str) -> Mapping[int, list[Row]]:
    found: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        found[getattr(row, name)].append(row)
    return dict(found)


def _packs(desks: Mapping[int, int], month: date) -> dict[int, Pack]:
    policies = DeskPolicy.objects.filter(desk__in=set(desks.values()), during__contains=month)
    names = {each.desk_id: each.rule_pack for each in policies}
    return {site: load_pack(names.get(desk, "flanders")) for site, desk in desks.items()}


def _certificates(
    books: Books, placements: Sequence[Placement], month: date, last: date
) -> dict[int, list[FeeCertificate]]:
    """By placement: its own before those of the child."""
    children = {each.child_id for each in placements}
    rows = FeeCertificate.objects.filter(
        Q(placement=None) | Q(placement__in=[each.pk for each in placements]),
        books=books,
        child__in=children,
        during__overlap=(month, last + DAY),
    ).order_by("during")
    by_child = _by(rows, "child_id")
    return {
        each.pk: sorted(
            (row for row in by_child.get(each.child_id, ()) if row.placement_id in (None, each.pk)),
            key=lambda row: row.placement_id is None,
        )
        for each in placements
    }


def _registered(sites: Collection[int], month: date, last: date) -> dict[int, frozenset[date]]:
    days = (
        Presence.objects.filter(placement__group__location__in=sites, day__range=(month, last))
        .values_list("placement__group__location_id", "day")
        .distinct()
    )
    found: dict[int, set[date]] = defaultdict(set)
    for site, day in days:
        found[site].add(day)
    return {site: frozenset(days) for site, days in found.items()}


def _fees(keys: Collection[int]) -> dict[int, Decimal | None]:
    rows = AgreedWeeks.objects.filter(placement__in=keys)
    return dict(rows.values_list("placement_id", "agreement__day_fee"))

"""What a location sees of those who wait, and of those who have an offer or a place there."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils.timezone import localtime

from kribbe.enrolment.models import Offer, OfferState, Placement, PlacementState, Preference, PreferenceState
from kribbe.enrolment.selectors.fit import Fit, fit, stay_end, suits
from kribbe.enrolment.selectors.stays import Stay, stays
from kribbe.enrolment.selectors.waiting import Waiting, waiting_list
from kribbe.enrolment.services.make_offer import may_be_answered
from kribbe.places.ledger_free import free_by_month
from kribbe.places.models import Group, GroupCapacity, Location
from kribbe.region.models import DeskPolicy
from kribbe.region.selectors import policy_on
from kribbe.rules.calendar import add_months, first_of_month
from kribbe.rules.halfdays import SLOTS, WeekPattern
from kribbe.rules.priority import PriceKind, Standing, compare
from kribbe.web.weeks import week_strip

JUDGED_MONTHS = 40
"""How many months ahead a week is judged: as far as the ledger's weeks are kept."""

SHOWN_AFTER = timedelta(days=90)
"""How long an answered offer stays on the location's pages."""


@dataclass(frozen=True, slots=True)
class Line:
    """One who waits. `fit` judges the week from `start` on; None where the group isn't for this child."""

    waiting: Waiting
    start: date
    fit: Fit | None
    in_month: bool
    offered: bool
    early: bool
    """True if the desk lets nobody answer this family yet."""

    @property
    def fits(self) -> bool:
        return self.fit is not None and self.fit.whole and self.in_month


@dataclass(frozen=True, slots=True)
class GroupMonth:
    """A group's half-days in a month: what can be booked and what of it is free, by slot."""

    group: Group
    month: date
    bookable: Sequence[int]
    free: Sequence[int]

    @property
    def strip(self) -> list[int | None]:
        """Free places for the strip: None where the group is closed; the weekend only if it is ever open."""
        return week_strip(self.free, self.opened)

    @property
    def opened(self) -> int:
        """The half-days on which something can be booked, as a mask."""
        return sum(1 << slot for slot in range(SLOTS) if self.bookable[slot])

    @property
    def free_total(self) -> int:
        return sum(max(0, number) for number in self.free)

    @property
    def total(self) -> int:
        return sum(self.bookable)


@dataclass(frozen=True, slots=True)
class Queue:
    """A location's list, judged for one group and month."""

    lines: Sequence[Line]
    month: GroupMonth | None
    policy: DeskPolicy

    @property
    def in_month(self) -> list[Line]:
        return [line for line in self.lines if line.in_month]


def queue(location: Location, *, group: Group | None, month: date, now: datetime) -> Queue:
    """Everybody who waits at the location in its order, judged for a place in `group` from `month` on."""
    today = localtime(now).date()
    policy = policy_on(location.desk, today)
    price = PriceKind(group.price_kind) if group else None
    found = waiting_list(location.pk, now=now, price=price)
    offered = set(
        Offer.objects.filter(preference__location=location, state=OfferState.OPEN).values_list(
            "preference_id", flat=True
        )
    )
    first = first_of_month(today)
    free = _free(group, first)
    lines = [
        Line(
            waiting=each,
            start=max(each.wanted_start, month, today),
            fit=_judged(each, group, max(each.wanted_start, month, today), first, free),
            in_month=_begins_in(each, group, month, today),
            offered=each.preference_id in offered,
            early=not may_be_answered(policy, each.wanted_start, today),
        )
        for each in found
    ]
    return Queue(lines, _month(group, month, today, first, free), policy)


def first_that_fit(location: Location, groups: Sequence[Group], *, now: datetime) -> list[tuple[Group, Line]]:
    """For each group the best-placed child who may be answered now and whose whole week fits from its start.

    A child that is first in one group is not named again for the next.
    """
    today = localtime(now).date()
    policy = policy_on(location.desk, today)
    first = first_of_month(today)
    all_free = free_by_month(
        group_ids=[group.pk for group in groups], first_month=first, months=JUDGED_MONTHS
    )
    busy = set(
        Offer.objects.filter(preference__location=location, state=OfferState.OPEN).values_list(
            "preference_id", flat=True
        )
    )
    lists = {
        kind: waiting_list(location.pk, now=now, price=PriceKind(kind))
        for kind in sorted({group.price_kind for group in groups})
    }
    result = []
    for group in groups:
        for each in lists[group.price_kind]:
            start = max(each.wanted_start, today)
            if each.preference_id in busy or not may_be_answered(policy, each.wanted_start, today):
                continue
            judged = _judged(each, group, start, first, all_free[group.pk])
            if judged is not None and judged.whole:
                result.append((group, Line(each, start, judged, in_month=True, offered=False, early=False)))
                busy.add(each.preference_id)
                break
    return result


def _free(group: Group | None, first: date) -> list[list[int]]:
    if group is None:
        return []
    return free_by_month(group_ids=[group.pk], first_month=first, months=JUDGED_MONTHS)[group.pk]


def _judged(
    line: Waiting, group: Group | None, start: date, first: date, free: Sequence[Sequence[int]]
) -> Fit | None:
    end = stay_end(line.birth)
    too_far = start >= add_months(first, JUDGED_MONTHS)
    if group is None or too_far or end <= start or not suits(group, line, start):
        return None
    return fit(line.pattern, start=start, end=end, first_month=first, free=free)


def _begins_in(line: Waiting, group: Group | None, month: date, today: date) -> bool:
    """Whether the family would begin in that month (or, long overdue, still would) in this group."""
    start = max(line.wanted_start, month, today)
    may = line.wanted_start < add_months(month, 1) and max(line.latest_start, line.wanted_start) >= month
    overdue = line.latest_start < today and month <= today
    right = group is None or (suits(group, line, start) and stay_end(line.birth) > start)
    return right and (may or overdue)


def _month(
    group: Group | None, month: date, today: date, first: date, free: Sequence[Sequence[int]]
) -> GroupMonth | None:
    if group is None:
        return None
    capacity = GroupCapacity.objects.filter(group=group, during__contains=max(month, today)).first()
    opened = WeekPattern(capacity.open_pattern) if capacity else WeekPattern(0)
    places = capacity.bookable_places if capacity else 0
    number = (month.year - first.year) * 12 + month.month - first.month
    return GroupMonth(
        group=group,
        month=month,
        bookable=[places if slot in opened else 0 for slot in range(SLOTS)],
        free=free[number] if 0 <= number < len(free) else [0] * SLOTS,
    )


def public_grounds(standing: Standing) -> list[str]:
    """The public names of what puts a child ahead, each once: "law" for every ground that must stay unknown.

    Where the law gives no priority at all, a sensitive criterion would be known by its own name; it is left out.
    """
    has_law = any(part.name.startswith("law.") for part in standing.parts)
    grounds = ("law.", "criterion.")
    names = [part.public for part in standing.parts if part.holds and part.name.startswith(grounds)]
    return [name for name in dict.fromkeys(names) if name != "law" or has_law]


def hides_something(standing: Standing) -> bool:
    """Whether a published criterion is told to the family alone, and no law covers for it."""
    has_law = any(part.name.startswith("law.") for part in standing.parts)
    return not has_law and any(part.sensitive for part in standing.parts)


def ground_ahead(line: Waiting, before: Waiting) -> str:
    """The public name of what puts `before` ahead of `line`."""
    return compare(before.standing, line.standing).public


def wish_at(location: Location, preference_id: int) -> Preference | None:
    """A wish on this location's list, with what its family asks; None where it is another's."""
    return (
        Preference.objects.select_related("request__child", "request__household", "refusal_reason")
        .prefetch_related("request__alternatives")
        .filter(pk=preference_id, location=location)
        .exclude(state=PreferenceState.WITHDRAWN)
        .first()
    )


def active_groups(location: Location) -> list[Group]:
    """The groups in use, the youngest first."""
    return list(Group.objects.filter(location=location, active=True).order_by("from_months", "name"))


def _offers(location: Location) -> QuerySet[Offer]:
    return Offer.objects.filter(preference__location=location).select_related(
        "preference__request__child", "group", "placement"
    )


def open_offers(location: Location) -> list[Offer]:
    """Offers that wait for an answer, the first to run out first."""
    return list(_offers(location).filter(state=OfferState.OPEN).order_by("deadline", "pk"))


def to_sign(location: Location) -> list[Placement]:
    """Places accepted that are not certain yet, the first to run out first."""
    return list(
        Placement.objects.filter(group__location=location, state=PlacementState.TO_SIGN)
        .select_related("child", "group", "offer")
        .order_by("sign_by", "pk")
    )


def closed_offers(location: Location, *, now: datetime) -> list[Offer]:
    """Offers that got their answer lately, the newest first; not those whose place is still to be signed."""
    return list(
        _offers(location)
        .filter(answered_at__gte=now - SHOWN_AFTER)
        .exclude(placement__state=PlacementState.TO_SIGN)
        .order_by("-answered_at", "-pk")[:200]
    )


def answered_since(location: Location, *, since: datetime) -> list[Offer]:
    """Offers that a family answered since then, the newest first."""
    answers = [OfferState.ACCEPTED, OfferState.DECLINED]
    return list(
        _offers(location).filter(answered_at__gte=since, state__in=answers).order_by("-answered_at")[:10]
    )


def placed(location: Location, *, since: date) -> list[Stay]:
    """Stays here on that day or later, each once, by group and name."""
    found = (
        Placement.objects.filter(
            Q(during__endswith=None) | Q(during__endswith__gt=since),
            group__location=location,
            state__in=[PlacementState.TO_SIGN, PlacementState.FINAL],
        )
        .select_related("child", "group")
        .order_by("child__name_key", "during")
    )
    rows = stays(found, since)
    return sorted(rows, key=lambda each: (each.home.group.from_months, each.home.group.name))


def households(placements: Iterable[Placement]) -> list[int]:
    """The households of these children, each once."""
    return sorted({placement.child.household_id for placement in placements})

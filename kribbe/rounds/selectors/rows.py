"""What an allocation instance is made from, read at once: groups, lists, offers, places, the ledger."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Min, OuterRef, Q

from kribbe.enrolment.models import CareRequest, OfferState, Placement, PlacementState, RequestAlternative
from kribbe.enrolment.selectors.location import JUDGED_MONTHS
from kribbe.enrolment.selectors.waiting import AsIf, Waiting, waiting_lists
from kribbe.places.ledger_free import free_by_month
from kribbe.places.models import Group
from kribbe.region.models import DeskPolicy
from kribbe.rules.calendar import add_months
from kribbe.rules.packs import load_pack
from kribbe.rules.priority import PriceKind, without_law


@dataclass(frozen=True, slots=True)
class Window:
    """What is given: places at these locations to children who would begin in `months` months from `first` on."""

    location_ids: frozenset[int]
    first: date
    months: int
    early: bool = False
    """Also those whom the desk lets nobody answer yet."""

    @property
    def until(self) -> date:
        return add_months(self.first, self.months)


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked first, the best rank that has an open offer (None: none has), and what would do as well."""

    pattern: int
    offered: int | None
    others: tuple[int, ...]


@dataclass(frozen=True)
class Rows:
    """What is read at once."""

    groups: Mapping[int, Group]
    of_round: Sequence[Group]
    by_price: Mapping[tuple[int, str], Sequence[Waiting]]
    as_if: Mapping[tuple[int, str], Waiting]
    policies: Mapping[int, DeskPolicy]
    requests: Mapping[int, Request]
    placements: Mapping[int, Sequence[Placement]]
    free: Mapping[int, Sequence[Sequence[int]]]
    judged: int
    """Months that are known in the ledger."""

    @cached_property
    def packs(self) -> dict[int, Any]:
        """The rule pack by desk."""
        return {desk: load_pack(policy.rule_pack) for desk, policy in self.policies.items()}


def read_rows(window: Window, *, today: date, now: datetime, also: Sequence[AsIf]) -> Rows:
    """All of it in a fixed number of queries."""
    of_round = list(
        Group.objects.filter(location__in=window.location_ids, active=True)
        .select_related("location")
        .order_by("location_id", "from_months", "pk")
    )
    lists = _by_price(of_round, waiting_lists(window.location_ids, now=now, also=also))
    by_price = {key: [line for line in found if line.rank] for key, found in lists.items()}
    lines = [line for found in by_price.values() for line in found]
    placements = _placements({line.child_id for line in lines}, window)
    groups = {group.pk: group for group in of_round}
    groups |= {each.group_id: each.group for found in placements.values() for each in found}
    policies = {
        policy.desk_id: policy
        for policy in DeskPolicy.objects.filter(
            desk__region__desks__locations__in=window.location_ids, during__contains=today
        ).distinct()
    }
    judged = max(1, JUDGED_MONTHS - max(0, month_number(window.first) - month_number(today)))
    return Rows(
        groups=groups,
        of_round=of_round,
        by_price=by_price,
        as_if={key: line for key, found in lists.items() for line in found if not line.rank},
        policies=policies,
        requests=_asked(lines),
        placements=placements,
        free=free_by_month(group_ids=set(groups), first_month=window.first, months=judged),
        judged=judged,
    )


def _by_price(
    groups: Sequence[Group], lists: Mapping[int, Sequence[Waiting]]
) -> dict[tuple[int, str], list[Waiting]]:
    """Each location's order for its places of either kind: the law counts for income places alone."""
    found = {}
    for location, kind in sorted({(group.location_id, group.price_kind) for group in groups}):
        lines = list(lists[location])
        if kind == PriceKind.FREE:
            apart = [replace(line, standing=without_law(line.standing)) for line in lines]
            ranked = sorted(apart, key=lambda line: line.standing.sort_key)
            lines = [replace(line, position=place) for place, line in enumerate(ranked, start=1)]
        found[location, kind] = lines
    return found


def _placements(child_ids: Collection[int], window: Window) -> dict[int, list[Placement]]:
    found: dict[int, list[Placement]] = defaultdict(list)
    for placement in (
        Placement.objects.filter(
            child__in=child_ids, state__in=[PlacementState.TO_SIGN, PlacementState.FINAL]
        )
        .exclude(during__endswith__lte=window.first)
        .select_related("group")
        .order_by("pk")
    ):
        found[placement.child_id].append(placement)
    return found


def _asked(lines: Iterable[Waiting]) -> dict[int, Request]:
    requests = CareRequest.objects.filter(pk__in={line.request_id for line in lines}).annotate(
        offered=Min("preferences__rank", filter=Q(preferences__offers__state=OfferState.OPEN)),
        others=ArraySubquery(
            RequestAlternative.objects.filter(request=OuterRef("pk"))
            .order_by("position", "pk")
            .values("pattern")
        ),
    )
    return {
        key: Request(pattern, offered, tuple(others))
        for key, pattern, offered, others in requests.values_list("pk", "pattern", "offered", "others")
    }


def month_number(day: date) -> int:
    """Months since the year 0: differences count months."""
    return day.year * 12 + day.month

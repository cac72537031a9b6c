"""The open requests of a desk by whether they are a need of today (see `rules.phantom`)."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet
from django.utils.timezone import localtime

from kribbe.enrolment.models import CareRequest, Offer, OfferState, Placement, PlacementState, RequestState
from kribbe.region.models import Desk, DeskPolicy
from kribbe.region.selectors import policy_on
from kribbe.rules.packs import load_pack
from kribbe.rules.phantom import Asked, Bounds, Class, classify
from kribbe.upkeep.models import Pair, PairState
from kribbe.upkeep.selectors.heard import last_heard

Placed = Mapping[int, Sequence[tuple[int, date, date | None]]]
"""The places of a child: pattern, first day, day after the last."""


@dataclass(frozen=True, slots=True)
class Sorted:
    """An open request and its class."""

    request: CareRequest
    label: Class


def sort_requests(desk: Desk, *, today: date) -> list[Sorted]:
    """Every open request of the desk with its one class, the earliest wanted start first. Eight queries in all."""
    requests = list(
        CareRequest.objects.filter(desk=desk, state=RequestState.OPEN)
        .select_related("child", "household")
        .order_by("wanted_start", "pk")
    )
    policy = policy_on(desk, today)
    bounds = bounds_of(policy, today)
    mine = CareRequest.objects.filter(desk=desk, state=RequestState.OPEN)
    placed, heard, declined, twice = (
        _placed(mine, today),
        last_heard(mine),
        _declined(mine),
        _twice(mine, today),
    )
    return [
        Sorted(
            request,
            classify(
                Asked(
                    birth=request.child.birth,
                    wanted_start=request.wanted_start,
                    latest_start=request.latest_start,
                    confirmed=localtime(heard.get(request.pk, request.registered_at)).date(),
                    is_placed=_covers(request, placed.get(request.child_id, ()), today),
                    is_duplicate=request.child_id in twice,
                    declined=declined[request.pk],
                ),
                today=today,
                bounds=bounds,
            ),
        )
        for request in requests
    ]


def bounds_of(policy: DeskPolicy, today: date) -> Bounds:
    """Where the classes begin at this desk; an answer may take the desk's term."""
    months = policy.confirm_months
    return Bounds(
        school_months=load_pack(policy.rule_pack).integer("school.entry_months", today),
        confirm_months=months + 1 if months is not None else None,
    )


def _covers(request: CareRequest, places: Sequence[tuple[int, date, date | None]], today: date) -> bool:
    """Whether the child has a place on every half-day asked, on the wanted start or now."""
    day = max(request.wanted_start, today)
    held = 0
    for pattern, first, end in places:
        if first <= max(day, request.latest_start) and (end is None or day < end):
            held |= pattern
    return request.pattern & ~held == 0


def _placed(mine: "QuerySet[CareRequest]", today: date) -> Placed:
    found: dict[int, list[tuple[int, date, date | None]]] = defaultdict(list)
    places = Placement.objects.filter(child__in=mine.values("child"), state=PlacementState.FINAL).exclude(
        during__endswith__lte=today
    )
    for place in places:
        found[place.child_id].append((place.pattern, place.during.lower, place.during.upper))
    return found


def _declined(mine: "QuerySet[CareRequest]") -> Counter[int]:
    found = Offer.objects.filter(
        preference__request__in=mine, state__in=[OfferState.DECLINED, OfferState.LAPSED]
    )
    counted = found.values_list("preference__request").annotate(count=Count("pk")).order_by()
    return Counter(dict(counted))


def _twice(mine: "QuerySet[CareRequest]", today: date) -> set[int]:
    """The later child of every undecided pair of which both still ask or have a place."""
    children = mine.values("child")
    asking = CareRequest.objects.filter(state=RequestState.OPEN).values("child")
    placed = Placement.objects.filter(state__in=[PlacementState.TO_SIGN, PlacementState.FINAL]).exclude(
        during__endswith__lte=today
    )
    concerned = Q(first__in=asking) | Q(first__in=placed.values("child"))
    pairs = Pair.objects.filter(
        concerned, second__in=children, state__in=[PairState.OPEN, PairState.PROPOSED]
    )
    return {second for _first, second in pairs.values_list("first_id", "second_id")}

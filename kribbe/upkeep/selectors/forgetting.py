"""Households that nothing needs any more, or soon: see `kribbe.trust.forgetting`."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import TruncDate

from kribbe.enrolment.models import CareRequest, Placement, PlacementState
from kribbe.people.keeping import Kept, kept
from kribbe.people.models import Child, Household
from kribbe.people.same_child import registrations
from kribbe.region.selectors import years_kept
from kribbe.rules.calendar import add_months
from kribbe.rules.same_child import Registration, children
from kribbe.trust.forgetting import MONTHS_A_YEAR
from kribbe.trust.models import AuditEntry
from kribbe.upkeep.models import Forgotten

AT_ONCE = 500
RUNS = (PlacementState.TO_SIGN, PlacementState.FINAL)


def due(desk_id: int, by: date, *, today: date) -> dict[int, Kept]:
    """The households of a desk that nothing needs any more on a day, with what needed them; the oldest first."""
    keys = list(_quiet(desk_id, by, today).values_list("pk", flat=True))
    found: dict[int, Kept] = {}
    for start in range(0, len(keys), AT_ONCE):
        some = kept(dict.fromkeys(keys[start : start + AT_ONCE], desk_id), today)
        found |= {key: each for key, each in some.items() if each.is_over(by)}
    return found


def _quiet(desk_id: int, by: date, today: date) -> "QuerySet[Household]":
    """Those with whom nothing happened for the desk's term by that day; what else needs them isn't asked yet.

    A day wider, as a term that began on 29 February is over on 28 February; `kept` judges exactly.
    """
    since = add_months(by, -years_kept([desk_id], today)[desk_id] * MONTHS_A_YEAR) + timedelta(days=1)
    of_it = CareRequest.objects.filter(household=OuterRef("pk"))
    lively = of_it.filter(Q(ended_at=None) | Q(ended_at__date__gt=since))
    cared = Placement.objects.filter(child__household=OuterRef("pk"), state__in=RUNS)
    return (
        Household.objects.filter(desk=desk_id, created_at__date__lte=since)
        .exclude(Exists(lively))
        .exclude(Exists(cared.filter(Q(during__endswith=None) | Q(during__endswith__gt=by))))
        .exclude(Exists(Forgotten.objects.filter(household_id=OuterRef("pk"))))
        .order_by("pk")
    )


def together(household_ids: Collection[int]) -> Iterator[tuple[frozenset[int], Mapping[int, int]]]:
    """Households in groups that are forgotten at once, with the children of each by the one that stands for them.

    Registrations of one child are counted once by their names, so that these can only go together. A group may hold
    households that aren't among those given: they still need their names.
    """
    left = set(household_ids)
    while left:
        start = left.pop()
        group, same = _reach(start)
        left -= group
        yield frozenset(group), same


def _reach(start: int) -> tuple[set[int], dict[int, int]]:
    group, same = {start}, dict[int, int]()
    while True:
        rows = _alike(group)
        same = dict(children(row for _household, row in rows))
        heads = {same[row.id] for household, row in rows if household in group}
        reached = {household for household, row in rows if same[row.id] in heads}
        if reached <= group:
            own = {row.id for household, row in rows if household in group}
            return group, {key: head for key, head in same.items() if key in own}
        group |= reached


def _alike(household_ids: Collection[int]) -> list[tuple[int, Registration]]:
    """The children of these households, and all that have a name or a national number of one of them."""
    own = Child.objects.filter(household__in=household_ids)
    numbers = own.exclude(national_number_hash="").values("national_number_hash")
    alike = Child.objects.filter(
        Q(household__in=household_ids)
        | Q(name_key__in=own.values("name_key"))
        | Q(national_number_hash__in=numbers)
    )
    return registrations(alike)


def forgotten_lately(desk_id: int, most: int) -> Sequence[tuple[date, int]]:
    """By day how many households of the desk were forgotten, the last day first."""
    rows = Forgotten.objects.filter(desk=desk_id).values(day=TruncDate("at")).annotate(number=Count("pk"))
    return [(row["day"], row["number"]) for row in rows.order_by("-day")[:most]]


def failed_lately(desk_id: int, since: datetime) -> int:
    """How many households of the desk couldn't be forgotten since then."""
    failed = AuditEntry.objects.filter(desk_id=desk_id, action="household.forget_failed", at__gte=since)
    return failed.values("household_id").distinct().count()

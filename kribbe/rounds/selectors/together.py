"""The rounds that desks will hold, for whoever plays the future of their lists."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from django.utils.timezone import localtime

from kribbe.enrolment.selectors.chance.joint import Together
from kribbe.places.models import Group, Location
from kribbe.region.models import DeskPolicy
from kribbe.rounds.models import Rhythm, RoundPlan, TakesPart
from kribbe.rounds.selectors.owed import owed_at
from kribbe.rounds.services.rhythm import MARCH, first_month
from kribbe.rules.packs import load_pack
from kribbe.trust.snapshot import by, rows

USUAL_MONTHS = 6


def rounds_at(
    location_ids: Collection[int], months: Sequence[date], then: datetime, as_of: datetime | None
) -> list[Together]:
    """One for each desk of which a location takes part. A desk that begins rounds by hand counts as monthly."""
    part = {
        row["location_id"]
        for row in rows(TakesPart, "location_id", as_of=as_of, location_id__in=location_ids)
    }
    if not part:
        return []
    by_desk: dict[int, set[int]] = {}
    for row in rows(Location, "desk_id", as_of=as_of, id__in=part):
        by_desk.setdefault(row["desk_id"], set()).add(row["id"])
    plans = by("desk_id", rows(RoundPlan, "desk_id", "rhythm", "months", as_of=as_of, desk_id__in=by_desk))
    owed = _owed(part, set(by_desk), then, as_of)
    return [
        Together(
            location_ids=frozenset(found),
            opens=_opens(Rhythm(plans[desk]["rhythm"]) if desk in plans else Rhythm.NONE, months),
            window=plans[desk]["months"] if desk in plans else USUAL_MONTHS,
            owed={location: owed.get(location, 0) for location in found},
        )
        for desk, found in sorted(by_desk.items())
    ]


def _opens(rhythm: Rhythm, months: Sequence[date]) -> dict[date, date]:
    held = [month for month in months if rhythm is not Rhythm.YEARLY or month.month == MARCH]
    return {month: first_month(rhythm, month) for month in held}


def _owed(
    location_ids: Collection[int], desk_ids: Collection[int], then: datetime, as_of: datetime | None
) -> dict[int, int]:
    today = localtime(then).date()
    policies = DeskPolicy.objects.filter(desk__in=desk_ids, during__contains=today)
    packs = {desk: load_pack(pack) for desk, pack in policies.values_list("desk_id", "rule_pack")}
    groups = Group.objects.filter(location__in=location_ids, active=True).select_related("location")
    return owed_at(list(groups), today=today, packs=packs, as_of=as_of)

"""What another published order would do to the list as it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.timezone import localtime

from kribbe.enrolment.selectors.waiting import Waiting, waiting_list
from kribbe.places.models import Location, LocationCriteria
from kribbe.region.models import DeskPolicy
from kribbe.region.selectors import policy_on
from kribbe.rules.packs import load_pack
from kribbe.rules.priority import DateRule, PriceKind, standing


@dataclass(frozen=True, slots=True)
class Moved:
    """One who waits, with the position that another order would give."""

    line: Waiting
    after: int


def reordered(location: Location, names: Sequence[str], *, on: date, now: datetime) -> list[Moved]:
    """The present list with the position of each under these criteria; ValueError on criteria that are refused.

    Facts are those of today; the law is that of the day `on`.
    """
    lines = waiting_list(location.pk, now=now)
    policy = policy_on(location.desk, localtime(now).date())
    keys = {line.preference_id: _key(line, names, policy, on) for line in lines}
    ranked = sorted(lines, key=lambda line: keys[line.preference_id])
    after = {line.preference_id: place for place, line in enumerate(ranked, start=1)}
    return [Moved(line, after[line.preference_id]) for line in lines]


def criteria_on(location: Location, day: date) -> list[str]:
    """The criteria that the location published for that day."""
    row = LocationCriteria.objects.filter(location=location, during__contains=day).first()
    return list(row.names) if row else []


def motive_on(location: Location, day: date) -> str:
    """Why the location chose the order of that day, in its own words."""
    row = LocationCriteria.objects.filter(location=location, during__contains=day).first()
    return row.motive if row else ""


def published(location: Location) -> list[LocationCriteria]:
    """Every order that the location published, the last first."""
    return list(LocationCriteria.objects.filter(location=location).order_by("-during"))


def _key(line: Waiting, names: Sequence[str], policy: DeskPolicy, on: date) -> tuple[tuple[int, ...], str]:
    has_law = any(part.name.startswith("law.") for part in line.standing.parts)
    return standing(
        facts=line.facts,
        pattern=line.pattern,
        price=PriceKind.INCOME if has_law else PriceKind.FREE,
        criteria=names,
        date_rule=DateRule(policy.date_rule),
        registered=line.registered_at,
        wanted_start=line.wanted_start,
        seed=policy.lottery_seed,
        child_id=str(line.child_id),
        pack=load_pack(policy.rule_pack),
        on=on,
    ).sort_key

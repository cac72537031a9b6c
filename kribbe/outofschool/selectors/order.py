"""The waiting list of a club's school year, in the desk's own order, and the rules that hold."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from kribbe.outofschool.models import Club, ClubRules, ClubYear, Registration, RegistrationState
from kribbe.people.models import FactKind, Household, HouseholdFact
from kribbe.region.models import Desk
from kribbe.rules.outofschool import DEFAULT_ORDER, Applicant, Charge, Criterion, Rounding, Standing, in_order

FACTS = {
    FactKind.WORK: Criterion.WORK,
    FactKind.WORK_4_5: Criterion.WORK,
    FactKind.SINGLE: Criterion.SINGLE,
    FactKind.LOW_INCOME: Criterion.LOW_INCOME,
    FactKind.CARE_NEED: Criterion.CARE_NEED,
}
ANSWER_DAYS = 7
CANCEL_DAYS = 7


@dataclass(frozen=True, slots=True)
class Rules:
    """What holds at a desk on a day: its own, or the usual ones where it published none."""

    criteria: tuple[Criterion, ...]
    answer_days: int
    why: str
    charge: Charge
    is_own: bool
    cancel_days: int = CANCEL_DAYS
    unused_percent: int = 0


def rules_on(desk: Desk, day: date) -> Rules:
    """The rules of a desk that hold on a day."""
    return as_rules(ClubRules.objects.filter(desk=desk, during__contains=day).first())


def as_rules(found: ClubRules | None) -> Rules:
    """Published rules, or the usual ones where there are none."""
    if found is None:
        return Rules(DEFAULT_ORDER, ANSWER_DAYS, "", Charge(), is_own=False)
    criteria = tuple(Criterion(name) for name in found.criteria)
    charge = Charge(step=found.step_minutes, rounding=Rounding(found.rounding), least=found.least_minutes)
    return Rules(
        criteria,
        found.answer_days,
        found.why,
        charge,
        is_own=True,
        cancel_days=found.cancel_days,
        unused_percent=found.unused_percent,
    )


def line(year: ClubYear, club: Club, criteria: Sequence[Criterion], *, today: date) -> list[Standing]:
    """Everybody who waits for this school year, the first in line first. Four queries, however many wait."""
    waiting = list(
        Registration.objects.filter(year=year, state=RegistrationState.WAITING)
        .select_related("child__household", "school")
        .order_by("pk")
    )
    families = {each.child.household_id for each in waiting}
    known = _facts(families, today)
    placed = set(
        Registration.objects.filter(
            year=year, child__household__in=families, state=RegistrationState.GRANTED
        ).values_list("child__household_id", flat=True)
    )
    home = club.desk.municipality_id
    return in_order((_applicant(each, known, placed, home) for each in waiting), criteria)


def untold(household: Household, criteria: Sequence[Criterion], today: date) -> list[Criterion]:
    """What counts by these criteria, rests on what a family tells of itself, and this one didn't tell."""
    told = _facts([household.pk], today).get(household.pk, set())
    return [each for each in criteria if each in FACTS.values() and each not in told]


def _applicant(
    one: Registration, known: dict[int, set[Criterion]], placed: Collection[int], home: int
) -> Applicant:
    household = one.child.household
    holds = set(known.get(household.pk, ()))
    for criterion, does in (
        (Criterion.SIBLING, household.pk in placed),
        (Criterion.SCHOOL_HERE, one.school.municipality_id == home),
        (Criterion.LIVES_HERE, household.municipality_id == home),
        (Criterion.CARE_NEED, one.child.care_need),
    ):
        if does:
            holds.add(criterion)
    return Applicant(one.pk, frozenset(holds), one.registered_at)


def _facts(families: Collection[int], today: date) -> dict[int, set[Criterion]]:
    found: dict[int, set[Criterion]] = {}
    rows = HouseholdFact.objects.filter(
        household__in=families, during__contains=today, kind__in=[each.value for each in FACTS]
    )
    for household, kind in rows.values_list("household_id", "kind"):
        found.setdefault(household, set()).add(FACTS[FactKind(kind)])
    return found

"""The versions of a location's house rules by day: what holds, and what is to come."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from kribbe.planning.models import HouseRules
from kribbe.rules.allowance import HouseAllowance, Rounding
from kribbe.rules.house_rules import AbsenceRules
from kribbe.rules.illness import IllRules

USUAL_NOTICE = 60
"""Days of notice where a location published no house rules."""


def house_rules_on(location_id: int, on: date) -> HouseRules | None:
    """The version that holds at a location on a day."""
    found = HouseRules.objects.filter(location=location_id, from_day__lte=on)
    return found.order_by("-from_day", "-version").first()


def house_rules_by_day(location_id: int, days: Iterable[date]) -> Mapping[date, HouseRules | None]:
    """The version that holds on each day; one query."""
    versions = versions_at(location_id)
    return {day: version_on(versions, day) for day in days}


def house_rules_ahead(location_id: int, today: date) -> list[HouseRules]:
    """The version that holds today, if there is one, and those that take its place later; one query."""
    versions = versions_at(location_id)
    first = version_on(versions, today)
    later = {each.from_day: each for each in versions if each.from_day > today}
    return [*([first] if first else []), *later.values()]


def house_allowance(rules: HouseRules | None) -> HouseAllowance:
    """What a version says of free absences; what the law gives where there is none."""
    if rules is None:
        return HouseAllowance()
    return HouseAllowance(
        full_time=rules.allowance_days,
        half_days=rules.allowance_half_days,
        rounding=Rounding(rules.allowance_rounding),
        told_only=rules.told_by is not None,
    )


def of_absence(rules: HouseRules) -> AbsenceRules:
    """What a version says of absences and visits, as the rules compare it with another."""
    return AbsenceRules(
        allowance_days=rules.allowance_days,
        rounding=Rounding(rules.allowance_rounding),
        told_by=rules.told_by,
        told_days_before=rules.told_days_before,
        absence_full=rules.absence_full,
        absence_half=rules.absence_half,
        illness=ill_rules(rules),
        visits_charged=rules.visits_charged,
    )


def ill_rules(rules: HouseRules | None) -> IllRules:
    """What a version says of days of illness; nothing where there is none."""
    return IllRules() if rules is None else IllRules(free=rules.ill_days, note=rules.ill_note)


def versions_at(location_id: int) -> list[HouseRules]:
    """All versions of a location; of two that begin on a day the later one stands last."""
    return list(HouseRules.objects.filter(location=location_id).order_by("from_day", "version"))


def version_on(versions: Sequence[HouseRules], day: date) -> HouseRules | None:
    """The one of these that holds on a day, given in the order of `versions_at`."""
    return next((each for each in reversed(versions) if each.from_day <= day), None)

"""What an absence counts as: one answer for the bill, the reports, the balance and the cost told before."""

from collections.abc import Callable, Sequence

from kribbe.places.selectors.closed import ClosedDays
from kribbe.planning.models import Absence, AbsenceKind, HouseRules
from kribbe.planning.selectors.house_rules import ill_rules, version_on
from kribbe.planning.selectors.stay_year import StayYear
from kribbe.rules.billing.case import Absent
from kribbe.rules.illness import IllDay, free_days

Count = Callable[[Absence], Absent]


def counting(stay: StayYear, rules: Sequence[HouseRules], closed: ClosedDays) -> Count:
    """Tells of each absence of a stay in a year what it counts as, by these versions of its location's house rules.

    A day of illness that the house rules give is free like force majeure; any other is told in time, or it isn't.
    """
    ill = [each for each in stay.absences if each.kind == AbsenceKind.ILLNESS]
    planned = [each for each in ill if stay.parts(each.day, closed)]
    versions = sorted(rules, key=lambda each: (each.from_day, each.version))
    free = free_days(
        (IllDay(each.day, each.note_seen_at is not None) for each in planned),
        lambda day: ill_rules(version_on(versions, day)),
    )

    def count(absence: Absence) -> Absent:
        if absence.kind != AbsenceKind.ILLNESS:
            return Absent(absence.kind)
        if absence.day in free:
            return Absent.FORCE_MAJEURE
        return Absent.UNTOLD if absence.late else Absent.TOLD

    return count

"""How far a change of some days of a year reaches through its allowance: until the balances agree again."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date

from kribbe.rules.allowance import DayAway, From, counted
from kribbe.rules.billing.case import Absent, Stay


def may_differ(
    allowances: Sequence[From], absences: Iterable[DayAway], unsure: Collection[date]
) -> list[date]:
    """The other days of absence that the allowance may cover otherwise than before, in their order.

    `absences` are those of a year as they stand; on `unsure` days anything may have stood before, or nothing. Two
    counts go through the year, one as if nothing had been used on the unsure days, one as if a whole day had been on
    each: what both cover alike is covered so whatever stood there. Where versions of the house rules count in other
    units, all absences after the first unsure day are named.

    `allowances` as `counted` has them.
    """
    known = sorted(each for each in absences if each[0] not in unsure)
    if not unsure:
        return []
    if len({each.half_days for _first, each in allowances}) > 1:
        return [day for day, *_ in known if day > min(unsure)]
    least, most = counted(allowances, ()), counted(allowances, ())
    found = []
    for day, absent, stay in sorted([*known, *((day, None, Stay.FULL) for day in unsure)], key=_day):
        least.go_to(day)
        most.go_to(day)
        if absent is None:
            most.covers(Absent.TOLD, stay)
        elif not absent.is_free and least.covers(absent, stay) != most.covers(absent, stay):
            found.append(day)
    return found


def _day(row: tuple[date, Absent | None, Stay]) -> date:
    return row[0]

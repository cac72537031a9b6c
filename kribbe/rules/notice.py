"""On which day an agreement can end: the term of notice, the same for both sides."""

from dataclasses import dataclass
from datetime import date, timedelta

from kribbe.rules.calendar import add_months
from kribbe.rules.house_rules import MONTHS_TOLD_BEFORE
from kribbe.rules.reasons import Reason


@dataclass(frozen=True, slots=True)
class Term:
    """The first day that can be the last one of care without the other side's consent, and why."""

    days: int
    last: date
    why: Reason


def term_of(told: date, days: int, *, worse_told: date | None = None) -> Term:
    """The term of a notice given on `told`, of so many calendar days.

    A family that was told on `worse_told` of house rules that are less good for it may end without a term within two
    months of that (model house rules, `rules.house_rules`).
    """
    if worse_told is not None and told <= (until := free_until(worse_told)):
        return Term(0, told, Reason.of("notice.free", until=until))
    return Term(days, told + timedelta(days=days), Reason.of("notice.term", days=days, told=told))


def free_until(worse_told: date) -> date:
    """Until when a family may end without a term, once it was told of house rules that are less good for it."""
    return add_months(worse_told, MONTHS_TOLD_BEFORE)

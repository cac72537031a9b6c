"""On which day an agreement can end: the term of notice, the same for both sides."""

from dataclasses import dataclass
from datetime import date, timedelta

from kribbe.rules.reasons import Reason


@dataclass(frozen=True, slots=True)
class Term:
    """The first day that can be the last one of care without the other side's consent, and why."""

    days: int
    last: date
    why: Reason


def term_of(told: date, days: int, *, free_until: date | None = None) -> Term:
    """The term of a notice given on `told`, of so many calendar days.

    A family that was told of house rules that are less good for it may end without a term until `free_until`
    (`rules.house_rules.told_until`).
    """
    if free_until is not None and told <= free_until:
        return Term(0, told, Reason.of("notice.free", until=free_until))
    return Term(days, told + timedelta(days=days), Reason.of("notice.term", days=days, told=told))

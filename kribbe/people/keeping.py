"""Until when what is known of a household is kept, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise

from kribbe.region.selectors import years_kept
from kribbe.trust.forgetting import needs


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that needs it, until that day; None while it goes on."""

    why: str | Promise
    until: date | None


@dataclass(frozen=True, slots=True)
class Kept:
    """All of them on a day, the last to end first. `until` is the day from which the household is forgotten."""

    reasons: Sequence[Reason]
    today: date

    @property
    def still(self) -> Sequence[Reason]:
        """Those that hold yet."""
        return [each for each in self.reasons if each.until is None or each.until > self.today]

    @property
    def until(self) -> date | None:
        return self.reasons[0].until if self.reasons else None

    def is_over(self, day: date) -> bool:
        """Whether nothing needs the household any more on that day."""
        return self.until is not None and self.until <= day


def kept(desk_of: Mapping[int, int], today: date) -> Mapping[int, Kept]:
    """By household, of which the desks are given, until when it is kept; the same reasons are told once."""
    years = years_kept(set(desk_of.values()), today)
    found = needs(list(desk_of), today)
    return {
        key: Kept(_latest([Reason(each.why, each.until(years[desk])) for each in found.get(key, ())]), today)
        for key, desk in desk_of.items()
    }


def _latest(reasons: Sequence[Reason]) -> Sequence[Reason]:
    last: dict[str, Reason] = {}
    for each in sorted(reasons, key=_order):
        last.setdefault(str(each.why), each)
    return list(last.values())


def _order(reason: Reason) -> int:
    """What goes on comes first, then the latest end."""
    return -(reason.until or date.max).toordinal()

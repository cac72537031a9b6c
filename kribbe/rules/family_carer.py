"""Care at a family carer's home: who counts as present by law, and the carer's day compensation."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from kribbe.rules.money import cents
from kribbe.rules.packs import Pack
from kribbe.rules.reasons import Reason


class Tie(StrEnum):
    """Whose child it is."""

    CARED = "cared"
    """A child that is cared for by an agreement."""
    OWN = "own"
    """A child of the carer, while it is present."""
    GRANDCHILD = "grandchild"


@dataclass(frozen=True)
class Present:
    """A child that is in the carer's home at one moment."""

    tie: Tie
    born: date


@dataclass(frozen=True)
class Counted:
    """How many children count, at most how many may be there, and why."""

    children: int
    limit: int
    reasons: tuple[Reason, ...]

    @property
    def too_many(self) -> int:
        return max(0, self.children - self.limit)


@dataclass(frozen=True)
class Compensation:
    """What a carer of the sui generis statute earns, in euros. No rate is known for `half_days`, not in it."""

    amount: Decimal
    full_days: int
    half_days: int


def counts(child: Present, *, pack: Pack, on: date) -> bool:
    """Whether a child counts: own children to the end of kindergarten, all others to the end of primary school."""
    return child.born <= on < counts_until(child, pack=pack, on=on)


def counts_until(child: Present, *, pack: Pack, on: date) -> date:
    """The first day on which a child no longer counts, by the law of a day."""
    key = "counting.kindergarten_ends" if child.tie is Tie.OWN else "counting.primary_ends"
    return date(child.born.year + pack.integer(key, on), 9, 1)


def present(children: Iterable[Present], *, pack: Pack, on: date) -> Counted:
    """The children present at once, counted by the law of the day, beside the limit of one carer."""
    found = [child for child in children if counts(child, pack=pack, on=on)]
    limit = pack.integer("capacity.family_care", on)
    own = sum(child.tie is not Tie.CARED for child in found)
    reasons = [Reason.of("ratio.family", children=len(found), limit=limit)]
    if own:
        reasons.append(Reason.of("family_carer.own", own=own))
    return Counted(len(found), limit, tuple(reasons))


def compensation(days: Iterable[tuple[date, bool]], *, pack: Pack) -> Compensation:
    """The compensation for child days, each a day and whether it was a full one, by the rate of its own day.

    Own children and grandchildren without an agreement are no child days. FigureMissing before the first known rate.
    """
    amount, full, half = Decimal(0), 0, 0
    for on, is_full in days:
        if is_full:
            amount, full = amount + pack.decimal("family_carer.day", on), full + 1
        else:
            half += 1
    return Compensation(cents(amount), full, half)

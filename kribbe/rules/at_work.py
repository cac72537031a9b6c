"""Who of those at work counts among the carers that the law asks for.

Who is trained for it always counts. Interns, volunteers and a pedagogic coach never do. Logistic staff count up to a
share of the carers needed, and only beside several carers in the same group; before that law they don't count at all.
"""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from kribbe.rules.packs import FigureMissing, Pack

PERCENT = 100
BESIDE = 2
"""Carers who must be in the group before logistic staff count there."""


class Role(StrEnum):
    """What somebody does at a location."""

    CARER = "carer"
    LOGISTIC = "logistic"
    INTERN = "intern"
    VOLUNTEER = "volunteer"
    COACH = "coach"

    @property
    def may_count(self) -> bool:
        """Whether they can count among the carers, wholly or in part."""
        return self in {Role.CARER, Role.LOGISTIC}


def most_logistic(needed: int, pack: Pack, on: date) -> int:
    """How many logistic staff count at most where so many carers are needed; none where the law knows no share."""
    try:
        share = pack.integer("ratio.logistic_percent", on)
    except FigureMissing:
        return 0
    return needed * share // PERCENT


def who_count(carers: Mapping[int, int], logistic: Mapping[int, int], most: int) -> int:
    """Those at work who count, by group: all `carers`, and of the `logistic` staff beside enough of them `most`."""
    helping = sum(number for group, number in logistic.items() if carers.get(group, 0) >= BESIDE)
    return sum(carers.values()) + min(helping, most)

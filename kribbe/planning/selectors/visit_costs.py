"""Visits to get used with what each costs, in words: one answer for the location, the family and its mail."""

from collections.abc import Sequence
from dataclasses import dataclass

from kribbe.enrolment.models import Placement
from kribbe.planning import words
from kribbe.planning.models import GettingUsedDay
from kribbe.planning.selectors.bill_prices import billed_visits


@dataclass(frozen=True, slots=True)
class CostedVisit:
    """A visit, and what it costs as a family reads it."""

    visit: GettingUsedDay
    cost: str


def with_costs(placement: Placement, visits: Sequence[GettingUsedDay]) -> list[CostedVisit]:
    """These visits of a place; as many queries as for a month of the bill where one of them is charged."""
    charged = [each for each in visits if each.is_charged]
    costs = billed_visits(placement, charged) if charged else None
    return [CostedVisit(each, words.visit_cost(each, costs)) for each in visits]

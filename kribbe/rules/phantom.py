"""Phantom demand: which open requests are a need of today, and why the others aren't.

Every open request is in exactly one class: the first that holds, in the order of `Class`. Gross is all of them,
net is the last class.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from kribbe.rules.calendar import add_months, age_in_months


class Class(StrEnum):
    """Why an open request isn't a need of today; the first that holds counts."""

    PLACED = "placed"
    DUPLICATE = "duplicate"
    TOO_OLD = "too_old"
    START_PASSED = "start_passed"
    REFUSED_OFFERS = "refused_offers"
    UNCONFIRMED = "unconfirmed"
    NET = "net"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is known of one open request.

    `is_placed`: the child has a place on all half-days asked. `declined` counts offers that the family refused or let
    run out. `confirmed` is the last day on which the family registered or said that it still needs the place.
    """

    birth: date
    wanted_start: date
    latest_start: date
    confirmed: date
    is_placed: bool = False
    is_duplicate: bool = False
    declined: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """Where the classes begin. `school_months`: age of school entry; months None: the desk doesn't ask."""

    school_months: int
    start_passed_days: int = 30
    declined: int = 2
    confirm_months: int | None = 6


def classify(asked: Asked, *, today: date, bounds: Bounds) -> Class:
    """The one class of a request."""
    grounds = {
        Class.PLACED: asked.is_placed,
        Class.DUPLICATE: asked.is_duplicate,
        Class.TOO_OLD: age_in_months(asked.birth, max(today, asked.wanted_start)) >= bounds.school_months,
        Class.START_PASSED: asked.latest_start + timedelta(days=bounds.start_passed_days) < today,
        Class.REFUSED_OFFERS: asked.declined >= bounds.declined,
        Class.UNCONFIRMED: bounds.confirm_months is not None
        and add_months(asked.confirmed, bounds.confirm_months) < today,
    }
    return next((ground for ground, holds in grounds.items() if holds), Class.NET)


def tally(classes: Iterable[Class]) -> Mapping[Class, int]:
    """How many are in each class, none left out; their sum is gross."""
    counted = Counter(classes)
    return {each: counted[each] for each in Class}

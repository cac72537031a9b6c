"""Filters of the planning pages."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from django import template

from kribbe.people.models import Child
from kribbe.places.selectors.closed import closing_in_words, days_in_words
from kribbe.planning import words
from kribbe.planning.models import GettingUsedDay, HouseRules
from kribbe.rules.billing.day_cost import DayCost
from kribbe.rules.closing import Closing
from kribbe.web.weeks import DAY_NAMES

register = template.Library()


@register.filter
def weekday(day: date) -> str:
    """`Monday`, in the reader's language."""
    return str(DAY_NAMES[day.weekday()])


@register.filter
def told_until(rules: HouseRules) -> str:
    """`before 18:00 on the day before`."""
    return words.told_until(rules)


@register.filter
def told_in_time(rules: HouseRules) -> str:
    """`An absence is told in time before 18:00 on the day before.`"""
    return words.told_in_time(rules)


@register.filter
def illness(rules: HouseRules) -> str:
    """`5 days of illness a year are free, besides the free absences.`"""
    return words.illness(rules)


@register.filter
def visits(rules: HouseRules | None) -> str:
    """`Getting used costs nothing.`"""
    return words.visits(rules)


@register.filter
def visit_cost(visit: GettingUsedDay, costs: Mapping[date, DayCost] | None) -> str:
    """`€ 7.40`, given what the bill will ask by day."""
    return words.visit_cost(visit, costs)


@register.filter
def at(found: Mapping[Any, Any], key: Any) -> Any:
    """What a mapping holds under a key."""
    return found[key]


@register.filter
def closed_words(closing: Closing) -> str:
    """`closed from 1 August to 26 August 2027 (summer)`."""
    return closing_in_words(closing)


@register.filter
def days_words(closing: Closing) -> str:
    """`1 August to 26 August 2027`, or one day."""
    return days_in_words(closing.first, closing.last)


@register.filter
def called_all(children: Collection[Child]) -> str:
    """The first names of children: `Noor and Lou`."""
    return words.called_all(children)

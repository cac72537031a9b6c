"""Filters of the pages and notices of out-of-school care."""

from collections.abc import Sequence

from django import template

from kribbe.outofschool import words
from kribbe.people.models import Child

register = template.Library()


@register.filter
def moment_words(pattern: int) -> str:
    """A pattern as a list of moments."""
    return words.moments(pattern)


@register.filter
def first_names(children: Sequence[Child]) -> str:
    """First names in a row."""
    return words.names(children)


@register.filter
def hours_of(minutes: int) -> str:
    """`1 h 45`."""
    return words.hours(minutes)

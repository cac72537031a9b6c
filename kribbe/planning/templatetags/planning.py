"""Filters of the planning pages."""

from datetime import date

from django import template

from kribbe.web.weeks import DAY_NAMES

register = template.Library()


@register.filter
def weekday(day: date) -> str:
    """`Monday`, in the reader's language."""
    return str(DAY_NAMES[day.weekday()])

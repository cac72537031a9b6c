"""Filters of the planning pages."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import template

from kribbe.web.weeks import DAY_NAMES

register = template.Library()


@register.filter
def weekday(day: date) -> str:
    """`Monday`, in the reader's language."""
    return str(DAY_NAMES[day.weekday()])


@register.filter
def at(found: Mapping[Any, Any], key: Any) -> Any:
    """What a mapping holds under a key."""
    return found[key]

"""Words of staff in templates."""

from django import template

from kribbe.staff.models import StandIn
from kribbe.staff.notice_kinds import where

register = template.Library()


@register.filter
def stand_in_where(row: StandIn) -> str:
    """Where a child goes on a day."""
    return where(row)

"""Words of notices about visits."""

import datetime as dt

from django import template
from django.utils.timezone import localtime

from kribbe.web.dates import date_format

register = template.Library()


@register.filter
def visit_day(moment: dt.datetime) -> str:
    """ "Saturday 4 April 2026"."""
    return date_format(localtime(moment), "l j F Y")

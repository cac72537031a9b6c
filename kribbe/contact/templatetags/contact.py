"""Words of notices about visits."""

import datetime as dt

from django import template
from django.utils.formats import date_format
from django.utils.timezone import localtime

register = template.Library()


@register.filter
def visit_day(moment: dt.datetime) -> str:
    """ "Saturday 4 April 2026"."""
    return date_format(localtime(moment), "l j F Y")

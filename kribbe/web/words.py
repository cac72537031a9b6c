"""Reasons of the rules, in the reader's language."""

from datetime import date
from decimal import Decimal

from django.utils.translation import gettext

from kribbe.rules.reasons import CODES, Reason, Value
from kribbe.web.dates import date_format
from kribbe.web.templatetags.telling import number


def say(reason: Reason) -> str:
    """The reason as a sentence; dates and numbers as the reader's language has them."""
    return gettext(CODES[reason.code]).format(**{name: _worded(value) for name, value in reason.params})


def _worded(value: Value) -> Value:
    if isinstance(value, Decimal):
        return number(value, -int(value.as_tuple().exponent))
    return date_format(value, "DATE_FORMAT") if isinstance(value, date) else value

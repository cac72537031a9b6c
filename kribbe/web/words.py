"""Reasons of the rules, in the reader's language."""

import re
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext

from kribbe.rules.reasons import CODES, Reason, Value
from kribbe.web.dates import date_format
from kribbe.web.templatetags.telling import money, number

EUROS = re.compile(r"€ (-?[0-9]+[.][0-9]{2})")
"""An amount as the rules write it."""


def say(reason: Reason) -> str:
    """The reason as a sentence; dates and numbers as the reader's language has them."""
    return gettext(CODES[reason.code]).format(**{name: _worded(value) for name, value in reason.params})


def _worded(value: Value) -> Value:
    if isinstance(value, Decimal):
        return number(value, -int(value.as_tuple().exponent))
    if isinstance(value, str) and (euros := EUROS.fullmatch(value)):
        return money(Decimal(euros[1]))
    return date_format(value, "DATE_FORMAT") if isinstance(value, date) else value

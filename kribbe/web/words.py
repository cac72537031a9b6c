"""Reasons of the rules, in the reader's language."""

from datetime import date

from django.utils.translation import gettext

from kribbe.rules.reasons import CODES, Reason, Value
from kribbe.web.dates import date_format


def say(reason: Reason) -> str:
    """The reason as a sentence; dates written out as the reader's language has it."""
    return gettext(CODES[reason.code]).format(**{name: _worded(value) for name, value in reason.params})


def _worded(value: Value) -> Value:
    return date_format(value, "DATE_FORMAT") if isinstance(value, date) else value

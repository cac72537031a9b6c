"""Days in the reader's language. French counts the first day of a month: 1er janvier."""

import datetime as dt
import re

from django.utils import formats
from django.utils.translation import get_language

FIRST = re.compile(r"(?<!\d)1 (?=[^\W\d])")


def date_format(day: dt.date | dt.datetime, form: str = "DATE_FORMAT") -> str:
    """A day, or a moment, by one of Django's formats or a pattern of its letters (`l j F`)."""
    text: str = formats.date_format(day, form)
    if isinstance(day, dt.date) and day.day == 1 and (get_language() or "").startswith("fr"):
        return FIRST.sub("1er ", text)
    return text

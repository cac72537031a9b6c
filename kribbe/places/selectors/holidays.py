"""The public holidays by their names."""

from collections.abc import Mapping
from datetime import date

from django.utils.translation import get_language

from kribbe.rules.calendar import public_holidays

LANGUAGES: Mapping[str, str] = {"nl": "nl", "fr": "fr", "de": "de", "en": "en_US"}


def named_holidays(year: int) -> Mapping[date, str]:
    """The public holidays of a year with their names, in the language of whoever reads."""
    return public_holidays(year, language=LANGUAGES.get((get_language() or "nl")[:2], "nl"))

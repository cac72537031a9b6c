"""What a row of the audit trail holds beside its deed, in words.

Ids and codes for which there are no words are not told: who needs them has them in the file.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy

from kribbe.people.models import Consented
from kribbe.people.words import ROLES
from kribbe.places.models import LicenceState
from kribbe.trust.text import day_of
from kribbe.web.templatetags.telling import month_name, number, short_date
from kribbe.web.weeks import week_words
from kribbe.web.worklists import label_of

WORDS: Mapping[str, str | Promise] = {
    "words": pgettext_lazy("trail", "name, address or reference"),
    "birth": pgettext_lazy("trail", "birth date"),
    "email": pgettext_lazy("trail", "e-mail"),
    "phone": pgettext_lazy("trail", "telephone"),
    "national_number": pgettext_lazy("trail", "national number"),
    "children": pgettext_lazy("trail", "children who are there"),
    "coming_free": pgettext_lazy("trail", "places that come free"),
    "offers": pgettext_lazy("trail", "offers"),
    "register": pgettext_lazy("trail", "register"),
    "first": pgettext_lazy("trail", "first page"),
    "visits": pgettext_lazy("trail", "visits"),
    "agreements": pgettext_lazy("trail", "agreements"),
    "planned": pgettext_lazy("trail", "who comes today"),
    "round": pgettext_lazy("trail", "proposals of a round"),
    "rounds": pgettext_lazy("trail", "rounds"),
    "week": pgettext_lazy("trail", "own hand"),
    "threads": pgettext_lazy("trail", "conversations"),
    "told": pgettext_lazy("trail", "who was told what"),
    "nl": pgettext_lazy("trail", "Dutch"),
    "fr": pgettext_lazy("trail", "French"),
    "en": pgettext_lazy("trail", "English"),
    "de": pgettext_lazy("trail", "German"),
    **{role.value: words for role, words in ROLES.items()},
    **{state.value: state.label for state in LicenceState},
    **{each.value: each.label for each in Consented},
}
"""Codes that stand in rows, beside the names of work lists."""


def _day(value: Any) -> str:
    return short_date(day_of(value))


def _days(value: Any) -> str:
    return ", ".join(filter(None, map(_day, value)))


def _month(value: Any) -> str:
    day = day_of(f"{value}-01")
    return month_name(day) if day else ""


def _count(value: Any) -> str:
    return number(value) if isinstance(value, int) else number(len(value))


def _yes_no(value: Any) -> str:
    return gettext("yes") if value else gettext("no")


def _word(value: Any) -> str:
    return str(WORDS.get(value) or label_of(value))


def _words(value: Any) -> str:
    return ", ".join(filter(None, map(_word, value)))


def _day_or_word(value: Any) -> str:
    return _day(value) or (_word(value) if isinstance(value, str) else "")


TOLD: Mapping[str, tuple[Promise, Callable[[Any], str]]] = {
    "by": (pgettext_lazy("trail", "by"), _words),
    "list": (pgettext_lazy("trail", "list"), _word),
    "of": (pgettext_lazy("trail", "page"), _word),
    "role": (pgettext_lazy("trail", "role"), _word),
    "what": (pgettext_lazy("trail", "for"), _words),
    "language": (pgettext_lazy("trail", "language"), _word),
    "state": (pgettext_lazy("trail", "state"), _word),
    "before": (pgettext_lazy("trail", "before"), _day_or_word),
    "start": (pgettext_lazy("trail", "first day"), _day),
    "last": (pgettext_lazy("trail", "last day"), _day),
    "end": (pgettext_lazy("trail", "last day"), _day),
    "first": (pgettext_lazy("trail", "from"), _day),
    "from_day": (pgettext_lazy("trail", "from"), _day),
    "since": (pgettext_lazy("trail", "since"), _day),
    "until": (pgettext_lazy("trail", "until and with"), _day),
    "agreed": (pgettext_lazy("trail", "agreed"), _day),
    "birth": (pgettext_lazy("trail", "born on"), _day),
    "born": (pgettext_lazy("trail", "born on"), _day),
    "look_on": (pgettext_lazy("trail", "looks on until"), _day),
    "consented_on": (pgettext_lazy("trail", "agreed on"), _day),
    "checked_on": (pgettext_lazy("trail", "checked on"), _day),
    "on": (pgettext_lazy("trail", "on"), _day),
    "days": (pgettext_lazy("trail", "days"), _days),
    "month": (pgettext_lazy("trail", "month"), _month),
    "pattern": (pgettext_lazy("trail", "half-days"), week_words),
    "open_pattern": (pgettext_lazy("trail", "half-days"), week_words),
    "bookable": (pgettext_lazy("trail", "bookable places"), _count),
    "licensed": (pgettext_lazy("trail", "licensed places"), _count),
    "staffed": (pgettext_lazy("trail", "staffed places"), _count),
    "overfull": (pgettext_lazy("trail", "half-days with too many children"), _count),
    "wishes": (pgettext_lazy("trail", "chosen locations"), _count),
    "passed_over": (pgettext_lazy("trail", "passed over"), _count),
    "adults": (pgettext_lazy("trail", "adults"), _count),
    "rows": (pgettext_lazy("trail", "rows"), _count),
    "requests": (pgettext_lazy("trail", "requests"), _count),
    "letters": (pgettext_lazy("trail", "letters"), _count),
    "moments": (pgettext_lazy("trail", "moments"), _count),
    "months": (pgettext_lazy("trail", "months"), _count),
    "differences": (pgettext_lazy("trail", "differences"), _count),
    "year": (pgettext_lazy("trail", "year"), str),
    "version": (pgettext_lazy("trail", "version"), str),
    "number": (pgettext_lazy("trail", "number"), str),
    "active": (pgettext_lazy("trail", "in use"), _yes_no),
    "keep_wish": (pgettext_lazy("trail", "keeps waiting"), _yes_no),
    "on_behalf": (pgettext_lazy("trail", "for the family"), _yes_no),
    "on_paper": (pgettext_lazy("trail", "on paper"), _yes_no),
    "weekly_list": (pgettext_lazy("trail", "weekly list"), _yes_no),
    "open_when_urgent": (pgettext_lazy("trail", "urgent help"), _yes_no),
}
"""By the name under which a row holds it: what people call it, and how its value is told."""


def details(data: Mapping[str, Any]) -> Iterator[str]:
    """What is told of these data: "first day: 1/03/2027"."""
    for name, (words, tell) in TOLD.items():
        value = data.get(name)
        told = tell(value) if value not in (None, "", [], {}) else ""
        if told:
            yield f"{words}: {told}"

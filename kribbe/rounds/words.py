"""What is calculated, in words for a family."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from django.utils.translation import gettext, ngettext, pgettext

from kribbe.enrolment import words
from kribbe.rounds.selectors.standing import Help, Kind, LiveStanding, Place
from kribbe.rounds.weighing import Short
from kribbe.rules.halfdays import WeekPattern
from kribbe.web.templatetags.telling import km as kilometres
from kribbe.web.templatetags.telling import long_date, month_name
from kribbe.web.weeks import week_words


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """One wish as the family reads it."""

    place: Place
    position: str
    verdict: str
    tone: str
    ahead: Sequence[str]
    hides: bool
    short: Sequence[str]


@dataclass(frozen=True, slots=True)
class HelpRow:
    """What would help: the sentence, its icon, and which page changes it."""

    text: str
    detail: str
    icon: str
    kind: Kind


def place_rows(found: LiveStanding) -> list[PlaceRow]:
    """The wishes in the family's order."""
    granted = next((place.rank for place in found.places if place.granted), None)
    return [
        PlaceRow(
            place=place,
            position=words.ordinal(place.position),
            verdict=_verdict(place, granted),
            tone="good" if place.granted else "",
            ahead=words.ahead(place.ahead),
            hides=any(each.count is None for each in place.ahead),
            short=[*_closed(place), *_shorts(place.short, found)],
        )
        for place in found.places
    ]


def _verdict(place: Place, granted: int | None) -> str:
    if place.granted:
        return gettext("If all places were given today, your child would have a place here.")
    if not place.has_group:
        return gettext("This location has no group for your child's age and kind of price.")
    if granted is not None and granted < place.rank:
        return gettext("Not needed: your child would have a place that you rank higher.")
    return gettext("If all places were given today, there would be no place here for the days you ask.")


def _closed(place: Place) -> list[str]:
    """The half-days asked on which the location isn't open."""
    if not place.has_group or place.closed.is_empty:
        return []
    return [gettext("%(days)s: closed there.") % {"days": week_words(place.closed.mask)}]


def _shorts(shorts: Sequence[Short], found: LiveStanding) -> list[str]:
    """Half-days that are short in the same months for the same reason, told together."""
    masks: dict[tuple[tuple[int, ...], tuple[int, ...]], int] = {}
    for each in shorts:
        key = (each.full, each.ahead)
        masks[key] = masks.get(key, 0) | 1 << each.slot
    return [_short(mask, full, ahead, found) for (full, ahead), mask in masks.items()]


def _short(mask: int, full: Sequence[int], ahead: Sequence[int], found: LiveStanding) -> str:
    lines = []
    if full:
        lines.append(gettext("full %(months)s") % {"months": month_ranges(full, found)})
    if ahead:
        months = {"months": month_ranges(ahead, found)}
        lines.append(gettext("%(months)s the places go to children ahead of you") % months)
    return gettext("%(days)s: %(why)s.") % {"days": week_words(mask), "why": "; ".join(lines)}


def month_ranges(periods: Sequence[int], found: LiveStanding) -> str:
    """`from March 2027 to June 2027, in August 2027`."""
    return ", ".join(_range(found.month(first), found.month(last)) for first, last in _runs(periods))


def _runs(periods: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The first and last of each unbroken row of numbers."""
    first = periods[0]
    for one, following in pairwise([*periods, periods[-1] + 2]):
        if following != one + 1:
            yield first, one
            first = following


def _range(first: date, last: date) -> str:
    if first == last:
        return gettext("in %(month)s") % {"month": month_name(first)}
    return pgettext("months", "from %(first)s to %(last)s") % {
        "first": month_name(first),
        "last": month_name(last),
    }


def help_rows(found: LiveStanding, asked: WeekPattern) -> list[HelpRow]:
    """What would give a place."""
    return [_help(each, asked) for each in found.helps]


def _help(each: Help, asked: WeekPattern) -> HelpRow:
    name = {"location": each.location.name}
    detail = gettext("Then there would be a place at %(location)s.") % name
    if each.kind is Kind.START:
        text = gettext("Begin on %(day)s") % {"day": long_date(each.start)}
        return HelpRow(text, detail, "calendar-days", each.kind)
    if each.kind is Kind.PATTERN:
        return HelpRow(_days(each.pattern, asked), detail, "calendar-check", each.kind)
    text = gettext("Also choose %(location)s") % name
    if each.km is not None:
        text = gettext("Also choose %(location)s, %(km)s away") % {**name, "km": kilometres(each.km)}
    day = {"day": long_date(each.start)}
    return HelpRow(
        text, gettext("There would be a place for your days from %(day)s.") % day, "map-pin", each.kind
    )


def _days(pattern: WeekPattern, asked: WeekPattern) -> str:
    less, more = asked - pattern, pattern - asked
    if more.is_empty:
        return gettext("Leave out %(days)s") % {"days": week_words(less.mask)}
    return gettext("Ask %(more)s in place of %(less)s") % {
        "more": week_words(more.mask),
        "less": week_words(less.mask),
    }


def tried(found: LiveStanding) -> str:
    """How much was tried, where nothing helps."""
    total = sum(found.tried.values())
    return ngettext(
        "We tried %(count)d change of start, days or location. None of them gives a place today.",
        "We tried %(count)d changes of start, days or location. None of them gives a place today.",
        total,
    ) % {"count": total}

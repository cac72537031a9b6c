"""Whether a child that a location took outside the desk is perhaps that of an open request: a score, and why.

A location tells little of such a child: a name or initials, the month of birth, perhaps the municipality, and the
half-days. Each sign weighs the points of `duplicates.toml`; the score is an advice, and a clerk decides.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from kribbe.rules.duplicates import CERTAIN, Likeness, Name, Person, alike, weights

NO, LETTER, ALIKE, SAME = range(4)
"""How well a part of a name fits."""

NAMES = {
    (SAME, SAME): "taken_name_same",
    (LETTER, LETTER): "taken_letters",
    (LETTER, None): "taken_letters",
    (ALIKE, None): "taken_first_only",
    (SAME, None): "taken_first_only",
    (None, ALIKE): "taken_last_only",
    (None, SAME): "taken_last_only",
}
"""What it says that first and last name fit so; None is a part that wasn't given."""

Reading = tuple[Name, Name]
"""What the location wrote, taken as first and last name; "" where it then gives none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A child that a location took directly; `month` is the first day of the month of birth."""

    readings: tuple[Reading, ...]
    month: date
    start: date
    pattern: int
    home: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """An open request, with its child as the rules compare children. `wished`: it chose that location."""

    child: Person
    start: date
    pattern: int
    wished: bool
    home: str = ""


def compare_taken(taken: Taken, asked: Asked) -> Likeness:
    """How likely it is that the child is the one of the request, from 0 to 99; 0 where the births exclude it."""
    birth = _birth(taken.month, asked.child)
    if birth is None:
        return Likeness(0)
    signs = [_name(taken.readings, asked.child), birth, *_around(taken, asked)]
    points = weights()["points"]
    heaviest = sorted(signs, key=lambda sign: (-points[sign], sign))
    return Likeness(max(0, min(CERTAIN - 1, sum(points[sign] for sign in signs))), tuple(heaviest))


def birth_window(month: date) -> tuple[date, date]:
    """The first and the last day on which a child of that month can have been born or expected."""
    reach = timedelta(days=weights()["far_days"])
    return month - reach, _last(month) + reach


def _last(month: date) -> date:
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def _birth(month: date, child: Person) -> str | None:
    if child.born is not None:
        return "taken_month_same" if child.born.replace(day=1) == month else None
    if child.expected is None:
        return None
    gap = max(0, (month - child.expected).days, (child.expected - _last(month)).days)
    if gap == 0:
        return "taken_month_expected"
    if gap <= weights()["near_days"]:
        return "taken_month_near"
    return "taken_month_far" if gap <= weights()["far_days"] else None


def _name(readings: Iterable[Reading], child: Person) -> str:
    """The best that the name can say, however it is read."""
    points = weights()["points"]
    return max((_read(reading, child) for reading in readings), key=lambda sign: points[sign])


def _read(reading: Reading, child: Person) -> str:
    given_first, given_last = reading
    first = _fit(given_first, child.first)
    lasts = {child.last, *child.adult_last_names}
    last = max(_fit(given_last, name) or NO for name in lasts) if given_last.plain else None
    if not child.first.plain and first is not None:
        return _unnamed(last)
    if NO in {first, last}:
        return "taken_name_other"
    return NAMES.get((first, last)) or ("taken_name_short" if LETTER in {first, last} else "taken_name_alike")


def _unnamed(last: int | None) -> str:
    """What the name says of a child without a first name: only the last one can be compared."""
    if last in {ALIKE, SAME}:
        return "taken_last_only"
    return "taken_name_other" if last == NO else "taken_name_unknown"


def _fit(given: Name, name: Name) -> int | None:
    """How well a part fits a name; None where the part wasn't given."""
    if not given.plain:
        return None
    if given.plain == name.plain:
        return SAME
    if len(given.plain) == 1:
        return LETTER if name.plain.startswith(given.plain) else NO
    return ALIKE if name.plain and alike(given, name) else NO


def _around(taken: Taken, asked: Asked) -> Iterator[str]:
    if asked.wished:
        yield "taken_wished"
    if taken.home and asked.home:
        yield "taken_home" if taken.home == asked.home else "taken_home_other"
    if taken.pattern == asked.pattern:
        yield "taken_days_same"
    if abs((taken.start - asked.start).days) <= weights()["start_days"]:
        yield "taken_start_near"

"""Weeks with hours as people type them in a spreadsheet: `ma-wo 8:00-17:00; vr vm | ma di`.

Weeks that take turns are parted by `|`. In a week, groups are parted by `;`, `,` or a new line: days (`ma`, `ma di`,
`ma-vr`) and after them when (`8:00-12:30`, `vm`, `nm`; nothing is the whole day). Dutch, French, English and German.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from kribbe.rules.agreed import Parts, Weeks

MIDNIGHT = 24 * 60
NAMES = ("ma", "di", "wo", "do", "vr", "za", "zo")
"""As `to_text` writes the days."""

_SPELLINGS: tuple[str, ...] = (
    "ma maandag lu lun lundi mo mon monday montag",
    "di dinsdag mar mardi tu tue tuesday dienstag",
    "wo woensdag me mer mercredi we wed wednesday mi mittwoch",
    "do donderdag je jeu jeudi th thu thursday donnerstag",
    "vr vrijdag ve ven vendredi fr fri friday freitag",
    "za zaterdag sam samedi sa sat saturday samstag",
    "zo zondag dim dimanche su sun sunday so sonntag",
)
DAYS: Mapping[str, int] = {word: day for day, words in enumerate(_SPELLINGS) for word in words.split()}
_HALVES: Mapping[str, int] = {
    word: half
    for half, words in (
        (1, "vm voormiddag matin am morning vormittag"),
        (2, "nm namiddag pm afternoon nachmittag"),
    )
    for word in words.split()
}
_CLOCK = r"(\d{1,2})(?:[:.hu](\d{2})?)?"
_HOURS = re.compile(rf"{_CLOCK}\s*[-–]\s*{_CLOCK}")
_TOKEN = re.compile(rf"{_HOURS.pattern}|[^\W\d]+\s*[-–]\s*[^\W\d]+|[^\W\d]+\.?|\S+")
_GROUP = re.compile(r"[;,\n]")


class WeekTextError(ValueError):
    """A piece of the text that says nothing; `piece` is it."""

    def __init__(self, piece: str) -> None:
        super().__init__(f"{piece!r} is no day and no hours")
        self.piece = piece


@dataclass(frozen=True, slots=True)
class Hours:
    """When a location opens, when its morning ends and when it closes, in minutes since midnight."""

    opens: int
    noon: int
    closes: int

    def of(self, half: int) -> tuple[int, int]:
        """The part that is the morning (1), the afternoon (2) or the whole day (3)."""
        return (self.noon if half == 2 else self.opens, self.noon if half == 1 else self.closes)


def read_weeks(text: str, hours: Hours) -> Weeks:
    """The weeks that a text says. WeekTextError on a piece that it can't be, on a day said twice, and on no day."""
    weeks = tuple(_week(part, hours) for part in text.split("|"))
    if not any(weeks):
        raise WeekTextError(text.strip())
    return weeks


def read_day(text: str, hours: Hours) -> tuple[Parts, ...]:
    """The parts that a cell of one day says, a week in turn each: `8:00-17:00`, `vm`, `x` for the whole day, `-`."""
    return tuple(_day_cell(cell.strip(), hours) for cell in text.split("|"))


def to_text(weeks: Weeks) -> str:
    """Weeks as `read_weeks` reads them."""
    return " | ".join(
        "; ".join(_day_text(day, week[day]) for day in sorted(week) if week[day]) for week in weeks
    )


def clock(minute: int) -> str:
    """Minutes since midnight as `8:30`."""
    return f"{minute // 60}:{minute % 60:02d}"


def _day_text(day: int, parts: Parts) -> str:
    return f"{NAMES[day]} {' '.join(f'{clock(start)}-{clock(end)}' for start, end in parts)}"


def _week(text: str, hours: Hours) -> dict[int, Parts]:
    found: dict[int, Parts] = {}
    for group in _GROUP.split(text):
        days, parts = _group(group, hours)
        for day in days:
            if day in found:
                raise WeekTextError(group.strip())
            found[day] = parts
    return found


def _group(text: str, hours: Hours) -> tuple[list[int], Parts]:
    days: list[int] = []
    parts: list[tuple[int, int]] = []
    for match in _TOKEN.finditer(text.lower()):
        piece = match[0]
        said = _days(piece)
        if said and not parts:
            days += said
        elif not said and days:
            parts.append(_part(piece, hours))
        else:
            raise WeekTextError(text.strip())
    return days, _sorted(parts, text) or ((hours.of(3),) if days else ())


def _days(piece: str) -> list[int]:
    ends = [each.strip(" .") for each in re.split("[-–]", piece)]
    if any(each not in DAYS for each in ends):
        return []
    first, last = DAYS[ends[0]], DAYS[ends[-1]]
    return list(range(first, last + 1))


def _part(piece: str, hours: Hours) -> tuple[int, int]:
    half = _HALVES.get(piece.strip("."))
    if half:
        return hours.of(half)
    match = _HOURS.fullmatch(piece)
    if match is None:
        raise WeekTextError(piece)
    start, end = (_minute(match[place], match[place + 1], piece) for place in (1, 3))
    if end <= start:
        raise WeekTextError(piece)
    return start, end


def _minute(hour: str, rest: str | None, piece: str) -> int:
    minute = int(hour) * 60 + int(rest or 0)
    if int(rest or 0) > 59 or minute > MIDNIGHT:
        raise WeekTextError(piece)
    return minute


def _day_cell(cell: str, hours: Hours) -> Parts:
    if cell in {"", "-", "0"}:
        return ()
    if cell.lower() in {"x", "1"}:
        return (hours.of(3),)
    return _sorted([_part(match[0].lower(), hours) for match in _TOKEN.finditer(cell)], cell)


def _sorted(parts: Sequence[tuple[int, int]], text: str) -> Parts:
    """In order of time; two that share a minute say something else than was meant."""
    found = tuple(sorted(parts))
    if any(later[0] < earlier[1] for earlier, later in pairwise(found)):
        raise WeekTextError(text.strip())
    return found

"""Instances of the hospitals/residents problem in the plain text formats of the literature, as instances of heads.

Two are read, told apart by their colons:

- of the program of Irving (Glasgow): `N M`, then `resident : hospital ...`, then `hospital : posts : resident ...`;
- of `algmatch`: `N M`, then `resident hospital ...`, then `hospital posts resident ...`; round brackets hold ties.

Hospitals are locations of one group with one half-day in one month. A pair counts where both list each other. A tie
on a hospital's list is an equal standing, which the lot orders; one on a resident's list is taken in the order in
which it is written, as a household's list has no ties. A result that is stable then is weakly stable with the ties.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from kribbe.allocation.instance import FORMAT

WORD = re.compile(r"[()]|[^\s()]+")
NUMBER = re.compile(r"\d+")


class BadTextError(ValueError):
    """A text in none of the formats; the message is one line, with the number of the line in the text."""


@dataclass(frozen=True)
class Row:
    """A participant: its name, a hospital's posts, and the others on its list with the tie in which each stands."""

    line: int
    name: str
    posts: int
    ranked: dict[str, int]


def converted(text: str, seed: int = 1) -> dict[str, Any]:
    """The instance in its format. BadTextError where the text is none."""
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1)]
    lines = [(number, line) for number, line in lines if line]
    if not lines:
        raise BadTextError("line 1: nothing is there")
    residents, hospitals = _sizes(*lines[0])
    rows = lines[1:]
    if len(rows) != residents + hospitals:
        raise BadTextError(
            f"line {lines[-1][0]}: must have {residents} residents and {hospitals} hospitals, not {len(rows)} lines"
        )
    asking = [_row(number, line, with_posts=False) for number, line in rows[:residents]]
    giving = [_row(number, line, with_posts=True) for number, line in rows[residents:]]
    for side in (asking, giving):
        _demand_different(side)
    return {
        "format": FORMAT,
        "periods": 1,
        "slots": 1,
        "seed": seed,
        "locations": [
            {"id": row.name, "owed": 0, "criteria": ["list"], "groups": [{"id": "G", "free": [[row.posts]]}]}
            for row in giving
        ],
        "children": list(_children(asking, {row.name: row for row in giving})),
        "together": [],
    }


def _sizes(number: int, line: str) -> tuple[int, int]:
    parts = line.split()
    if len(parts) != 2 or not all(NUMBER.fullmatch(part) for part in parts):
        raise BadTextError(f"line {number}: must be the numbers of residents and of hospitals")
    return int(parts[0]), int(parts[1])


def _row(number: int, line: str, *, with_posts: bool) -> Row:
    """One participant, with or without colons."""
    head = 2 if with_posts else 1
    if ":" in line:
        parts = [part.strip() for part in line.split(":")]
        if len(parts) != head + 1:
            raise BadTextError(f"line {number}: must have {head} colon{'s' * (head - 1)}")
        names, listed = parts[:head], parts[head]
    else:
        names = line.split(maxsplit=head)[:head]
        listed = "".join(line.split(maxsplit=head)[head:])
    if len(names) < head or not names[0] or any(char in names[0] for char in "() "):
        raise BadTextError(f"line {number}: must begin with a name{' and posts' * with_posts}")
    if with_posts and not NUMBER.fullmatch(names[1]):
        raise BadTextError(f"line {number}: posts must be a whole number, not {names[1]!r}")
    return Row(number, names[0], int(names[1]) if with_posts else 0, _ranked(number, listed))


def _ranked(number: int, listed: str) -> dict[str, int]:
    """The names on a list, each with its place; those of a tie have one place."""
    found: dict[str, int] = {}
    place, in_tie = 0, False
    for word in WORD.findall(listed):
        if word in "()":
            if in_tie == (word == "("):
                raise BadTextError(f"line {number}: brackets don't match")
            in_tie = word == "("
            place += not in_tie
        elif word in found:
            raise BadTextError(f"line {number}: {word!r} stands twice")
        else:
            found[word] = place
            place += not in_tie
    if in_tie:
        raise BadTextError(f"line {number}: brackets don't match")
    return found


def _demand_different(rows: Sequence[Row]) -> None:
    seen: set[str] = set()
    for row in rows:
        if row.name in seen:
            raise BadTextError(f"line {row.line}: {row.name!r} has a line already")
        seen.add(row.name)


def _children(rows: Sequence[Row], hospitals: dict[str, Row]) -> Iterator[dict[str, Any]]:
    stay = {"group": "G", "from": 0, "to": 1, "pattern": 1}
    for row in rows:
        unknown = next((name for name in row.ranked if name not in hospitals), None)
        if unknown is not None:
            raise BadTextError(f"line {row.line}: no such hospital {unknown!r}")
        yield {
            "id": row.name,
            "household": row.name,
            "vulnerable": False,
            "current": None,
            "wishes": [
                {"location": name, "standing": [hospitals[name].ranked[row.name]], "stays": [stay]}
                for name in row.ranked
                if row.name in hospitals[name].ranked
            ],
        }

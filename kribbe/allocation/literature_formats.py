"""The plain text formats of the hospitals/residents problem in the literature, with ties and with couples.

- of the program of Irving (Glasgow): `N M`, then `resident : hospital ...`, then `hospital : posts : resident ...`;
- of `algmatch`: the same without colons; round brackets hold ties;
- of the instances published by Glasgow with ties and couples: `S`, `C` and `H` on lines of their own (single
  residents, couples, hospitals), then S residents, C couples `resident resident hospital hospital ...` (pairs),
  H hospitals, with colons or without; or `0`, `N` and `M` where there are no couples;
- of Biró, Manlove and McBride: nine lines (residents, hospitals, couples, and six of how it was made), then two lines
  a couple whose hospitals are pairs by their place, the other residents, the hospitals;
- of the suite of Bacchus, Drummond and Perrault: lines `r id program ...`, `c id resident resident program program
  ...` with -1 for none, and `p id posts resident ...`; `#` begins a remark.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

WORD = re.compile(r"[()]|[^\s()]+")
NUMBER = re.compile(r"\d+")
MADE_HOW = 9
"""Lines of numbers before the rows of Biró, Manlove and McBride."""

NOBODY = "-1"
Line = tuple[int, str]


class BadTextError(ValueError):
    """A text in none of the formats; the message is one line, with the number of the line in the text."""


@dataclass(frozen=True)
class Row:
    """A participant: its name, a hospital's posts, and the others on its list with the tie in which each stands."""

    line: int
    name: str
    posts: int
    ranked: dict[str, int]


@dataclass(frozen=True)
class Couple:
    """Two residents, and the pairs of hospitals that they would take, the best first; None for no hospital."""

    line: int
    names: tuple[str, str]
    pairs: Sequence[tuple[str | None, str | None]]


@dataclass(frozen=True)
class Market:
    """All who take part."""

    residents: list[Row] = field(default_factory=list)
    couples: list[Couple] = field(default_factory=list)
    hospitals: list[Row] = field(default_factory=list)


def parsed(text: str) -> Market:
    """The market in a text of any of the formats. BadTextError where it is none."""
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1)]
    lines = [(number, line) for number, line in lines if line and not line.startswith("#")]
    if not lines:
        raise BadTextError("line 1: nothing is there")
    if lines[0][1].split()[0] in {"r", "c", "p"}:
        return _suite(lines)
    return _sized(lines)


def _sized(lines: Sequence[Line]) -> Market:
    """The formats that say first how many rows there are of each kind."""
    head = [line.split() for _, line in lines[:MADE_HOW]]
    if len(head[0]) == 2:
        residents, hospitals = _numbers(lines[0], head[0])
        return _rows(lines[1:], residents, 0, hospitals)
    if len(head) == MADE_HOW and head[6] in (["true"], ["false"]):
        everybody, hospitals, couples = (_numbers(line, [line[1]])[0] for line in lines[:3])
        return _by_place(lines[MADE_HOW:], everybody, couples, hospitals)
    counts = [_numbers(line, [line[1]])[0] for line in lines[:3]]
    if len(counts) < 3:
        raise BadTextError(f"line {lines[-1][0]}: must be the numbers of residents and of hospitals")
    if counts[0] == 0:
        return _rows(lines[3:], counts[1], 0, counts[2])
    return _rows(lines[3:], *counts)


def _numbers(line: Line, words: Sequence[str]) -> list[int]:
    if not all(NUMBER.fullmatch(word) for word in words):
        raise BadTextError(f"line {line[0]}: must be the numbers of residents and of hospitals")
    return [int(word) for word in words]


def _demand_rows(rows: Sequence[Line], needed: int, told: str) -> None:
    if len(rows) != needed:
        raise BadTextError(f"line {rows[-1][0] if rows else 1}: must have {told}, not {len(rows)} lines")


def _rows(rows: Sequence[Line], residents: int, couples: int, hospitals: int) -> Market:
    """Residents, couples and hospitals, one after the other."""
    middle = f", {couples} couples" if couples else ""
    told = f"{residents} residents{middle} and {hospitals} hospitals"
    _demand_rows(rows, residents + couples + hospitals, told)
    return Market(
        [_row(*line, with_posts=False) for line in rows[:residents]],
        [_couple(*line) for line in rows[residents : residents + couples]],
        [_row(*line, with_posts=True) for line in rows[residents + couples :]],
    )


def _by_place(rows: Sequence[Line], everybody: int, couples: int, hospitals: int) -> Market:
    """Two lines a couple, then the other residents and the hospitals."""
    told = f"{everybody} residents and {hospitals} hospitals"
    _demand_rows(rows, everybody + hospitals, told)
    found = []
    for (number, first), (_, second) in zip(rows[: 2 * couples : 2], rows[1 : 2 * couples : 2], strict=True):
        one, other = first.split(), second.split()
        if len(one) != len(other):
            raise BadTextError(f"line {number}: a couple must list as many hospitals as each other")
        pairs = list(zip(one[1:], other[1:], strict=True))
        found.append(Couple(number, (one[0], other[0]), pairs))
    singles = rows[2 * couples : everybody]
    return Market(
        [_row(*line, with_posts=False) for line in singles],
        found,
        [_row(*line, with_posts=True) for line in rows[everybody:]],
    )


def _suite(lines: Sequence[Line]) -> Market:
    """Lines that each say by a letter what they are."""
    market = Market()
    for number, line in lines:
        kind, _, rest = line.partition(" ")
        if kind == "r":
            market.residents.append(_row(number, rest, with_posts=False))
        elif kind == "c":
            market.couples.append(_couple(number, rest.partition(" ")[2]))
        elif kind == "p":
            market.hospitals.append(_row(number, rest, with_posts=True))
        else:
            raise BadTextError(f"line {number}: must begin with r, c or p")
    return market


def _couple(number: int, line: str) -> Couple:
    words = line.replace(":", " ").split()
    if len(words) < 2 or len(words) % 2 or any(char in line for char in "()"):
        raise BadTextError(f"line {number}: must have two residents and pairs of hospitals, without ties")
    chosen = [None if word == NOBODY else word for word in words[2:]]
    return Couple(number, (words[0], words[1]), list(zip(chosen[::2], chosen[1::2], strict=True)))


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

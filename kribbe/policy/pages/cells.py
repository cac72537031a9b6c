"""Figures as tables: cells that are told or hidden, lines, and blocks with their definition."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext

from kribbe.policy.definitions import DEFINITIONS, Basis
from kribbe.policy.selectors.coverage import Coverage
from kribbe.rules.small_numbers import (
    THRESHOLD,
    HiddenGrid,
    HiddenTable,
    exact_grid,
    hide_columns,
    hide_table,
)
from kribbe.rules.small_wholes import Part, hide_whole, hide_whole_category
from kribbe.web.templatetags.telling import number, percent


@dataclass(frozen=True, slots=True)
class Cell:
    """A number in a table: as it is told, as a file has it, how long its bar is (0 to 1), where its rows are."""

    text: str
    value: int | float | str
    share: float | None = None
    tone: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a table."""

    label: str
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Block:
    """One figure: its definition by key, its parts and, where they add up, their total.

    `title` says more than the definition's own (a year, a week); `covers` is the share that it rests on.
    """

    key: str
    heads: Sequence[str]
    lines: Sequence[Line]
    total: Line | None = None
    name: str = ""
    note: str = ""
    shorts: Sequence[str] = ()
    covers: str = ""
    picture: str = ""
    empty: str = ""

    @property
    def title(self) -> str:
        return self.name or str(DEFINITIONS[self.key].title)

    @property
    def sentence(self) -> str:
        return str(DEFINITIONS[self.key].sentence)

    @property
    def rule(self) -> str:
        return str(DEFINITIONS[self.key].rule)

    @property
    def totals(self) -> list[tuple[str, Cell]]:
        """The cells of the total with the head of their column."""
        return list(zip(self.heads, self.total.cells, strict=True)) if self.total else []

    @property
    def columns(self) -> list[tuple[str, str]]:
        """The head of each column, and a short one where the table is wide."""
        return list(zip(self.heads, self.shorts or self.heads, strict=True))

    @property
    def rows(self) -> list[tuple[str, list[tuple[str, Cell]]]]:
        """Each row's cells with the head of their column."""
        return [(line.label, list(zip(self.heads, line.cells, strict=True))) for line in self.lines]

    def covered_by(self, coverage: Coverage) -> "Block":
        """The same, with the share of locations and places that it rests on."""
        return replace(self, covers=covered(coverage, self.key))


@dataclass(frozen=True, slots=True)
class Tile:
    """A figure at a glance."""

    label: str
    value: str
    detail: str
    icon: str
    url: str


def covered(coverage: Coverage, key: str) -> str:
    """The share of locations and places on which the figure of this key rests, in words."""
    if DEFINITIONS[key].basis is Basis.QUESTIONS:
        return gettext("Counted by hand at the desk, whatever the location.")
    share, everything = coverage.covering(DEFINITIONS[key].basis), coverage.all
    return gettext("Covers %(locations)s of %(all)s locations, with %(places)s of %(licensed)s places.") % {
        "locations": number(share.locations),
        "all": number(everything.locations),
        "places": number(share.places),
        "licensed": number(everything.places),
    }


Counts = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Veil:
    """Hides small numbers of people, unless the reader may see the people themselves.

    Where desks are given, what they tell is known too, and no sum tells what one of them hides.
    """

    exact: bool = False

    def one(self, count: int, desks: Sequence[int] = ()) -> int | None:
        return self.table({"": count}, [{"": each} for each in desks]).cells[""]

    def table(self, counts: Counts, desks: Sequence[Counts] = ()) -> HiddenTable:
        if self.exact:
            return HiddenTable(dict(counts), sum(counts.values()))
        return hide_whole(hide_table(counts), [Part(each, hide_table(each)) for each in desks])

    def category(
        self, inside: Counts, outside: Counts, desks: Sequence[tuple[Counts, Counts]] = ()
    ) -> HiddenTable:
        if self.exact:
            return self.table(inside)
        return hide_whole_category(inside, outside, desks)

    def grid(self, counts: Mapping[tuple[str, str], int]) -> HiddenGrid:
        """By row and column, of which the sums of columns are told elsewhere too."""
        return exact_grid(counts) if self.exact else hide_columns(counts)


def told(count: int | None, *, small: bool = False) -> str:
    """A count of people, or that it isn't told; `small` where only small ones are hidden, which may be said."""
    if count is None and small:
        return gettext("fewer than %(count)d") % {"count": THRESHOLD}
    return gettext("not told") if count is None else number(count)


def people(count: int | None, *, most: int = 0, url: str = "", small: bool = False) -> Cell:
    """A count of people, hidden where it is None, with a bar where `most` is given."""
    hidden = f"<{THRESHOLD}" if small else ""
    value: int | str = hidden if count is None else count
    return Cell(told(count, small=small), value, (count or 0) / most if most else None, url=url)


def plain(count: int, *, url: str = "") -> Cell:
    """A count of places or locations, which hides nothing."""
    return Cell(number(count), count, url=url)


def ratio(value: float | None) -> Cell:
    """A number with two decimals, or that it isn't known."""
    if value is None:
        return Cell(gettext("not known"), "")
    return Cell(number(value, 2), round(value, 2))


def difference(count: int) -> Cell:
    """How much more or less."""
    if not count:
        return Cell("0", 0)
    return Cell(f"{'+' if count > 0 else '−'}{number(abs(count))}", count, tone="warn")


def share_cell(share: float | None, *, bar: bool = False) -> Cell:
    """A share of places, or that there is no staff to have one."""
    if share is None:
        return Cell(gettext("no staff"), gettext("no staff"), tone="bad")
    return Cell(percent(share), round(share, 4), share if bar else None, "bad" if share > 1 else "")


def share_of(part: int, whole: int) -> float | None:
    """Part of whole from 0; None of nothing."""
    return part / whole if whole else None


def table(
    names: Mapping[str, str],
    counts: Counts,
    veil: Veil,
    urls: Mapping[str, str] | None = None,
    desks: Sequence[Counts] = (),
) -> tuple[list[Line], Line]:
    """Counts of people in their order with bars, and their total, with small counts hidden."""
    shown = veil.table(counts, desks)
    most = max((count for count in shown.cells.values() if count), default=0) or 1
    links = urls or {}
    lines = [
        Line(names[key], [people(shown.cells[key], most=most, url=links.get(key, ""))]) for key in counts
    ]
    return lines, Line(gettext("Total"), [people(shown.total)])

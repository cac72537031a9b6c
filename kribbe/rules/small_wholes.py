"""A whole told beside its parts: a region and its desks, so that nobody works out a desk's hidden count.

Each desk tells a row of counts as `hide_table` lets it. The region's row holds their sums. Less the told counts of
the other desks a sum would tell a hidden one, so some sums are hidden too (complementary suppression).

The counts make a network in which what flows into a node flows out: every count runs from its desk to its column,
every sum from its column to the whole, every total from the whole to its desk, and the grand total closes the
round. What is told stands fixed. A hidden count has another possible value exactly where a round of hidden counts
runs through it along which one can be moved (Ahuja, Magnanti and Orlin, Network Flows, 1993, section 3.5; for
tables: L. H. Cox, Suppression methodology and statistical disclosure control, JASA 75, 1980).

Only columns, the whole and the totals have many numbers; they are the hubs here. A desk is a short way from hub to
hub, so reach is kept between hubs alone, and a desk is left out of it only where it is the one way there is.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from kribbe.rules.small_numbers import THRESHOLD, HiddenTable

WHOLE, TOTALS = -2, -1
"""The hubs behind those of the columns, counted from the end."""


@dataclass(frozen=True, slots=True)
class Part:
    """One desk: its counts, and what it tells of them."""

    counts: Mapping[str, int]
    told: HiddenTable


@dataclass(frozen=True, slots=True)
class _Count:
    """A number of the network: of the desk `row` and the hub, or (row None) of the hub's sum."""

    row: int | None
    hub: int
    value: int


@dataclass(frozen=True, slots=True)
class _Row:
    """A desk, with a bit for each hub from which one can be moved to it, and to which one can be moved from it."""

    into: int
    out: int


def hide_whole(whole: HiddenTable, parts: Sequence[Part], threshold: int = THRESHOLD) -> HiddenTable:
    """What may be told of the sums of the parts, beside what the parts tell.

    `whole` is what would be told without the parts. No small count, of a part or of the whole, that the parts leave
    open has a single possible value then, even for a reader who knows the largest count that each part hides. Judged
    as though the parts added up to the whole; where a child counts at two desks a reader knows less.

    1. For each small count in turn, where one value alone fits what is told: hide the sum of its column; if that
       isn't enough another sum too, the smallest that helps; else the grand total; else every sum.
    2. A count that the parts alone give away is no business of the whole.
    """
    network = _Network(list(whole.cells), parts, threshold)
    alone, told = network.beside(HiddenTable(dict.fromkeys(whole.cells), None)), whole
    beside = network.beside(told)
    for count in network.counts:
        if not 0 < count.value < threshold or not beside.fixes(count) or alone.fixes(count):
            continue
        told, beside = next(
            (less, reach)
            for less in network.less(told, count)
            if not (reach := network.beside(less)).fixes(count)
        )
    return told


class _Network:
    """The numbers of all desks and their sums, and where one can be moved among those that are hidden."""

    def __init__(self, keys: Sequence[str], parts: Sequence[Part], threshold: int) -> None:
        self.keys = keys
        self.hubs = len(keys) + 2
        self.counts: list[_Count] = []
        self.rows = [self._row(part, number, threshold) for number, part in enumerate(parts)]
        self.sums = [sum(part.counts.get(key, 0) for part in parts) for key in keys]
        self.counts += [_Count(None, column, value) for column, value in enumerate(self.sums)]
        self.counts.append(_Count(None, self.hubs + TOTALS, sum(self.sums)))
        self.once, self.twice = self._links()

    def _row(self, part: Part, number: int, threshold: int) -> _Row:
        """A reader knows of a hidden count that it is 1 or more, and no larger than the largest that is hidden."""
        values = [part.counts.get(key, 0) for key in self.keys]
        hidden = [part.told.cells.get(key, 0) is None for key in self.keys]
        high = max([threshold - 1, *(n for n, is_hidden in zip(values, hidden, strict=True) if is_hidden)])
        into = out = 0
        for column, value in enumerate(values):
            if hidden[column]:
                self.counts.append(_Count(number, column, value))
                into |= (value > 1) << column
                out |= (value < high) << column
        if part.told.total is None:
            totals = self.hubs + TOTALS
            self.counts.append(_Count(number, totals, sum(values)))
            into |= 1 << totals
            out |= (sum(values) > 0) << totals
        return _Row(into, out)

    def _links(self) -> tuple[list[int], list[int]]:
        """For each hub, as bits, the hubs to which a desk leads from it, and those to which two do."""
        once, twice = [0] * self.hubs, [0] * self.hubs
        for row in self.rows:
            for hub in _bits(row.into):
                twice[hub] |= once[hub] & row.out
                once[hub] |= row.out
        return once, twice

    def beside(self, told: HiddenTable) -> "_Reach":
        """Where one can be moved when these sums are told."""
        steps = [0] * self.hubs
        whole, totals = self.hubs + WHOLE, self.hubs + TOTALS
        hidden = [column for column, key in enumerate(self.keys) if told.cells[key] is None]
        for column in hidden:
            steps[column] |= 1 << whole
            steps[whole] |= (self.sums[column] > 0) << column
        if told.total is None:
            steps[whole] |= 1 << totals
            steps[totals] |= (sum(self.sums) > 0) << whole
        return _Reach(self, steps, {*hidden, *([totals] if told.total is None else [])})

    def less(self, told: HiddenTable, count: _Count) -> Iterator[HiddenTable]:
        """Ever fewer sums, the last time none."""
        column = "".join(self.keys[count.hub : count.hub + 1])
        without = {key: None if key == column else sum_told for key, sum_told in told.cells.items()}
        yield replace(told, cells=without)
        sums = dict(zip(self.keys, self.sums, strict=True))
        for other in sorted((key for key in without if without[key]), key=lambda key: (sums[key], key)):
            yield replace(told, cells={**without, other: None})
        yield HiddenTable(without, None)
        yield HiddenTable(dict.fromkeys(told.cells), None)


class _Reach:
    """From which hub one can be moved to which; `steps` go by the sums of the hubs in `hidden`."""

    def __init__(self, network: _Network, steps: Sequence[int], hidden: set[int]) -> None:
        self.network, self.steps, self.hidden = network, steps, hidden
        self.everywhere = _closure([a | b for a, b in zip(network.once, steps, strict=True)])
        self.without = cache(self._without)

    def fixes(self, count: _Count) -> bool:
        """Whether a hidden number has one possible value alone. A told one isn't asked about, and never is."""
        if count.row is not None:
            return not self._moves(count.row, count.hub)
        return count.hub in self.hidden and not self._sum_moves(count.hub)

    def _moves(self, row: int, hub: int) -> bool:
        """Whether one can be moved over the desk's number in a round, that way or the other."""
        links, reach, this = self.network.rows[row], self.without(row), 1 << hub
        out_first = links.out & this and reach[hub] & links.into & ~this
        return bool(out_first) or bool(
            links.into & this and any(reach[other] & this for other in _bits(links.out & ~this))
        )

    def _sum_moves(self, hub: int) -> bool:
        """The same for the sum between this hub and the whole."""
        whole = self.network.hubs + WHOLE
        there, back = self.steps[hub] >> whole & 1, self.steps[whole] >> hub & 1
        steps = [a | b for a, b in zip(self.network.once, self.steps, strict=True)]
        steps[hub] &= ~(1 << whole)
        steps[whole] &= ~(1 << hub)
        reach = _closure(steps)
        return bool(there and reach[whole] >> hub & 1) or bool(back and reach[hub] >> whole & 1)

    def _without(self, row: int) -> Sequence[int]:
        """Reach without this desk."""
        links, once, twice = self.network.rows[row], self.network.once, self.network.twice
        alone = {hub: links.out & ~twice[hub] for hub in _bits(links.into)}
        if not any(alone.values()):
            return self.everywhere
        return _closure(
            [(once[hub] & ~alone.get(hub, 0)) | self.steps[hub] for hub in range(self.network.hubs)]
        )


def _closure(steps: Sequence[int]) -> list[int]:
    """Every hub's hubs to which any number of steps leads, itself too (Warshall, on bits)."""
    reach = [step | 1 << hub for hub, step in enumerate(steps)]
    for middle in range(len(reach)):
        for hub in range(len(reach)):
            if reach[hub] >> middle & 1:
                reach[hub] |= reach[middle]
    return reach


def _bits(mask: int) -> Iterator[int]:
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low

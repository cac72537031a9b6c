"""A whole told beside its parts: a region and its desks, so that nobody works out a desk's hidden count.

Each desk tells a row of counts as `hide_table` lets it. The region's row holds their sums. Less the told counts of
the other desks a sum would tell a hidden one, so some sums are hidden too (complementary suppression).

The counts make a network in which what flows into a node flows out: every count runs from its desk to its column,
every sum from its column to the whole, every total from the whole to its desk, and the grand total closes the
round. What is told stands fixed. A hidden count has another possible value exactly where a round of hidden counts
runs through it along which one can be moved (Ahuja, Magnanti and Orlin, Network Flows, 1993, section 3.5; for
tables: L. H. Cox, Suppression methodology and statistical disclosure control, JASA 75, 1980).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from kribbe.rules.small_numbers import THRESHOLD, HiddenTable

Node = tuple[str, str]
WHOLE, TOTALS = ("whole", ""), ("totals", "")


@dataclass(frozen=True, slots=True)
class Part:
    """One desk: its counts, and what it tells of them."""

    counts: Mapping[str, int]
    told: HiddenTable


@dataclass(frozen=True, slots=True)
class _Count:
    """A number of the network. A reader knows of a hidden one that it lies from `low` up to `high` (None: no end)."""

    start: Node
    end: Node
    value: int
    is_told: bool
    low: int = 0
    high: int | None = None

    @property
    def may_grow(self) -> bool:
        return not self.is_told and (self.high is None or self.value < self.high)

    @property
    def may_shrink(self) -> bool:
        return not self.is_told and self.value > self.low


def hide_whole(whole: HiddenTable, parts: Sequence[Part], threshold: int = THRESHOLD) -> HiddenTable:
    """What may be told of the sums of the parts, beside what the parts tell.

    `whole` is what would be told without the parts. No small count, of a part or of the whole, that the parts leave
    open has a single possible value then, even for a reader who knows the largest count that each part hides. Judged
    as though the parts added up to the whole; where a child counts at two desks a reader knows less.

    1. For each small count in turn, where one value alone fits what is told: hide the sum of its column; if that
       isn't enough another sum too, the smallest that helps; else the grand total; else every sum.
    2. A count that the parts alone give away is no business of the whole.
    """
    bare = HiddenTable(dict.fromkeys(whole.cells), None)
    alone, told = _network(bare, parts, threshold), whole
    for place, count in enumerate(alone):
        if not 0 < count.value < threshold or _is_fixed(alone, place):
            continue
        told = next(
            less
            for less in _less(told, alone, count)
            if not _is_fixed(_network(less, parts, threshold), place)
        )
    return told


def _less(told: HiddenTable, network: Sequence[_Count], count: _Count) -> Iterator[HiddenTable]:
    """Ever fewer sums, at first the same and the last time none."""
    yield told
    (column,) = [name for kind, name in (count.start, count.end) if kind == "column"] or [""]
    without = {key: None if key == column else sum_told for key, sum_told in told.cells.items()}
    yield replace(told, cells=without)
    sums = {each.start[1]: each.value for each in network if each.end == WHOLE}
    for other in sorted((key for key in without if without[key]), key=lambda key: (sums[key], key)):
        yield replace(told, cells={**without, other: None})
    yield HiddenTable(without, None)
    yield HiddenTable(dict.fromkeys(told.cells), None)


def _network(whole: HiddenTable, parts: Sequence[Part], threshold: int) -> list[_Count]:
    """Every number, told or hidden; the same number always at the same place."""
    found: list[_Count] = []
    for name, part in enumerate(parts):
        row = ("row", f"{name}")
        hidden = [part.counts.get(key, 0) for key, told in part.told.cells.items() if told is None]
        high = max([threshold - 1, *hidden])
        for key in whole.cells:
            value, shown = part.counts.get(key, 0), part.told.cells.get(key, 0) is not None
            found.append(_Count(row, ("column", key), value, shown, low=1, high=high))
        total = sum(part.counts.get(key, 0) for key in whole.cells)
        found.append(_Count(TOTALS, row, total, part.told.total is not None))
    sums = {key: sum(part.counts.get(key, 0) for part in parts) for key in whole.cells}
    for key, value in sums.items():
        found.append(_Count(("column", key), WHOLE, value, whole.cells[key] is not None))
    found.append(_Count(WHOLE, TOTALS, sum(sums.values()), whole.total is not None))
    return found


def _is_fixed(network: Sequence[_Count], place: int) -> bool:
    """Whether a hidden number has one possible value alone. A told one isn't asked about, and never is."""
    count = network[place]
    if count.is_told:
        return False
    others = [each for other, each in enumerate(network) if other != place and not each.is_told]
    grows = count.may_grow and _leads(others, count.end, count.start)
    return not grows and not (count.may_shrink and _leads(others, count.start, count.end))


def _leads(hidden: Sequence[_Count], start: Node, goal: Node) -> bool:
    """Whether one can be moved along hidden numbers from a node to another."""
    steps: dict[Node, list[Node]] = {}
    for each in hidden:
        if each.may_grow:
            steps.setdefault(each.start, []).append(each.end)
        if each.may_shrink:
            steps.setdefault(each.end, []).append(each.start)
    seen, open_nodes = {start}, [start]
    while open_nodes:
        for node in steps.get(open_nodes.pop(), ()):
            if node not in seen:
                seen.add(node)
                open_nodes.append(node)
    return goal in seen

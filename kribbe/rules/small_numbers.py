"""Hiding small numbers, so that a published count never points at a family."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

THRESHOLD = 5


def hide(n: int, threshold: int = THRESHOLD) -> int | None:
    """The count, or None where it is small (1 to threshold - 1). Zero is told.

    ValueError on a negative count or a threshold below 3, under which a hidden count would be known.
    """
    _check(n, threshold)
    return None if 0 < n < threshold else n


@dataclass(frozen=True)
class HiddenTable:
    """Counts with their total, as they may be published; None is hidden.

    A hidden one may be above the threshold. To say of which that is so would tell others.
    """

    cells: Mapping[str, int | None]
    total: int | None


def hide_table(counts: Mapping[str, int], threshold: int = THRESHOLD) -> HiddenTable:
    """A row of counts and its total from which no hidden count can be worked out.

    1. Hide every count from 1 to threshold - 1.
    2. Where the hidden counts are all equal, hide those of the next larger size too: a single hidden count
       would be the total less the rest. Counts of one size are hidden together, so that their places in the
       table tell nothing.
    3. Where nothing but zeros is left, the total of n counts is hidden if it is below the threshold or n + 2:
       a total of n would say that each is 1.

    For all a reader can know, even one who knows these steps, two hidden counts may have changed places.
    ValueError as for `hide`.
    """
    for count in counts.values():
        _check(count, threshold)
    sizes = sorted({count for count in counts.values() if count})
    small = [size for size in sizes if size < threshold]
    if not small:
        return HiddenTable(dict(counts), sum(counts.values()))
    limit = small[-1] if len(small) > 1 else sizes[:2][-1]
    cells = {name: None if 0 < count <= limit else count for name, count in counts.items()}
    total = sum(counts.values())
    hidden = sum(cell is None for cell in cells.values())
    bare = not any(cells.values()) and total < max(threshold, hidden + 2)
    return HiddenTable(cells, None if bare else total)


def hide_category(
    inside: Mapping[str, int], outside: Mapping[str, int], threshold: int = THRESHOLD
) -> HiddenTable:
    """The row of one category beside the row of everybody, which is told too: `outside` is the rest of it.

    Where the category or the rest holds a small count, in itself or in its total, nothing but zeros is told:
    everybody less the category would tell the rest.
    """
    both = [*inside.values(), sum(inside.values()), *outside.values(), sum(outside.values())]
    if all(hide(count, threshold) == count for count in both):
        return HiddenTable(dict(inside), sum(inside.values()))
    return HiddenTable({name: None if count else 0 for name, count in inside.items()}, None)


@dataclass(frozen=True)
class HiddenGrid:
    """Counts by row and column, as they may be published; None is hidden.

    A row with a hidden cell has no sum.
    """

    cells: Mapping[tuple[str, str], int | None]
    rows: Mapping[str, int | None]
    columns: Mapping[str, int | None]
    total: int | None

    def around(self, names: Collection[str]) -> "HiddenGrid":
        """The rows and columns of these names alone, with what stands in them; no cell stands between two others."""
        near = {pair: told for pair, told in self.cells.items() if pair[0] in names or pair[1] in names}
        rows = {row for (row, _column), told in near.items() if told != 0}
        columns = {column for (_row, column), told in near.items() if told != 0}
        cells = {pair: told for pair, told in near.items() if pair[0] in rows and pair[1] in columns}
        own = {name: told for name, told in self.columns.items() if name in names and name in columns}
        return _grid(cells, {**_margin(cells, 1), **own})


def exact_grid(counts: Mapping[tuple[str, str], int]) -> HiddenGrid:
    """Nothing hidden: rows, columns and the whole with their sums."""
    return _grid(dict(counts), _margin(counts, 1))


def hide_columns(counts: Mapping[tuple[str, str], int], threshold: int = THRESHOLD) -> HiddenGrid:
    """A table of counts of which the sum of a column may be told on another page too.

    Each column with its sum is hidden as one row (see `hide_table`). Where that would tell nothing but zeros, those
    are hidden as well: a sum of n for n counts would say that each is 1.
    """
    by_column: dict[str, dict[str, int]] = {}
    for (row, column), count in counts.items():
        by_column.setdefault(column, {})[row] = count
    told = {column: hide_table(each, threshold) for column, each in by_column.items()}
    cells = {
        (row, column): None if told[column].total is None else told[column].cells[row]
        for row, column in counts
    }
    return _grid(cells, {column: each.total for column, each in told.items()})


def _grid(cells: Mapping[tuple[str, str], int | None], columns: Mapping[str, int | None]) -> HiddenGrid:
    sums = [told for told in columns.values() if told is not None]
    total = sum(sums) if len(sums) == len(columns) else None
    return HiddenGrid(cells, _margin(cells, 0), columns, total)


def _margin(cells: Mapping[tuple[str, str], int | None], side: int) -> dict[str, int | None]:
    sums: dict[str, int | None] = {}
    for pair, count in cells.items():
        so_far = sums.get(pair[side], 0)
        sums[pair[side]] = None if count is None or so_far is None else so_far + count
    return sums


def _check(count: int, threshold: int) -> None:
    if count < 0:
        raise ValueError(f"a count can't be negative: {count}")
    if threshold < 3:
        raise ValueError(f"the threshold is 3 or more, not {threshold}")

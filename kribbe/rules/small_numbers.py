"""Hiding small numbers, so that a published count never points at a family."""

from collections.abc import Mapping
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
    """Counts with their total, as they may be published; None is hidden."""

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


def _check(count: int, threshold: int) -> None:
    if count < 0:
        raise ValueError(f"a count can't be negative: {count}")
    if threshold < 3:
        raise ValueError(f"the threshold is 3 or more, not {threshold}")

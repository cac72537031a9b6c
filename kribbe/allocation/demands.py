"""What rows of parsed JSON must be. ValueError and the like where they aren't: `faults` finds out what is wrong."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from kribbe.allocation.columns import Longs

Raw = Any


def demand(condition: Any) -> None:
    """That something is so."""
    if not condition:
        raise ValueError


def keys(rows: Iterable[dict[str, Raw]], required: str, optional: str = "") -> None:
    """That each has these keys, told as words."""
    least = frozenset(required.split())
    most = least | frozenset(optional.split())
    for row in rows:
        found = row.keys()
        if found != least and not least <= found <= most:
            raise ValueError


def all_of(kind: type, values: Iterable[Raw]) -> None:
    """That each is of just this kind (true is no number)."""
    demand(set(map(type, values)) <= {kind})


def texts(values: Sequence[Raw]) -> None:
    """Texts that are not empty and can be written as UTF-8."""
    all_of(str, values)
    demand(all(values))
    "".join(values).encode()


def whole(values: Sequence[Raw], least: int, most: int) -> Longs:
    """Whole numbers between these two."""
    all_of(int, values)
    found = np.array(values, np.int64)
    demand(not len(found) or (found.min() >= least and found.max() <= most))
    return found


def by_id(rows: Raw) -> tuple[list[dict[str, Raw]], list[str]]:
    """Objects by their ids, which are told apart."""
    all_of(list, [rows])
    ids = [row["id"] for row in rows]
    texts(ids)
    demand(len(set(ids)) == len(ids))
    return sorted(rows, key=lambda row: str(row["id"])), sorted(ids)

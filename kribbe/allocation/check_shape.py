"""What can't be read of a result or of a file of cycles, each with its path in the file.

A result may leave out what it says of itself; what it says is of the right kind. Shares no code with the solver.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Raw = Any
Shape = Any
"""`str`: a text; `int`: a whole number from 0; with None: or null; a list: rows of a shape; a mapping: an object."""

ANY_KEY = ""
"""As the only key of a shape: an object with whatever keys."""

_RESULT = {
    "format": str,
    "placed": [{"child": str, "wish": (int, None), "location": str, "on": str}],
    "unplaced": [str],
    "refusals": [
        {
            "child": str,
            "wish": int,
            "group": (str, None),
            "period": (int, None),
            "slot": (int, None),
            "ahead": int,
            "grounds": {ANY_KEY: int},
        }
    ],
    "envy": [{"child": str, "wish": int, "over": [str]}],
    "totals": {
        "children": int,
        "placed": int,
        "first_wish": int,
        "half_days_filled": int,
        "half_days_free": int,
        "waste": int,
        "envy": int,
    },
    "solver": {"version": str, "proof": str},
}
_CYCLES = {
    "format": str,
    "cycles": [
        {
            "child": str,
            "wish": int,
            "steps": [{"takes": [{"child": str, "wish": (int, None)}], "out": [str]}],
            "begins": (int, None),
        }
    ],
}
_NEEDED = frozenset({"placed", "unplaced", "child", "wish", "cycles", "steps", "takes", "out", "begins"})
"""Keys without which nothing can be judged."""


def problems_of_result(raw: Raw) -> list[str]:
    """A line each; none where a result can be judged."""
    return list(_problems(raw, _RESULT, ""))


def problems_of_cycles(raw: Raw) -> list[str]:
    """The same of a file of cycles."""
    return list(_problems(raw, _CYCLES, ""))


def _problems(raw: Raw, shape: Shape, path: str) -> Iterator[str]:
    if isinstance(shape, Mapping):
        yield from _of_object(raw, shape, path)
    elif isinstance(shape, list):
        yield from _of_list(raw, shape[0], path)
    elif isinstance(shape, tuple):
        if raw is not None:
            yield from _problems(raw, shape[0], path)
    elif shape is str:
        if not isinstance(raw, str):
            yield f"{path}: must be a text"
    elif isinstance(raw, bool) or not isinstance(raw, int) or raw < 0:
        yield f"{path}: must be a whole number from 0"


def _of_object(raw: Raw, shape: Mapping[str, Shape], path: str) -> Iterator[str]:
    if not isinstance(raw, dict):
        yield f"{path}: must be an object" if path else "must be an object"
        return
    inside = f"{path}." if path else ""
    yield from (f"{inside}{key}: is missing" for key in shape if key in _NEEDED and key not in raw)
    for key, value in raw.items():
        of_key = shape.get(key, shape.get(ANY_KEY))
        if of_key is None:
            yield f"{inside}{key!r}: unknown key"
        else:
            yield from _problems(value, of_key, f"{inside}{key!r}" if ANY_KEY in shape else f"{inside}{key}")


def _of_list(raw: Raw, shape: Shape, path: str) -> Iterator[str]:
    if not isinstance(raw, Sequence) or isinstance(raw, str):
        yield f"{path}: must be a list"
        return
    for number, row in enumerate(raw):
        yield from _problems(row, shape, f"{path}[{number}]")

"""Reading an instance, as columns or as objects. What is well formed is taken at once; else `faults` tells all."""

import json
from collections.abc import Iterable, Sequence
from itertools import chain, pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from kribbe.allocation.collector import without_collector
from kribbe.allocation.columns import KEPT, Bools, Columns, Ints, Longs, Wishes, joined, lots, starts
from kribbe.allocation.faults import (
    LARGEST,
    LARGEST_SEED,
    LARGEST_STANDING,
    MOST_FREE,
    MOST_OPTIONS,
    MOST_PERIODS,
    joint_options,
    problems,
)
from kribbe.allocation.instance import FORMAT, WEEK, Instance, Mode
from kribbe.allocation.objects import objects
from kribbe.rules.json_text import BadJsonError, parsed

Raw = Any
BLOCK = 500
"""Children whose wishes are read at a time: so few that what they consist of stays in the processor's cache."""

NO_COLUMNS = (KeyError, TypeError, ValueError, AttributeError, OverflowError)


class BadInstanceError(ValueError):
    """A file that is no instance; `problems` has a line for each thing wrong."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(problems))


def read_columns(path: Path) -> Columns:
    """The instance in a file. BadInstanceError with all its problems, OSError where there is no such file."""
    with without_collector():
        return _read(path.read_bytes())


def as_instance(raw: Raw) -> Instance:
    """The instance that parsed JSON holds, as objects. BadInstanceError with all its problems."""
    as_columns(raw)
    return objects(raw)


def as_columns(raw: Raw) -> Columns:
    """The instance that parsed JSON holds. BadInstanceError with all its problems."""
    try:
        return _columns(raw)
    except NO_COLUMNS as error:
        found = problems(raw)
        if not found:
            raise AssertionError("an instance without faults that can't be read") from error
        raise BadInstanceError(found) from None


def _read(content: bytes) -> Columns:
    columns = _quickly(content)
    if columns is not None:
        return columns
    try:
        raw = parsed(content)
    except BadJsonError as error:
        raise BadInstanceError([str(error)]) from None
    return as_columns(raw)


def _quickly(content: bytes) -> Columns | None:
    """The columns where nothing at all is wrong; None leaves it to others to say what is."""
    try:
        text = content.decode()
        raw = json.loads(text)
        columns = _columns(raw)
    except (*NO_COLUMNS, RecursionError):
        return None
    return columns if text.count(":") == _keys_of(raw, columns) else None


def _keys_of(raw: Raw, columns: Columns) -> int:
    """How many keys a well-formed instance has in all. With as many colons in the file none stands twice."""
    kept = int((columns.wishes.position == KEPT).sum())
    rows = chain([raw], raw["locations"], raw["children"], raw.get("together", []))
    groups, wishes, stays = len(columns.groups), len(columns.wishes.child) - kept, len(columns.wishes.group)
    return sum(map(len, rows)) + 2 * groups + 3 * wishes + 2 * kept + 4 * stays


def _demand(condition: Any) -> None:
    if not condition:
        raise ValueError


def _keys(rows: Iterable[dict[str, Raw]], required: str, optional: str = "") -> None:
    least = frozenset(required.split())
    most = least | frozenset(optional.split())
    for row in rows:
        keys = row.keys()
        if keys != least and not least <= keys <= most:
            raise ValueError


def _all_of(kind: type, values: Iterable[Raw]) -> None:
    _demand(set(map(type, values)) <= {kind})


def _texts(values: Sequence[Raw]) -> None:
    """Texts that are not empty and can be written as UTF-8."""
    _all_of(str, values)
    _demand(all(values))
    "".join(values).encode()


def _whole(values: Sequence[Raw], least: int, most: int) -> Longs:
    _all_of(int, values)
    found = np.array(values, np.int64)
    _demand(not len(found) or (found.min() >= least and found.max() <= most))
    return found


def _sorted(rows: Raw) -> tuple[list[dict[str, Raw]], list[str]]:
    """Objects by their ids, which are told apart."""
    _all_of(list, [rows])
    ids = [row["id"] for row in rows]
    _texts(ids)
    _demand(len(set(ids)) == len(ids))
    return sorted(rows, key=lambda row: str(row["id"])), sorted(ids)


def _columns(raw: Raw) -> Columns:
    """ValueError and the like wherever something isn't as it must be."""
    _keys([raw], "format periods slots seed locations children", "together")
    _demand(raw["format"] == FORMAT)
    periods, slots = raw["periods"], raw["slots"]
    _whole([periods], 1, MOST_PERIODS)
    _whole([slots], 1, WEEK)
    _whole([raw["seed"]], 0, LARGEST_SEED)
    locations, location_ids = _sorted(raw["locations"])
    _keys(locations, "id owed criteria groups")
    criteria = [location["criteria"] for location in locations]
    _all_of(list, criteria)
    _texts([name for names in criteria for name in names])
    groups, group_rows = _groups(locations)
    children, child_ids = _sorted(raw["children"])
    wishes = _wishes(children, _known(location_ids, criteria, groups, (periods, slots)))
    return Columns(
        periods=periods,
        slots=slots,
        seed=raw["seed"],
        locations=location_ids,
        owed=_whole([location["owed"] for location in locations], 0, LARGEST).astype(np.int32),
        criteria=[tuple(names) for names in criteria],
        groups=groups,
        free=_free(group_rows, periods, slots),
        children=child_ids,
        lots=lots(raw["seed"], child_ids),
        vulnerable=_vulnerable(children),
        wishes=wishes,
        together=_together(raw.get("together", []), child_ids, wishes),
    )


def _groups(locations: Sequence[Raw]) -> tuple[list[tuple[int, str]], list[Raw]]:
    names: list[tuple[int, str]] = []
    rows: list[Raw] = []
    for number, location in enumerate(locations):
        of_location, ids = _sorted(location["groups"])
        names.extend((number, name) for name in ids)
        rows.extend(of_location)
    _keys(rows, "id free")
    return names, rows


def _free(groups: Sequence[Raw], periods: int, slots: int) -> Ints:
    tables = [group["free"] for group in groups]
    _all_of(list, tables)
    _demand(set(map(len, tables)) <= {1, periods})
    rows = list(chain.from_iterable(table * (periods if len(table) == 1 else 1) for table in tables))
    _all_of(list, rows)
    _demand(set(map(len, rows)) <= {slots})
    cells = _whole(list(chain.from_iterable(rows)), -MOST_FREE, MOST_FREE)
    return cells.astype(np.int32).reshape(len(groups), periods, slots)


def _vulnerable(children: Sequence[Raw]) -> Bools:
    _keys(children, "id household vulnerable wishes", "current")
    _texts([child["household"] for child in children])
    flags = [child["vulnerable"] for child in children]
    _all_of(bool, flags)
    return np.array(flags, np.bool_)


class _Known(NamedTuple):
    """What wishes speak of: locations and groups by their ids."""

    location: dict[str, int]
    parts: Ints
    """By location: of how many numbers a standing consists there."""
    group: dict[str, dict[str, int]]
    """By location, then by group."""
    periods: int
    slots: int


def _known(
    locations: Sequence[str],
    criteria: Sequence[Sequence[str]],
    groups: Sequence[tuple[int, str]],
    size: tuple[int, int],
) -> _Known:
    of_location: dict[str, dict[str, int]] = {name: {} for name in locations}
    for at, (location, name) in enumerate(groups):
        of_location[locations[location]][name] = at
    numbers = {name: at for at, name in enumerate(locations)}
    return _Known(numbers, np.fromiter(map(len, criteria), np.int32), of_location, *size)


def _wishes(children: Sequence[Raw], known: _Known) -> Wishes:
    begins = range(0, max(1, len(children)), BLOCK)
    return joined([_wishes_of(children[at : at + BLOCK], known) for at in begins])


def _wishes_of(children: Sequence[Raw], known: _Known) -> Wishes:
    places: list[Raw] = []
    kept: list[bool] = []
    at = [0]
    for child in children:
        wanted, current = child["wishes"], child.get("current")
        _all_of(list, [wanted])
        places += wanted
        kept += [False] * len(wanted)
        if current is not None:
            places.append(current)
            kept.append(True)
        at.append(len(places))
    is_kept = np.array(kept, np.bool_)
    begins = np.array(at, np.int32)
    child_of = np.repeat(np.arange(len(children), dtype=np.int32), np.diff(begins))
    position = np.arange(len(places), dtype=np.int32) - begins[child_of]
    names = [place["location"] for place in places]
    _texts(names)
    location = np.array([known.location[name] for name in names], np.int32)
    standing = _standing(places, kept, known.parts[location] if len(places) else location)
    _demand_one_standing(child_of[~is_kept], location[~is_kept], standing[~is_kept])
    return Wishes(
        at=begins,
        child=child_of,
        position=np.where(is_kept, np.int32(KEPT), position),
        location=location,
        standing=standing,
        **_stays(places, names, known),
    )


def _standing(places: Sequence[Raw], kept: Sequence[bool], parts: Ints) -> Longs:
    _keys((p for p, is_kept in zip(places, kept, strict=True) if not is_kept), "location standing stays")
    _keys((p for p, is_kept in zip(places, kept, strict=True) if is_kept), "location stays")
    nothing: list[int] = []
    rows = [nothing if is_kept else p["standing"] for p, is_kept in zip(places, kept, strict=True)]
    _all_of(list, rows)
    lengths = np.fromiter(map(len, rows), np.int32, len(rows))
    _demand((lengths == np.where(np.array(kept, np.bool_), 0, parts)).all())
    flat = _whole(list(chain.from_iterable(rows)), -LARGEST_STANDING, LARGEST_STANDING)
    padded = np.zeros((len(rows), max(1, int(lengths.max(initial=0)))), np.int64)
    padded[np.arange(padded.shape[1]) < lengths[:, None]] = flat
    return padded


def _demand_one_standing(child: Ints, location: Ints, standing: Longs) -> None:
    """A child has one standing at a location, however many of its wishes are there."""
    order = np.lexsort((location, child))
    same = (np.diff(child[order]) == 0) & (np.diff(location[order]) == 0)
    _demand((standing[order][1:][same] == standing[order][:-1][same]).all())


def _stays(places: Sequence[Raw], names: Sequence[str], known: _Known) -> dict[str, Ints]:
    lists = [place["stays"] for place in places]
    _all_of(list, lists)
    _demand(all(lists))
    stays = list(chain.from_iterable(lists))
    _keys(stays, "group from to pattern")
    group = [
        known.group[name][stay["group"]] for name, each in zip(names, lists, strict=True) for stay in each
    ]
    start = _whole([stay["from"] for stay in stays], 0, known.periods - 1)
    end = _whole([stay["to"] for stay in stays], 1, known.periods)
    pattern = _whole([stay["pattern"] for stay in stays], 1, 2**known.slots - 1)
    stays_at = starts(map(len, lists))
    wish = np.repeat(np.arange(len(lists)), np.diff(stays_at))
    order = np.lexsort((start, wish))
    start, end = start[order], end[order]
    _demand((start < end).all())
    _demand(((np.diff(wish) > 0) | (end[:-1] <= start[1:])).all())
    return {
        "stays_at": stays_at,
        "group": np.array(group, np.int32)[order],
        "start": start.astype(np.int32),
        "end": end.astype(np.int32),
        "pattern": pattern[order].astype(np.int32),
    }


def _together(raw: Raw, ids: Sequence[str], wishes: Wishes) -> list[tuple[tuple[int, ...], Mode]]:
    _all_of(list, [raw])
    _keys(raw, "children mode")
    number = {name: at for at, name in enumerate(ids)}
    found: list[tuple[tuple[int, ...], Mode]] = []
    for each in raw:
        _all_of(list, [each["children"]])
        members = tuple(number[name] for name in each["children"])
        wished = [int((wishes.position[wishes.at[m] : wishes.at[m + 1]] != KEPT).sum()) for m in members]
        _demand(len(members) > 1 and joint_options(wished) <= MOST_OPTIONS)
        found.append((members, Mode(each["mode"])))
    everybody = sorted(member for members, _ in found for member in members)
    _demand(all(one < other for one, other in pairwise(everybody)))
    return sorted(found, key=lambda each: min(each[0]))

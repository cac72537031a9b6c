"""Reading an instance, as columns or as objects. What is well formed is taken at once; else `faults` tells all."""

from collections.abc import Sequence
from itertools import chain, pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from kribbe.allocation.collector import without_collector
from kribbe.allocation.columns import (
    KEPT,
    Bools,
    Columns,
    Ints,
    Longs,
    Wishes,
    joined,
    lots,
    reordered,
    starts,
)
from kribbe.allocation.demands import all_of, demand, keys, texts, whole
from kribbe.allocation.faults import (
    LARGEST_SEED,
    LARGEST_STANDING,
    MOST_OPTIONS,
    joint_options,
    problems,
)
from kribbe.allocation.instance import FORMAT, Instance, Mode
from kribbe.allocation.objects import objects
from kribbe.allocation.reading_places import Places, places_of
from kribbe.allocation.text import Text
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


class _Part(NamedTuple):
    """Some of the children, in the order of the file; how many keys they have themselves."""

    children: list[str]
    vulnerable: Bools
    wishes: Wishes
    keys: int


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
        places = places_of(raw)
        return _columns(raw, places, _parts(raw["children"], places))
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
        raw, places, parts = _in_parts(Text(text))
        columns = _columns(raw, places, parts)
    except (*NO_COLUMNS, RecursionError):
        return None
    return columns if text.count(":") == _keys_of(raw, parts, columns) else None


def _in_parts(text: Text) -> tuple[Raw, Places, list[_Part]]:
    """The instance, and its children; all at once where they stand before what they speak of."""
    raw: dict[str, Raw] = {}
    read: tuple[Places, list[_Part]] | None = None
    for key in text.members():
        if key == "children" and raw.keys() >= {"periods", "slots", "locations"}:
            places = places_of(raw)
            raw[key] = []
            read = places, [_part(children, places) for children in text.blocks()]
        else:
            raw[key] = text.value()
    if read is None:
        places = places_of(raw)
        read = places, _parts(raw["children"], places)
    return raw, *read


def _keys_of(raw: Raw, parts: Sequence[_Part], columns: Columns) -> int:
    """How many keys a well-formed instance has in all. With as many colons in the file none stands twice."""
    kept = int((columns.wishes.position == KEPT).sum())
    rows = chain([raw], raw["locations"], raw.get("together", []))
    groups, wishes, stays = len(columns.groups), len(columns.wishes.child) - kept, len(columns.wishes.group)
    of_children = sum(part.keys for part in parts)
    return sum(map(len, rows)) + of_children + 2 * groups + 3 * wishes + 2 * kept + 4 * stays


def _columns(raw: Raw, places: Places, parts: Sequence[_Part]) -> Columns:
    """ValueError and the like wherever something isn't as it must be."""
    keys([raw], "format periods slots seed locations children", "together")
    demand(raw["format"] == FORMAT)
    whole([raw["seed"]], 0, LARGEST_SEED)
    children = list(chain.from_iterable(part.children for part in parts))
    order = sorted(range(len(children)), key=children.__getitem__)
    ids = [children[at] for at in order]
    demand(len(set(ids)) == len(ids))
    wishes = reordered(joined([part.wishes for part in parts]), order)
    return Columns(
        periods=places.periods,
        slots=places.slots,
        seed=raw["seed"],
        locations=places.locations,
        owed=places.owed,
        criteria=places.criteria,
        groups=places.groups,
        free=places.free,
        children=ids,
        lots=lots(raw["seed"], ids),
        vulnerable=np.concatenate([part.vulnerable for part in parts])[order],
        wishes=wishes,
        together=_together(raw.get("together", []), ids, wishes),
    )


def _parts(children: Raw, places: Places) -> list[_Part]:
    """All children, some at a time."""
    all_of(list, [children])
    begins = range(0, max(1, len(children)), BLOCK)
    return [_part(children[at : at + BLOCK], places) for at in begins]


def _part(children: Sequence[Raw], places: Places) -> _Part:
    keys(children, "id household vulnerable wishes", "current")
    ids = [child["id"] for child in children]
    texts(ids)
    texts([child["household"] for child in children])
    vulnerable = [child["vulnerable"] for child in children]
    all_of(bool, vulnerable)
    return _Part(ids, np.array(vulnerable, np.bool_), _wishes(children, places), sum(map(len, children)))


def _wishes(children: Sequence[Raw], places: Places) -> Wishes:
    wished: list[Raw] = []
    kept: list[bool] = []
    at = [0]
    for child in children:
        wanted, current = child["wishes"], child.get("current")
        all_of(list, [wanted])
        wished += wanted
        kept += [False] * len(wanted)
        if current is not None:
            wished.append(current)
            kept.append(True)
        at.append(len(wished))
    is_kept = np.array(kept, np.bool_)
    begins = np.array(at, np.int32)
    child_of = np.repeat(np.arange(len(children), dtype=np.int32), np.diff(begins))
    position = np.arange(len(wished), dtype=np.int32) - begins[child_of]
    names = [place["location"] for place in wished]
    texts(names)
    location = np.fromiter(map(places.location_number.__getitem__, names), np.int32, len(names))
    standing = _standing(wished, kept, places.parts[location])
    _demand_one_standing(child_of[~is_kept], location[~is_kept], standing[~is_kept])
    return Wishes(
        at=begins,
        child=child_of,
        position=np.where(is_kept, np.int32(KEPT), position),
        location=location,
        standing=standing,
        **_stays(wished, location, places),
    )


def _standing(wished: Sequence[Raw], kept: Sequence[bool], parts: Ints) -> Longs:
    keys((p for p, is_kept in zip(wished, kept, strict=True) if not is_kept), "location standing stays")
    keys((p for p, is_kept in zip(wished, kept, strict=True) if is_kept), "location stays")
    nothing: list[int] = []
    rows = [nothing if is_kept else p["standing"] for p, is_kept in zip(wished, kept, strict=True)]
    all_of(list, rows)
    lengths = np.fromiter(map(len, rows), np.int32, len(rows))
    demand((lengths == np.where(np.array(kept, np.bool_), 0, parts)).all())
    flat = whole(list(chain.from_iterable(rows)), -LARGEST_STANDING, LARGEST_STANDING)
    padded = np.zeros((len(rows), max(1, int(lengths.max(initial=0)))), np.int64)
    padded[np.arange(padded.shape[1]) < lengths[:, None]] = flat
    return padded


def _demand_one_standing(child: Ints, location: Ints, standing: Longs) -> None:
    """A child has one standing at a location, however many of its wishes are there."""
    order = np.lexsort((location, child))
    same = (np.diff(child[order]) == 0) & (np.diff(location[order]) == 0)
    demand((standing[order][1:][same] == standing[order][:-1][same]).all())


def _stays(wished: Sequence[Raw], location: Ints, places: Places) -> dict[str, Ints]:
    lists = [place["stays"] for place in wished]
    all_of(list, lists)
    demand(all(lists))
    stays = list(chain.from_iterable(lists))
    keys(stays, "group from to pattern")
    start = whole([stay["from"] for stay in stays], 0, places.periods - 1)
    end = whole([stay["to"] for stay in stays], 1, places.periods)
    pattern = whole([stay["pattern"] for stay in stays], 1, 2**places.slots - 1)
    stays_at = starts(map(len, lists))
    wish = np.repeat(np.arange(len(lists)), np.diff(stays_at))
    group = places.group_numbers.numbers(location[wish], [stay["group"] for stay in stays])
    order = np.lexsort((start, wish))
    start, end = start[order], end[order]
    demand((start < end).all())
    demand(((np.diff(wish) > 0) | (end[:-1] <= start[1:])).all())
    return {
        "stays_at": stays_at,
        "group": group[order],
        "start": start.astype(np.int32),
        "end": end.astype(np.int32),
        "pattern": pattern[order].astype(np.int32),
    }


def _together(raw: Raw, ids: Sequence[str], wishes: Wishes) -> list[tuple[tuple[int, ...], Mode]]:
    all_of(list, [raw])
    keys(raw, "children mode")
    number = {name: at for at, name in enumerate(ids)}
    found: list[tuple[tuple[int, ...], Mode]] = []
    for each in raw:
        all_of(list, [each["children"]])
        members = tuple(number[name] for name in each["children"])
        wished = [int((wishes.position[wishes.at[m] : wishes.at[m + 1]] != KEPT).sum()) for m in members]
        demand(len(members) > 1 and joint_options(wished) <= MOST_OPTIONS)
        found.append((members, Mode(each["mode"])))
    everybody = sorted(member for members, _ in found for member in members)
    demand(all(one < other for one, other in pairwise(everybody)))
    return sorted(found, key=lambda each: min(each[0]))

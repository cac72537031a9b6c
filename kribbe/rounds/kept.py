"""Instances as they are kept, compared and cut: pure work on their JSON."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from kribbe.allocation.reading import as_instance
from kribbe.allocation.solve import solve

Raw = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Fixed:
    """A stay that stands: its child takes no part any more, and its half-days are taken."""

    child: str
    wish: int


def as_bytes(raw: Raw) -> bytes:
    """An instance as it is kept: UTF-8 JSON, the same bytes for the same instance."""
    return (json.dumps(raw, ensure_ascii=False, separators=(",", ":"), sort_keys=True) + "\n").encode()


def fingerprint(kept: bytes) -> str:
    """SHA-256 of what is kept, in hexadecimal."""
    return sha256(kept).hexdigest()


def solved_again(kept: bytes) -> bytes:
    """The result of a kept instance by the solver of today, in bytes."""
    return solve(as_instance(json.loads(kept))).as_bytes()


def without_wishes(raw: Raw, refused: Collection[tuple[str, str]]) -> Raw:
    """The instance without what locations refused (child and place); a child without any wish left takes no part."""
    children = []
    for child in raw["children"]:
        wishes = [wish for wish in child["wishes"] if (child["id"], wish["location"]) not in refused]
        if wishes:
            children.append({**child, "wishes": wishes})
    return _with_children(raw, children)


def with_fixed(raw: Raw, fixed: Iterable[Fixed]) -> Raw:
    """The instance in which these children have what they were promised, and the others share what is left."""
    wishes = {child["id"]: child["wishes"] for child in raw["children"]}
    names = {each.child for each in fixed}
    free = {
        (place["id"], group["id"]): [list(row) for row in group["free"]]
        for place in raw["locations"]
        for group in place["groups"]
    }
    for each in fixed:
        wish = wishes[each.child][each.wish]
        for stay in wish["stays"]:
            for row in free[wish["location"], stay["group"]][stay["from"] : stay["to"]]:
                for slot in range(raw["slots"]):
                    row[slot] -= stay["pattern"] >> slot & 1
    locations = [
        {
            **place,
            "groups": [{**group, "free": free[place["id"], group["id"]]} for group in place["groups"]],
        }
        for place in raw["locations"]
    ]
    rest = [child for child in raw["children"] if child["id"] not in names]
    return _with_children({**raw, "locations": locations}, rest)


def marks(raw: Raw) -> dict[str, str]:
    """By place what tells whether anything changed there: its free half-days, and who asks what."""
    asked: dict[str, list[Any]] = defaultdict(list)
    for child in raw["children"]:
        for number, wish in enumerate(child["wishes"]):
            asked[wish["location"]].append([child["id"], number, wish, child["current"]])
    return {
        place["id"]: fingerprint(as_bytes({"place": place, "asked": asked[place["id"]]}))
        for place in raw["locations"]
    }


def changed(before: Mapping[str, str], after: Mapping[str, str]) -> set[str]:
    """The places whose marks differ."""
    return {place for place in {*before, *after} if before.get(place) != after.get(place)}


def connected(raw: Raw, places: Iterable[str]) -> set[str]:
    """These places and all that a change there can reach: by the wishes and places of the children, and theirs."""
    together = {name: each["children"] for each in raw["together"] for name in each["children"]}
    by_child = {child["id"]: _places_of(child) for child in raw["children"]}
    beside: dict[str, set[str]] = defaultdict(set)
    for child in by_child:
        reached = set().union(*(by_child[other] for other in together.get(child, [child])))
        for place in by_child[child]:
            beside[place] |= reached
    found: set[str] = set()
    waiting = list(places)
    while waiting:
        place = waiting.pop()
        if place not in found:
            found.add(place)
            waiting.extend(beside[place] - found)
    return found & {place["id"] for place in raw["locations"]}


def cut(raw: Raw, places: Collection[str]) -> Raw:
    """The instance of these places alone, with the children who ask for one of them."""
    locations = [place for place in raw["locations"] if place["id"] in places]
    children = [child for child in raw["children"] if _places_of(child) <= set(places)]
    return _with_children({**raw, "locations": locations}, children)


def _with_children(raw: Raw, children: list[Raw]) -> Raw:
    names = {child["id"] for child in children}
    together = [each for each in raw["together"] if names.issuperset(each["children"])]
    return {**raw, "children": children, "together": together}


def _places_of(child: Raw) -> set[str]:
    places = {wish["location"] for wish in child["wishes"]}
    return places | ({child["current"]["location"]} if child["current"] else set())

"""What is wrong with an instance: every problem with its path in the file."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from math import prod
from typing import Any

from kribbe.allocation.instance import FORMAT, WEEK, Mode

Raw = Any
MOST_PERIODS = 600
LARGEST = 2**31 - 1
LARGEST_SEED = 2**63 - 1
LARGEST_STANDING = 2**53
MOST_FREE = 30_000
MOST_OPTIONS = 100_000
"""Ways in which siblings together could be placed."""


def problems(raw: Raw) -> list[str]:
    """All of them, in the order of the file; none for a well-formed instance."""
    reader = _Reader()
    reader.instance(raw)
    return reader.problems


def joint_options(wishes: Sequence[int]) -> int:
    """In how many ways siblings could be placed who have so many wishes each."""
    return prod(number + 1 for number in wishes)


class _Reader:
    """Goes through the file once and writes down what is wrong."""

    def __init__(self) -> None:
        self.problems: list[str] = []
        self.periods: int | None = None
        self.slots: int | None = None
        self.groups: dict[str, set[str] | None] = {}
        """By location; None where they can't be read."""
        self.criteria: dict[str, int] = {}

    def say(self, path: str, problem: str) -> None:
        self.problems.append(f"{path}: {problem}" if path else problem)

    def fields(self, raw: Raw, path: str, required: str, optional: str = "") -> bool:
        """Whether it is an object with these keys and no others."""
        if not isinstance(raw, dict):
            self.say(path, "must be an object")
            return False
        known = {*required.split(), *optional.split()}
        missing = [key for key in required.split() if key not in raw]
        for key in missing:
            self.say(_join(path, key), "is missing")
        for key in sorted(set(raw) - known):
            self.say(_join(path, key), "unknown key")
        return not missing

    def rows(self, raw: Raw, path: str, each: Callable[[Raw, str], object]) -> None:
        if not isinstance(raw, list):
            self.say(path, "must be a list")
            return
        for number, item in enumerate(raw):
            each(item, f"{path}[{number}]")

    def whole(self, raw: Raw, path: str, least: int = -LARGEST, most: int = LARGEST) -> bool:
        if isinstance(raw, bool) or not isinstance(raw, int):
            self.say(path, "must be a whole number")
            return False
        if not least <= raw <= most:
            self.say(path, f"must be from {least} to {most}")
            return False
        return True

    def text(self, raw: Raw, path: str) -> bool:
        if not _is_text(raw):
            self.say(path, "must be a text that is not empty")
        elif not _is_writable(raw):
            self.say(path, "has half of a surrogate pair")
        else:
            return True
        return False

    def unique(self, raws: Raw, path: str, key: str, what: str) -> None:
        seen: dict[str, int] = {}
        for number, raw in enumerate(raws if isinstance(raws, list) else []):
            name = raw.get(key) if isinstance(raw, dict) else None
            if not isinstance(name, str):
                continue
            if name in seen:
                self.say(f"{path}[{number}].{key}", f"{what} {name!r} stands already at {path}[{seen[name]}]")
            seen.setdefault(name, number)

    def instance(self, raw: Raw) -> None:
        self.fields(raw, "", "format periods slots seed locations children", "together")
        if not isinstance(raw, dict):
            return
        if raw.get("format", FORMAT) != FORMAT:
            self.say("format", f"must be {FORMAT!r}")
        if "periods" in raw and self.whole(raw["periods"], "periods", 1, MOST_PERIODS):
            self.periods = raw["periods"]
        if "slots" in raw and self.whole(raw["slots"], "slots", 1, WEEK):
            self.slots = raw["slots"]
        self.whole(raw.get("seed", 0), "seed", 0, LARGEST_SEED)
        self.rows(raw.get("locations", []), "locations", self.location)
        self.unique(raw.get("locations"), "locations", "id", "location")
        self.rows(raw.get("children", []), "children", self.child)
        self.unique(raw.get("children"), "children", "id", "child")
        self.together(raw.get("together", []), raw.get("children"))

    def location(self, raw: Raw, path: str) -> None:
        self.fields(raw, path, "id owed criteria groups")
        if not isinstance(raw, dict):
            return
        if "id" in raw and self.text(raw["id"], f"{path}.id"):
            self.groups[raw["id"]] = _ids(raw.get("groups"))
        if isinstance(raw.get("criteria"), list) and _is_text(raw.get("id")):
            self.criteria[raw["id"]] = len(raw["criteria"])
        self.whole(raw.get("owed", 0), f"{path}.owed", 0)
        self.rows(raw.get("criteria", []), f"{path}.criteria", self.text)
        self.rows(raw.get("groups", []), f"{path}.groups", self.group)
        self.unique(raw.get("groups"), f"{path}.groups", "id", "group")

    def group(self, raw: Raw, path: str) -> None:
        self.fields(raw, path, "id free")
        if not isinstance(raw, dict):
            return
        if "id" in raw:
            self.text(raw["id"], f"{path}.id")
        if "free" in raw:
            self.free(raw["free"], f"{path}.free")

    def free(self, rows: Raw, path: str) -> None:
        if not isinstance(rows, list):
            self.say(path, "must be a list")
            return
        if self.periods and len(rows) not in {1, self.periods}:
            self.say(path, f"must have {self.periods} rows, or one for all periods")
        for number, row in enumerate(rows):
            at = f"{path}[{number}]"
            if not isinstance(row, list):
                self.say(at, "must be a list")
                continue
            if self.slots and len(row) != self.slots:
                self.say(at, f"must have {self.slots} numbers")
            for slot, value in enumerate(row):
                self.whole(value, f"{at}[{slot}]", -MOST_FREE, MOST_FREE)

    def child(self, raw: Raw, path: str) -> None:
        self.fields(raw, path, "id household vulnerable wishes", "current")
        if not isinstance(raw, dict):
            return
        for key in ("id", "household"):
            if key in raw:
                self.text(raw[key], f"{path}.{key}")
        if not isinstance(raw.get("vulnerable", False), bool):
            self.say(f"{path}.vulnerable", "must be true or false")
        if raw.get("current") is not None:
            self.current(raw["current"], f"{path}.current")
        self.rows(raw.get("wishes", []), f"{path}.wishes", self.wish)
        self.standings(raw.get("wishes"), f"{path}.wishes")

    def current(self, raw: Raw, path: str) -> None:
        self.fields(raw, path, "location stays")
        if isinstance(raw, dict):
            self.stays(raw, path)

    def wish(self, raw: Raw, path: str) -> None:
        self.fields(raw, path, "location standing stays")
        if not isinstance(raw, dict):
            return
        if "standing" in raw:
            self.standing(raw, f"{path}.standing")
        self.stays(raw, path)

    def standing(self, wish: Mapping[str, Raw], path: str) -> None:
        parts, location = wish["standing"], wish.get("location")
        self.rows(parts, path, lambda part, at: self.whole(part, at, -LARGEST_STANDING, LARGEST_STANDING))
        expected = self.criteria.get(str(location)) if _is_text(location) else None
        if expected is not None and isinstance(parts, list) and len(parts) != expected:
            self.say(path, f"must have {expected} parts, as the criteria of {location!r}")

    def standings(self, wishes: Raw, path: str) -> None:
        """A child has one standing at a location, however many of its wishes are there."""
        seen: dict[str, tuple[int, Raw]] = {}
        for number, wish in enumerate(wishes if isinstance(wishes, list) else []):
            if not isinstance(wish, dict) or not _is_text(wish.get("location")):
                continue
            first, standing = seen.setdefault(wish["location"], (number, wish.get("standing")))
            if standing != wish.get("standing"):
                self.say(
                    f"{path}[{number}].standing", f"differs from that of {path}[{first}] at the same location"
                )

    def stays(self, raw: Mapping[str, Raw], path: str) -> None:
        name = raw.get("location")
        if "location" in raw and self.text(name, f"{path}.location") and name not in self.groups:
            self.say(f"{path}.location", f"no such location {name!r}")
        if "stays" not in raw:
            return
        if not isinstance(raw["stays"], list) or not raw["stays"]:
            self.say(f"{path}.stays", "must be a list of at least one stay")
            return
        fine = [self.stay(stay, f"{path}.stays[{number}]", name) for number, stay in enumerate(raw["stays"])]
        if all(fine):
            self.apart(raw["stays"], f"{path}.stays")

    def stay(self, raw: Raw, path: str, location: Raw) -> bool:
        """Whether its periods can be read."""
        complete = self.fields(raw, path, "group from to pattern")
        if not isinstance(raw, dict):
            return False
        known = self.groups.get(location) if _is_text(location) else None
        is_named = "group" in raw and self.text(raw["group"], f"{path}.group")
        if is_named and known is not None and raw["group"] not in known:
            self.say(f"{path}.group", f"no such group {raw['group']!r} at {location!r}")
        self.whole(raw.get("pattern", 1), f"{path}.pattern", 1, 2 ** (self.slots or WEEK) - 1)
        periods = self.periods or MOST_PERIODS
        fine = self.whole(raw.get("from", 0), f"{path}.from", 0, periods - 1)
        fine &= self.whole(raw.get("to", periods), f"{path}.to", 1, periods)
        if not (complete and fine):
            return False
        if raw["from"] >= raw["to"]:
            self.say(f"{path}.to", "must be after from")
        return bool(raw["from"] < raw["to"])

    def apart(self, stays: Sequence[Mapping[str, Raw]], path: str) -> None:
        spans = sorted((stay["from"], stay["to"], number) for number, stay in enumerate(stays))
        for (_, end, number), (start, _, other) in pairwise(spans):
            if start < end:
                self.say(f"{path}[{other}]", f"overlaps {path}[{number}] in time")

    def together(self, raw: Raw, children: Raw) -> None:
        known = {child["id"]: child for child in _objects(children) if _is_text(child.get("id"))}
        taken: dict[str, str] = {}

        def one(each: Raw, path: str) -> None:
            if not self.fields(each, path, "children mode"):
                return
            if each["mode"] not in list(Mode):
                self.say(f"{path}.mode", f"must be {' or '.join(Mode)}")
            self.members(each["children"], f"{path}.children", known, taken)

        self.rows(raw, "together", one)

    def members(self, members: Raw, path: str, known: Mapping[str, Raw], taken: dict[str, str]) -> None:
        if not isinstance(members, list) or len(members) < 2:
            self.say(path, "must be a list of at least two children")
            return
        wishes = []
        for number, child in enumerate(members):
            at = f"{path}[{number}]"
            if not _is_text(child) or child not in known:
                self.say(at, f"no such child {child!r}")
            elif child in taken:
                self.say(at, f"{child!r} stands already at {taken[child]}")
            else:
                taken[child] = at
                wanted = known[child].get("wishes")
                wishes.append(len(wanted) if isinstance(wanted, list) else 0)
        if joint_options(wishes) > MOST_OPTIONS:
            self.say(path, f"could be placed in {joint_options(wishes)} ways, more than {MOST_OPTIONS}")


def _join(path: str, key: str) -> str:
    told = key if key.isidentifier() else repr(key)
    return f"{path}.{told}" if path else told


def _is_text(raw: Raw) -> bool:
    return isinstance(raw, str) and bool(raw)


def _is_writable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _ids(rows: Raw) -> set[str] | None:
    """The ids of objects; None where there is no list of them."""
    if not isinstance(rows, list):
        return None
    return {row["id"] for row in _objects(rows) if _is_text(row.get("id"))}


def _objects(raw: Raw) -> Iterator[dict[str, Raw]]:
    return (each for each in raw if isinstance(each, dict)) if isinstance(raw, list) else iter(())

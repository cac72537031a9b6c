"""Reading an instance: every problem with its path in the file, or the instance with everything in order."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from kribbe.allocation.instance import (
    FORMAT,
    WEEK,
    Child,
    Current,
    Instance,
    Location,
    Mode,
    Stay,
    Together,
    Wish,
)
from kribbe.rules.json_text import BadJsonError, parsed

Raw = Any
MOST_PERIODS = 600
LARGEST = 2**31 - 1


class BadInstanceError(ValueError):
    """A file that is no instance; `problems` has a line for each thing wrong."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(problems))


def read_instance(path: Path) -> Instance:
    """The instance in a file. BadInstanceError with all its problems, OSError where there is no such file."""
    try:
        raw = parsed(path.read_bytes())
    except BadJsonError as error:
        raise BadInstanceError([str(error)]) from None
    return as_instance(raw)


def as_instance(raw: Raw) -> Instance:
    """The instance that parsed JSON holds. BadInstanceError with all its problems."""
    reader = _Reader()
    reader.instance(raw)
    if reader.problems:
        raise BadInstanceError(reader.problems)
    return _build(raw)


class _Reader:
    """Goes through the file once and writes down what is wrong."""

    def __init__(self) -> None:
        self.problems: list[str] = []
        self.periods = 0
        self.slots = 0
        self.groups: dict[str, set[str]] = {}
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
        if isinstance(raw, str) and raw:
            return True
        self.say(path, "must be a text that is not empty")
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
        if not self.fields(raw, "", "format periods slots seed locations children", "together"):
            return
        if raw["format"] != FORMAT:
            self.say("format", f"must be {FORMAT!r}")
        fine = self.whole(raw["periods"], "periods", 1, MOST_PERIODS)
        fine &= self.whole(raw["slots"], "slots", 1, WEEK)
        self.whole(raw["seed"], "seed", 0, 2**63 - 1)
        if not fine:
            return
        self.periods, self.slots = raw["periods"], raw["slots"]
        self.rows(raw["locations"], "locations", self.location)
        self.unique(raw["locations"], "locations", "id", "location")
        self.rows(raw["children"], "children", self.child)
        self.unique(raw["children"], "children", "id", "child")
        self.together(raw.get("together", []), raw["children"])

    def location(self, raw: Raw, path: str) -> None:
        if not self.fields(raw, path, "id owed criteria groups") or not self.text(raw["id"], f"{path}.id"):
            return
        self.whole(raw["owed"], f"{path}.owed", 0)
        self.rows(raw["criteria"], f"{path}.criteria", self.text)
        self.rows(raw["groups"], f"{path}.groups", self.group)
        self.unique(raw["groups"], f"{path}.groups", "id", "group")
        if isinstance(raw["groups"], list) and isinstance(raw["criteria"], list):
            self.groups[raw["id"]] = {
                g["id"] for g in raw["groups"] if isinstance(g, dict) and _is_text(g.get("id"))
            }
            self.criteria[raw["id"]] = len(raw["criteria"])

    def group(self, raw: Raw, path: str) -> None:
        if not self.fields(raw, path, "id free"):
            return
        self.text(raw["id"], f"{path}.id")
        rows = raw["free"]
        if not isinstance(rows, list) or len(rows) not in {1, self.periods}:
            self.say(f"{path}.free", f"must have {self.periods} rows, or one for all periods")
            return
        for number, row in enumerate(rows):
            at = f"{path}.free[{number}]"
            if not isinstance(row, list) or len(row) != self.slots:
                self.say(at, f"must have {self.slots} numbers")
                continue
            for slot, value in enumerate(row):
                self.whole(value, f"{at}[{slot}]", -30_000, 30_000)

    def child(self, raw: Raw, path: str) -> None:
        if not self.fields(raw, path, "id household vulnerable wishes", "current"):
            return
        self.text(raw["id"], f"{path}.id")
        self.text(raw["household"], f"{path}.household")
        if not isinstance(raw["vulnerable"], bool):
            self.say(f"{path}.vulnerable", "must be true or false")
        if raw.get("current") is not None:
            self.current(raw["current"], f"{path}.current")
        self.rows(raw["wishes"], f"{path}.wishes", self.wish)
        self.standings(raw["wishes"], f"{path}.wishes")

    def current(self, raw: Raw, path: str) -> None:
        if self.fields(raw, path, "location stays"):
            self.stays(raw, path)

    def wish(self, raw: Raw, path: str) -> None:
        if not self.fields(raw, path, "location standing stays"):
            return
        self.rows(
            raw["standing"],
            f"{path}.standing",
            lambda part, at: self.whole(part, at, -(2**53), 2**53),
        )
        expected = self.criteria.get(raw["location"]) if _is_text(raw["location"]) else None
        if expected is not None and isinstance(raw["standing"], list) and len(raw["standing"]) != expected:
            self.say(
                f"{path}.standing", f"must have {expected} parts, as the criteria of {raw['location']!r}"
            )
        self.stays(raw, path)

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
        name = raw["location"]
        if not self.text(name, f"{path}.location"):
            return
        if name not in self.groups:
            self.say(f"{path}.location", f"no such location {name!r}")
            return
        if not isinstance(raw["stays"], list) or not raw["stays"]:
            self.say(f"{path}.stays", "must be a list of at least one stay")
            return
        fine = [self.stay(stay, f"{path}.stays[{number}]", name) for number, stay in enumerate(raw["stays"])]
        if all(fine):
            self.apart(raw["stays"], f"{path}.stays")

    def stay(self, raw: Raw, path: str, location: str) -> bool:
        if not self.fields(raw, path, "group from to pattern"):
            return False
        fine = self.text(raw["group"], f"{path}.group")
        if fine and raw["group"] not in self.groups[location]:
            self.say(f"{path}.group", f"no such group {raw['group']!r} at {location!r}")
            fine = False
        fine &= self.whole(raw["pattern"], f"{path}.pattern", 1, 2**self.slots - 1)
        bounds = self.whole(raw["from"], f"{path}.from", 0, self.periods - 1)
        bounds &= self.whole(raw["to"], f"{path}.to", 1, self.periods)
        if bounds and raw["from"] >= raw["to"]:
            self.say(f"{path}.to", "must be after from")
            return False
        return fine and bounds

    def apart(self, stays: Sequence[Mapping[str, Raw]], path: str) -> None:
        spans = sorted((stay["from"], stay["to"], number) for number, stay in enumerate(stays))
        for (_, end, number), (start, _, other) in pairwise(spans):
            if start < end:
                self.say(f"{path}[{other}]", f"overlaps {path}[{number}] in time")

    def together(self, raw: Raw, children: Raw) -> None:
        known = {child["id"] for child in _objects(children) if _is_text(child.get("id"))}
        taken: dict[str, str] = {}

        def one(each: Raw, path: str) -> None:
            if not self.fields(each, path, "children mode"):
                return
            if each["mode"] not in list(Mode):
                self.say(f"{path}.mode", f"must be {' or '.join(Mode)}")
            if not isinstance(each["children"], list) or len(each["children"]) < 2:
                self.say(f"{path}.children", "must be a list of at least two children")
                return
            for number, child in enumerate(each["children"]):
                at = f"{path}.children[{number}]"
                if not _is_text(child) or child not in known:
                    self.say(at, f"no such child {child!r}")
                elif child in taken:
                    self.say(at, f"{child!r} stands already at {taken[child]}")
                else:
                    taken[child] = at

        self.rows(raw, "together", one)


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _is_text(raw: Raw) -> bool:
    return isinstance(raw, str) and bool(raw)


def _objects(raw: Raw) -> Iterator[dict[str, Raw]]:
    return (each for each in raw if isinstance(each, dict)) if isinstance(raw, list) else iter(())


def _build(raw: Raw) -> Instance:
    return Instance(
        periods=raw["periods"],
        slots=raw["slots"],
        seed=raw["seed"],
        locations=tuple(sorted((_location(each, raw["periods"]) for each in raw["locations"]), key=_id)),
        children=tuple(sorted(map(_child, raw["children"]), key=_id)),
        together=tuple(
            sorted(
                (Together(tuple(each["children"]), Mode(each["mode"])) for each in raw.get("together", [])),
                key=lambda each: min(each.children),
            )
        ),
    )


def _id(each: Location | Child) -> str:
    return each.id


def _location(raw: Raw, periods: int) -> Location:
    free = {
        group["id"]: group["free"] * (periods if len(group["free"]) == 1 else 1) for group in raw["groups"]
    }
    return Location(raw["id"], raw["owed"], tuple(raw["criteria"]), dict(sorted(free.items())))


def _child(raw: Raw) -> Child:
    current = raw.get("current")
    return Child(
        id=raw["id"],
        household=raw["household"],
        vulnerable=raw["vulnerable"],
        current=Current(current["location"], _stays(current)) if current else None,
        wishes=tuple(
            Wish(number, wish["location"], tuple(wish["standing"]), _stays(wish))
            for number, wish in enumerate(raw["wishes"])
        ),
    )


def _stays(raw: Raw) -> tuple[Stay, ...]:
    return tuple(
        sorted(
            (Stay(stay["group"], stay["from"], stay["to"], stay["pattern"]) for stay in raw["stays"]),
            key=lambda stay: stay.start,
        )
    )

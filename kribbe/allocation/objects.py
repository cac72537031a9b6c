"""A well-formed instance, as parsed JSON, as objects in the order of their ids."""

from typing import Any

from kribbe.allocation.instance import Child, Current, Instance, Location, Mode, Stay, Together, Wish

Raw = Any


def objects(raw: Raw) -> Instance:
    """The instance; nothing is checked."""
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

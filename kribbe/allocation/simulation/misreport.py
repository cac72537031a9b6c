"""What a household could gain in a round by another list than its true one.

Every list is tried alone against the true lists of all others, with all of them known: more than any family can do.
What is got counts by the true list, and days beyond the needed ones are worth nothing. Reordering: every order of up
to four wishes; of longer lists each wish put first, and each pair of neighbours swapped. Shortening: every beginning
of the list, and each wish left out. Inflating: each further day, the whole week, a start one or two months earlier.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from itertools import permutations
from typing import Any

import numpy as np

from kribbe.allocation.instance import Child, Instance, Location, Stay, Wish
from kribbe.allocation.simulation.outcome import DIGITS
from kribbe.allocation.simulation.policies import Policy, parse
from kribbe.allocation.simulation.population import Size, make_world
from kribbe.allocation.simulation.running import SOLVER, run_all
from kribbe.allocation.simulation.years import live
from kribbe.allocation.solve import granted

FORMAT = "kribbe.simulation.misreport/1"
INTERVAL = "95 %, Wilson over the households"
Z = 1.959964
"""Of the normal distribution, for 95 %."""

WAYS = ("reordering", "shortening", "more days", "earlier start")
ALL_ORDERS = 4
DAYS = 5
DAY = 0b11
EARLIER = (1, 2)


@dataclass(frozen=True, slots=True)
class Attempt:
    """Another list: in which way, and the true positions of its wishes."""

    way: str
    order: tuple[int, ...]
    wishes: tuple[Wish, ...]


@dataclass(frozen=True, slots=True)
class Trial:
    """What an attempt would do: ranks won on the true list (negative: lost), and whether it makes a place of none."""

    way: str
    gain: int
    places: bool


@dataclass(frozen=True, slots=True)
class Task:
    """The sampled rounds of one seed."""

    size: Size
    seed: int
    policy: str
    rounds: int
    households: int


def attempts(child: Child, slots: int) -> Iterator[Attempt]:
    """The other lists that are tried for a child in weeks of so many half-days, each once."""
    own = tuple(range(len(child.wishes)))
    seen = {own}
    for way, orders in ((WAYS[0], _orders(own)), (WAYS[1], _shorter(own))):
        for order in orders:
            if order not in seen:
                seen.add(order)
                yield Attempt(way, order, _numbered(child.wishes[at] for at in order))
    for way, changes in ((WAYS[2], _fuller(child, (1 << slots) - 1)), (WAYS[3], _earlier(child))):
        for change in changes:
            wishes = tuple(replace(wish, stays=change(wish.stays)) for wish in child.wishes)
            if wishes != child.wishes:
                yield Attempt(way, own, wishes)


def _numbered(wishes: Iterable[Wish]) -> tuple[Wish, ...]:
    return tuple(replace(wish, position=position) for position, wish in enumerate(wishes))


def _orders(own: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    if len(own) <= ALL_ORDERS:
        yield from permutations(own)
        return
    for at in own:
        yield (at, *own[:at], *own[at + 1 :])
        yield (*own[:at], *reversed(own[at : at + 2]), *own[at + 2 :])


def _shorter(own: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    for at in own[1:]:
        yield own[:at]
    if len(own) > 1:
        for at in own:
            yield (*own[:at], *own[at + 1 :])


Stays = tuple[Stay, ...]
Change = Callable[[Stays], Stays]


def _fuller(child: Child, week: int) -> Iterator[Change]:
    asked = {stay.pattern for wish in child.wishes for stay in wish.stays}
    single = ((DAY << 2 * day) & week for day in range(DAYS))
    more = [day for day in single if any(pattern & day != day for pattern in asked)]
    for days in [*more, week] if len(more) > 1 else more:
        yield partial(_with_days, days=days)


def _with_days(stays: Stays, days: int) -> Stays:
    return tuple(replace(stay, pattern=stay.pattern | days) for stay in stays)


def _earlier(child: Child) -> Iterator[Change]:
    first = min((wish.stays[0].start for wish in child.wishes), default=0)
    for months in EARLIER:
        if months <= first:
            yield partial(_begun_before, months=months)


def _begun_before(stays: Stays, months: int) -> Stays:
    return (replace(stays[0], start=stays[0].start - months), *stays[1:])


def trials(instance: Instance, name: str) -> list[Trial]:
    """All attempts of a child that chooses alone and has no place yet."""
    index = next(at for at, child in enumerate(instance.children) if child.id == name)
    child = instance.children[index]
    none = len(child.wishes)
    honest = granted(instance).get(name, none)
    found = []
    for attempt in attempts(child, instance.slots):
        others = list(instance.children)
        others[index] = replace(child, wishes=attempt.wishes)
        held = granted(replace(instance, children=tuple(others))).get(name)
        rank = none if held is None else attempt.order[held]
        found.append(Trial(attempt.way, honest - rank, honest == none > rank))
    return found


def as_heads(instance: Instance) -> Instance:
    """The same round with heads: one half-day, one month, no siblings, nothing owed; as much room as on average."""
    locations = tuple(_location_of_heads(location) for location in instance.locations)
    children = tuple(
        replace(
            child, wishes=tuple(replace(wish, stays=(_head(wish.stays[0].group),)) for wish in child.wishes)
        )
        for child in instance.children
    )
    return replace(instance, periods=1, slots=1, locations=locations, children=children, together=())


def _head(group: str) -> Stay:
    return Stay(group, 0, 1, 1)


def _location_of_heads(location: Location) -> Location:
    free = {group: [[max(0, round(float(np.mean(rows)) / 2))]] for group, rows in location.free.items()}
    return replace(location, owed=0, free=free)


def one(task: Task) -> dict[str, Any]:
    """The trials of one seed, counted: in half-days, and in the same rounds as heads."""
    instances: list[Instance] = []
    live(make_world(task.size, task.seed), parse(task.policy), instances.append)
    draw = np.random.default_rng([task.seed, task.rounds, task.households])
    later = [each for each in instances[len(instances) // 3 :] if _alone(each)]
    chosen = draw.choice(len(later), min(task.rounds, len(later)), replace=False)
    counts: dict[str, Counter[str]] = {"half_days": Counter(), "heads": Counter()}
    for at in sorted(chosen.tolist()):
        alone = _alone(later[at])
        names = draw.choice(alone, min(task.households, len(alone)), replace=False).tolist()
        for name in names:
            counts["half_days"] += _counted(trials(later[at], name))
            counts["heads"] += _counted(trials(as_heads(later[at]), name))
    return {"rounds": len(chosen), **{what: dict(count) for what, count in counts.items()}}


def _alone(instance: Instance) -> list[str]:
    """The children who choose alone."""
    together = {name for each in instance.together for name in each.children}
    return [child.id for child in instance.children if child.id not in together and child.wishes]


def _counted(found: Sequence[Trial]) -> Counter[str]:
    """One household: its best gain, and of each way how often it wins and loses."""
    best = max((each.gain for each in found), default=0)
    count = Counter({"households": 1, "lists": len(found), "gaining": best > 0})
    count["ranks"] = max(0, best)
    count["placed"] = any(each.places for each in found)
    for way in WAYS:
        mine = [each.gain for each in found if each.way == way]
        count[f"{way}/households"] = bool(mine)
        count[f"{way}/gaining"] = max(mine, default=0) > 0
        count[f"{way}/lists"] = len(mine)
        count[f"{way}/better"] = sum(gain > 0 for gain in mine)
        count[f"{way}/worse"] = sum(gain < 0 for gain in mine)
    return count


def misreport(
    policy: Policy,
    *,
    size: Size,
    seeds: int,
    rounds: int = 3,
    households: int = 8,
    jobs: int | None = None,
    cluster: str = "",
) -> dict[str, Any]:
    """Sampled households of sampled rounds of each seed, as a report."""
    tasks = [Task(size, seed, policy.name, rounds, households) for seed in range(1, seeds + 1)]
    found = run_all(one, tasks, jobs=jobs, cluster=cluster)
    return {
        "format": FORMAT,
        "solver": SOLVER,
        "policy": policy.name,
        "size": asdict(size),
        "seeds": seeds,
        "rounds": sum(each["rounds"] for each in found),
        "interval": INTERVAL,
        "half_days": _told(_sum(found, "half_days")),
        "heads": _told(_sum(found, "heads")),
    }


def _sum(found: Sequence[dict[str, Any]], what: str) -> Counter[str]:
    total: Counter[str] = Counter()
    for each in found:
        total.update(each[what])
    return total


def _told(count: Counter[str]) -> dict[str, Any]:
    """`ranks` is the mean gain of those who gain, each by its best list; `placed` got a place instead of none."""
    gaining = count["gaining"]
    return {
        "households": count["households"],
        "lists": count["lists"],
        "gaining": gaining,
        "share": wilson(gaining, count["households"]),
        "ranks": round(count["ranks"] / gaining, DIGITS) if gaining else 0.0,
        "placed": count["placed"],
        "ways": {
            way: {key: count[f"{way}/{key}"] for key in ("households", "gaining", "lists", "better", "worse")}
            for way in WAYS
        },
    }


def wilson(some: int, whole: int) -> dict[str, float]:
    """A share with its interval of 95 % (Wilson 1927), which is true at shares of nearly nothing too."""
    if not whole:
        return {"mean": 0.0, "low": 0.0, "high": 1.0}
    share, weight = some / whole, Z * Z / whole
    middle = (share + weight / 2) / (1 + weight)
    reach = Z / (1 + weight) * (share * (1 - share) / whole + weight / 4 / whole) ** 0.5
    return {
        "mean": round(share, DIGITS),
        "low": round(max(0.0, middle - reach), DIGITS),
        "high": round(min(1.0, middle + reach), DIGITS),
    }

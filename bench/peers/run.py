"""Kribbe's solver beside its peers on the same instances of heads, each in a process of its own after a warm-up."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from kribbe.allocation.arrays import arrays
from kribbe.allocation.generate import generate
from kribbe.allocation.reading import as_columns
from kribbe.allocation.solve import granted, solve
from kribbe.allocation.tables import CHILD, LOCATION, RANK

HERE = Path(__file__).parent
HOME = HERE.parents[1] / ".make" / "peers"
OWN_UV = Path(sys.executable).with_name("uv")
SIZES = (300, 1_000)
DEMAND = 15
"""Children to a location."""

WISHES = 5
RUNS = {"kribbe": 20, "kribbe, reading and reasons too": 20, "matching": 5, "chilmai": 1}
Placed = dict[str, str]


class NoPeersError(RuntimeError):
    """The peers' packages can't be had here."""


@dataclass(frozen=True)
class Row:
    """One solver on one instance: seconds (the median of its runs), children placed, in envy, and sum of ranks."""

    children: int
    solver: str
    seconds: float
    times: float
    """How many times Kribbe's seconds."""
    placed: int
    envy: int
    ranks: int


def compare(told: Callable[[str], None]) -> list[Row]:
    """All solvers on all sizes. NoPeersError where the packages can't be had."""
    python = environment(told)
    small, *instances = [generate(children=size, locations=max(2, size // DEMAND), wishes=WISHES, heads=True)
                         for size in (30, *SIZES)]  # fmt: skip
    found: dict[str, list[tuple[float, Placed]]] = {}
    for name, runs in RUNS.items():
        told(f"measuring: {name}")
        tasks = [task(small, 1), *[task(raw, runs) for raw in instances]]
        answers = (
            list(_peer(python, name, tasks))
            if name in {"matching", "chilmai"}
            else _own(name, [small, *instances])
        )
        found[name] = answers[1:]
    return [
        _row(raw, name, seconds, found["kribbe"][at][0], placed)
        for at, raw in enumerate(instances)
        for name, answers in found.items()
        for seconds, placed in [answers[at]]
    ]


def environment(told: Callable[[str], None]) -> Path:
    """The Python of the peers' own environment, made of its lock file where it isn't there."""
    python = HOME / "bin" / "python"
    lock = HERE / "requirements.lock"
    made = HOME / "made-of.lock"
    if made.exists() and made.read_bytes() == lock.read_bytes():
        return python
    told("making the peers' environment")
    try:
        for command in (
            ["venv", "--quiet", "--clear", "--allow-existing", HOME],
            ["pip", "install", "--quiet", "--python", python, "--require-hashes", "-r", lock],
        ):
            subprocess.run([str(OWN_UV), *map(str, command)], check=True, capture_output=True, text=True)  # noqa: S603  the environment's own uv
    except FileNotFoundError:
        raise NoPeersError(f"there is no {OWN_UV}") from None
    except subprocess.CalledProcessError as error:
        raise NoPeersError(error.stderr.strip().splitlines()[-1]) from None
    made.write_bytes(lock.read_bytes())
    return python


def task(raw: dict[str, Any], runs: int) -> dict[str, Any]:
    """An instance of heads as lists of preferences on both sides."""
    columns = as_columns(raw)
    problem, _ = arrays(columns)
    order: dict[int, list[tuple[int, int]]] = {}
    for row in problem.wishes:
        order.setdefault(int(row[LOCATION]), []).append((int(row[RANK]), int(row[CHILD])))
    return {
        "runs": runs,
        "children": [
            {"id": child["id"], "wishes": [wish["location"] for wish in child["wishes"]]}
            for child in raw["children"]
        ],
        "locations": [
            {
                "id": place["id"],
                "places": place["groups"][0]["free"][0][0],
                "order": [columns.children[child] for _, child in sorted(order.get(at, []))],
            }
            for at, place in enumerate(raw["locations"])
        ],
    }


def _peer(python: Path, name: str, tasks: list[dict[str, Any]]) -> Iterator[tuple[float, Placed]]:
    lines = "".join(json.dumps(each) + "\n" for each in tasks)
    done = subprocess.run(  # noqa: S603  a worker of this folder
        [str(python), str(HERE / "worker.py"), name], input=lines, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise NoPeersError(f"{name}: {done.stderr.strip().splitlines()[-1]}")
    for line in done.stdout.splitlines():
        answer = json.loads(line)
        yield answer["seconds"], answer["placed"]


def _own(name: str, instances: list[dict[str, Any]]) -> list[tuple[float, Placed]]:
    found = []
    for raw in instances:
        columns = as_columns(raw)
        whole = name != "kribbe"
        took = []
        for _ in range(RUNS[name]):
            begun = time.perf_counter()
            if whole:
                solve(as_columns(raw)).as_bytes()
            else:
                positions = granted(columns)
            took.append(time.perf_counter() - begun)
        positions = granted(columns)
        wishes = {child["id"]: child["wishes"] for child in raw["children"]}
        found.append(
            (median(took), {child: wishes[child][at]["location"] for child, at in positions.items()})
        )
    return found


def _row(raw: dict[str, Any], name: str, seconds: float, ours: float, placed: Placed) -> Row:
    lists = {child["id"]: [wish["location"] for wish in child["wishes"]] for child in raw["children"]}
    ranks = {
        child: wishes.index(placed[child]) if child in placed else len(wishes)
        for child, wishes in lists.items()
    }
    return Row(
        children=len(lists),
        solver=name,
        seconds=seconds,
        times=seconds / ours,
        placed=len(placed),
        envy=_envious(task(raw, 1), placed, ranks),
        ranks=sum(ranks.values()),
    )


def _envious(made: dict[str, Any], placed: Placed, ranks: dict[str, int]) -> int:
    """Children who like a location better that has a place left, or a child that stands behind them."""
    place = {each["id"]: each for each in made["locations"]}
    number = {each["id"]: {child: at for at, child in enumerate(each["order"])} for each in made["locations"]}
    there: dict[str, list[int]] = {name: [] for name in place}
    for child, at in placed.items():
        there[at].append(number[at][child])
    return sum(
        any(
            len(there[wish]) < place[wish]["places"]
            or max(there[wish], default=-1) > number[wish][child["id"]]
            for wish in child["wishes"][: ranks[child["id"]]]
        )
        for child in made["children"]
    )

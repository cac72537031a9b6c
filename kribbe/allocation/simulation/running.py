"""Runs one after another, on all cores, or on a Dask cluster: the same results in the same order."""

import multiprocessing
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import TypeVar

from kribbe.allocation.instance import FORMAT
from kribbe.allocation.result import FORMAT as RESULT_FORMAT
from kribbe.allocation.result import VERSION

Task = TypeVar("Task")
Found = TypeVar("Found")

SOLVER = {"instance": FORMAT, "result": RESULT_FORMAT, "version": VERSION}
"""What a report says of the solver that made it."""

WAIT_FOR_CLUSTER = 15
"""Seconds until a scheduler that doesn't answer is given up."""


class ClusterError(Exception):
    """The cluster can't be reached, or its workers have another solver."""


def run_all(
    work: Callable[[Task], Found], tasks: Sequence[Task], *, jobs: int | None = None, cluster: str = ""
) -> list[Found]:
    """The results of all tasks, in their order.

    `jobs` processes on this machine (None: as many as it has cores; 1: none beside this one), or the workers of the
    Dask scheduler at `cluster`. Raises ClusterError.
    """
    if cluster:
        return _on_cluster(work, tasks, cluster)
    count = min(jobs or os.cpu_count() or 1, len(tasks))
    if count <= 1:
        return [work(task) for task in tasks]
    with ProcessPoolExecutor(count, mp_context=multiprocessing.get_context("spawn")) as pool:
        return list(pool.map(work, tasks))


def _on_cluster(work: Callable[[Task], Found], tasks: Sequence[Task], address: str) -> list[Found]:
    from distributed import Client

    try:
        client = Client(address, timeout=WAIT_FOR_CLUSTER, set_as_default=False)
    except (OSError, ValueError) as error:
        raise ClusterError(f"{address}: {error}") from error
    with client:
        theirs = client.run(solver_here)
        if not theirs:
            raise ClusterError(f"{address}: the cluster has no workers")
        for worker, solver in sorted(theirs.items()):
            if solver != SOLVER:
                raise ClusterError(f"{worker}: has another solver ({solver})")
        return list(client.gather(client.map(work, tasks, pure=False)))


def solver_here() -> dict[str, str]:
    """The solver of the process that runs this."""
    return SOLVER

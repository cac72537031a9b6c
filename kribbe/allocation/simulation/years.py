"""The years of a world under a policy, from the first day to the last."""

from collections.abc import Callable

from kribbe.allocation.instance import Instance
from kribbe.allocation.simulation import uncoordinated
from kribbe.allocation.simulation.policies import SCHEMES, Policy
from kribbe.allocation.simulation.population import World
from kribbe.allocation.simulation.rounds import Rounds
from kribbe.allocation.simulation.run import Run


def live(world: World, policy: Policy, seen: Callable[[Instance], object] | None = None) -> Run:
    """What has become of everybody on the last day; `seen` is told of each round's instance."""
    has_round = SCHEMES[policy.scheme].has_round
    give = uncoordinated.give if has_round is None else Rounds(has_round, seen).give
    run = Run(world, policy)
    for day in range(world.size.last_day):
        run.pass_to(day)
        give(run, day)
    return run

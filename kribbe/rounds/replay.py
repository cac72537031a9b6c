"""What a round kept, solved once more and judged: years later, perhaps by another version of the solver."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from kribbe.allocation.check import check
from kribbe.allocation.check_world import Verdict
from kribbe.allocation.reading import BadInstanceError
from kribbe.allocation.result import VERSION
from kribbe.rounds import kept
from kribbe.rounds.models import Calculation


@dataclass(frozen=True, slots=True)
class Replayed:
    """What was found.

    `is_whole`: what is kept has the SHA-256 that was written with it. `is_read`: the solver of today can read the
    instance. `faults` and `envy` are what the independent checker finds in a result of another version.
    """

    version: str
    is_whole: bool
    is_read: bool
    is_same: bool
    is_other_version: bool
    faults: Sequence[str]
    envy: int

    @property
    def is_fine(self) -> bool:
        """The same bytes; or of another version, and nothing wrong with the kept result."""
        return self.is_whole and (self.is_same or (self.is_other_version and not self.faults))


def replay(row: Calculation) -> Replayed:
    """Solve a kept instance with the solver of today, and compare."""
    instance, result = bytes(row.instance), bytes(row.result)
    is_whole = kept.fingerprint(instance) == row.instance_hash and kept.fingerprint(result) == row.result_hash
    again = _solved(instance) if is_whole else None
    is_other = row.solver != VERSION
    verdict = Verdict()
    if is_whole and is_other and again != result:
        verdict = check(json.loads(instance), json.loads(result))
    return Replayed(
        version=VERSION,
        is_whole=is_whole,
        is_read=again is not None,
        is_same=again == result,
        is_other_version=is_other,
        faults=verdict.faults,
        envy=len({child for child, _ in verdict.envy}),
    )


def _solved(instance: bytes) -> bytes | None:
    """The result by the solver of today; None where it can't read the instance."""
    try:
        return kept.solved_again(instance)
    except BadInstanceError:
        return None

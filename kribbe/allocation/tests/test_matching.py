"""With heads the result is that of the `matching` package, where the peers' environment is there (`make bench`)."""

import pytest

from kribbe.allocation.generate import generate
from kribbe.allocation.reading import as_columns
from kribbe.allocation.solve import granted

peers = pytest.importorskip("bench.peers.run", reason="the bench comes with the source code only")

SIZES = [(30, 3, 5), (120, 8, 4), (300, 20, 5)]


@pytest.fixture(scope="module")
def python():
    found = peers.HOME / "bin" / "python"
    if not found.exists():
        pytest.skip("the peers' environment isn't made: `make bench` makes it")
    return found


def test_the_same_children_at_the_same_locations(python):
    instances = [
        generate(children=children, locations=locations, wishes=wishes, heads=True, seed=seed)
        for seed in (1, 2, 3)
        for children, locations, wishes in SIZES
    ]
    theirs = peers._peer(python, "matching", [peers.task(raw, 1) for raw in instances])
    for raw, (_, placed) in zip(instances, theirs, strict=True):
        wishes = {child["id"]: child["wishes"] for child in raw["children"]}
        ours = granted(as_columns(raw))
        assert {child: wishes[child][at]["location"] for child, at in ours.items()} == placed

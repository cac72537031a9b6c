"""One pair is merged once, in one direction, however many clerks decide at the same moment."""

import pytest

from kribbe.enrolment.models import CareRequest, RequestState
from kribbe.people.models import Child
from kribbe.testing.races import side_by_side
from kribbe.testing.worlds import built_once
from kribbe.trust import locks
from kribbe.trust.errors import RefusedError
from kribbe.trust.models import AuditEntry
from kribbe.trust.principal import SYSTEM
from kribbe.upkeep.models import Merge, PairState
from kribbe.upkeep.services.merge import merge, undo_merge
from kribbe.upkeep.tests.scene import twice

CLERKS = 6

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@built_once
def scene():
    return twice(across=True)


def merging(scene, keep):
    return lambda: merge(
        principal=SYSTEM, pair_id=scene.pair.pk, keep_id=keep.child_id, join=True, now=scene.now
    )


def refusals(outcomes):
    return [outcome.code for outcome in outcomes if isinstance(outcome, RefusedError)]


def standing():
    return Merge.objects.filter(undone_at=None)


def test_one_pair_merged_by_many_at_once(scene):
    outcomes = side_by_side([merging(scene, scene.first)] * CLERKS)
    assert refusals(outcomes) == ["decided"] * (CLERKS - 1), outcomes
    assert standing().count() == 1
    assert AuditEntry.objects.filter(action="child.merged").count() == 2, "one for each family"
    assert scene.pair.state == PairState.MERGED
    assert CareRequest.objects.get(state=RequestState.OPEN).child_id == scene.first.child_id


def test_a_pair_merged_both_ways_at_once(scene):
    """One into the other and the other into the one: a single direction wins, and no child hangs on itself."""
    outcomes = side_by_side([merging(scene, scene.first), merging(scene, scene.second)] * (CLERKS // 2))
    assert refusals(outcomes) == ["decided"] * (CLERKS - 1), outcomes
    made = standing().get()
    assert CareRequest.objects.get(state=RequestState.OPEN).child_id == made.kept_id
    assert not CareRequest.objects.filter(child=made.gone_id).exists()


def test_control_without_locks_the_pair_is_decided_more_than_once(scene, monkeypatch):
    """Several pass the check at once: both directions stand, or the database stops them with an error."""
    monkeypatch.setattr(locks, "ENABLED", False)
    outcomes = side_by_side([merging(scene, scene.first), merging(scene, scene.second)] * (CLERKS // 2))
    errors = [one for one in outcomes if not isinstance(one, Merge | RefusedError)]
    assert standing().count() > 1 or errors, outcomes


def test_one_merge_undone_by_many_at_once(scene):
    before = sorted(Child.objects.values_list("pk", "household_id"))
    made = merging(scene, scene.first)()
    undone = [lambda: undo_merge(principal=SYSTEM, merge_id=made.pk, now=scene.now)] * CLERKS
    outcomes = side_by_side(undone)
    assert refusals(outcomes) == ["undone"] * (CLERKS - 1), outcomes
    assert sorted(Child.objects.values_list("pk", "household_id")) == before
    assert AuditEntry.objects.filter(action="child.merge_undone").count() == 2, "one for each family"

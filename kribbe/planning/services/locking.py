"""A place, locked with its group, as every change of its days needs it."""

from collections.abc import Iterable

from kribbe.enrolment.models import Placement
from kribbe.enrolment.services.pieces import check_final, lock_stay
from kribbe.places.models import Group
from kribbe.trust.locks import lock_rows


def locked_place(placement_id: int) -> Placement:
    """The place with its child, group, location and desk."""
    group_id = Placement.objects.values_list("group_id", flat=True).get(pk=placement_id)
    return _locked(placement_id, [group_id])


def locked_certain_place(placement_id: int) -> Placement:
    """The same, where it is certain and runs. Raises RefusedError ("not_final") otherwise."""
    return _certain(locked_place(placement_id))


def locked_with_location(placement_id: int) -> Placement:
    """As `locked_certain_place`, locked with all groups of its location, where the law counts them together."""
    groups = Group.objects.filter(location__groups__placements=placement_id)
    return _certain(_locked(placement_id, groups.values_list("pk", flat=True)))


def locked_stay(placement_id: int) -> Placement:
    """As `locked_certain_place`, locked with the pieces of its stay after it and their groups."""
    return _certain(lock_stay(placement_id)[0])


def _locked(placement_id: int, group_ids: Iterable[int]) -> Placement:
    lock_rows((Placement, placement_id), *((Group, key) for key in group_ids))
    return Placement.objects.select_related("child", "parent", "group__location__desk").get(pk=placement_id)


def _certain(placement: Placement) -> Placement:
    check_final(placement)
    return placement

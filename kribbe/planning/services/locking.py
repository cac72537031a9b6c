"""A place, locked with its group, as every change of its days needs it."""

from django.utils.translation import gettext as _

from kribbe.enrolment.models import Placement, PlacementState
from kribbe.places.models import Group
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows


def locked_place(placement_id: int) -> Placement:
    """The place with its child, group, location and desk."""
    group_id = Placement.objects.values_list("group_id", flat=True).get(pk=placement_id)
    lock_rows((Placement, placement_id), (Group, group_id))
    return Placement.objects.select_related("child", "group__location__desk").get(pk=placement_id)


def locked_certain_place(placement_id: int) -> Placement:
    """The same, where it is certain and runs. Raises RefusedError ("not_final") otherwise."""
    placement = locked_place(placement_id)
    if placement.state != PlacementState.FINAL:
        raise RefusedError(_("This place isn't certain, or has ended."), code="not_final")
    return placement

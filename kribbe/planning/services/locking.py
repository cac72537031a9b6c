"""A place, locked with its group, as every change of its days needs it."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from kribbe.enrolment.models import Placement, PlacementState
from kribbe.places.models import Group
from kribbe.planning.models import AgreedWeeks
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows


def locked_place(placement_id: int) -> Placement:
    """The place with its child, group, location and desk."""
    group_id = Placement.objects.values_list("group_id", flat=True).get(pk=placement_id)
    lock_rows((Placement, placement_id), (Group, group_id))
    return Placement.objects.select_related("child", "group__location__desk").get(pk=placement_id)


def locked_certain_place(placement_id: int) -> Placement:
    """The same, where it is certain and runs. Raises RefusedError ("not_final") otherwise."""
    return _certain(locked_place(placement_id))


def locked_stay(placement_id: int) -> Placement:
    """As `locked_certain_place`, locked with the places that carry its agreement on and their groups."""
    lock_stay(Placement.objects.get(pk=placement_id))
    return _certain(Placement.objects.select_related("child", "group__location__desk").get(pk=placement_id))


def lock_stay(placement: Placement, *, besides: Iterable[int] = ()) -> None:
    """Lock a place, those that carry its agreement on, their groups, and the groups `besides`.

    Raises RefusedError ("busy") where a move or a change of days added or took one away meanwhile.
    """
    stay = stay_from(placement)
    groups = {*besides, *(each.group_id for each in stay)}
    lock_rows(*((Placement, each.pk) for each in stay), *((Group, key) for key in groups))
    if [each.pk for each in stay_from(Placement.objects.get(pk=placement.pk))] != [each.pk for each in stay]:
        raise RefusedError(_("Somebody else changed this place just now. Try again."), code="busy")


def stay_from(placement: Placement) -> list[Placement]:
    """A place and those that carry its agreement on after it, in the order of their days; two queries."""
    agreements = AgreedWeeks.objects.filter(placement=placement).values("agreement")
    later = Placement.objects.filter(
        pk__in=AgreedWeeks.objects.filter(agreement__in=agreements).values("placement"),
        during__startswith__gt=placement.during.lower,
        state=PlacementState.FINAL,
    )
    return [placement, *later.select_related("child", "group__location__desk").order_by("during")]


def _certain(placement: Placement) -> Placement:
    if placement.state != PlacementState.FINAL:
        raise RefusedError(_("This place isn't certain, or has ended."), code="not_final")
    return placement

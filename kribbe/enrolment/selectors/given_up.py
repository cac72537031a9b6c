"""Places that were given up before they began, as long as that can be taken back."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.utils.timezone import localtime

from kribbe.enrolment.models import Placement, PlacementState
from kribbe.enrolment.selectors.stays import stay_of
from kribbe.places.models import Location
from kribbe.trust.models import AuditEntry

TAKE_BACK = timedelta(days=1)
"""Until and including so many days after it was given up, it can be taken back."""

ACT, UNDO = "placement.give_up", "placement.give_up_undone"


def given_up(placement_id: int) -> AuditEntry | None:
    """What was recorded when this place, the first of a stay, was given up; None where it wasn't, or stands again."""
    acts = AuditEntry.objects.filter(
        subject=Placement._meta.label_lower, subject_id=placement_id, action__in=[ACT, UNDO]
    )
    last = acts.order_by("-at", "-pk").first()
    return last if last is not None and last.action == ACT else None


def may_be_given_up(placement: Placement, today: date) -> bool:
    """Whether it is certain, and no day of its stay has come yet."""
    if placement.state != PlacementState.FINAL or placement.during.lower <= today:
        return False
    return bool(stay_of(placement)[0].during.lower > today)


def last_back(act: AuditEntry) -> date:
    """The last day on which it can be taken back."""
    return localtime(act.at).date() + TAKE_BACK


def back_until(placement: Placement, today: date) -> date | None:
    """The last day on which giving it up can be taken back; None where it can't."""
    if placement.state != PlacementState.ENDED or not placement.replaced_state:
        return None
    act = given_up(placement.pk)
    until = last_back(act) if act else None
    return until if until is not None and today <= until else None


def given_up_at(location: Location, today: date) -> Sequence[Placement]:
    """Places at a location whose giving up can still be taken back, by name."""
    acts = AuditEntry.objects.filter(
        desk_id=location.desk_id,
        action=ACT,
        at__date__gte=today - TAKE_BACK,
        subject=Placement._meta.label_lower,
    )
    found = Placement.objects.filter(
        pk__in=list(acts.values_list("subject_id", flat=True)),
        group__location=location,
        state=PlacementState.ENDED,
    )
    rows = found.select_related("child", "group").order_by("child__name_key", "pk")
    return [each for each in rows if back_until(each, today)]

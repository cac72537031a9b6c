"""Children who have a place at a location and aren't on the list of a day, for whoever comes all the same."""

from kribbe.attendance.attendee import Attendee, Who
from kribbe.attendance.selectors.day import Day


def others_of(day: Day) -> list[Attendee]:
    """By group and name, those taken outside the desk after them; whoever is with another carer isn't told."""
    known = {each.child.who for each in day.children}
    known |= {Who(placement_id=each.placement_id) for each in day.elsewhere}
    placed = [
        Attendee(each.placement, each.direct) for each in day.week.planned if each.placement or each.direct
    ]
    return [each for each in placed if each.who not in known and _has_place(each, day)]


def _has_place(child: Attendee, day: Day) -> bool:
    place = child.subject
    return day.on in place.during and place.group.location_id == day.location.pk

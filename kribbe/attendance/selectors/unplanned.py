"""Children who have a place at a location and aren't on the list of a day, for whoever comes all the same."""

from datetime import timedelta

from kribbe.attendance.attendee import Attendee, Who
from kribbe.attendance.selectors.day import Day
from kribbe.enrolment.models import DirectChild
from kribbe.planning.selectors.planned import certain

DAY = timedelta(days=1)


def others_of(day: Day) -> list[Attendee]:
    """By group and name, those taken outside the desk after them; whoever is with another carer isn't told."""
    during = (day.on, day.on + DAY)
    places = certain(during).filter(group__location=day.location)
    direct = DirectChild.objects.filter(group__location=day.location, undone_at=None, during__overlap=during)
    found = [
        *(Attendee(each) for each in places),
        *(Attendee(direct=each) for each in direct.select_related("group").order_by("name")),
    ]
    known = {each.child.who for each in day.children}
    known |= {Who(placement_id=each.placement_id) for each in day.elsewhere}
    return [each for each in found if each.who not in known]

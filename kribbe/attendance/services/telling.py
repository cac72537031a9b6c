"""Who is told of a day of the register: the location of a question, the family of an answer or a correction."""

from datetime import date, datetime

from django.urls import reverse

from kribbe.attendance.selectors.months import Month
from kribbe.contact.services import tell_household, tell_location
from kribbe.enrolment.models import Placement
from kribbe.people.selectors import location_addresses


def tell_asked(placement: Placement, day: date, words: str, now: datetime) -> None:
    """The location reads what the family says of a day."""
    location = placement.group.location
    tell_location(
        location_id=location.pk,
        desk=location.desk,
        kind="attendance/day_asked",
        context={"child": placement.child, "location": location, "day": day, "words": words},
        now=now,
        link=reverse("attendance:child_day", args=[location.slug, placement.reference, f"{day}"]),
        about=_about(placement, day),
        addresses=location_addresses(location_id=location.pk, organiser_id=location.organiser_id),
    )


def tell_family(placement: Placement, kind: str, day: date, words: str, now: datetime) -> None:
    """The family reads what the location answered or wrote down of a day."""
    location = placement.group.location
    tell_household(
        household_id=placement.child.household_id,
        kind=f"attendance/{kind}",
        context={"child": placement.child, "location": location, "day": day, "words": words},
        now=now,
        link=f"{reverse('attendance:my_month', args=[placement.reference])}?month={Month.of(day)}",
        about=_about(placement, day),
        location_id=location.pk,
    )


def _about(placement: Placement, day: date) -> str:
    return f"register:{placement.pk}:{day}"

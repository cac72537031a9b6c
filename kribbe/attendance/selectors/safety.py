"""What must be at hand of a child: whom to call, who may fetch it, what to take care of."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from kribbe.attendance.attendee import Attendee, Who
from kribbe.people.models import Adult
from kribbe.planning.selectors.child_file import AtHand, Person, at_hand


@dataclass(frozen=True)
class Safety:
    """Of one child, as lines to read."""

    calls: Sequence[str] = ()
    fetchers: Sequence[str] = ()
    care: Sequence[str] = ()


def safety_of(attendees: Collection[Attendee]) -> Mapping[Who, Safety]:
    """By child; two queries. Give it children who are cared for on the day that is shown.

    Of a child that was taken outside the desk nothing is known here: the location keeps it itself.
    """
    placements = [each.placement for each in attendees if each.placement]
    adults: dict[int, list[Adult]] = defaultdict(list)
    households = {each.child.household_id for each in placements}
    for adult in Adult.objects.filter(household__in=households).order_by("-is_applicant", "pk"):
        adults[adult.household_id].append(adult)
    files = at_hand(placements)
    known = {
        Who(placement_id=each.pk): _safety(adults[each.child.household_id], files[each.pk])
        for each in placements
    }
    return {each.who: known.get(each.who, Safety()) for each in attendees}


def _safety(adults: Sequence[Adult], file: AtHand) -> Safety:
    """The parents always; whom they named, once they kept the child's file."""
    care = [": ".join(filter(None, (each.what, each.to_do))) for each in file.allergies]
    return Safety(
        calls=[f"{each} {each.phone}".strip() for each in adults] + [_person(each) for each in file.contacts],
        fetchers=[f"{each}" for each in adults] + [_person(each) for each in file.fetchers],
        care=[*care, file.medication] if file.medication else care,
    )


def _person(person: Person) -> str:
    relation = f"({person.relation})" if person.relation else ""
    return " ".join(filter(None, (person.name, relation, person.phone)))

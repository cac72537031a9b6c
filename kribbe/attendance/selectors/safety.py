"""What must be at hand of a child: whom to call, who may fetch it, what to take care of."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from kribbe.attendance.attendee import Attendee, Who
from kribbe.attendance.models_spare import DayInvite
from kribbe.people.models import Adult, Child
from kribbe.planning.selectors.child_file import AtHand, Person, at_hand_of

ONLY_A_NAME = _("A typed name: nothing else is known here")
"""Whom to call for a child of which nobody said yet who it is."""

NO_NUMBER = _("(no number known)")


@dataclass(frozen=True)
class Safety:
    """Of one child, as lines to read."""

    calls: Sequence[str] = ()
    fetchers: Sequence[str] = ()
    care: Sequence[str] = ()


def safety_of(attendees: Collection[Attendee]) -> Mapping[Who, Safety]:
    """By child; two queries, three with children of no place. Give it children who are cared for on the day shown.

    Of a child that was taken outside the desk nothing is known here, the location keeps it itself; unless its family
    waits and took a place of one day.
    """
    known = {each.who: each.placement.child for each in attendees if each.placement} | spare_children(
        attendees
    )
    told = safety_of_children(known.values())
    children = {who: child.pk for who, child in known.items()}
    return {each.who: told.get(children.get(each.who, 0), Safety()) for each in attendees}


def safety_of_children(children: Collection[Child]) -> Mapping[int, Safety]:
    """By the key of the child; two queries. Give it children whom the reader cares for at the time."""
    adults: dict[int, list[Adult]] = defaultdict(list)
    households = {child.household_id for child in children}
    for adult in Adult.objects.filter(household__in=households).order_by("-is_applicant", "pk"):
        adults[adult.household_id].append(adult)
    files = at_hand_of({child.pk for child in children})
    return {child.pk: _safety(adults[child.household_id], files[child.pk]) for child in children}


def spare_children(attendees: Collection[Attendee]) -> dict[Who, Child]:
    """The children of waiting families that took a place of one day; one query, none where all have a place."""
    directs = [each.direct.pk for each in attendees if each.direct]
    if not directs:
        return {}
    found = DayInvite.objects.filter(direct__in=directs).select_related("request__child")
    return {Who(direct_id=each.direct_id or 0): each.request.child for each in found}


def _safety(adults: Sequence[Adult], file: AtHand) -> Safety:
    """The parents always; whom they named, once they kept the child's file."""
    care = [": ".join(filter(None, (each.what, each.to_do))) for each in file.allergies]
    return Safety(
        calls=[f"{each} {each.phone or NO_NUMBER}" for each in adults]
        + [_person(each) for each in file.contacts],
        fetchers=[f"{each}" for each in adults] + [_person(each) for each in file.fetchers],
        care=[*care, file.medication] if file.medication else care,
    )


def _person(person: Person) -> str:
    relation = f"({person.relation})" if person.relation else ""
    return " ".join(filter(None, (person.name, relation, person.phone)))

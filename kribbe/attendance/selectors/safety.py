"""What must be at hand of a child: whom to call, who may fetch it, what to take care of."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from kribbe.enrolment.models import Placement
from kribbe.people.models import Adult


@dataclass(frozen=True)
class Safety:
    """Of one child, as lines to read."""

    calls: Sequence[str] = ()
    fetchers: Sequence[str] = ()
    care: Sequence[str] = ()


def safety_of(placements: Collection[Placement]) -> Mapping[int, Safety]:
    """By the key of the place; one query."""
    adults: dict[int, list[Adult]] = defaultdict(list)
    households = {each.child.household_id for each in placements}
    for adult in Adult.objects.filter(household__in=households).order_by("-is_applicant", "pk"):
        adults[adult.household_id].append(adult)
    return {each.pk: _safety(adults[each.child.household_id]) for each in placements}


def _safety(adults: Sequence[Adult]) -> Safety:
    return Safety(
        calls=[f"{adult} {adult.phone}".strip() for adult in adults],
        fetchers=[f"{adult}" for adult in adults],
    )

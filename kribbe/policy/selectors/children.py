"""Children as a region counts them: once, whichever desks registered them."""

from collections.abc import Collection, Mapping

from kribbe.people.models import Child
from kribbe.people.same_child import registrations
from kribbe.rules.same_child import children


def same_children(child_ids: Collection[int]) -> Mapping[int, int]:
    """For each child the one that stands for it and for its other registrations among these."""
    rows = registrations(Child.objects.filter(pk__in=list(child_ids)))
    return children(row for _household, row in rows)

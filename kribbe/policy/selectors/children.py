"""Children as a region counts them: once, whichever desks registered them."""

from collections.abc import Collection, Mapping

from django.db.models import F, Q
from django.db.models.functions import Coalesce

from kribbe.people.models import Child
from kribbe.rules.same_child import Registration, children


def same_children(child_ids: Collection[int]) -> Mapping[int, int]:
    """For each child the one that stands for it and for its other registrations among these."""
    rows = (
        Child.objects.filter(pk__in=list(child_ids))
        .filter(Q(household__adults__is_applicant=True) | Q(household__adults=None))
        .values(
            "pk",
            "national_number_hash",
            "name_key",
            "birth_rank",
            "first_name",
            applicant=F("household__adults__name_key"),
            birth_day=Coalesce("born", "expected"),
        )
    )
    return children(
        Registration(
            id=row["pk"],
            number=row["national_number_hash"],
            name=row["name_key"],
            birth=row["birth_day"],
            rank=row["birth_rank"],
            applicant=row["applicant"] or "",
            named=bool(row["first_name"]),
        )
        for row in rows
    )

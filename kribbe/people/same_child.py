"""Children as `rules.same_child` compares them, to tell which registrations are of one child."""

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from kribbe.people.models import Child
from kribbe.rules.same_child import Registration


def registrations(found: "QuerySet[Child]") -> list[tuple[int, Registration]]:
    """Each child with the key of its household, and the name of the parent who asked; one query."""
    rows = found.filter(Q(household__adults__is_applicant=True) | Q(household__adults=None)).values(
        "pk", "household_id", "national_number_hash", "name_key", "birth_rank", "first_name",
        applicant=F("household__adults__name_key"), birth_day=Coalesce("born", "expected"),
    )  # fmt: skip
    return [
        (
            row["household_id"],
            Registration(
                id=row["pk"],
                number=row["national_number_hash"],
                name=row["name_key"],
                birth=row["birth_day"],
                rank=row["birth_rank"],
                applicant=row["applicant"] or "",
                named=bool(row["first_name"]),
            ),
        )
        for row in rows
    ]

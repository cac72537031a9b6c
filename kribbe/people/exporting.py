"""What this room tells in a family's own file."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Q

from kribbe.people.actors import actors
from kribbe.people.models import Household
from kribbe.trust.export import export
from kribbe.trust.models import AuditEntry
from kribbe.trust.principal import Scope


def tell_families() -> None:
    """Name the tables that hold something of a household; the number of a national number isn't told."""
    export("people.Household", "pk")
    for label in ("people.Adult", "people.Child"):
        export(label, "household", but=("name_key", "national_number_hash"))
    export("people.HouseholdFact", "household")
    export("people.Consent", "household", personal=_of_the_first_parent)
    export("people.User", "adults__household", but=("password",), personal=lambda account: Q(pk=account))
    export(
        "people.RoleGrant",
        lambda key: Q(scope=Scope.HOUSEHOLD, scope_id=key),
        personal=lambda account: Q(user=account),
    )
    export("trust.AuditEntry", "household_id", but=("data", "actor_id", "actor_name"), add=_who)
    export("trust.StoredFile", lambda key: Q(space=f"household:{key}"), but=("key",))


def _of_the_first_parent(account: int) -> Q:
    """Who may act for the household is the first parent's to say, and stands in that parent's file."""
    return Q(pk=None)


def _who(entries: list[AuditEntry]) -> Mapping[int, Mapping[str, Any]]:
    """As the page tells it: staff by function and desk, by name only where the desk wants so."""
    if not entries:
        return {}
    household = Household.objects.select_related("desk").get(pk=entries[0].household_id or 0)
    return {key: {"who": who} for key, who in actors(entries, household).items()}

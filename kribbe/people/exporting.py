"""What this room tells in a family's own file."""

from django.db.models import Q

from kribbe.trust.export import export
from kribbe.trust.principal import Scope


def tell_families() -> None:
    """Name the tables that hold something of a household; the number of a national number isn't told."""
    export("people.Household", "pk")
    for label in ("people.Adult", "people.Child"):
        export(label, "household", but=("name_key", "national_number_hash"))
    export("people.HouseholdFact", "household")
    export("people.Consent", "household")
    export("people.User", "adults__household", but=("password",))
    export("people.RoleGrant", lambda key: Q(scope=Scope.HOUSEHOLD, scope_id=key))
    export("trust.AuditEntry", "household_id", but=("data",))
    export("trust.StoredFile", lambda key: Q(space=f"household:{key}"), but=("key",))

"""Who did something for a household, in plain words: staff by function and desk, parents by name."""

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext

from kribbe.people.models import Household, RoleGrant
from kribbe.people.selectors import functions_of
from kribbe.people.words import ROLES
from kribbe.trust.models import AuditEntry
from kribbe.trust.principal import PARENTS, SYSTEM, Role, Scope


def actors(entries: Iterable[AuditEntry], household: Household) -> Mapping[int, str]:
    """For each entry (by its key), who it was. Names of staff are told only where the desk wants so."""
    entries = list(entries)
    ids = {entry.actor_id for entry in entries if entry.actor_id}
    own = set(
        RoleGrant.objects.filter(
            role__in=PARENTS, scope=Scope.HOUSEHOLD, scope_id=household.pk, user__in=ids
        ).values_list("user_id", flat=True)
    )
    functions = functions_of(ids - own)
    return {
        entry.pk: _who(entry, own, functions, names=household.desk.staff_names_shown) for entry in entries
    }


def _who(entry: AuditEntry, own: set[int], functions: Mapping[int, tuple[Role, str]], *, names: bool) -> str:
    if entry.actor_id is None:
        by_itself = entry.actor_name == SYSTEM.name
        return gettext("Kribbe, by itself") if by_itself else gettext("Through a form, without logging in")
    if entry.actor_id in own:
        return entry.actor_name
    role, place = functions.get(entry.actor_id, (None, ""))
    function = str(ROLES[role]) if role else gettext("Somebody who no longer works here")
    parts = [function, place, entry.actor_name if names else ""]
    return ", ".join(part for part in parts if part)

"""To whom the entries of this room's navigation apply."""

from typing import Any

from kribbe.trust.principal import PARENTS, Scope

Arguments = dict[str, object] | None


def own_household_only(request: Any) -> Arguments:
    """Entries of a parent."""
    return {} if request.principal.scope_ids(Scope.HOUSEHOLD, *PARENTS) else None


def staff_only(request: Any) -> Arguments:
    """Entries of staff."""
    return {} if request.principal.is_staff else None


def desk_here(request: Any) -> Arguments:
    """Entries of the desk whose page is open."""
    desk = getattr(request, "desk", None)
    return {"desk": desk.slug} if desk is not None else None

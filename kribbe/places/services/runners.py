"""Letting somebody run a location, or all locations of an organiser, and ending that."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kribbe.people.models import RoleGrant
from kribbe.people.services import grant_role, make_account, revoke_role
from kribbe.places.models import Location, Organiser
from kribbe.region.access import desks_for
from kribbe.region.models import Desk
from kribbe.trust.errors import RefusedError
from kribbe.trust.permissions import Action
from kribbe.trust.principal import Principal, Role, Scope


@transaction.atomic
def let_run(
    *, principal: Principal, desk: Desk, over: Location | Organiser, name: str, email: str, now: datetime
) -> RoleGrant:
    """The holder of the address runs the location, or all of the organiser. The account is made if there is none.

    Raises RefusedError for an organiser with locations at a desk where the principal gives no roles.
    """
    if isinstance(over, Organiser):
        check_organiser(principal, over)
    is_one = isinstance(over, Location)
    return grant_role(
        user=make_account(email=email, name=name),
        role=Role.MANAGER if is_one else Role.ORGANISER,
        scope=Scope.LOCATION if is_one else Scope.ORGANISER,
        scope_id=over.pk,
        principal=principal,
        now=now,
        desk_id=desk.pk,
    )


@transaction.atomic
def stop_running(*, principal: Principal, desk: Desk, grant: RoleGrant, now: datetime) -> None:
    """Take the role away. Raises RefusedError as `let_run` does, and for one's own role."""
    if grant.scope == Scope.ORGANISER:
        check_organiser(principal, Organiser.objects.get(pk=grant.scope_id))
    revoke_role(grant=grant, principal=principal, now=now, desk_id=desk.pk)


def check_organiser(principal: Principal, organiser: Organiser) -> None:
    """Raises RefusedError where the organiser has locations at a desk whose roles aren't the principal's to give."""
    own = desks_for(principal, Action.DESK_SETTINGS)
    if Location.objects.filter(organiser=organiser).exclude(desk__in=own.values("pk")).exists():
        raise RefusedError(
            _(
                "This organiser has locations at other desks too. Choose one location, or ask an administrator of "
                "the region."
            ),
            field="over",
            code="other-desks",
        )

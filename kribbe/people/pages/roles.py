"""Who may do what, and who holds which role at a desk."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kribbe.people import services
from kribbe.people.access import require_at_desk
from kribbe.people.forms import GrantForm
from kribbe.people.models import RoleGrant
from kribbe.people.pages.showing import form_page
from kribbe.people.selectors import grants_at
from kribbe.people.words import ACTIONS, ROLES
from kribbe.region.models import Desk
from kribbe.trust.errors import RefusedError
from kribbe.trust.permissions import TABLE, Action
from kribbe.trust.principal import Role, Scope


@require_http_methods(["GET", "HEAD", "POST"])
def roles(request: Any, desk: str) -> HttpResponse:
    """The table of permissions, who holds what here, and a form to give a role."""
    here: Desk = request.desk
    require_at_desk(request.principal, Action.DESK_SETTINGS, here)
    now = timezone.now()

    def work(given: dict[str, Any]) -> None:
        services.grant_role(
            user=services.make_account(email=given["email"], name=given["name"]),
            role=Role(given["role"]),
            scope=Scope.DESK,
            scope_id=here.pk,
            principal=request.principal,
            now=now,
            desk_id=here.pk,
        )

    return form_page(
        request,
        GrantForm(request.POST or None),
        work,
        now=now,
        done_url=reverse("people:roles", args=[here.slug]),
        done=_("The role is given. The first log-in asks for a second factor."),
        template="people/roles.html",
        grants=[_grant(grant, here, request.principal.user_id) for grant in grants_at(here)],
        columns=list(ROLES.values()),
        rows=[(words, [_may(role, action) for role in ROLES]) for action, words in ACTIONS.items()],
    )


def _may(role: Role, action: Action) -> bool:
    return any(rule.role is role and action in rule.actions for rule in TABLE)


def _grant(grant: RoleGrant, desk: Desk, reader: int | None) -> dict[str, Any]:
    over_region = grant.scope == Scope.REGION
    return {
        "grant": grant,
        "role": ROLES[Role(grant.role)],
        "place": desk.region.name if over_region else desk.shown_name,
        "can_go": not over_region and grant.user_id != reader,
    }


@require_http_methods(["GET", "HEAD"])
def confirm_revoke(request: Any, desk: str, grant: int) -> HttpResponse:
    """Ask before a role is taken away."""
    require_at_desk(request.principal, Action.DESK_SETTINGS, request.desk)
    row = _row(request.desk, grant)
    return render(request, "people/revoke.html", {"grant": row, "role": ROLES[Role(row.role)]})


@require_POST
def revoke(request: Any, desk: str, grant: int) -> HttpResponse:
    """Take a role away."""
    here: Desk = request.desk
    require_at_desk(request.principal, Action.DESK_SETTINGS, here)
    row = RoleGrant.objects.filter(scope=Scope.DESK, scope_id=here.pk, pk=grant).first()
    try:
        if row is not None:
            services.revoke_role(grant=row, principal=request.principal, now=timezone.now(), desk_id=here.pk)
        messages.success(request, _("The role is taken away."))
    except RefusedError as refused:
        messages.error(request, str(refused.message))
    return HttpResponseRedirect(reverse("people:roles", args=[here.slug]))


def _row(desk: Desk, key: int) -> RoleGrant:
    return get_object_or_404(
        RoleGrant.objects.select_related("user"), scope=Scope.DESK, scope_id=desk.pk, pk=key
    )

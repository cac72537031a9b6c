"""The parent's entries in the navigation."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from kribbe.enrolment.models import Offer, OfferState
from kribbe.region.shell import at_desk
from kribbe.trust.principal import PARENTS, Principal, Scope
from kribbe.web.navigation import NavItem, register


def register_parent_navigation() -> None:
    """Hang the request and the own children in the page bar."""
    register(
        NavItem(
            _("Request childcare"), "enrolment:new_request", "pencil", "public", order=30, arguments=_families
        )
    )
    register(
        NavItem(
            _("Places that came free"),
            "enrolment:vacancies",
            "calendar-check",
            "foot",
            order=25,
            arguments=at_desk,
        )
    )
    register(
        NavItem(
            _("My children"), "enrolment:my", "baby", "parent", order=10, badge=offers, arguments=_parents
        )
    )


def offers(request: Any) -> "Sequence[QuerySet[Offer]]":
    """The offers that wait for an answer of this parent."""
    own = request.principal.scope_ids(Scope.HOUSEHOLD, *PARENTS)
    return [Offer.objects.filter(state=OfferState.OPEN, preference__request__household__in=own)]


def _parents(request: Any) -> Mapping[str, object] | None:
    principal = request.principal
    return None if principal.is_visitor or _is_staff_only(principal) else {}


def _families(request: Any) -> Mapping[str, object] | None:
    """Whoever may ask and has no page of own children yet, where a new request begins."""
    principal = request.principal
    has_page = principal.scope_ids(Scope.HOUSEHOLD, *PARENTS)
    return None if has_page or principal.is_staff else at_desk(request)


def _is_staff_only(principal: Principal) -> bool:
    return principal.is_staff and not principal.scope_ids(Scope.HOUSEHOLD, *PARENTS)

"""Sick-child care in the navigation and on the desk's first page."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from kribbe.people.navigation import desk_here, own_household_only
from kribbe.sickcare.models import CallState, SickCall, SickService
from kribbe.trust.permissions import Action
from kribbe.web.navigation import NavItem, register
from kribbe.web.worklists import WorkList
from kribbe.web.worklists import register as register_list


def register_navigation() -> None:
    """Hang the pages in the account menu, in the rail, and the calls without a carer among the work lists."""
    register(
        NavItem(_("Sick child"), "sickcare:my", "heart", "account", order=7, arguments=own_household_only)
    )
    register(
        NavItem(
            _("Care for a sick child"), "sickcare:about", "heart", "foot", order=16, arguments=_with_service
        )
    )
    register(
        NavItem(
            _("Sick children"), "sickcare:calls", "heart", "desk", order=38, action=Action.SICK_CARE,
            arguments=desk_here,
        )
    )  # fmt: skip
    register_list(
        WorkList(
            "sick",
            _("Sick children without a carer"),
            _("Everybody on call was asked. Look for somebody, or call the family."),
            "heart",
            "sickcare:calls",
            rows=without_carer,
            order=5,
        )
    )


def _with_service(request: Any) -> Mapping[str, object] | None:
    """At a desk that has a service."""
    here = desk_here(request)
    return here if here and SickService.objects.filter(desk=request.desk, active=True).exists() else None


def without_carer(desk_id: int, now: datetime) -> "QuerySet[SickCall]":
    """Calls of today and later for which nobody was found."""
    return SickCall.objects.filter(
        service__desk=desk_id, state=CallState.NOBODY, day__gte=localtime(now).date()
    )

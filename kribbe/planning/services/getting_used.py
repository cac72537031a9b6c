"""Visits before the first day: agreed with the family, told to it, and taken back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from kribbe.enrolment.models import Placement
from kribbe.places.selectors.closed import closed_days_of_group
from kribbe.planning.models import GettingUsedDay
from kribbe.planning.selectors.bill_prices import billed_visits
from kribbe.planning.selectors.house_rules import house_rules_on
from kribbe.planning.selectors.visit_law import broken_by
from kribbe.planning.services import telling
from kribbe.planning.services.locking import locked_certain_place, locked_with_location
from kribbe.planning.written import clock_time, minute
from kribbe.rules.getting_used import Fault, Visit, fault_of
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.principal import Principal

SAID: Mapping[Fault, tuple[str | Promise, str]] = {
    Fault.OVER: (_("This day is over."), "day"),
    Fault.BEGUN: (_("Choose a day before the first day of the place."), "day"),
    Fault.EARLY: (_("Choose a day in the eight weeks before the first day."), "day"),
    Fault.CLOSED: (_("There is no care on this day: it is a closing day."), "day"),
    Fault.HOURS: (_("A visit ends after it starts."), "end"),
    Fault.OPENING: (_("The location isn't open then."), "start"),
}


def agree_visit(*, principal: Principal, placement_id: int, visit: Visit, now: datetime) -> GettingUsedDay:
    """The location writes down a visit that it agreed with the family, who is told, also what it costs.

    House rules that are published later change nothing of that.

    Raises RefusedError, naming the field, on a day or hours that can't be, on which a visit was agreed already, or
    where the law would allow fewer children at once.
    """
    with transaction.atomic():
        placement = locked_with_location(placement_id)
        _check(placement, visit, now)
        made = GettingUsedDay.objects.create(
            placement=placement,
            day=visit.day,
            start=clock_time(visit.start),
            end=clock_time(visit.end),
            is_charged=_is_charged(placement, visit),
            made_at=now,
            made_by=principal.user_id,
        )
        _record(principal, "visit.agree", made, placement, now)
        costs = billed_visits(placement, [made]) if made.is_charged else None
        _tell(made, placement, "visit_agreed", now, costs=costs)
    return made


def take_back_visit(*, principal: Principal, visit_id: int, now: datetime) -> None:
    """The visit isn't held; the family is told. Nothing where it was taken back already or is over."""
    with transaction.atomic():
        placement = locked_certain_place(
            GettingUsedDay.objects.values_list("placement", flat=True).get(pk=visit_id)
        )
        visit = GettingUsedDay.objects.get(pk=visit_id)
        if visit.taken_back_at is not None or visit.day < localtime(now).date():
            return
        visit.taken_back_at = now
        visit.save(update_fields=["taken_back_at"])
        _record(principal, "visit.take_back", visit, placement, now)
        _tell(visit, placement, "visit_taken_back", now)


def _check(placement: Placement, visit: Visit, now: datetime) -> None:
    location = placement.group.location
    fault = fault_of(
        visit,
        begins=placement.during.lower,
        today=localtime(now).date(),
        opening=(minute(location.opens_at), minute(location.closes_at)),
        closed=closed_days_of_group(placement.group, visit.day, visit.day),
    )
    if fault is not None:
        message, field = SAID[fault]
        raise RefusedError(message, field=field)
    if GettingUsedDay.objects.filter(placement=placement, day=visit.day, taken_back_at=None).exists():
        raise RefusedError(_("There is a visit on this day already."), field="day")
    if broken_by(placement, visit) is not None:
        raise RefusedError(
            _(
                "With this visit more children would be there at once than the law allows. Choose another day or"
                " other hours."
            ),
            field="day",
        )


def _is_charged(placement: Placement, visit: Visit) -> bool:
    rules = house_rules_on(placement.group.location_id, visit.day)
    return rules is not None and rules.visits_charged


def _tell(visit: GettingUsedDay, placement: Placement, kind: str, now: datetime, **more: Any) -> None:
    link = reverse("planning:my_days")
    telling.about_place(placement, kind, now=now, link=link, about=f"visit:{visit.pk}", visit=visit, **more)


def _record(
    principal: Principal, action: str, visit: GettingUsedDay, placement: Placement, now: datetime
) -> None:
    record(
        principal=principal,
        action=action,
        subject=visit,
        now=now,
        household_id=placement.child.household_id,
        desk_id=placement.group.location.desk_id,
        day=f"{visit.day}",
    )

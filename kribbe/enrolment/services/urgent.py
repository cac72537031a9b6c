"""A location offers a place to an urgent family that didn't choose it, in the published order."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Max
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from kribbe.enrolment.models import CareRequest, Offer, Preference, RequestSwitches, UrgentReach
from kribbe.enrolment.selectors.fit import fit, stay_end, suits
from kribbe.enrolment.selectors.urgent import urgent_list
from kribbe.enrolment.selectors.waiting import Waiting
from kribbe.enrolment.services.make_offer import Excuse, ahead_that_fit, make_offer
from kribbe.enrolment.services.positions import watched
from kribbe.places.ledger_free import free_by_month
from kribbe.places.models import MONTHS_SHOWN, Group, Location
from kribbe.region.models import PassOverReason
from kribbe.rules.calendar import first_of_month
from kribbe.rules.halfdays import WeekPattern
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal


def offer_to_urgent(
    *,
    principal: Principal,
    location_id: int,
    request_id: int,
    group_id: int,
    start: date,
    pattern: WeekPattern,
    now: datetime,
    message: str = "",
    excuse: Excuse | None = None,
) -> Offer:
    """Put the location behind the family's own choices and offer it a place there.

    Whoever stands ahead and would fit, on the location's own list or among the urgent families, needs the
    `excuse`. Raises RefusedError, and changes nothing, where the family is no longer open to all locations, or
    `make_offer` refuses.
    """
    with transaction.atomic():
        lock_rows((CareRequest, request_id), (Group, group_id))
        location = Location.objects.select_related("desk").get(pk=location_id)
        group = Group.objects.select_related("location__desk").get(pk=group_id, location=location)
        lines = urgent_list(location, now=now)
        line = next((each for each in lines if each.request_id == request_id), None)
        if line is None:
            raise RefusedError(
                _("This family no longer looks at all locations. Refresh the list."), code="gone"
            )
        passed = [each.request_id for each in _fitting(lines, line, group, pattern, now)]
        _check_excuse(location, passed, excuse)
        with watched(location_ids=[location_id], now=now, cause="joined"):
            preference = _join(line, location_id, principal, now)
        ahead = ahead_that_fit(preference_id=preference.pk, group=group, pattern=pattern, now=now)
        offer = make_offer(
            principal=principal,
            preference_id=preference.pk,
            group_id=group_id,
            start=start,
            pattern=pattern,
            now=now,
            message=message,
            excuses={each.preference_id: excuse for each in ahead} if excuse else {},
        )
        record(
            principal=principal,
            action="offer.urgent",
            subject=offer,
            now=now,
            household_id=line.household_id,
            desk_id=location.desk_id,
            passed_over_requests=passed,
            reason=excuse.reason_code if excuse else "",
        )
    return offer


def ahead_in_urgency(
    location: Location, *, request_id: int, group: Group, pattern: WeekPattern, now: datetime
) -> list[Waiting]:
    """Urgent families that stand ahead of this one and would fit the place."""
    lines = urgent_list(location, now=now)
    line = next((each for each in lines if each.request_id == request_id), None)
    return _fitting(lines, line, group, pattern, now) if line else []


def set_switches(
    *, principal: Principal, request: CareRequest, weekly_list: bool, open_when_urgent: bool, now: datetime
) -> None:
    """What a household says yes or no to for a request, whatever the desk decided for all."""
    with transaction.atomic():
        lock_rows((CareRequest, request.pk))
        RequestSwitches.objects.update_or_create(
            request=request, defaults={"weekly_list": weekly_list, "open_when_urgent": open_when_urgent}
        )
        record(
            principal=principal,
            action="request.switches",
            subject=request,
            now=now,
            household_id=request.household_id,
            desk_id=request.desk_id,
            weekly_list=weekly_list,
            open_when_urgent=open_when_urgent,
        )


def _fitting(
    lines: list[Waiting], line: Waiting, group: Group, pattern: WeekPattern, now: datetime
) -> list[Waiting]:
    first = first_of_month(localtime(now).date())
    free = free_by_month(group_ids=[group.pk], first_month=first, months=MONTHS_SHOWN)[group.pk]
    today = localtime(now).date()
    return [
        each
        for each in lines[: line.position - 1]
        if suits(group, each, max(each.wanted_start, today))
        and not (each.pattern & pattern).is_empty
        and fit(
            each.pattern,
            start=max(each.wanted_start, today),
            end=stay_end(each.birth),
            first_month=first,
            free=free,
        ).whole
    ]


def _check_excuse(location: Location, passed: list[int], excuse: Excuse | None) -> None:
    known = PassOverReason.objects.filter(desk=location.desk, active=True, refusal=False)
    is_known = excuse is not None and known.filter(code=excuse.reason_code).exists()
    if passed and not is_known:
        raise RefusedError(
            ngettext(
                "%(count)s urgent child stands ahead and would fit. Give the reason for passing over it.",
                "%(count)s urgent children stand ahead and would fit. Give the reason for passing over them.",
                len(passed),
            )
            % {"count": len(passed)},
            field="reason",
            code="passed_over",
        )


def _join(line: Waiting, location_id: int, principal: Principal, now: datetime) -> Preference:
    last = Preference.objects.filter(request=line.request_id).aggregate(last=Max("rank"))["last"] or 0
    values = {
        "rank": last + 1,
        "registered_at": line.registered_at,
        "open_pattern": line.pattern.mask,
        "state": "waiting",
        "state_at": now,
    }
    preference, _made = Preference.objects.update_or_create(
        request_id=line.request_id, location_id=location_id, defaults=values
    )
    UrgentReach.objects.update_or_create(preference=preference, defaults={"at": now, "by": principal.user_id})
    return preference

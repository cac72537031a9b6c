"""Ends that time brings, and births that nobody told yet."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.timezone import localtime

from kribbe.contact.models import Notice
from kribbe.contact.services import tell_household
from kribbe.enrolment.models import CareRequest, RequestState
from kribbe.enrolment.services.wishes import end_request
from kribbe.region.models import Desk
from kribbe.region.selectors import policy_on
from kribbe.rules.counting import RequestEnd
from kribbe.rules.upkeep import ends_unanswered
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import SYSTEM
from kribbe.upkeep.models import Confirmation, ConfirmationState
from kribbe.upkeep.selectors.in_hand import in_hand
from kribbe.upkeep.selectors.pairs import births_expected
from kribbe.upkeep.services.ask_again import terms_of

BIRTH_TOLD_AFTER = timedelta(days=14)
"""Days after the expected date before a family is asked for the birth."""


def end_unanswered(*, now: datetime) -> int:
    """End, without a place, what should have started long ago and has no offer. Returns how many."""
    today = localtime(now).date()
    count = 0
    for desk in Desk.objects.filter(policies__during__contains=today).order_by("pk"):
        terms = terms_of(policy_on(desk, today))
        for key, latest in list(_past(today).filter(desk=desk).values_list("pk", "latest_start")):
            if ends_unanswered(latest_start=latest, today=today, terms=terms):
                count += _end(key, latest, now)
    return count


def _past(today: date) -> "QuerySet[CareRequest]":
    """Open requests whose latest start is over, without anything that their family could answer or sign."""
    past = CareRequest.objects.filter(state=RequestState.OPEN, latest_start__lt=today)
    return past.exclude(in_hand()).select_related("child").order_by("pk")


def _end(request_id: int, latest: date, now: datetime) -> bool:
    """Whether it was ended; not where an offer came, or the family chose another start, a moment ago."""
    try:
        with transaction.atomic():
            lock_rows((CareRequest, request_id))
            still_so = _past(localtime(now).date()).filter(pk=request_id, latest_start=latest)
            request = still_so.first()
            if request is None:
                return False
            end_request(
                principal=SYSTEM,
                request_id=request.pk,
                end=RequestEnd.UNANSWERED,
                now=now,
                why="latest_start_long_past",
            )
            Confirmation.objects.filter(request=request, state=ConfirmationState.OPEN).update(
                state=ConfirmationState.LAPSED, answered_at=now
            )
            tell_household(
                household_id=request.household_id,
                kind="upkeep/ended_unanswered",
                context={"request": request, "child": request.child},
                now=now,
                link=reverse("enrolment:request", args=[request.reference]),
                about=f"request:{request.pk}",
            )
    except RefusedError:
        return False
    return True


def ask_births(*, now: datetime) -> int:
    """Ask, once, whether a child was born whose date passed some time ago. Returns how many were asked."""
    before = localtime(now).date() - BIRTH_TOLD_AFTER
    count = 0
    for desk in Desk.objects.order_by("pk"):
        children = [child.pk for child in births_expected(desk.pk, before=before).order_by("pk")]
        told = set(
            Notice.objects.filter(about__in=[f"birth:{key}" for key in children]).values_list(
                "about", flat=True
            )
        )
        asking = CareRequest.objects.filter(child__in=children, state=RequestState.OPEN).order_by("pk")
        for key, child_id in list(asking.values_list("pk", "child_id")):
            if f"birth:{child_id}" not in told:
                count += _ask_birth(key, now)
    return count


def _ask_birth(request_id: int, now: datetime) -> bool:
    """Ask, where the request is open still and nobody told of the birth a moment ago."""
    with transaction.atomic():
        lock_rows((CareRequest, request_id))
        request = CareRequest.objects.select_related("child").get(pk=request_id)
        if request.state != RequestState.OPEN or request.child.born is not None:
            return False
        told = tell_household(
            household_id=request.household_id,
            kind="upkeep/is_born",
            context={"child": request.child, "request": request},
            now=now,
            link=reverse("enrolment:request_birth", args=[request.reference]),
            about=f"birth:{request.child_id}",
            once=f"birth:{request.child_id}",
        )
    return told is not None

"""Ends that time brings, and births that nobody told yet."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.timezone import localtime

from kribbe.contact.models import Notice
from kribbe.contact.services import tell_household
from kribbe.enrolment.models import CareRequest, Offer, OfferState, Placement, PlacementState, RequestState
from kribbe.enrolment.services.wishes import end_request
from kribbe.region.models import Desk
from kribbe.region.selectors import policy_on
from kribbe.rules.counting import RequestEnd
from kribbe.rules.upkeep import ends_unanswered
from kribbe.trust.errors import RefusedError
from kribbe.trust.principal import SYSTEM
from kribbe.upkeep.models import Confirmation, ConfirmationState
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
        busy = Offer.objects.filter(state=OfferState.OPEN).values("preference__request")
        to_sign = Placement.objects.filter(state=PlacementState.TO_SIGN).values("offer__preference__request")
        found = CareRequest.objects.filter(
            ~Q(pk__in=busy), ~Q(pk__in=to_sign), desk=desk, state=RequestState.OPEN, latest_start__lt=today
        )
        for request in found.select_related("child").order_by("pk"):
            if ends_unanswered(latest_start=request.latest_start, today=today, terms=terms):
                count += _end(request, now)
    return count


def _end(request: CareRequest, now: datetime) -> bool:
    try:
        with transaction.atomic():
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
        children = list(births_expected(desk.pk, before=before).order_by("pk"))
        told = set(
            Notice.objects.filter(about__in=[f"birth:{child.pk}" for child in children]).values_list(
                "about", flat=True
            )
        )
        asking = {
            request.child_id: request
            for request in CareRequest.objects.filter(child__in=children, state=RequestState.OPEN)
        }
        for child in children:
            if f"birth:{child.pk}" in told or child.pk not in asking:
                continue
            request = asking[child.pk]
            tell_household(
                household_id=child.household_id,
                kind="upkeep/is_born",
                context={"child": child, "request": request},
                now=now,
                link=reverse("enrolment:request_birth", args=[request.reference]),
                about=f"birth:{child.pk}",
            )
            count += 1
    return count

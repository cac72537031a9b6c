"""A location whose licence is suspended or has ended takes no new child: nobody accepts or signs there.

A family can't help it that it has to wait, so its terms don't run out while a licence is suspended: an open offer
and a reservation with fewer than `LEFT` to go get the desk's whole term again, and keep their half-days. At least so
long is left on the day on which the suspension is lifted. Where a licence has ended nobody is kept hoping: terms
run out there as anywhere, and the wishes elsewhere stand again.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from kribbe.enrolment.models import Offer, OfferState, Placement, PlacementState
from kribbe.enrolment.services.make_offer import end_of_day
from kribbe.places.models import LicenceState, Location
from kribbe.region.models import Desk
from kribbe.region.selectors import policy_on
from kribbe.rules.dates import offer_deadline
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import SYSTEM

LEFT = timedelta(days=3)


def check_takes_children(location: Location) -> None:
    """Raise RefusedError, in words for the family, where the licence allows no new child."""
    if location.is_stopped:
        raise RefusedError(
            _(
                "This location may take no new child now, because of its licence. The desk calls you; your other "
                "choices stay."
            ),
            code="licence",
        )


def move_offer_terms(*, now: datetime) -> int:
    """Give open offers at suspended locations their time to react again before it runs out. Returns how many."""
    ending = Offer.objects.filter(
        state=OfferState.OPEN,
        deadline__lte=now + LEFT,
        preference__location__licence_state=LicenceState.SUSPENDED,
    )
    return sum(_move_offer(key, now) for key in list(ending.values_list("pk", flat=True)))


def move_signing_terms(*, now: datetime) -> int:
    """Give reservations at suspended locations their time to sign again before it runs out. Returns how many."""
    ending = Placement.objects.filter(
        state=PlacementState.TO_SIGN,
        sign_by__lte=now + LEFT,
        group__location__licence_state=LicenceState.SUSPENDED,
    )
    return sum(_move_signing(key, now) for key in list(ending.values_list("pk", flat=True)))


def _move_offer(offer_id: int, now: datetime) -> bool:
    with transaction.atomic():
        lock_rows((Offer, offer_id))
        offer = Offer.objects.select_related("preference__location__desk", "preference__request").get(
            pk=offer_id
        )
        today, desk = localtime(now).date(), offer.preference.location.desk
        until = end_of_day(offer_deadline(today, policy_on(desk, today).reaction_days))
        if offer.state != OfferState.OPEN or until <= offer.deadline:
            return False
        offer.deadline = until
        offer.save(update_fields=["deadline"])
        _record(offer, "offer.term_moved", offer.preference.request.household_id, desk, now)
    return True


def _move_signing(placement_id: int, now: datetime) -> bool:
    with transaction.atomic():
        lock_rows((Placement, placement_id))
        placement = Placement.objects.select_related("child", "group__location__desk").get(pk=placement_id)
        today, desk = localtime(now).date(), placement.group.location.desk
        until = end_of_day(today + timedelta(days=policy_on(desk, today).signature_days))
        if (
            placement.state != PlacementState.TO_SIGN
            or placement.sign_by is None
            or until <= placement.sign_by
        ):
            return False
        placement.sign_by = until
        placement.save(update_fields=["sign_by"])
        _record(placement, "placement.term_moved", placement.child.household_id, desk, now)
    return True


def _record(subject: Offer | Placement, action: str, household_id: int, desk: Desk, now: datetime) -> None:
    record(
        principal=SYSTEM,
        action=action,
        subject=subject,
        now=now,
        household_id=household_id,
        desk_id=desk.pk,
    )

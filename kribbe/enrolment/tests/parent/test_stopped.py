"""A location whose licence stops: nobody accepts or signs there, and no term runs out by a suspension."""

from datetime import timedelta

import pytest
from django.urls import reverse

from kribbe.enrolment.models import Offer, Placement
from kribbe.enrolment.services.answer_offer import Yes, accept_offer, decline_offer, lapse_offers
from kribbe.enrolment.services.reminders import remind_of_offers, remind_of_signing
from kribbe.enrolment.services.sign import lapse_unsigned, record_deposit, sign
from kribbe.enrolment.tests.parent.scene import NOW, offer, page
from kribbe.trust.errors import RefusedError
from kribbe.trust.models import AuditEntry
from kribbe.trust.principal import SYSTEM

pytestmark = pytest.mark.django_db

STATES = ("suspended", "ended")


def stop(location, state="suspended"):
    location.licence_state = state
    location.save(update_fields=["licence_state"])


@pytest.mark.parametrize("state", STATES)
def test_nobody_accepts_at_a_stopped_location_but_a_no_is_heard(maes, molentje, state):
    made = offer(maes, molentje)
    stop(molentje, state)
    with pytest.raises(RefusedError, match="Het loket belt je; je andere keuzes blijven staan") as refused:
        accept_offer(principal=SYSTEM, offer_id=made.pk, yes=Yes(), now=NOW)
    assert refused.value.code == "licence"
    assert not Placement.objects.exists()
    decline_offer(principal=SYSTEM, offer_id=made.pk, now=NOW)
    assert Offer.objects.get().state == "declined"


@pytest.mark.parametrize("state", STATES)
def test_nobody_signs_or_becomes_certain_at_a_stopped_location(maes, molentje, state):
    placement = accept_offer(principal=SYSTEM, offer_id=offer(maes, molentje).pk, yes=Yes(), now=NOW)
    stop(molentje, state)
    for work, more in ((sign, {"name": "An Maes"}), (record_deposit, {})):
        with pytest.raises(RefusedError) as refused:
            work(principal=SYSTEM, placement_id=placement.pk, now=NOW, **more)
        assert refused.value.code == "licence"
    placement.refresh_from_db()
    assert (placement.state, placement.signed_at, placement.deposit_paid_at) == ("to_sign", None, None)
    stop(molentje, "licensed")
    assert sign(principal=SYSTEM, placement_id=placement.pk, name="An Maes", now=NOW).signed_at == NOW


def test_an_offer_does_not_run_out_while_the_licence_is_suspended(maes, molentje):
    made = offer(maes, molentje)
    stop(molentje)
    late = made.deadline + timedelta(days=30)
    assert lapse_offers(now=made.deadline - timedelta(days=4)) == 0
    made.refresh_from_db()
    assert made.deadline < late - timedelta(days=29)
    assert [lapse_offers(now=late) for _ in range(2)] == [0, 0]
    made.refresh_from_db()
    # 10 days to react, counted from the day on which it would have run out
    assert made.state == "open"
    assert timedelta(days=10) <= made.deadline - late <= timedelta(days=11)
    assert AuditEntry.objects.filter(action="offer.term_moved").count() == 1
    stop(molentje, "licensed")
    assert accept_offer(principal=SYSTEM, offer_id=made.pk, yes=Yes(), now=late).state == "to_sign"


def test_a_reservation_does_not_run_out_while_the_licence_is_suspended(maes, molentje):
    placement = accept_offer(principal=SYSTEM, offer_id=offer(maes, molentje).pk, yes=Yes(), now=NOW)
    stop(molentje)
    late = placement.sign_by + timedelta(days=5)
    assert lapse_unsigned(now=late) == 0
    stop(molentje, "licensed")
    placement = sign(principal=SYSTEM, placement_id=placement.pk, name="An Maes", now=late)
    assert placement.sign_by > late
    assert AuditEntry.objects.filter(action="placement.term_moved").count() == 1


def test_where_a_licence_ended_terms_run_out_as_usual(maes, molentje):
    made = offer(maes, molentje)
    stop(molentje, "ended")
    assert lapse_offers(now=made.deadline) == 1


def test_nobody_is_reminded_of_what_cannot_be_answered(maes, molentje):
    made = offer(maes, molentje)
    soon = made.deadline - timedelta(days=1, hours=20)
    stop(molentje)
    assert remind_of_offers(now=soon) == 0
    stop(molentje, "licensed")
    placement = accept_offer(principal=SYSTEM, offer_id=made.pk, yes=Yes(), now=NOW)
    stop(molentje)
    assert remind_of_signing(now=placement.sign_by - timedelta(days=1)) == 0


def test_the_pages_say_what_happens(client, maes, molentje):
    made = offer(maes, molentje)
    stop(molentje)
    shown = page(client, "offer", made.reference)
    assert "Het loket belt je" in shown
    assert "blijft voor je vrij tot de schorsing voorbij is" in shown
    assert 'value="stop"' not in shown
    assert 'value="decline_keep"' in shown
    address = reverse("enrolment:offer", args=[made.reference])
    refused = client.post(address, {"answer": "stop"})
    assert refused.status_code == 409
    stop(molentje, "ended")
    assert "heeft geen vergunning meer" in page(client, "offer", made.reference)
    stop(molentje, "licensed")
    placement = accept_offer(principal=SYSTEM, offer_id=made.pk, yes=Yes(), now=NOW)
    stop(molentje)
    shown = page(client, "placement", placement.reference)
    assert "Het loket belt je" in shown
    assert 'name="agreed"' not in shown

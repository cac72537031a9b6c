"""A referrer hears of the offers that it may answer."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from kribbe.contact.models import Mail
from kribbe.enrolment.services.answer_offer import Yes, accept_offer
from kribbe.enrolment.services.consents import remind_of_consents
from kribbe.enrolment.services.make_offer import make_offer
from kribbe.enrolment.services.reminders import remind_of_offers, remind_of_signing
from kribbe.enrolment.tests.referrers.scene import agree
from kribbe.people.models import Consented
from kribbe.people.services import withdraw_consent
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing import cast
from kribbe.trust.principal import SYSTEM

pytestmark = pytest.mark.django_db


def offered_to(household, desk):
    location = cast.make_location(desk, "De Notelaar")
    group = cast.make_group(location, 2, now=timezone.now())
    child = cast.make_child(household, "Lotte", born=timezone.localdate() - timedelta(days=120))
    request = cast.make_request(
        child,
        [location],
        start=timezone.localdate() + timedelta(days=60),
        pattern=WeekPattern.from_text("mon tue"),
        now=timezone.now(),
    )
    return make_offer(
        principal=SYSTEM,
        preference_id=request.preferences.get().pk,
        group_id=group.pk,
        start=request.wanted_start,
        pattern=WeekPattern.from_text("mon tue"),
        now=timezone.now(),
    )


def told(kind):
    return [(mail.address, mail.body) for mail in Mail.objects.filter(notice__kind=f"enrolment/{kind}")]


def test_who_may_answer_hears_of_an_offer_its_end_and_the_place_to_sign(household, organisation, user, desk):
    agree(household, organisation)
    made = offered_to(household, desk)
    ((address, body),) = told("referrer_offer")
    assert address == user.email
    assert reverse("enrolment:family", args=[household.reference]) in body
    assert "Lotte" not in body
    assert "Maes" not in body
    remind_of_offers(now=made.deadline - timedelta(days=1))
    remind_of_offers(now=made.deadline - timedelta(hours=1))
    assert len(told("referrer_offer")) == 2
    placement = accept_offer(principal=SYSTEM, offer_id=made.pk, yes=Yes(), now=timezone.now())
    remind_of_signing(now=placement.sign_by - timedelta(days=1))
    assert [address for address, _body in told("referrer_sign")] == [user.email] * 2


def test_who_may_not_answer_hears_of_no_offer(household, organisation, desk):
    agree(household, organisation, what=[Consented.REGISTER, Consented.CHANGE])
    ended = agree(cast.make_household(desk, "Peeters", now=timezone.now()), organisation)
    withdraw_consent(consent=ended, principal=SYSTEM, now=timezone.now())
    offered_to(household, desk)
    assert told("referrer_offer") == []


def test_an_open_offer_stands_in_the_list_and_in_the_mail_that_the_consent_ends(
    household, organisation, user, referrer, desk
):
    agree(household, organisation, days=10)
    assert "offers a place" not in referrer.get(reverse("enrolment:families")).text
    offered_to(household, desk)
    assert "De Notelaar offers a place" in referrer.get(reverse("enrolment:families")).text
    remind_of_consents(now=timezone.now())
    ((_address, body),) = told("consent_ends")
    assert "Een aanbod aan dit gezin wacht op antwoord" in body

"""What a family does is told to all of it, with the way back; of a lost pregnancy nothing is told to anybody."""

import csv
import io
from datetime import timedelta

import pytest
from django.urls import reverse

from kribbe.contact.models import Mail, Notice, VisitState
from kribbe.contact.services import visits
from kribbe.enrolment.services.answer_offer import decline_offer
from kribbe.enrolment.services.wishes import end_request
from kribbe.enrolment.tests.location_scene import client_of
from kribbe.enrolment.tests.parent.scene import NOW, TODAY, WEEK, family, offer
from kribbe.people.models import Adult
from kribbe.rules.counting import RequestEnd
from kribbe.testing import cast
from kribbe.trust.models import AuditEntry
from kribbe.trust.principal import SYSTEM, Role, Scope

pytestmark = pytest.mark.django_db


@pytest.fixture
def jo(maes):
    """The other parent of the household."""
    return Adult.objects.create(
        household=maes.household,
        first_name="Jo",
        last_name="Maes",
        name_key="maes jo",
        email="jo@ouders.example",
    )


@pytest.fixture
def expected(desk, notelaar):
    return family(desk, "Peeters", [notelaar], born=None, expected=TODAY + timedelta(days=90), first_name="")


def mails_of(kind):
    return {mail.address: mail.body for mail in Mail.objects.filter(notice__kind=f"enrolment/{kind}")}


def visit_of(request, location, *, days):
    at = NOW + timedelta(days=days)
    (moment,) = visits.publish_moments(
        location=location, starts_at=at, ends_at=at + timedelta(hours=1), seats=2, note="", weeks=1,
        principal=SYSTEM, now=NOW,
    )  # fmt: skip
    return visits.book(moment_id=moment.pk, household=request.household, principal=SYSTEM, now=NOW)


def test_the_other_parent_hears_that_the_request_was_withdrawn_and_until_when_it_can_be_undone(
    client, maes, jo
):
    client.post(reverse("enrolment:request_end", args=[maes.reference]), {"end": "cancelled_parent"})
    told = mails_of("request_withdrawn")
    assert set(told) == {"maes@ouders.example", jo.email}
    assert "kun je dat terugdraaien op de pagina van de aanvraag" in told[jo.email]


def test_the_other_parent_hears_that_an_offer_was_declined(maes, jo, molentje):
    decline_offer(principal=SYSTEM, offer_id=offer(maes, molentje).pk, now=NOW)
    told = mails_of("no_noted")
    assert set(told) == {"maes@ouders.example", jo.email}
    assert "Het Molentje" in told[jo.email]


def test_who_has_no_mail_address_reads_on_paper_whom_to_call(desk, notelaar):
    request = family(desk, "Peeters", [notelaar])
    request.household.adults.update(email="")
    decline_offer(principal=SYSTEM, offer_id=offer(request, notelaar).pk, now=NOW)
    letter = Notice.objects.get(kind="enrolment/no_noted", letter__isnull=False)
    assert "Bel de opvang zo snel je kunt" in letter.body


def test_of_a_lost_pregnancy_nothing_follows_and_the_location_waits_for_nobody(
    client, expected, notelaar, desk
):
    booking = visit_of(expected, notelaar, days=10)
    told = Notice.objects.filter(household=expected.household).count()
    end_request(principal=SYSTEM, request_id=expected.pk, end=RequestEnd.LAPSED_MISCARRIAGE, now=NOW)
    booking.refresh_from_db()
    assert (booking.state, booking.moment.taken) == (VisitState.CANCELLED, 0)
    assert Notice.objects.filter(kind="contact/visit_cancelled_location", location_id=notelaar.pk).exists()
    assert visits.remind_of_visits(now=NOW + timedelta(days=9)) == 0
    assert Notice.objects.filter(household=expected.household).count() == told


def test_a_visit_for_another_child_of_the_family_stays(expected, notelaar):
    booking = visit_of(expected, notelaar, days=10)
    sister = cast.make_child(expected.household, "Lotte", born=TODAY - timedelta(days=400))
    cast.make_request(sister, [notelaar], start=TODAY + timedelta(days=60), pattern=WEEK, now=NOW)
    end_request(principal=SYSTEM, request_id=expected.pk, end=RequestEnd.LAPSED_MISCARRIAGE, now=NOW)
    booking.refresh_from_db()
    assert booking.state == VisitState.ON
    assert visits.remind_of_visits(now=NOW + timedelta(days=9)) == 1


def test_nobody_is_reminded_of_a_visit_once_the_request_is_gone(maes, notelaar):
    visit_of(maes, notelaar, days=10)
    end_request(principal=SYSTEM, request_id=maes.pk, end=RequestEnd.FOUND_ELSEWHERE, now=NOW)
    assert visits.remind_of_visits(now=NOW + timedelta(days=9)) == 0


def test_the_file_of_the_trail_tells_no_administrator_how_a_request_ended(expected, maes, desk):
    for request, end in ((expected, RequestEnd.LAPSED_MISCARRIAGE), (maes, RequestEnd.FOUND_ELSEWHERE)):
        end_request(principal=SYSTEM, request_id=request.pk, end=end, now=NOW)
    assert "end" not in AuditEntry.objects.get(action="request.end", household_id=expected.household_id).data
    ada = cast.make_user(
        "ada@loket.example", role=Role.ADMINISTRATOR, scope=Scope.DESK, scope_id=desk.pk, now=NOW
    )
    answer = client_of(ada).get(reverse("enrolment:audit", args=[desk.slug]), {"download": "csv"})
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    ended = [row for row in rows if "request.end" in row]
    assert len(ended) == 2
    assert {row[-1] for row in ended} == {""}, "a row without a reason would tell as much"

"""Gross and net demand, and complaints, each from its pages."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from kribbe.contact.models import Notice
from kribbe.enrolment.models import CareRequest
from kribbe.enrolment.services.wishes import end_request, rank_wishes, refuse_wish
from kribbe.people.models import User
from kribbe.rules.counting import RequestEnd
from kribbe.rules.phantom import Class
from kribbe.trust.models import AuditEntry
from kribbe.trust.principal import SYSTEM, Principal
from kribbe.upkeep.models import Complaint
from kribbe.upkeep.selectors.phantom import sort_requests
from kribbe.upkeep.tests.scene import register, twice
from kribbe.upkeep.tests.test_pair_pages import clerk_of

pytestmark = pytest.mark.django_db


def test_gross_and_net_add_up_and_the_file_has_each_request_once(now):
    scene = twice()
    register(scene.desk, scene.locations[:1], now=now, first_name="Lou", last_name="Vos", home="Weg 3")
    found = sort_requests(scene.desk, today=timezone.localdate())
    assert sorted(each.label for each in found) == [Class.DUPLICATE, Class.NET, Class.NET]
    clerk = clerk_of(scene.desk)
    page = clerk.get(reverse("upkeep:phantom", args=[scene.desk.slug]))
    assert (page.context["gross"], page.context["net"]) == (3, 2)
    rows = clerk.get(reverse("upkeep:phantom_file", args=[scene.desk.slug])).content.decode().splitlines()
    assert len(rows) == 4
    assert AuditEntry.objects.filter(action="desk.phantom_file").count() == 1


@pytest.mark.parametrize("others", [1, 9])
def test_gross_and_net_cost_the_same_however_many(desk, location, now, others):
    for number in range(others):
        register(desk, [location], now=now, first_name=f"K{number}")
    with CaptureQueriesContext(connection) as queries:
        sort_requests(desk, today=timezone.localdate())
    assert len(queries) == 8


def test_a_pair_of_which_one_asks_no_longer_is_net_demand(now):
    scene = twice()
    end_request(principal=SYSTEM, request_id=scene.first.pk, end=RequestEnd.FOUND_ELSEWHERE, now=now)
    (left,) = sort_requests(scene.desk, today=timezone.localdate())
    assert (left.request, left.label) == (scene.second, Class.NET)


def test_an_own_change_confirms_a_need(desk, request_, parent, now):
    CareRequest.objects.filter(pk=request_.pk).update(registered_at=now - timedelta(days=300))
    today = timezone.localdate()
    assert [each.label for each in sort_requests(desk, today=today)] == [Class.UNCONFIRMED]
    an = Principal(user_id=User.objects.get(email="an@ouders.example").pk, name="An")
    rank_wishes(
        principal=an,
        request_id=request_.pk,
        location_ids=[wish.location_id for wish in request_.preferences.all()],
        now=now,
    )
    assert [each.label for each in sort_requests(desk, today=today)] == [Class.NET]


def test_a_complaint_from_the_refusal_to_the_answer(request_, desk, parent, now):
    wish = request_.preferences.get()
    refuse_wish(principal=SYSTEM, preference_id=wish.pk, reason_code="full", note="", now=now)
    told = Notice.objects.get(kind="enrolment/wish_refused").body
    for needed in ("full", "Kinderhuis vzw", desk.name, desk.email):
        assert needed in told
    address = reverse("upkeep:complain", args=[request_.reference])
    assert "De Notelaar refused a place" in parent.get(address).content.decode()
    assert parent.post(address, {"about": f"refusal-{wish.pk}", "text": " "}).status_code == 422
    parent.post(address, {"about": f"refusal-{wish.pk}", "text": "Er was wel plaats."})
    made = Complaint.objects.get()
    assert (made.kind, made.preference, made.answer_by) == (
        "refusal",
        wish,
        timezone.localdate() + timedelta(days=30),
    )
    clerk = clerk_of(desk)
    office = reverse("upkeep:office_complaint", args=[desk.slug, made.reference])
    assert "Er was wel plaats." in clerk.get(office).content.decode()
    clerk.post(office, {"take": "yes"})
    clerk.post(office, {"outcome": "partly", "answer": "De opvang bekijkt het opnieuw."})
    shown = parent.get(reverse("upkeep:complaint", args=[made.reference])).content.decode()
    assert "De opvang bekijkt het opnieuw." in shown
    deeds = AuditEntry.objects.filter(action__startswith="complaint.").order_by("pk")
    assert [entry.action for entry in deeds] == ["complaint.make", "complaint.take", "complaint.answer"]
    clerk.post(office, {"outcome": "right", "answer": "Toch anders."})
    made.refresh_from_db()
    assert made.outcome == "partly"

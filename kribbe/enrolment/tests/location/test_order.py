"""The order of a location, and who sees which."""

import re

import pytest
from django.urls import reverse

from kribbe.enrolment.models import PositionChange
from kribbe.enrolment.tests.location.scene import NOW, START, address, families
from kribbe.enrolment.tests.location_scene import client_of, make_family
from kribbe.testing import cast
from kribbe.trust.models import AuditEntry
from kribbe.trust.principal import Role, Scope

pytestmark = pytest.mark.django_db


def test_another_order_is_tried_and_then_published(desk, notelaar, group, client):
    part = make_family(desk, notelaar, 1, start=START, now=NOW, days_ago=50)
    whole = make_family(desk, notelaar, 4, start=START, now=NOW, days_ago=5)
    page = address("criteria", notelaar)
    tried = client.post(page, {"order": ["sibling"], "add": "full_week"}).content.decode()
    assert "1 of 2 families moves up" in tried
    assert PositionChange.objects.count() == 0
    assert "By ground" in tried
    order = {"order": ["sibling", "full_week"], "publish": "1"}
    lacking = client.post(page, order)
    assert lacking.status_code == 422
    assert "Say why you choose this order" in lacking.content.decode()
    assert client.post(page, order | {"motive": "Our rhythm is a full week"}).status_code == 302
    public = client.get(reverse("places:location", args=[desk.slug, notelaar.slug])).content.decode()
    assert "Our rhythm is a full week" in public
    changes = PositionChange.objects.values_list("preference__request", "before", "after", "cause")
    assert set(changes) == {(part.pk, 1, 2, "rules"), (whole.pk, 2, 1, "rules")}


def test_the_effect_names_nobody_to_who_may_not_read_the_list(desk, notelaar, group, client):
    make_family(desk, notelaar, 1, start=START, now=NOW, days_ago=50)
    make_family(desk, notelaar, 4, start=START, now=NOW, days_ago=5)
    ada = cast.make_user(
        "ada@desk.example", role=Role.ADMINISTRATOR, scope=Scope.DESK, scope_id=desk.pk, now=NOW
    )
    tried = client_of(ada).post(address("criteria", notelaar), {"order": ["sibling"], "add": "full_week"})
    assert tried.status_code == 200
    for words in ("Ilyas", "Zofia", "By ground", "moves up"):
        assert words not in tried.content.decode()


def test_a_ground_that_is_nobodys_business_is_not_counted(desk, notelaar, group, client):
    make_family(desk, notelaar, 1, start=START, now=NOW, days_ago=50)
    make_family(desk, notelaar, 4, start=START, now=NOW, days_ago=5)
    page = client.post(address("criteria", notelaar), {"order": ["care_need", "full_week"], "try": "1"})
    assert [row[0] for row in page.context["grounds"]] == [
        "Nearly a full week is asked (8 half-days or more)",
        "A brother or sister goes here",
    ]
    assert "part-time behind" in page.content.decode()


def test_where_a_family_lives_cannot_come_first(notelaar, group, client):
    page = address("criteria", notelaar)
    refused = client.post(page, {"order": ["resident", "sibling"], "publish": "1"})
    assert refused.status_code == 422
    assert "may only decide after all other criteria" in refused.content.decode()
    assert list(notelaar.criteria.values_list("names", flat=True)) == [["sibling"]]


@pytest.mark.parametrize(
    ("pressed", "after"),
    [
        ({"move": "up:work"}, ["work", "sibling"]),
        ({"move": "down:sibling"}, ["work", "sibling"]),
        ({"move": "up:sibling"}, ["sibling", "work"]),
        ({"remove": "sibling"}, ["work"]),
        ({"add": "full_week"}, ["sibling", "work", "full_week"]),
    ],
)
def test_the_order_can_be_changed_without_script(notelaar, group, client, pressed, after):
    response = client.post(address("criteria", notelaar), {"order": ["sibling", "work"], **pressed})
    assert re.findall(r'name="order" value="(\w+)"', response.content.decode()) == after


def test_an_organiser_chooses_among_its_locations(desk, notelaar, group):
    cast.make_location(desk, "Het Molentje")
    user = cast.make_user(
        "directie@kinderhuis.example",
        role=Role.ORGANISER,
        scope=Scope.ORGANISER,
        scope_id=notelaar.organiser_id,
        now=NOW,
    )
    page = client_of(user).get(reverse("enrolment:locations")).content.decode()
    assert "De Notelaar" in page
    assert "Het Molentje" in page


def test_a_manager_of_one_location_goes_straight_there(notelaar, group, client):
    response = client.get(reverse("enrolment:locations"))
    assert response["Location"] == address("today", notelaar)


def test_looking_at_a_family_that_has_its_place_already_is_recorded(desk, notelaar, group, client):
    request = families(desk, notelaar, 1)[0]
    wish = request.preferences.get()
    wish.state = "placed"
    wish.save()
    assert client.get(address("waiting_child", notelaar, wish.pk)).status_code == 200
    assert AuditEntry.objects.get(action="request.read").household_id == request.household_id


def test_whose_name_stands_first_in_line_is_recorded(desk, notelaar, group, client):
    request = families(desk, notelaar, 1, first=1)[0]
    assert client.get(address("today", notelaar)).status_code == 200
    assert AuditEntry.objects.get(action="list.read").data["households"] == [request.household_id]

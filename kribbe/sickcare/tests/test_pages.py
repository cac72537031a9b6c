"""A family, a carer with a link, and the desk: what they see and do."""

from datetime import time, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from kribbe.enrolment.tests.location_scene import client_of
from kribbe.people.models import Adult
from kribbe.places.models import Street
from kribbe.planning.models import Severity
from kribbe.planning.selectors.child_file import Allergy, Person
from kribbe.planning.services.child_file import Kept, keep_file
from kribbe.sickcare.models import CarerDay, Proposal, SickCall, SickCarer, SickService
from kribbe.sickcare.services.calls import ends_at
from kribbe.sickcare.tests.scene import on_call
from kribbe.sickcare.tokens import ANSWER, DAYS
from kribbe.testing import cast
from kribbe.testing.worlds import built_once
from kribbe.trust.models import AuditEntry
from kribbe.trust.principal import Role, Scope
from kribbe.trust.tokens import make_token

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@built_once
def scene():
    return on_call(now=timezone.localtime(), families=12)


def parent_of(scene, number=0):
    household = scene.children[number].household
    user = cast.make_user(
        f"p{number}@ouders.example",
        role=Role.PARENT,
        scope=Scope.HOUSEHOLD,
        scope_id=household.pk,
        now=scene.now,
    )
    return client_of(user)


@pytest.fixture
def clerk(scene):
    user = cast.make_user(
        "clerk@loket.example", role=Role.CLERK, scope=Scope.DESK, scope_id=scene.desk.pk, now=scene.now
    )
    return client_of(user)


def ask(scene, client, number=0):
    day = timezone.localdate() + DAY
    CarerDay.objects.update_or_create(
        carer=scene.carers[0], day=day, defaults={"begins": time(7), "ends": time(19)}
    )
    given = {"child": scene.children[number].pk, "day": f"{day}", "begins": "08:00", "ends": "16:30"}
    return client.post(reverse("sickcare:family", args=[scene.children[number].household.reference]), given)


def test_asked_answered_by_the_link_and_seen(scene):
    parent = parent_of(scene)
    sent = ask(scene, parent)
    assert parent.get(reverse("sickcare:my")).url == sent.url
    link = reverse("sickcare:answer", args=[scene.desk.slug, make_token(ANSWER, Proposal.objects.get().pk)])
    carer = Client()
    Adult.objects.filter(household=scene.children[0].household).update(phone="0470 55 66 77")
    page = carer.get(link).content.decode()
    assert "Dorpsstraat" not in page and "0470 55 66 77" not in page
    assert Proposal.objects.get().state == "open", "looking changes nothing"
    carer.post(link, {"do": "yes"})
    coming = carer.get(link).content.decode()
    assert "Dorpsstraat 5" in coming and "0470 55 66 77" in coming
    assert "Mieke 1" in parent.get(sent.url).content.decode()
    carer.post(link, {"do": "withdraw"})
    assert "Dorpsstraat" not in carer.get(link).content.decode()
    call = SickCall.objects.get()
    assert call.state == "searching", "the next carer is asked"
    assert parent.post(sent.url, {"do": "call_off", "row": call.pk}).status_code == 302
    assert parent.post(sent.url, {"do": "call_off", "row": 0}).status_code == 404
    call.refresh_from_db()
    assert call.state == "called_off"


def test_the_carer_who_comes_sees_allergies_until_the_hours_are_over(scene, monkeypatch):
    child = scene.children[0]
    ask(scene, parent_of(scene))
    kept = Kept(
        allergies=[Allergy("noten", Severity.LIFE, "EpiPen")], fetchers=[Person("Rita Maes", "oma", "")]
    )
    keep_file(principal=scene.parent(), child_id=child.pk, kept=kept, seen_version=0, now=scene.now)
    link = reverse("sickcare:answer", args=[scene.desk.slug, make_token(ANSWER, Proposal.objects.get().pk)])
    carer = Client()
    assert "noten" not in carer.get(link).content.decode(), "nobody before a yes"
    carer.post(link, {"do": "yes"})
    said = carer.get(link).content.decode()
    assert "noten: EpiPen" in said and "Rita Maes (oma)" in said
    look = AuditEntry.objects.get(action="child_file.read")
    assert (look.household_id, look.data["carer"]) == (
        child.household_id,
        Proposal.objects.get().carer.reference,
    )
    call = SickCall.objects.get()
    monkeypatch.setattr(timezone, "now", lambda: ends_at(call))
    assert "noten" not in carer.get(link).content.decode(), "nobody once it is over"
    assert AuditEntry.objects.filter(action="child_file.read").count() == 1


def test_wrong_hours_are_told_at_their_field(scene):
    parent = parent_of(scene)
    household = scene.children[0].household
    given = {
        "child": scene.children[0].pk,
        "day": f"{timezone.localdate() + DAY}",
        "begins": "16:00",
        "ends": "8:00",
    }
    refused = parent.post(reverse("sickcare:family", args=[household.reference]), given)
    assert refused.status_code == 422
    assert 'id="id_ends' in refused.content.decode()


def test_links_of_another_kind_or_desk_open_nothing(scene):
    other = cast.make_desk("elders", nis="99002")
    key = scene.carers[0].pk
    for desk, token in (
        (scene.desk, make_token(ANSWER, key)),
        (other, make_token(DAYS, key)),
        (scene.desk, "x"),
    ):
        assert Client().get(reverse("sickcare:days", args=[desk.slug, token])).status_code == 404


def test_a_carer_fills_in_the_own_days(scene):
    link = reverse("sickcare:days", args=[scene.desk.slug, make_token(DAYS, scene.carers[0].pk)])
    day = timezone.localdate() + 3 * DAY
    assert Client().post(link, {f"b{day}": "08:00", f"e{day}": "16:00"}).status_code == 302
    assert list(scene.carers[0].days.values_list("day", "begins")) == [(day, time(8))]
    assert Client().post(link, {f"b{day}": "16:00", f"e{day}": "08:00"}).status_code == 422


def test_the_desk_notes_an_answer_by_telephone_and_keeps_its_carers(scene, clerk):
    ask(scene, clerk)
    office = reverse("sickcare:calls", args=[scene.desk.slug])
    assert "Ziekens0" in clerk.get(office).content.decode()
    clerk.post(office, {"proposal": Proposal.objects.get().pk, "do": "yes"})
    assert SickCall.objects.get().state == "confirmed"
    assert 'value="withdraw"' in clerk.get(office).content.decode()
    carers = reverse("sickcare:carers", args=[scene.desk.slug])
    about = {
        "form": "service",
        "name": "Ziek thuis",
        "answer_minutes": 15,
        "asks_from": "07:00",
        "asks_until": "21:00",
        "hour_price": "4.5",
        "active": "on",
    }
    assert clerk.post(carers, about).status_code == 302
    assert SickService.objects.get().answer_minutes == 15
    assert clerk.post(carers, about | {"answer_minutes": 1}).status_code == 422
    assert clerk.post(carers, about | {"asks_until": "06:00"}).status_code == 422
    one = {
        "name": "Jos", "email": "Jos@thuis.example", "street": "Beukenlaan 1", "postcode": "3999",
        "city": scene.desk.name, "radius_km": 5, "active": "on",
    }  # fmt: skip
    Street.objects.create(
        name="Beukenlaan", key="beukenlaan", postcode="3999", city=scene.desk.name,
        municipality=scene.desk.municipality, longitude=4.7, latitude=50.88,
    )  # fmt: skip
    assert clerk.post(carers, one).status_code == 302
    assert clerk.post(carers, one | {"radius_km": 9}).status_code == 302
    assert SickCarer.objects.get(email="jos@thuis.example").radius_km == 9


def test_the_desks_list_costs_as_much_for_many_as_for_few(scene, clerk):
    def cost():
        with CaptureQueriesContext(connection) as captured:
            answer = clerk.get(reverse("sickcare:calls", args=[scene.desk.slug]))
        assert answer.status_code == 200
        return len(captured)

    ask(scene, clerk, 0)
    ask(scene, clerk, 1)
    few = cost()
    for number in range(2, 12):
        ask(scene, clerk, number)
    assert cost() == few <= 30


def test_a_carer_is_changed_from_the_own_button_and_stays_one(scene, clerk):
    cast.make_street(scene.desk)
    carer = scene.carers[0]
    address = reverse("sickcare:carers", args=[scene.desk.slug])
    change = f"{address}?change={carer.reference}"
    assert f"?change={carer.reference}" in clerk.get(address).content.decode()
    form = clerk.get(change).context["one"]
    assert (form["name"].value(), form["radius_km"].value()) == (carer.name, 10)
    sent = {
        "name": "Mieke Anders", "email": "ander@thuis.example", "phone": "", "street": "Kerkstraat 1",
        "postcode": "3999", "city": "Lindedaal", "radius_km": "4", "active": "on",
    }  # fmt: skip
    assert clerk.post(change, sent).url == address
    carer.refresh_from_db()
    assert (carer.name, carer.radius_km, carer.email) == ("Mieke Anders", 4, "mieke1@thuis.example")
    assert SickCarer.objects.count() == 3


@pytest.mark.parametrize(("hour", "ahead", "begins"), [(6, 0, 8), (9, 0, 10), (14, 1, None)])
def test_the_form_begins_at_an_hour_that_is_still_to_come(scene, monkeypatch, hour, ahead, begins):
    now = timezone.localtime().replace(hour=hour, minute=20)
    monkeypatch.setattr(timezone, "now", lambda: now)
    parent = parent_of(scene)
    form = parent.get(reverse("sickcare:my"), follow=True).context["form"]
    assert form["day"].value() == now.date() + ahead * DAY
    assert form["begins"].value() == time(begins or 8)

"""A typed name in the register of the month and its files; who may read and settle it; 29 February."""

import csv
import io
from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from kribbe.attendance.access import COOKIE
from kribbe.attendance.attendee import Attendee
from kribbe.attendance.models import Presence, TypedChild
from kribbe.attendance.services.settle_typed import match, not_ours
from kribbe.attendance.tests.scene import DAY, at, monday_scene, tablet
from kribbe.attendance.tests.typed_scene import came, send_typed, typed_event
from kribbe.enrolment.tests.location_scene import client_of, manager_of
from kribbe.planning.tests.scene import notelaar
from kribbe.testing import cast
from kribbe.trust.principal import Role, Scope

pytestmark = pytest.mark.django_db
FORMULA = '=HYPERLINK("https://evil.example";"Lotte")'


@pytest.fixture
def scene(monkeypatch):
    """A Monday on which a name like a formula came from nine to eleven, and a visitor from ten on; it is noon."""
    made, made.day = monday_scene()
    monkeypatch.setattr(timezone, "now", lambda: made.now)
    made.device, _token = tablet(made, now=made.now - DAY)
    made.child = came(made, made.device, at(made.day, "9:00"), name=FORMULA)
    out = typed_event(made, "out", at(made.day, "11:00"), child=made.child.key, name=FORMULA)
    send_typed(made.device, [out], at(made.day, "11:00"))
    visitor = came(made, made.device, at(made.day, "10:00"), name="Zusje")
    not_ours(principal=made.manager, child=visitor, words="bezoek", now=made.now)
    return made


def month(scene, name, client=None):
    client = client or client_of(manager_of(scene.location, now=scene.now))
    return client.get(reverse(f"attendance:{name}", args=[scene.location.slug]) + f"?month={scene.day:%Y-%m}")


def table(scene, **more):
    text = month(scene, "month_csv", **more).content.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter=";"))


def test_the_files_of_the_month_have_who_was_there_by_a_typed_name(scene):
    _heads, *rows = table(scene)
    assert [row[:7] + row[8:9] for row in rows] == [
        ["Vlinders", f"'{FORMULA}", "", f"{scene.day}", "09:00", "11:00", "120",
         "typed name: nobody said yet who it was"],
        ["Vlinders", "Zusje", "", f"{scene.day}", "10:00", "", "0",
         "typed name, none of your children: bezoek"],
    ]  # fmt: skip
    manager = client_of(cast.make_user("pdf@x.example", role=Role.MANAGER, scope=Scope.LOCATION,
                                       scope_id=scene.location.pk, now=scene.now))  # fmt: skip
    paper = PdfReader(io.BytesIO(month(scene, "month_pdf", client=manager).content))
    words = " ".join("".join(page.extract_text() for page in paper.pages).split())
    assert "Typed names" in words and "Zusje" in words and "9:00–11:00" in words
    shown = month(scene, "month", client=manager).content.decode()
    assert "Zusje" in shown and "nobody said yet who it was" in shown


def test_once_it_is_known_who_it_was_it_stands_with_that_child_alone(scene):
    match(principal=scene.manager, child=scene.child, attendee=Attendee(scene.noor), now=scene.now)
    names = [row[1] for row in table(scene)[1:]]
    assert names == ["Noor Maes", "Zusje"]


@pytest.mark.parametrize(
    ("role", "scope", "may"),
    [
        (Role.MANAGER, Scope.LOCATION, True),
        (Role.ORGANISER, Scope.ORGANISER, True),
        (Role.CLERK, Scope.DESK, False),
        (Role.POLICY_OFFICER, Scope.DESK, False),
        (Role.ADMINISTRATOR, Scope.DESK, False),
        (Role.PARENT, Scope.HOUSEHOLD, False),
    ],
)
def test_who_may_read_and_settle_a_typed_name(scene, role, scope, may):
    keys = {
        Scope.LOCATION: scene.location.pk,
        Scope.ORGANISER: scene.location.organiser_id,
        Scope.DESK: scene.desk.pk,
        Scope.HOUSEHOLD: scene.noor.child.household_id,
    }
    user = cast.make_user("wie@x.example", role=role, scope=scope, scope_id=keys[scope], now=scene.now)
    client = client_of(user)
    page = client.get(reverse("attendance:day", args=[scene.location.slug]) + f"?on={scene.day}")
    assert (page.status_code == 200 and "HYPERLINK" in page.content.decode()) is may
    assert ("Not a child of ours" in page.content.decode()) is may
    for name in ("month", "month_csv", "month_pdf", "evacuation"):
        assert (month(scene, name, client=client).status_code == 200) is may, name
    address = reverse("attendance:typed", args=[scene.location.slug, scene.child.key])
    client.post(address, {"do": "not_ours", "words": "bezoek"})
    assert TypedChild.objects.get(pk=scene.child.pk).is_open is not may


def test_the_tablet_of_a_carer_settles_nothing(scene, client):
    _device, token = tablet(scene, now=scene.now, name="Tuin")
    client.cookies[COOKIE] = token
    address = reverse("attendance:typed", args=[scene.location.slug, scene.child.key])
    assert client.post(address, {"do": "not_ours", "words": "bezoek"}).status_code == 401
    assert TypedChild.objects.get(pk=scene.child.pk).is_open


def test_29_february_is_a_day_of_the_register_by_a_typed_name_too(monkeypatch):
    """2028 is a leap year; the night of that day is one stay, and it stands in the register of February."""
    day = date(2028, 2, 29)
    made = notelaar(now=at(day, "12:00"), start=date(2028, 1, 3))
    device, _token = tablet(made, now=made.now - DAY)
    child = came(made, device, at(day, "18:00"))
    out = typed_event(made, "out", at(day + DAY, "8:00"), child=child.key)
    send_typed(device, [out], at(day + DAY, "8:00"))
    made.day, made.now = day, at(day + DAY, "12:00")
    monkeypatch.setattr(timezone, "now", lambda: made.now)
    assert [row[3:7] for row in table(made)[1:]] == [["2028-02-29", "18:00", "08:00", "840"]]
    match(principal=made.manager, child=child, attendee=Attendee(made.noor), now=made.now)
    stay = Presence.objects.get(placement=made.noor)
    assert (stay.day, stay.start, stay.end) == (day, at(day, "18:00"), at(day + DAY, "8:00"))

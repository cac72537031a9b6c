"""A family's own file: every table that leads to a household is in it, and nothing of another family."""

import json
import zipfile
from datetime import date, timedelta
from io import BytesIO

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pghistory.models import Event

from kribbe.contact.models import Mail, Notice
from kribbe.people.models import Household
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing import cast, uploads
from kribbe.testing.sessions import log_in
from kribbe.trust import files
from kribbe.trust.audit import record
from kribbe.trust.export import parts, rows_of, space_of
from kribbe.trust.files import Kind
from kribbe.trust.models import AuditEntry
from kribbe.trust.principal import SYSTEM, Principal, Role, Scope

pytestmark = pytest.mark.django_db

NOT_TOLD = {
    "upkeep.childkey": "hashes of what is told as itself, kept to find the child again",
    "upkeep.mergechange": "rows as they were, perhaps of another family; the merge itself is told",
    "people.householdkeys": "made from the names, addresses and contacts that are told",
    "people.householddue": "says only that those keys are to be made anew",
    "upkeep.forgotten": "a household that is forgotten, of which nobody is left to tell",
    "contact.task": "the desk's own work; what it did for the family is on the trail",
    "contact.note": "for the desk's staff alone; a family that asks for it gets it at the desk",
    "contact.letter": "the notice itself is told; a letter adds when the desk posted it, told on the trail",
}
"""Tables that lead to a household and add nothing about it, with the reason."""


def ours():
    return [
        model
        for model in apps.get_models()
        if model.__module__.startswith("kribbe.") and not issubclass(model, Event)
    ]


def leads_to_household(model, seen=frozenset()):
    """Whether a row belongs to a household by its own key or by a row that it points to."""
    if model is Household:
        return True
    for field in model._meta.concrete_fields:
        if field.attname == "household_id":
            return True
        target = field.related_model
        if target is not None and target not in seen and leads_to_household(target, seen | {model}):
            return True
    return False


def test_every_table_that_leads_to_a_household_is_in_the_file():
    expected = {model._meta.label_lower for model in ours() if leads_to_household(model)}
    missing = expected - set(parts()) - set(NOT_TOLD)
    assert not missing, f"call trust.export.export(...) in AppConfig.ready for: {', '.join(sorted(missing))}"


def test_every_part_finds_its_rows_and_hides_columns_that_exist():
    for part in parts().values():
        model = apps.get_model(part.label)
        list(model._default_manager.filter(part.find(0)))
        assert part.but <= {field.name for field in model._meta.concrete_fields}, part.label


@pytest.fixture
def world(settings, tmp_path):
    settings.FILES_DIR = tmp_path
    now = timezone.now()
    desk = cast.make_desk()
    location = cast.make_location(desk, "De Notelaar")
    families = []
    for name in ("Maes", "Peeters"):
        household = cast.make_household(desk, name, now=now, email=f"{name.lower()}@ouders.example")
        child = cast.make_child(household, f"Kind-{name}", born=date(2026, 1, 5))
        start = now.date() + timedelta(days=60)
        cast.make_request(child, [location], start=start, pattern=WeekPattern.from_text("mon"), now=now)
        cast.make_fact(household, "work", since=date(2026, 1, 1), now=now)
        files.take_in(
            data=uploads.paper(),
            name="attest.pdf",
            kind=Kind.PAPER,
            space=space_of(household.pk),
            principal=SYSTEM,
            now=now,
        )
        families.append(household)
    return families


def test_the_file_holds_the_family_and_nobody_else(world):
    maes, peeters = world
    user = cast.make_user(
        "anna@ouders.example", role=Role.PARENT, scope=Scope.HOUSEHOLD, scope_id=maes.pk, now=timezone.now()
    )
    client = log_in(Client(), user, second_factor=False)
    response = client.get(reverse("people:export_household", args=[maes.reference]))
    assert response["Content-Type"] == "application/zip"
    assert response["Cache-Control"] == "private, no-store"
    with zipfile.ZipFile(BytesIO(response.content)) as archive:
        names = archive.namelist()
        text = archive.read("data.json").decode()
    assert sorted(names)[:2] == ["README.txt", "data.json"]
    assert [name for name in names if name.startswith("files/")] == [names[-1]]
    assert "Kind-Maes" in text
    assert "Peeters" not in text
    told = json.loads(text)
    assert told["people.Household"][0]["reference"] == maes.reference
    assert [row["state"] for row in told["enrolment.CareRequest"]] == ["open"]
    assert "password" not in text
    assert AuditEntry.objects.filter(action="household.export", household_id=maes.pk).exists()
    assert peeters.reference not in text


def test_a_row_of_two_tables_is_told_once(world):
    maes, _other = world
    cast.make_user(
        "x@ouders.example", role=Role.PARENT, scope=Scope.HOUSEHOLD, scope_id=maes.pk, now=timezone.now()
    )
    Notice.objects.create(
        desk=maes.desk,
        household=maes,
        kind="x/y",
        language="nl",
        subject="s",
        body="b",
        created_at=timezone.now(),
    )
    for label, rows in rows_of(maes.pk).items():
        keys = [row["id"] for row in rows if "id" in row]
        assert len(keys) == len(set(keys)), label


@pytest.mark.parametrize("names_shown", [False, True])
def test_staff_stand_in_it_as_the_desk_shows_them(world, names_shown):
    maes, _other = world
    type(maes.desk).objects.filter(pk=maes.desk_id).update(staff_names_shown=names_shown)
    cleo = cast.make_user(
        "cleo@loket.example", role=Role.CLERK, scope=Scope.DESK, scope_id=maes.desk_id, now=timezone.now()
    )
    cleo = Principal(user_id=cleo.pk, name="Cleo Claes")
    record(principal=cleo, action="household.read", subject=maes, now=timezone.now(), household_id=maes.pk)
    (row,) = (row for row in rows_of(maes.pk)["trust.AuditEntry"] if row["action"] == "household.read")
    assert ("Cleo Claes" in row["who"]) is names_shown
    assert maes.desk.name in row["who"]
    assert not {"actor_id", "actor_name"} & set(row)


def test_the_name_of_who_looked_at_a_proof_isnt_in_it():
    assert "seen_by" in parts()["enrolment.proofrequest"].but


def test_a_second_parent_takes_along_the_household_and_not_what_is_the_others_alone(world):
    maes, _other = world
    now = timezone.now()
    for email, role in (("an@ouders.example", Role.PARENT), ("bert@ouders.example", Role.CO_PARENT)):
        user = cast.make_user(email, role=role, scope=Scope.HOUSEHOLD, scope_id=maes.pk, now=now)
        maes.adults.create(first_name=email[:2], last_name="Maes", name_key=email, user=user, email=email)
        notice = Notice.objects.create(
            desk=maes.desk, household=maes, kind="x/y", language="nl", subject="s", body="b", created_at=now
        )
        Mail.objects.create(
            notice=notice, address=email, subject="s", body="b", message_id=email, created_at=now, due_at=now
        )
    client = log_in(Client(), user, second_factor=False)
    address = reverse("people:export_household", args=[maes.reference])
    assert address in client.get(reverse("people:my_data")).text
    with zipfile.ZipFile(BytesIO(client.get(address).content)) as archive:
        told = json.loads(archive.read("data.json"))
        assert [name for name in archive.namelist() if name.startswith("files/")]
    assert {row["email"] for row in told["people.User"]} == {"bert@ouders.example"}
    assert {row["address"] for row in told["contact.Mail"]} == {"bert@ouders.example"}
    assert len(told["people.RoleGrant"]) == 1
    assert len(told["contact.Notice"]) == 2
    assert "Kind-Maes" in json.dumps(told["people.Child"])
    assert len(rows_of(maes.pk)["people.User"]) == 2


def test_who_acts_by_consent_takes_nothing_along(world):
    maes, _other = world
    user = cast.make_user(
        "r@hulp.example", role=Role.REFERRER, scope=Scope.HOUSEHOLD, scope_id=maes.pk, now=timezone.now()
    )
    client = log_in(Client(), user, second_factor=True)
    assert client.get(reverse("people:export_household", args=[maes.reference])).status_code == 404
    assert client.get(reverse("people:consents", args=[maes.reference])).status_code == 404
    page = client.get(reverse("people:household_data", args=[maes.reference]))
    assert page.status_code == 200
    assert "data.zip" not in page.text
    assert not AuditEntry.objects.filter(action="household.export").exists()

"""The pages of a list that a location takes over: look, take over, undo; nobody else finds it."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from kribbe.enrolment.tests.location_scene import client_of, manager_of
from kribbe.people.models import Child
from kribbe.planning.importing.run import work_off
from kribbe.planning.models import AgreementImport
from kribbe.planning.tests.import_scene import HEADER, given, line
from kribbe.planning.tests.scene import notelaar
from kribbe.testing import cast
from kribbe.testing.worlds import built_once

pytestmark = pytest.mark.django_db


@built_once
def scene():
    return notelaar(now=timezone.now(), places=5, day_price=30)


def test_the_pages_from_file_to_undo(scene):
    client = client_of(manager_of(scene.location, now=scene.now))
    start = reverse("planning:import", args=[scene.location.slug])
    content = "\n".join([HEADER, line(scene), line(scene, "Finn", fee="veel")]).encode()
    sent = client.post(start, {"file": SimpleUploadedFile("lijst.csv", content)})
    assert sent.status_code == 302
    page = client.get(sent.url).content.decode()
    assert "Mila Peeters" in page
    assert "Dagprijs" in page
    report = client.get(
        reverse("planning:import_report", args=[scene.location.slug, sent.url.split("/")[-2]])
    )
    assert "3,Dagprijs" in report.content.decode()
    assert client.post(sent.url, {"do": "take", "name": " "}).status_code == 422
    assert client.post(sent.url, {"do": "take", "name": "Mia Claes"}).status_code == 302
    going = client.get(sent.url).content.decode()
    assert "0 of 2 rows are written" in going
    assert "Being taken over" in client.get(start).content.decode()
    assert client.post(sent.url, {"do": "drop"}).status_code == 302
    assert work_off(AgreementImport.objects.get().pk, now=scene.now) == 1
    assert "Mila Peeters" in client.get(sent.url).content.decode()
    assert client.post(sent.url, {"do": "undo"}).status_code == 302
    assert not Child.objects.filter(first_name="Mila").exists()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"Voornaam;Naam\nMila;Peeters", "Date of birth"),
        (b"%PDF-1.7 nothing", "CSV"),
    ],
)
def test_a_file_that_says_nothing_is_refused_in_words(scene, content, said):
    client = client_of(manager_of(scene.location, now=scene.now))
    answer = client.post(
        reverse("planning:import", args=[scene.location.slug]),
        {"file": SimpleUploadedFile("lijst.csv", content)},
    )
    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_looking_costs_as_many_queries_for_many_rows(scene):
    client = client_of(manager_of(scene.location, now=scene.now))
    counts = []
    for rows in ([line(scene)], [line(scene, f"Kind{n}", days="vr vm") for n in range(25)]):
        run = given(scene, *rows)
        with CaptureQueriesContext(connection) as captured:
            client.get(reverse("planning:import_list", args=[scene.location.slug, run.reference]))
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 30


def test_a_list_of_another_location_isnt_found(scene):
    run = given(scene, line(scene))
    other = cast.make_location(scene.desk, "De Linde")
    client = client_of(manager_of(other, now=scene.now))
    assert client.get(reverse("planning:import_list", args=[other.slug, run.reference])).status_code == 404


def test_done_a_list_holds_no_family(scene):
    run = given(scene, line(scene))
    with pytest.raises(IntegrityError), transaction.atomic():
        AgreementImport.objects.filter(pk=run.pk).update(done_at=scene.now)

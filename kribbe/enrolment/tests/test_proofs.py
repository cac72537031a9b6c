"""A proof is asked, sent by phone, seen, decided on and forgotten; nobody else gets to see it."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kribbe.contact.models import Notice
from kribbe.enrolment.models import ProofRequest
from kribbe.enrolment.pages import proofs as pages
from kribbe.enrolment.services import proofs
from kribbe.testing import cast, uploads
from kribbe.testing.sessions import log_in
from kribbe.testing.worlds import built_once
from kribbe.trust import files
from kribbe.trust.errors import RefusedError
from kribbe.trust.export import space_of
from kribbe.trust.models import AuditEntry, StoredFile
from kribbe.trust.principal import SYSTEM, Role, Scope
from kribbe.web.receiving import MOST_REQUEST

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.FILES_DIR = tmp_path
    return tmp_path


@built_once
def desk():
    return cast.make_desk()


@pytest.fixture
def maes(desk):
    return cast.make_household(desk, "Maes", now=timezone.now(), email="an@ouders.example")


def client(role, scope, scope_id, name):
    user = cast.make_user(
        f"{name}@rol.example", role=role, scope=scope, scope_id=scope_id, now=timezone.now()
    )
    made = log_in(Client(), user, second_factor=role is not Role.PARENT)
    made.cookies.load({"django_language": "en"})
    return made


def ask(household, *, location=None, now=None, days=14):
    now = now or timezone.now()
    return proofs.ask_proof(
        principal=SYSTEM,
        household=household,
        location=location,
        what="A letter of your employer",
        why="Work gives priority by law",
        until=now.date() + timedelta(days=days),
        now=now,
    )


def send(proof, now, data=None):
    file = files.take_in(
        data=data or uploads.photo(900, 700),
        name="letter.jpg",
        kind=files.Kind.PAPER,
        space=space_of(proof.household_id),
        principal=SYSTEM,
        now=now,
        held=True,
    )
    proofs.send_proof(principal=SYSTEM, proof_id=proof.pk, file=file, now=now)
    proof.refresh_from_db()


def test_from_the_clerk_to_the_phone_and_back(desk, maes):
    clerk = client(Role.CLERK, Scope.DESK, desk.pk, "cleo")
    an = client(Role.PARENT, Scope.HOUSEHOLD, maes.pk, "an")
    asked = {
        "what": "A letter of your employer",
        "why": "Work gives priority",
        "until": f"{timezone.localdate() + timedelta(days=9)}",
    }
    clerk.post(reverse("enrolment:office_ask_proof", args=[desk.slug, maes.reference]), asked)
    proof = ProofRequest.objects.get()
    assert Notice.objects.get(household=maes).kind == "enrolment/proof_asked"
    assert "A letter of your employer" in an.get(reverse("enrolment:my")).content.decode()
    page = reverse("enrolment:my_proof", args=[proof.reference])
    wrong = an.post(page, {"file": SimpleUploadedFile("a.jpg", uploads.vector())})
    assert wrong.status_code == 422
    assert "We can&#x27;t read this file" in wrong.content.decode()
    assert an.post(page, {"file": SimpleUploadedFile("IMG_1.jpg", uploads.photo())}).status_code == 302
    review = reverse("enrolment:review_proof", args=[proof.reference])
    assert clerk.get(review).status_code == 200
    proof.refresh_from_db()
    assert (proof.state, proof.seen_by) == ("sent", "Cleo")
    image = clerk.get(reverse("enrolment:proof_file", args=[proof.reference]))
    assert (image["Content-Type"], image["Cache-Control"]) == ("image/jpeg", "private, no-store")
    assert b"Secret Phone" not in image.getvalue()
    lacking = clerk.post(review, {"reject": "1", "note": ""})
    assert "Say what is missing" in lacking.content.decode()
    clerk.post(review, {"reject": "1", "note": "The hours aren't on it"})
    assert "The hours aren&#x27;t on it" in an.get(page).content.decode()
    an.post(page, {"file": SimpleUploadedFile("new.pdf", uploads.paper())})
    clerk.post(review, {"accept": "1"})
    proof.refresh_from_db()
    assert proof.state == "accepted"
    assert StoredFile.objects.count() == 1
    trail = AuditEntry.objects.filter(household_id=maes.pk, action__startswith="proof.")
    assert list(trail.order_by("pk").values_list("action", flat=True)) == [
        "proof.ask", "proof.send", "proof.see", "proof.read", "proof.rejected", "proof.send", "proof.accepted",
    ]  # fmt: skip


def test_a_file_that_is_too_large_is_told_at_its_field_and_a_huge_one_is_not_even_read(desk, maes):
    an = client(Role.PARENT, Scope.HOUSEHOLD, maes.pk, "an")
    page = reverse("enrolment:my_proof", args=[ask(maes).reference])
    film = SimpleUploadedFile("film.jpg", b"x" * (files.MOST_BYTES + 1))
    large = an.post(page, {"file": film})
    assert large.status_code == 422
    assert "This file is larger than 12 MB" in large.content.decode()
    huge = an.post(page, {"file": SimpleUploadedFile("a.jpg", b"x")}, CONTENT_LENGTH=str(MOST_REQUEST + 1))
    assert huge.status_code == 413
    assert "A file has at most 12 MB" in huge.content.decode()
    assert huge.wsgi_request._read_started is False
    assert not StoredFile.objects.exists()


def test_only_who_asked_and_the_desk_see_it(desk, maes):
    now = timezone.now()
    asker, other = cast.make_location(desk, "De Notelaar"), cast.make_location(desk, "De Beuk")
    proof = ask(maes, location=asker)
    send(proof, now)
    address = reverse("enrolment:proof_file", args=[proof.reference])
    seen = {
        "asker": client(Role.MANAGER, Scope.LOCATION, asker.pk, "mia"),
        "clerk": client(Role.CLERK, Scope.DESK, desk.pk, "cleo"),
    }
    unseen = {
        "other location": client(Role.MANAGER, Scope.LOCATION, other.pk, "omar"),
        "administrator": client(Role.ADMINISTRATOR, Scope.DESK, desk.pk, "ada"),
        "other parent": client(
            Role.PARENT, Scope.HOUSEHOLD, cast.make_household(desk, "Peeters", now=now).pk, "charlie"
        ),
    }
    for who, browser in seen.items():
        answer = browser.get(address)
        assert answer.status_code == 200, who
        answer.getvalue()
    for who, browser in unseen.items():
        assert browser.get(address).status_code == 404, who
        assert browser.get(reverse("enrolment:my_proof_file", args=[proof.reference])).status_code == 404, who


def test_the_file_goes_after_its_time_and_that_it_was_seen_stays(maes, clock):
    proof = ask(maes, now=clock.now)
    send(proof, clock.now)
    key = proof.file.key
    proofs.decide_proof(principal=SYSTEM, proof_id=proof.pk, is_enough=True, note="", now=clock.now)
    assert proofs.forget_proofs(now=clock.advance(days=29)) == 0
    assert proofs.forget_proofs(now=clock.advance(days=1)) == 1
    proof.refresh_from_db()
    assert (proof.file_id, proof.state, proof.seen_by) == (None, "accepted", "Kribbe")
    assert proof.deleted_at == clock.now
    assert not StoredFile.objects.filter(key=key).exists()


def test_what_nobody_decides_on_goes_too(maes, clock):
    send(ask(maes, now=clock.now), clock.now)
    assert proofs.forget_proofs(now=clock.advance(days=89)) == 0
    assert proofs.forget_proofs(now=clock.advance(days=1)) == 1


def test_no_longer_needed_deletes_at_once(maes, clock):
    proof = ask(maes, now=clock.now)
    send(proof, clock.now)
    proofs.withdraw_proof(principal=SYSTEM, proof_id=proof.pk, now=clock.now)
    assert not StoredFile.objects.exists()
    with pytest.raises(RefusedError) as refused:
        send(proof, clock.now)
    assert refused.value.code == "closed"


@pytest.mark.parametrize("days", [0, -1, 121])
def test_the_day_lies_ahead_and_not_too_far(maes, clock, days):
    with pytest.raises(RefusedError) as refused:
        ask(maes, now=clock.now, days=days)
    assert refused.value.field == "until"
    assert not ProofRequest.objects.exists()


def test_a_location_asks_only_families_of_its_list(desk, maes):
    now = timezone.now()
    mine, other = cast.make_location(desk, "De Notelaar"), cast.make_location(desk, "De Beuk")
    child = cast.make_child(maes, "Lou", born=date(2026, 1, 5))
    start = now.date() + timedelta(days=60)
    request = cast.make_request(
        child, [other], start=start, pattern=cast.WeekPattern.from_text("mon"), now=now
    )
    mia = client(Role.MANAGER, Scope.LOCATION, mine.pk, "mia")
    wish = request.preferences.get().pk
    assert mia.get(reverse("enrolment:ask_proof", args=[mine.slug, wish])).status_code == 404
    assert mia.get(reverse("enrolment:ask_proof", args=[other.slug, wish])).status_code == 404


def test_what_was_sent_stays_in_reach_however_much_was_asked_since(desk, maes, monkeypatch):
    monkeypatch.setattr(pages, "LISTED", 2)
    location = cast.make_location(desk, "De Notelaar")
    now = timezone.now()
    for place, name, browser in (
        (None, [desk.slug], client(Role.CLERK, Scope.DESK, desk.pk, "cleo")),
        (location, [location.slug], client(Role.MANAGER, Scope.LOCATION, location.pk, "mia")),
    ):
        sent = ask(maes, location=place, now=now - timedelta(days=5))
        send(sent, now - timedelta(days=4))
        for _number in range(3):
            ask(maes, location=place, now=now)
        address = "enrolment:location_proofs" if place else "enrolment:office_proofs"
        rows = [row for row, _state, _tone in browser.get(reverse(address, args=name)).context["rows"]]
        assert (rows[0], len(rows)) == (sent, 3)


def test_every_look_at_the_file_by_others_than_the_parents_is_noted(desk, maes):
    proof = ask(maes)
    send(proof, timezone.now())
    looks = AuditEntry.objects.filter(action="proof.read", household_id=maes.pk)
    clerk = client(Role.CLERK, Scope.DESK, desk.pk, "cleo")
    for number in (1, 2):
        clerk.get(reverse("enrolment:proof_file", args=[proof.reference])).getvalue()
        assert looks.count() == number
    own = reverse("enrolment:my_proof_file", args=[proof.reference])
    client(Role.PARENT, Scope.HOUSEHOLD, maes.pk, "an").get(own).getvalue()
    assert looks.count() == 2
    client(Role.REFERRER, Scope.HOUSEHOLD, maes.pk, "rik").get(own).getvalue()
    assert looks.count() == 3


def test_a_proof_sent_anew_while_files_are_forgotten_stays(maes, clock, monkeypatch):
    proof = ask(maes, now=clock.now)
    send(proof, clock.now)
    lock = proofs.lock_rows

    def comes_first(*rows):
        lock(*rows)
        ProofRequest.objects.filter(pk=proof.pk).update(delete_on=clock.now.date() + timedelta(days=200))

    monkeypatch.setattr(proofs, "lock_rows", comes_first)
    assert proofs.forget_proofs(now=clock.advance(days=90)) == 0
    proof.refresh_from_db()
    assert proof.file is not None

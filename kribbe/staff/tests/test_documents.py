"""Papers with a last day: kept, renewed, removed and undone; warned of once; shown where work begins."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kribbe.contact.models import Notice
from kribbe.enrolment.tests.location_scene import client_of, manager_of
from kribbe.planning.models import ChildFile
from kribbe.planning.tests.scene import notelaar
from kribbe.rules.calendar import monday_of
from kribbe.staff.models import Document, DocumentKind, Warned
from kribbe.staff.services import documents
from kribbe.staff.services.documents import Held
from kribbe.staff.tests.scene import hire
from kribbe.testing import cast
from kribbe.testing.worlds import built_once
from kribbe.trust.errors import RefusedError
from kribbe.trust.models import AuditEntry
from kribbe.trust.principal import Role, Scope

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
NOW = datetime(2026, 3, 2, 9, tzinfo=ZoneInfo("Europe/Brussels"))
TODAY = NOW.date()


@built_once
def scene():
    return notelaar(now=NOW, start=monday_of(TODAY) + 7 * DAY)


@pytest.fixture
def client(scene):
    return client_of(manager_of(scene.location, now=NOW))


@pytest.fixture
def at_nine(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


def acting(scene):
    return {
        "principal": cast.acting(Role.MANAGER, Scope.LOCATION, scene.location.pk),
        "location": scene.location,
        "now": NOW,
    }


def keep(scene, left, kind=DocumentKind.FIRST_AID, **more):
    return documents.add_document(**acting(scene), held=Held(kind=kind, last=TODAY + left * DAY, **more))


def test_a_paper_is_renewed_by_a_later_one_and_that_is_undone(scene):
    an = hire(scene, "An Jacobs")
    first = keep(scene, 20, carer=an)
    with pytest.raises(RefusedError) as refused:
        keep(scene, 90, carer=an)
    assert refused.value.field == "kind"
    with pytest.raises(RefusedError) as refused:
        documents.renew_document(**acting(scene), document=first, given=None, last=first.last)
    assert refused.value.field == "last"
    new = documents.renew_document(**acting(scene), document=first, given=TODAY, last=date(2029, 3, 2))
    assert list(Document.objects.filter(gone_at=None)) == [new]
    documents.undo_document(**acting(scene), document=first)
    assert [(one.pk, one.gone_at) for one in Document.objects.all()] == [(first.pk, None)]


def test_a_removed_paper_comes_back_unless_there_is_another_by_then(scene):
    licence = keep(scene, 20, kind=DocumentKind.LICENCE)
    documents.remove_document(**acting(scene), document=licence)
    documents.undo_document(**acting(scene), document=licence)
    assert Document.objects.get().gone_at is None
    documents.remove_document(**acting(scene), document=licence)
    keep(scene, 400, kind=DocumentKind.LICENCE)
    with pytest.raises(RefusedError) as refused:
        documents.undo_document(**acting(scene), document=licence)
    assert refused.value.code == "stale"


def test_a_renewal_that_was_renewed_again_is_not_undone(scene):
    first = keep(scene, 20, kind=DocumentKind.FIRE)
    second = documents.renew_document(**acting(scene), document=first, given=None, last=first.last + DAY)
    documents.renew_document(**acting(scene), document=second, given=None, last=second.last + DAY)
    with pytest.raises(RefusedError):
        documents.undo_document(**acting(scene), document=first)


def test_a_location_is_warned_sixty_and_thirty_days_before_and_never_twice(scene):
    an = hire(scene, "An Jacobs")
    keep(scene, 60, carer=an)
    keep(scene, 61, kind=DocumentKind.LICENCE)
    keep(scene, -1, kind=DocumentKind.FIRE)
    manager_of(scene.location, now=NOW)
    told = [documents.warn_due(now=NOW + n * DAY) for n in (0, 0, 1, 2, 29, 30, 31, 31, 70)]
    assert told == [1, 0, 1, 0, 0, 1, 1, 0, 0]
    first = Notice.objects.filter(kind="staff/papers_end").order_by("pk").first()
    assert "An Jacobs" in first.body
    assert "Vergunning" not in first.body
    assert Warned.objects.count() == 4
    assert documents.warn_due(now=NOW + 400 * DAY) == 0


def test_a_renewed_paper_is_warned_of_anew(scene):
    paper = keep(scene, 10, kind=DocumentKind.LICENCE)
    assert documents.warn_due(now=NOW) == 1
    documents.renew_document(**acting(scene), document=paper, given=None, last=paper.last + 365 * DAY)
    assert documents.warn_due(now=NOW) == 0
    assert documents.warn_due(now=NOW + 330 * DAY) == 1


def test_hours_that_end_are_warned_of_unless_others_follow(scene):
    an = hire(scene, "An Jacobs")
    contract = an.contracts.get()
    contract.during = (contract.during.lower, TODAY + 31 * DAY)
    contract.save()
    assert documents.warn_due(now=NOW) == 1
    an.contracts.create(during=(TODAY + 31 * DAY, None), week=40)
    Warned.objects.all().delete()
    assert documents.warn_due(now=NOW) == 0


def test_papers_of_who_left_and_of_other_locations_stay_out(scene, client):
    an = hire(scene, "An Jacobs")
    keep(scene, 20, carer=an)
    an.during = (an.during.lower, TODAY)
    an.save()
    assert documents.warn_due(now=NOW) == 0
    other = cast.make_location(scene.desk, "De Linde")
    theirs = Document.objects.create(location=other, kind=DocumentKind.LICENCE, last=TODAY, made_at=NOW)
    address = reverse("staff:document", args=[scene.location.slug, theirs.reference])
    assert client.post(address, {"do": "remove"}).status_code == 404


def test_at_its_page_a_manager_adds_renews_removes_and_undoes(scene, client, at_nine):
    page = reverse("staff:documents", args=[scene.location.slug])
    typed = {"kind": "other", "last": "2026-03-20"}
    assert 'id="id_name"' in client.post(page, typed).content.decode()
    assert client.post(page, {**typed, "name": "Asbestattest"}).status_code == 302
    paper = Document.objects.get()
    own = reverse("staff:document", args=[scene.location.slug, paper.reference])
    too_early = {f"{paper.reference}-last": "2026-03-01", "do": "renew"}
    assert client.post(own, too_early).status_code == 422
    renewed = client.post(own, {f"{paper.reference}-last": "2029-03-01", "do": "renew"}, follow=True)
    assert "Undo" in renewed.content.decode()
    client.post(own, {"do": "undo"})
    assert Document.objects.get(gone_at=None) == paper
    client.post(own, {"do": "remove"})
    assert not Document.objects.filter(gone_at=None).exists()


def test_today_shows_what_ends_with_a_trace_on_the_families(scene, client, at_nine):
    keep(scene, 20, kind=DocumentKind.LICENCE)
    child = scene.noor.child
    ChildFile.objects.create(child=child, version=1, checked_at=NOW - 200 * DAY)
    today = client.get(reverse("enrolment:today", args=[scene.location.slug])).content.decode()
    assert "Licence" in today
    assert f"{child}" in today
    seen = AuditEntry.objects.filter(action="list.read", data__of="papers").get()
    assert seen.data["households"] == [child.household_id]


def test_the_pages_cost_no_more_for_more_papers(scene, client, at_nine):
    pages = [reverse(name, args=[scene.location.slug]) for name in ("staff:documents", "enrolment:today")]

    def cost():
        found = []
        for page in pages:
            with CaptureQueriesContext(connection) as captured:
                assert client.get(page).status_code == 200
            found.append(len(captured))
        return found

    keep(scene, 20, carer=hire(scene, "An Jacobs"))
    few = cost()
    for number in range(6):
        keep(scene, 20 + number, carer=hire(scene, f"Carer {number}"))
    assert cost() == few
    assert max(few) <= 30

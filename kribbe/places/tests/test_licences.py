"""What the desk notes of a licence: with a day and a source, kept, and seen by parents at once."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from kribbe.places.models import LicenceCheck, LicenceState
from kribbe.places.selectors.licences import licences_of
from kribbe.places.services.licences import note_licence
from kribbe.testing import cast
from kribbe.testing.sessions import log_in
from kribbe.testing.worlds import built_once
from kribbe.trust.errors import RefusedError
from kribbe.trust.models import AuditEntry
from kribbe.trust.principal import SYSTEM, Role, Scope

pytestmark = pytest.mark.django_db
NOW = timezone.now()
TODAY = timezone.localdate()


@built_once
def desk():
    return cast.make_desk()


@pytest.fixture
def location(desk):
    return cast.make_location(desk, "De Notelaar", licence_checked_on=TODAY - timedelta(days=90))


@pytest.fixture
def clerk(desk):
    user = cast.make_user(
        "loket@lindedaal.example", role=Role.CLERK, scope=Scope.DESK, scope_id=desk.pk, now=NOW
    )
    client = log_in(Client(), user, second_factor=True)
    client.cookies.load({"django_language": "en"})
    return client


def note(location, state=LicenceState.SUSPENDED, *, days_ago=0, source="Register of Opgroeien"):
    return note_licence(
        principal=SYSTEM,
        location_id=location.pk,
        state=state,
        checked_on=TODAY - timedelta(days=days_ago),
        source=source,
        now=NOW,
    )


def send(client, location, **fields):
    form = {"state": "suspended", "checked_on": f"{TODAY}", "source": "Letter of the inspectorate", **fields}
    return client.post(reverse("places:licence", args=[location.slug]), form)


def test_a_note_holds_at_once_and_every_earlier_one_stays(location):
    note(location, LicenceState.LICENSED, days_ago=3)
    note(location)
    location.refresh_from_db()
    assert (location.licence_state, location.licence_checked_on) == ("suspended", TODAY)
    assert [check.state for check in location.licence_checks.order_by("pk")] == ["licensed", "suspended"]
    entry = AuditEntry.objects.filter(action="licence.note").latest("pk")
    assert (entry.data["before"], entry.data["state"]) == ("licensed", "suspended")


def test_the_same_note_twice_counts_once(location):
    assert note(location) == note(location)
    assert LicenceCheck.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "field"),
    [({"source": "  "}, "source"), ({"days_ago": -1}, "checked_on"), ({"days_ago": 91}, "checked_on")],
)
def test_what_a_note_needs(location, fields, field):
    with pytest.raises(RefusedError) as refused:
        note(location, **fields)
    assert refused.value.field == field
    assert LicenceCheck.objects.count() == 0


def test_the_database_keeps_no_note_without_a_source(location):
    check = note(location)
    for broken in ({"source": ""}, {"state": "unknown"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            LicenceCheck.objects.filter(pk=check.pk).update(**broken)


def test_a_clerk_notes_a_suspension_and_is_led_to_whom_to_call(clerk, desk, location):
    answer = send(clerk, location)
    assert answer.url == reverse("places:licence", args=[location.slug])
    page = clerk.get(answer.url).content.decode()
    assert "Letter of the inspectorate" in page
    assert f'href="{reverse("enrolment:list_licence", args=[desk.slug])}"' in page
    public = Client().get(
        reverse("places:location", args=[desk.slug, location.slug]), headers={"accept-language": "en"}
    )
    assert "Licence suspended" in public.content.decode()
    assert send(clerk, location, state="licensed").url == reverse("places:licences", args=[desk.slug])


@pytest.mark.parametrize(
    "fields", [{"source": ""}, {"state": ""}, {"checked_on": "never"}, {"state": "unknown"}]
)
def test_what_is_wrong_stands_at_its_field_and_nothing_is_lost(clerk, location, fields):
    page = send(clerk, location, **fields)
    assert page.status_code == 422
    assert 'aria-invalid="true"' in page.content.decode() or "error" in page.content.decode()
    assert LicenceCheck.objects.count() == 0


def test_the_one_checked_longest_ago_comes_first_and_can_be_searched(clerk, desk, location):
    never = cast.make_location(desk, "Het Molentje", licence_state=LicenceState.UNKNOWN)
    fresh = cast.make_location(desk, "Pimpeloentje", licence_checked_on=TODAY)
    assert [row.name for row in licences_of(desk).order_by("checked")] == [
        never.name,
        location.name,
        fresh.name,
    ]
    address = reverse("places:licences", args=[desk.slug])
    found = clerk.get(address, {"q": "molen"}).content.decode()
    assert never.name in found
    assert fresh.name not in found
    assert never.name not in clerk.get(address, {"state": "licensed"}).content.decode()


def test_queries_do_not_grow_with_locations(clerk, desk):
    address, counts = reverse("places:licences", args=[desk.slug]), []
    for more in (3, 60):
        for number in range(more):
            cast.make_location(desk, f"Huis {more}-{number}")
        with CaptureQueriesContext(connection) as queries:
            page = clerk.get(address).content.decode()
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 20
    assert page.count('class="dense__name"') == 50
    assert "after=" in page

"""The register beside the authority's figures and list, and children over the borders."""

from datetime import UTC, date, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kribbe.enrolment.tests.location_scene import client_of
from kribbe.people.models import Adult
from kribbe.places.importing.files import read_bytes
from kribbe.places.importing.mapping import known_words
from kribbe.policy.models import DifferenceKind, Settled
from kribbe.policy.selectors.flows import Crossing, by_work, crossings, crossings_told, pairs, town_names
from kribbe.policy.selectors.official import beside_official, differences, to_settle
from kribbe.policy.services.licences import check_list, settle, unsettle
from kribbe.policy.services.snapshots import keep_counts
from kribbe.policy.territory import Territory
from kribbe.policy.tests.scene import licences
from kribbe.region.models import OfficialFigure
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing import cast
from kribbe.testing.worlds import built_once
from kribbe.trust.errors import RefusedError
from kribbe.trust.principal import SYSTEM, Role, Scope

pytestmark = pytest.mark.django_db

NOW = datetime(2027, 1, 11, 9, 0, tzinfo=UTC)
TODAY = date(2027, 1, 11)
ROW = "{};{};Kerkstraat 1;3999;Lindedaal;{};kinderdagverblijf;4,70;50,88"


@built_once
def desk():
    return cast.make_desk()


@pytest.fixture
def location(desk):
    made = cast.make_location(desk, "De Notelaar", licence_number="100")
    cast.make_group(made, 14, now=NOW)
    return made


def official(desk, price, places, *, year=2026):
    OfficialFigure.objects.create(
        municipality=desk.municipality,
        year=year,
        licence_kind="group",
        price_kind=price,
        places=places,
        source="Opgroeien",
        imported_at=NOW,
    )


def test_the_register_beside_the_official_figures(desk, location):
    """By price: 14 here, 18 there, so 4 too few; free: none here, 5 there. In all 14 - 23 = -9."""
    for price, places in (("income", 18), ("free", 5), ("total", 23)):
        official(desk, price, places)
    found = beside_official(Territory.of_desk(desk), year=2026, today=TODAY)
    assert [(each.price, each.here, each.official, each.difference) for each in found] == [
        ("free", 0, 5, -5),
        ("income", 14, 18, -4),
        ("total", 14, 23, -9),
    ]
    assert beside_official(Territory.of_desk(desk), year=2025, today=TODAY)[0].official is None


def check(desk, *rows):
    table = read_bytes(licences(*rows), header_words=known_words)
    return check_list(principal=SYSTEM, desk=desk, table=table, file_name="lijst.csv", now=NOW)


def test_a_list_of_licences_beside_the_register(desk, location):
    silent = cast.make_location(desk, "De Stille", licence_number="200")
    cast.make_group(silent, 7, now=NOW)
    made = check(desk, ROW.format("De Notelaar", "100", 18), ROW.format("Nieuw Huis", "300", 9))
    assert [(each.kind, each.name, each.here, each.there) for each in differences(made)] == [
        (DifferenceKind.MISSING_HERE, "Nieuw Huis", "", "9"),
        (DifferenceKind.PLACES, "De Notelaar", "14", "18"),
        (DifferenceKind.UNKNOWN_THERE, "De Stille", "7", ""),
    ]
    assert (made.rows, made.agreeing, made.unread) == (2, 0, 0)
    assert to_settle(desk.pk, NOW).count() == 3


def test_what_was_settled_stays_settled_in_the_next_list_until_it_differs_otherwise(desk, location):
    first = differences(check(desk, ROW.format("De Notelaar", "100", 18))).get()
    with pytest.raises(RefusedError):
        settle(principal=SYSTEM, difference=first, reason=Settled.OTHER, note="", now=NOW)
    settle(principal=SYSTEM, difference=first, reason=Settled.LATER, note="Vanaf maart", now=NOW)
    again = differences(check(desk, ROW.format("De Notelaar", "100", 18))).get()
    assert (again.settled, again.settled_note) == (Settled.LATER, "Vanaf maart")
    assert to_settle(desk.pk, NOW).count() == 0
    unsettle(principal=SYSTEM, difference=again, now=NOW)
    assert to_settle(desk.pk, NOW).count() == 1
    settle(principal=SYSTEM, difference=again, reason=Settled.CORRECTED, note="", now=NOW)
    check(desk, ROW.format("De Notelaar", "100", 18))
    assert to_settle(desk.pk, NOW).count() == 1, "what was said to be corrected is not"
    assert differences(check(desk, ROW.format("De Notelaar", "100", 21))).get().settled == ""
    assert not differences(check(desk, ROW.format("De Notelaar", "100", 14))).exists()


def test_the_list_on_its_page(desk, location):
    clerk = client_of(
        cast.make_user("loket@loket.example", role=Role.CLERK, scope=Scope.DESK, scope_id=desk.pk, now=NOW)
    )
    address = reverse("policy:licences", args=[desk.slug])
    file = SimpleUploadedFile("lijst.csv", licences(ROW.format("De Notelaar", "100", 18)))
    page = clerk.post(address, {"file": file}, follow=True)
    assert "1 difference to settle" in page.text
    office = clerk.get(reverse("enrolment:office", args=[desk.slug]))
    assert "Differences with the list of licences" in office.text
    one = page.context["rows"][0]["url"]
    assert "Something else, see the note" in clerk.get(one).text
    page = clerk.post(one, {"reason": "list_wrong", "note": ""}, follow=True)
    assert "0 differences to settle" in page.text
    assert clerk.post(address, {}).status_code == 422


def test_children_over_the_borders_each_once(desk, location):
    """Ada stays; Bob lives in A, is cared for in B on 4 half-days and in A on 2, and a parent works in C."""
    b, c = cast.make_desk("beukenrode", nis="99002"), cast.make_desk("cederburg", nis="99003")
    group_a = location.groups.get()
    group_b = cast.make_group(cast.make_location(b, "Verder"), 9, now=NOW)
    ada = cast.make_child(cast.make_household(desk, "Ada", now=NOW), "Ada", born=date(2026, 2, 1))
    bobs = cast.make_household(desk, "Bob", now=NOW)
    Adult.objects.filter(household=bobs).update(work_municipality=c.municipality)
    bob = cast.make_child(bobs, "Bob", born=date(2026, 2, 1))
    for child, group, days in ((ada, group_a, "mon"), (bob, group_a, "mon"), (bob, group_b, "tue wed")):
        cast.make_placement(
            child,
            group,
            start=date(2027, 1, 4),
            end=date(2028, 1, 1),
            pattern=WeekPattern.from_text(days),
            now=NOW,
        )
    found = crossings(Territory.of_region(desk.region), on=TODAY)
    assert found == [Crossing("Lindedaal", "Beukenrode", "Cederburg"), Crossing("Lindedaal", "Lindedaal", "")]
    assert pairs(found, "cared") == {("Lindedaal", "Beukenrode"): 1, ("Lindedaal", "Lindedaal"): 1}
    assert [each.concerns(town_names(Territory.of_desk(desk))) for each in found] == [True, True]
    assert [each.concerns(town_names(Territory.of_desk(b))) for each in found] == [True, False]
    assert by_work(found) == {"Cederburg": 1, "": 1}
    keep_counts(now=NOW)
    with CaptureQueriesContext(connection) as captured:
        assert crossings_told(Territory.of_region(desk.region), now=NOW) == (NOW, found)
    assert len(captured) <= 2, "the desks of the region, and what was kept"

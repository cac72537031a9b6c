"""Expansion files and grants: what they add up to, their steps, and who may keep them."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from kribbe.enrolment.tests.location_scene import client_of
from kribbe.policy.models import FileKind, FileState
from kribbe.policy.selectors.expansion import YearOfPlaces, files, grants, grants_by_year, places_by_year
from kribbe.policy.services import expansion as services
from kribbe.policy.services.expansion import GrantFacts
from kribbe.policy.territory import Territory
from kribbe.policy.tests.scene import new_file
from kribbe.testing import cast
from kribbe.testing.worlds import built_once
from kribbe.trust.errors import RefusedError
from kribbe.trust.principal import SYSTEM, Role, Scope

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@built_once
def desk():
    return cast.make_desk()


def threatened(desk, **facts):
    given = {"places_new": 0, "places_kept": 8, "keeps": "Een andere organisator", "probability": 40}
    return new_file(desk, NOW, kind=FileKind.THREATENED, title="Het Nestje", **{**given, **facts})


def test_places_to_come_by_year(desk):
    """2027: 21 x 80 % + 10 x 50 % = 16.8 + 5 = 21.8 of 31; 8 are kept, and kept isn't new. A stopped file is out."""
    new_file(desk, NOW)
    new_file(desk, NOW, title="Werkgever", places_new=10, probability=50, kind=FileKind.EMPLOYER)
    threatened(desk)
    stopped = new_file(desk, NOW, title="Stil", places_new=99)
    services.add_step(
        principal=SYSTEM, file=stopped, state=FileState.STOPPED, on=date(2026, 2, 1), note="", now=NOW
    )
    found = places_by_year(files(Territory.of_desk(desk)))
    assert found == {2027: YearOfPlaces(files=3, new=31, weighted=Decimal("21.8"), kept=8)}


def test_threatened_places_say_how_many_and_what_keeps_them(desk):
    for missing in ({"places_kept": 0, "places_new": 1}, {"keeps": ""}):
        with pytest.raises(RefusedError):
            threatened(desk, **missing)
    with pytest.raises(RefusedError):
        new_file(desk, NOW, places_new=0)


def test_a_file_stands_in_the_state_of_its_latest_day(desk):
    file = new_file(desk, NOW)
    services.add_step(
        principal=SYSTEM, file=file, state=FileState.WORKS, on=date(2026, 3, 1), note="", now=NOW
    )
    services.add_step(
        principal=SYSTEM, file=file, state=FileState.LICENCE, on=date(2026, 2, 1), note="vergeten", now=NOW
    )
    file.refresh_from_db()
    assert (file.state, file.state_on) == (FileState.WORKS, date(2026, 3, 1))
    assert file.steps.count() == 3


def test_grants_expected_and_paid(desk):
    """9 x 300 = 2,700 expected in 2026 of which 1,350.50 is paid: 1,349.50 is open."""
    location = cast.make_location(desk, "De Notelaar")
    facts = GrantFacts(
        purpose="Premie",
        places=9,
        amount_a_place=Decimal("300.00"),
        expected_on=date(2026, 6, 1),
        location=location,
    )
    grant = services.add_grant(principal=SYSTEM, desk=desk, facts=facts, now=NOW)
    services.pay_grant(principal=SYSTEM, grant=grant, paid=Decimal("1350.50"), on=date(2026, 7, 1), now=NOW)
    (year,) = grants_by_year(list(grants(Territory.of_desk(desk)))).values()
    assert (year.expected, year.paid, year.open) == (
        Decimal("2700.00"),
        Decimal("1350.50"),
        Decimal("1349.50"),
    )
    both = GrantFacts(
        purpose="x",
        places=1,
        amount_a_place=Decimal(1),
        expected_on=NOW.date(),
        location=location,
        file=new_file(desk, NOW),
    )
    elsewhere = cast.make_location(cast.make_desk("elders", nis="99002"), "Elders")
    other = GrantFacts(
        purpose="x", places=1, amount_a_place=Decimal(1), expected_on=NOW.date(), location=elsewhere
    )
    for wrong in (both, other):
        with pytest.raises(RefusedError):
            services.add_grant(principal=SYSTEM, desk=desk, facts=wrong, now=NOW)


def test_a_file_from_idea_to_grant_on_the_pages(desk):
    officer = client_of(
        cast.make_user(
            "beleid@loket.example", role=Role.POLICY_OFFICER, scope=Scope.DESK, scope_id=desk.pk, now=NOW
        )
    )
    typed = {
        "title": "Crèche in de stationsbuurt",
        "kind": "employer",
        "municipality": desk.municipality_id,
        "places_new": "14",
        "places_kept": "0",
        "expected_on": "2027-09-01",
        "probability": "60",
        "state": "idea",
        "state_on": "2026-03-02",
    }
    wrong = officer.post(reverse("policy:new_file", args=[desk.slug]), {**typed, "places_new": "0"})
    assert wrong.status_code == 422
    page = officer.post(reverse("policy:new_file", args=[desk.slug]), typed, follow=True)
    assert "Crèche in de stationsbuurt" in page.text
    file = files(Territory.of_desk(desk)).get()
    step = reverse("policy:step", args=[desk.slug, file.reference])
    assert "Advice asked" in officer.post(step, {"state": "advice", "on": "2026-03-10"}, follow=True).text
    change = reverse("policy:change_file", args=[desk.slug, file.reference])
    officer.post(change, {**typed, "places_new": "18"})
    grant = reverse("policy:file_grant", args=[desk.slug, file.reference])
    page = officer.post(
        grant,
        {"purpose": "Premie", "places": "18", "amount_a_place": "300", "expected_on": "2027-10-01"},
        follow=True,
    )
    assert "Premie" in page.text
    assert "Changed an expansion file" in page.text
    listed = officer.get(reverse("policy:files", args=[desk.slug]), {"download": "csv"})
    assert "Crèche in de stationsbuurt;Employer" in listed.content.decode("utf-8-sig")
    paid = reverse("policy:pay_grant", args=[desk.slug, grants(Territory.of_desk(desk)).get().reference])
    assert "Still to be paid" in officer.post(paid, {"paid": "5400", "on": "2027-11-01"}, follow=True).text

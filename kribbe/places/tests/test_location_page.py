"""The page of one location, as everybody sees it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from kribbe.places.models import ClosingDay, LicenceState, Location, LocationCriteria, Organiser
from kribbe.places.selectors.location import view_of
from kribbe.places.selectors.prices import income_fee
from kribbe.places.tests.scene import fill, make_desk, make_group, make_location
from kribbe.region.models import Desk
from kribbe.rules.priority import PriceKind
from kribbe.testing.clock import Clock
from kribbe.testing.worlds import built_once

pytestmark = pytest.mark.django_db


@built_once
def desk() -> Desk:
    return make_desk()


def page(client: Client, desk: Desk, location: Location, **parameters: object) -> str:
    address = reverse("places:location", args=[desk.slug, location.slug])
    response = client.get(address, parameters, headers={"accept-language": "en"})
    assert response.status_code == 200
    return response.content.decode()


def open_location(desk: Desk, **fields: Any) -> Location:
    now = timezone.now()
    location = make_location(desk, **fields)
    make_group(location, since=now.date() - timedelta(days=7), now=now)
    return location


def test_it_tells_what_a_family_wants_to_know(client: Client, desk: Desk) -> None:
    organiser = Organiser.objects.create(
        name="Dijleland vzw", name_key="dijleland", complaints="klacht@dijle.example"
    )
    location = open_location(
        desk,
        organiser=organiser,
        phone="016 11 22 33",
        approach="We go out every day.",
        quality="Each carer follows a course a year.",
        languages=["nl", "fr"],
        deposit=150,
    )
    text = page(client, desk, location)
    for wanted in (
        "De Notelaar",
        "Naamsestraat 1, 3000 Leuven",
        "016 11 22 33",
        ">How we work</h2>",
        "We go out every day.",
        ">What we do for quality</h2>",
        "Each carer follows a course a year.",
        "Dutch and French",
        "€\N{NO-BREAK SPACE}150",
        "Dijleland vzw",
        "klacht@dijle.example",
        "07:00 to 18:00",
        f"/{desk.slug}/request/?location={location.slug}",
    ):
        assert wanted in text


def test_the_way_back_and_the_request_keep_what_was_searched(client: Client, desk: Desk) -> None:
    location = open_location(desk)
    search = reverse("places:search", args=[desk.slug])
    asked = "address=Kerkstraat+1&start=2027-09&days=195&km=10"
    start = f"{timezone.localdate().year + 1}-03"
    address = reverse("places:location", args=[desk.slug, location.slug])

    def shown(came_from: str) -> str:
        response = client.get(address, {"start": start, "days": 195}, headers={"referer": came_from})
        return response.content.decode().replace("&amp;", "&")

    own = shown(f"http://testserver{search}?{asked}")
    assert f'href="{search}?{asked}"' in own
    assert f"?location={location.slug}&start={start}&days=195" in own
    assert f'href="{search}?start={start}&days=195"' in shown(f"https://elsewhere.example{search}?{asked}")


def test_months_show_what_is_free_and_outline_what_is_asked(desk: Desk, clock: Clock) -> None:
    group = make_group(make_location(desk), since=clock.today, now=clock.now)
    fill(group, "mon-am", start=date(2026, 4, 1), end=date(2026, 5, 1), now=clock.now)
    with translation.override("en"):
        view = view_of(group.location, today=clock.today)
    (shown,) = view.groups
    assert [(month.name, month.year) for month in shown.months][:3] == [
        ("March", 2026),
        ("April", 2026),
        ("May", 2026),
    ]
    assert len(shown.months) == 12
    assert [month.cells.count(">full<") for month in shown.months] == [0, 1, *[0] * 10]


def test_the_order_is_told_law_first_then_criteria_then_the_date(desk: Desk, clock: Clock) -> None:
    group = make_group(make_location(desk), since=clock.today)
    LocationCriteria.objects.create(
        location=group.location,
        during=(date(2026, 1, 1), None),
        names=["sibling", "resident"],
        recorded_at=clock.now,
    )
    with translation.override("en"):
        view = view_of(group.location, today=clock.today)
    assert [step.split()[0:2] for step in view.order] == [
        ["By", "law"],
        ["By", "law"],
        ["Children", "with"],
        ["Families", "who"],
        ["Who", "is"],
    ]
    assert "20" in view.vulnerable


def test_the_law_is_left_out_where_no_place_is_paid_by_income(desk: Desk, clock: Clock) -> None:
    group = make_group(make_location(desk), since=clock.today, price_kind=PriceKind.FREE)
    view = view_of(group.location, today=clock.today)
    assert len(view.order) == 1
    assert view.vulnerable == ""


def test_the_law_of_the_day_is_told(desk: Desk, clock: Clock) -> None:
    group = make_group(make_location(desk), since=date(2024, 1, 1))
    with translation.override("en"):
        reform = view_of(group.location, today=date(2024, 6, 1))
    assert "four fifths" in reform.order[0]
    assert len(reform.order) == 2


def test_amounts_say_of_which_year_they_are() -> None:
    fee = income_fee("flanders", date(2026, 11, 1))
    assert fee is not None
    assert fee.year <= 2026
    of_2024 = income_fee("flanders", date(2024, 6, 1))
    assert of_2024 is not None
    assert (str(of_2024.lowest), str(of_2024.highest), of_2024.year) == ("6.24", "34.64", 2024)
    assert of_2024.verified
    assert income_fee("flanders", date(2010, 1, 1)) is None


def test_closing_days_and_public_holidays_in_one_list(desk: Desk, clock: Clock) -> None:
    location = make_location(desk)
    ClosingDay.objects.create(
        location=location, during=(date(2026, 7, 20), date(2026, 8, 3)), reason="Summer"
    )
    with translation.override("en"):
        closings = view_of(location, today=clock.today).closings
    assert ("20 July to 2 August 2026", "Summer") in closings
    assert closings[0] == ("6 April 2026", "Easter Monday")
    assert not any(when == "21 July 2026" for when, _why in closings)


@pytest.mark.parametrize("state", [LicenceState.SUSPENDED, LicenceState.ENDED])
def test_without_a_licence_nothing_can_be_asked(client: Client, desk: Desk, state: LicenceState) -> None:
    text = page(client, desk, open_location(desk, licence_state=state))
    assert 'role="alert"' in text
    assert "?location=" not in text
    assert 'class="ahead"' not in text


def test_a_location_without_groups_says_to_ask(client: Client, desk: Desk) -> None:
    assert "keep its free places here" in page(client, desk, make_location(desk))


def test_a_neighbours_location_is_shown_and_one_of_another_region_is_not(client: Client, desk: Desk) -> None:
    neighbour = make_location(make_desk("Herent", region=desk.region))
    assert "De Notelaar" in page(client, desk, neighbour)
    stranger = make_location(make_desk("Elsewhere"))
    gone = make_location(desk, active=False)
    for location in (stranger, gone):
        assert client.get(reverse("places:location", args=[desk.slug, location.slug])).status_code == 404
        assert (
            client.get(reverse("places:location_point", args=[desk.slug, location.slug])).status_code == 404
        )


def test_the_point_of_its_map(client: Client, desk: Desk) -> None:
    location = make_location(desk)
    response = client.get(reverse("places:location_point", args=[desk.slug, location.slug]))
    assert response.json()["features"][0]["geometry"]["coordinates"] == [4.7009, 50.8796]


def test_queries_do_not_grow_with_groups(client: Client, desk: Desk) -> None:
    location = open_location(desk)
    counts = []
    for more in (0, 4):
        for _ in range(more):
            make_group(location, since=timezone.localdate(), now=timezone.now())
        page(client, desk, location)
        with CaptureQueriesContext(connection) as queries:
            page(client, desk, location)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 15

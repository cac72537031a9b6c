"""The pages of the search, for somebody who is not logged in."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.http import QueryDict
from django.template.loader import get_template
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation
from pytest_django.asserts import assertHTMLEqual

from kribbe.places.models import LicenceState, Street
from kribbe.places.pages.asked import EVERYWHERE, Asked
from kribbe.places.pages.card_html import drawn
from kribbe.places.selectors.almost import FEW
from kribbe.places.services.names import learn_names
from kribbe.places.tests.scene import HERENT, fill, make_desk, make_group, make_location
from kribbe.region.models import Desk
from kribbe.rules.calendar import add_months, first_of_month
from kribbe.rules.halfdays import EMPTY, WeekPattern
from kribbe.testing.worlds import built_once
from kribbe.trust.text import fold
from kribbe.web.components import Picture, Point, ResultCard

pytestmark = pytest.mark.django_db

DAYS = WeekPattern.from_text("mon tue")


@built_once
def desk() -> Desk:
    desk = make_desk(phone="016 00 00 00")
    Street.objects.create(
        name="Naamsestraat",
        key=fold("Naamsestraat"),
        postcode="3000",
        city="Leuven",
        municipality=desk.municipality,
        longitude=4.7009,
        latitude=50.8700,
    )
    return desk


def open_group(desk: Desk, name: str = "De Notelaar", **fields: Any) -> Any:
    now = timezone.now()
    place = make_location(desk, name, **fields)
    return make_group(place, since=now.date() - timedelta(days=7), now=now)


def search(client: Client, desk: Desk, **parameters: object) -> str:
    response = client.get(
        reverse("places:search", args=[desk.slug]), parameters, headers={"accept-language": "en"}
    )
    assert response.status_code == 200
    return response.content.decode()


def in_half_a_year() -> str:
    return f"{add_months(timezone.localdate(), 6):%Y-%m}"


def test_a_result_tells_what_is_free_what_it_costs_and_how_far(client: Client, desk: Desk) -> None:
    group = open_group(desk, km_east=1.2)
    start = add_months(first_of_month(timezone.localdate()), 6)
    fill(group, "tue", start=start, end=add_months(start, 2), now=timezone.now())
    page = search(client, desk, start=f"{start:%Y-%m}", days=DAYS.mask)
    assert "De Notelaar" in page
    assert "1 place within 5 km" in page
    assert "Free on 1 of your 2 days" in page
    assert "1.2\N{NO-BREAK SPACE}km" in page
    assert "by your income" in page
    assert "Day-care centre" in page


def test_slots_of_the_picker_and_a_mask_ask_the_same(client: Client, desk: Desk) -> None:
    open_group(desk)
    picked = search(client, desk, start=in_half_a_year(), pattern=[0, 1, 2, 3])
    masked = search(client, desk, start=in_half_a_year(), days=15)
    assert "Free on all your days" in picked
    assert picked.count("week__cell--asked") == masked.count("week__cell--asked") > 0


def test_the_neighbours_name_is_shown_over_the_border(client: Client, desk: Desk) -> None:
    open_group(make_desk("Herent", at=HERENT, region=desk.region), "Over the border")
    assert "In Herent</span>" in search(client, desk)


def test_an_address_known_is_the_middle_of_the_search(client: Client, desk: Desk) -> None:
    open_group(desk)
    page = search(client, desk, address="Naamsestraat 12")
    # (50.8796 - 50.8700) x 111.2 km
    assert "1.1\N{NO-BREAK SPACE}km" in page
    assert 'data-home="4.7009,50.87"' in page


def test_an_address_nowhere_is_told_at_the_field_and_the_centre_is_shown(client: Client, desk: Desk) -> None:
    open_group(desk)
    page = search(client, desk, address="Nergensstraat 9999, Nergenshuizen")
    assert 'id="address-error"' in page
    assert 'aria-describedby="address-error"' in page
    assert 'value="Nergensstraat 9999, Nergenshuizen"' in page
    assert "near the centre of Leuven" in page
    assert "De Notelaar" in page


@pytest.mark.parametrize("start", ["2020-01", "2199-12", "soon", "2027-13", "2027-1-1"])
def test_a_month_that_cannot_be_is_told_at_the_field(client: Client, desk: Desk, start: str) -> None:
    page = search(client, desk, start=start)
    assert 'id="start-error"' in page
    assert "Choose a month from" in page


@pytest.mark.parametrize(
    "parameters",
    [
        {"days": "99999"},
        {"days": "-1"},
        {"days": "x"},
        {"pattern": ["77", "x", ""]},
        {"kind": "boarding"},
        {"price": "' OR 1=1"},
        {"sort": "cheap"},
        {"after": "9-9"},
        {"after": "9" * 40},
        {"km": "1e9"},
        {"address": "x" * 5000},
        {"address": "\x00'\"<script>alert(1)</script>"},
    ],
)
def test_whatever_is_typed_the_page_comes(client: Client, desk: Desk, parameters: dict[str, Any]) -> None:
    open_group(desk)
    page = search(client, desk, **parameters)
    assert "De Notelaar" in page
    assert "<script>alert" not in page


def test_nothing_near_says_what_to_do(client: Client, desk: Desk) -> None:
    open_group(desk, km_east=20)
    page = search(client, desk)
    assert "No childcare near here" in page
    assert "Look up to 10 km" in page
    assert "De Notelaar" in search(client, desk, km=EVERYWHERE)


def test_nothing_free_on_all_days_leads_to_what_is_free_on_some(client: Client, desk: Desk) -> None:
    group = open_group(desk)
    fill(group, "mon", start=timezone.localdate() + timedelta(days=10), now=timezone.now())
    page = search(client, desk, start=in_half_a_year(), days=DAYS.mask, free="all")
    assert "No place is free on all your days" in page
    assert "De Notelaar" not in page


def test_wishes_that_nobody_meets_can_be_left_out(client: Client, desk: Desk) -> None:
    open_group(desk)
    assert "Nothing found with these wishes" in search(client, desk, inclusive="1")


@pytest.mark.parametrize(
    ("state", "text"),
    [
        (LicenceState.SUSPENDED, "Licence suspended"),
        (LicenceState.UNKNOWN, "Licence not checked"),
        (LicenceState.LICENSED, None),
    ],
)
def test_a_licence_that_is_not_in_order_is_told(
    client: Client, desk: Desk, state: LicenceState, text: str | None
) -> None:
    open_group(desk, licence_state=state)
    page = search(client, desk)
    assert (text in page) if text else ("Licence" not in page)


def test_more_places_follow_page_after_page(client: Client, desk: Desk) -> None:
    for number in range(23):
        make_location(desk, f"Place {number:02}", km_east=number / 10)
    first = search(client, desk)
    assert first.count('class="result"') == 20
    following = first.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0]
    second = search(client, desk, **{k: v[0] for k, v in parse_qs(urlsplit(following).query).items()})
    assert second.count('class="result"') == 3
    assert "Place 22" in second
    assert "Back to the first places" in second


def test_almost_fits_keeps_the_rest_of_the_search_and_its_numbers_hold(client: Client, desk: Desk) -> None:
    """Tuesday is taken near here for two months; 800 m beyond what was asked everything is free."""
    group = open_group(desk)
    start = add_months(first_of_month(timezone.localdate()), 2)
    fill(group, "tue", start=start, end=add_months(start, 1), now=timezone.now())
    open_group(desk, "Verder", km_east=2.75)
    page = search(
        client, desk, start=f"{start:%Y-%m}", days=DAYS.mask, km=2, kind="group", address="3000 Leuven"
    )
    section = page.split('id="almost-title"')[1].split("</section>")[0]
    found = re.findall(r'<a href="([^"]+)">([^<]+)<strong>(\d+) place', section)
    assert [text for _url, text, _count in found] == [
        "1 month later: ",
        "Wednesday in the place of Tuesday: ",
        "Thursday in the place of Tuesday: ",
        "Without Tuesday: ",
        "800\N{NO-BREAK SPACE}m further: ",
    ]
    for url, _text, count in found:
        query = {name: values[0] for name, values in parse_qs(urlsplit(html.unescape(url)).query).items()}
        assert (query["kind"], query["free"], query["address"]) == ("group", "all", "3000 Leuven")
        assert f"{count} place" in search(client, desk, **query).split("<h1>")[1].split("</h1>")[0]


def test_on_the_way_to_work(client: Client, desk: Desk) -> None:
    """Work lies 4 km east of home (0 km); 1 km west of home makes the way 2 km longer."""
    for name, km in (("Halfway", 2), ("Behind", -1), ("Far behind", -4)):
        open_group(desk, name, km_east=km)
    Street.objects.create(
        name="Werkstraat",
        key="werkstraat",
        postcode="3010",
        city="Leuven",
        municipality=desk.municipality,
        longitude=desk.municipality.longitude + 4 / 70.19,
        latitude=desk.municipality.latitude,
    )
    Street.objects.filter(name="Naamsestraat").update(latitude=desk.municipality.latitude)
    page = search(client, desk, address="Naamsestraat", work="Werkstraat 3", by="car", km=2)
    assert "2 places with at most 2 km of detour" in page
    assert page.index(">Halfway<") < page.index(">Behind<")
    assert (
        "On your way to work: about 5 min of detour by car"
        in page.split(">Halfway<")[1].split("</article>")[0]
    )
    # 1 km x 1.4 / 28 km/h = 3 min and 5 to park; 5 km = 15 and 5; straight to work 4 km = 12 and 5: 8 + 20 - 17
    assert (
        "On your way to work: about 11 min of detour by car"
        in page.split(">Behind<")[1].split("</article>")[0]
    )
    assert "1.0\N{NO-BREAK SPACE}km · about 8 min by car" in page
    assert "Smallest detour first" in page


def test_a_work_address_nowhere_is_told_at_its_field(client: Client, desk: Desk) -> None:
    open_group(desk)
    page = search(client, desk, work="Nergensstraat 1, Nergenshuizen")
    assert 'id="work-error"' in page
    assert "1 place within 5 km" in page


def test_when_the_own_town_is_full_the_neighbours_places_are_shown(client: Client, desk: Desk) -> None:
    group = open_group(desk)
    open_group(make_desk("Herent", at=HERENT, region=desk.region), "Over the border")
    assert "Look over the border" not in search(client, desk, days=DAYS.mask)
    fill(group, "mon", start=timezone.localdate() + timedelta(days=10), now=timezone.now())
    page = search(client, desk, start=in_half_a_year(), days=DAYS.mask)
    assert "In Leuven nothing near is free on all your days; 1 place in another municipality is." in page
    assert "In Herent</span>" in page


def test_filters_keep_the_rest_of_the_search(desk: Desk) -> None:
    asked = Asked.read(QueryDict("days=15&kind=family&address=Leuven"), today=timezone.localdate())
    query = parse_qs(urlsplit(asked.query(price="income")).query)
    assert query == {"days": ["15"], "kind": ["family"], "address": ["Leuven"], "price": ["income"]}


def test_what_is_usual_is_not_in_the_address() -> None:
    assert Asked.read(QueryDict(""), today=timezone.localdate()).query() == ""
    assert Asked.read(QueryDict(""), today=timezone.localdate()).pattern == EMPTY


def test_queries_do_not_grow_with_results(client: Client, desk: Desk) -> None:
    counts = []
    for more in (FEW, 16):
        for number in range(more):
            open_group(desk, f"Place {number}")
        search(client, desk)
        with CaptureQueriesContext(connection) as queries:
            page = search(client, desk, address="Naamsestraat 12", days=DAYS.mask)
        counts.append(len(queries))
    assert page.count('class="result"') == 20
    assert counts[0] == counts[1] <= 15


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("number", [None, 3])
@pytest.mark.parametrize("photo", [None, Picture("/a.jpg?a&b", "A “garden”", [("image/webp", "/a.webp")])])
def test_a_card_is_the_component_of_the_design_system(
    language: str, number: int | None, photo: Picture | None
) -> None:
    points = (Point("euro", "<b>€ 30</b> & more"), Point("clock", "Open", "good"))
    card = ResultCard(
        7, "’t <i>Huis</i>", "/x?a=1&b=2", "Line", 5, 7, points=points, number=number, photo=photo
    )
    with translation.override(language):
        component = get_template("web/components/result_card.html").render({"card": card})
        assertHTMLEqual(drawn(card), component)


def test_the_map_has_the_same_places_as_the_list(client: Client, desk: Desk) -> None:
    for number in range(3):
        open_group(desk, f"Place {number}", km_east=number)
    address = reverse("places:map_points", args=[desk.slug])
    response = client.get(address, {"days": DAYS.mask, "start": in_half_a_year()})
    assert response["Content-Type"] == "application/geo+json"
    features = response.json()["features"]
    assert [feature["properties"]["number"] for feature in features] == [1, 2, 3]
    assert {feature["properties"]["free"] for feature in features} == {"all"}
    assert features[0]["geometry"]["coordinates"] == [4.7009, 50.8796]


def test_outlines_are_kept_by_browsers(client: Client, desk: Desk) -> None:
    desk.municipality.outline = {
        "type": "Polygon",
        "coordinates": [[[4.6, 50.8], [4.8, 50.8], [4.7, 50.9], [4.6, 50.8]]],
    }
    desk.municipality.save()
    address = reverse("places:outlines", args=[desk.slug])
    response = client.get(address)
    assert response.json()["features"][0]["properties"] == {"name": "Leuven"}
    assert "max-age=86400" in response["Cache-Control"]
    again = client.get(address, headers={"if-none-match": response["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_suggestions_are_options_of_the_list(client: Client, desk: Desk) -> None:
    open_group(desk)
    address = reverse("places:suggest", args=[desk.slug])

    def options(**query: str) -> list[str]:
        page = client.get(address, query).content.decode()
        return re.findall(r'role="option"[^>]* data-value="([^"]+)"', page)

    assert options(q="naams") == ["Naamsestraat, 3000 Leuven"]
    assert options(q="notel") == ["De Notelaar, Leuven"]
    assert options(q="notel", only="places") == []
    assert options(q="n") == [] == options()


def test_a_street_typed_wrong_is_found_and_told(client: Client, desk: Desk) -> None:
    open_group(desk)
    learn_names()
    page = search(client, desk, address="Naamsestraet 12")
    assert (
        "We found nothing called “Naamsestraet 12”. You now see what is near Naamsestraat, 3000 Leuven."
        in page
    )
    assert 'data-home="4.7009,50.87"' in page
    assert 'id="address-error"' not in page
    whole = search(client, desk, address="Naamsestraet 12, 3000 Leuven", work="Namsestraat, Leuven")
    assert "You now see what is near Naamsestraat, 3000 Leuven." in whole
    assert "For your work we take Naamsestraat, 3000 Leuven." in whole
    assert "We found nothing" not in search(client, desk, address="Leuven 3000")


def test_a_location_typed_wrong_leads_to_its_page(client: Client, desk: Desk) -> None:
    open_group(desk, "Kinderdagverblijf De Notelaar", km_east=1)
    learn_names()
    page = search(client, desk, address="Krech De Notelaar", days=DAYS.mask)
    assert "You now see what is near Kinderdagverblijf De Notelaar, Leuven." in page
    link = page.split("Go to the page of")[0].rsplit('href="', 1)[1].split('"')[0]
    assert client.get(html.unescape(link)).status_code == 200
    named = search(client, desk, address="Kinderdagverblijf De Notelaar, Leuven")
    assert "We found nothing called" not in named
    assert "Go to the page of Kinderdagverblijf De Notelaar, Leuven" in named


def test_the_page_is_dutch_unless_asked_otherwise(client: Client, desk: Desk) -> None:
    open_group(desk)
    with translation.override("nl"):
        page = client.get(reverse("places:search", args=[desk.slug]), {"days": DAYS.mask}).content.decode()
    assert '<html lang="nl"' in page
    assert "1 opvanglocatie binnen 5 km" in page


def test_an_unknown_desk_is_not_found(client: Client) -> None:
    assert client.get("/nowhere/search/").status_code == 404

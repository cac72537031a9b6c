"""Favourites before and after log-in, and locations side by side."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from kribbe.people.models import User
from kribbe.places.favourites import COOKIE
from kribbe.places.models import ClosingDay, Favourite, Location
from kribbe.places.services.favourites import MOST
from kribbe.places.tests.scene import HERENT, fill, make_desk, make_group, make_location
from kribbe.region.models import Desk
from kribbe.testing.sessions import log_in
from kribbe.testing.worlds import built_once

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}


@built_once
def desk() -> Desk:
    return make_desk(phone="016 00 00 00")


def places(desk: Desk, count: int) -> list[Location]:
    now = timezone.now()
    found = []
    for number in range(count):
        place = make_location(desk, f"Huis {number}", km_east=number, languages=["nl", "fr"])
        make_group(place, since=now.date() - timedelta(days=7), now=now)
        found.append(place)
    return found


def keep(client: Client, desk: Desk, **fields: Any) -> Any:
    return client.post(reverse("places:keep", args=[desk.slug]), fields)


def kept(client: Client, desk: Desk) -> list[str]:
    page = client.get(reverse("places:favourites", args=[desk.slug]), headers=ENGLISH).content.decode()
    return [part.split("</a>")[0].rsplit(">", 1)[1] for part in page.split('<h2 class="h3">')[1:]]


def test_a_visitor_keeps_and_drops_and_comes_back_where_it_was(client: Client, desk: Desk) -> None:
    first, second = places(desk, 2)
    search = reverse("places:search", args=[desk.slug]) + "?days=3"
    answer = keep(client, desk, add=first.pk, next=search)
    assert answer.url == f"{search}#place-{first.pk}"
    keep(client, desk, add=second.pk)
    assert kept(client, desk) == ["Huis 1", "Huis 0"]
    page = client.get(search, headers=ENGLISH).content.decode()
    assert page.count('aria-pressed="true"><span class="ams-visually-hidden">Favourite:') == 2
    keep(client, desk, remove=second.pk)
    assert kept(client, desk) == ["Huis 0"]
    assert Favourite.objects.count() == 0


@pytest.mark.parametrize("back", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)"])
def test_nobody_is_sent_elsewhere(client: Client, desk: Desk, back: str) -> None:
    (place,) = places(desk, 1)
    assert keep(client, desk, add=place.pk, next=back).url == f"/{desk.slug}/favourites/"


@pytest.mark.parametrize("value", ["", "x", "-1", "999999", "9" * 40, "٣"])
def test_what_is_no_location_is_not_found(client: Client, desk: Desk, value: str) -> None:
    assert keep(client, desk, add=value).status_code == 404


def test_a_location_of_another_region_is_not_found(client: Client, desk: Desk) -> None:
    elsewhere = make_location(make_desk("Elders"))
    assert keep(client, desk, add=elsewhere.pk).status_code == 404


@pytest.mark.parametrize("cookie", ["x.y", "1..2", "9" * 5000, "-1", "1.1.1"])
def test_a_made_up_cookie_does_no_harm(client: Client, desk: Desk, cookie: str) -> None:
    client.cookies[COOKIE] = cookie
    assert kept(client, desk) == []


def test_no_more_than_the_most(client: Client, desk: Desk) -> None:
    for place in places(desk, MOST + 2):
        keep(client, desk, add=place.pk)
    assert len(kept(client, desk)) == MOST


def test_what_was_kept_before_log_in_goes_along_and_joins_what_was_there(client: Client, desk: Desk) -> None:
    first, second, third = places(desk, 3)
    user = User.objects.create_user("ouder@ouders.example")
    Favourite.objects.create(user=user, location=first, kept_at=timezone.now())
    keep(client, desk, add=second.pk)
    log_in(client, user, second_factor=False)
    assert sorted(kept(client, desk)) == ["Huis 0", "Huis 1"]
    assert client.cookies[COOKIE].value == ""
    assert sorted(Favourite.objects.values_list("location__name", flat=True)) == ["Huis 0", "Huis 1"]
    keep(client, desk, add=third.pk)
    keep(client, desk, remove=first.pk)
    other = log_in(Client(), user, second_factor=False)
    assert sorted(kept(other, desk)) == ["Huis 1", "Huis 2"]


def test_favourites_of_another_account_stay_its_own(client: Client, desk: Desk) -> None:
    (place,) = places(desk, 1)
    anna, charlie = (User.objects.create_user(f"{name}@ouders.example") for name in ("anna", "charlie"))
    Favourite.objects.create(user=anna, location=place, kept_at=timezone.now())
    log_in(client, charlie, second_factor=False)
    assert kept(client, desk) == []
    keep(client, desk, remove=place.pk)
    assert Favourite.objects.get().user == anna


def compare(client: Client, desk: Desk, found: list[Location], **query: Any) -> str:
    address = reverse("places:compare", args=[desk.slug])
    return client.get(
        address, {"at": [place.pk for place in found], **query}, headers=ENGLISH
    ).content.decode()


def test_side_by_side(client: Client, desk: Desk) -> None:
    first, second = places(desk, 2)
    Location.objects.filter(pk=second.pk).update(looked_at=timezone.now(), deposit=120, inclusive=True)
    fill(first.groups.get(), "mon", start=timezone.localdate() + timedelta(days=3), now=timezone.now())
    page = compare(client, desk, [second, first], days=3)
    heads = page.split("<thead>")[1].split("</thead>")[0]
    assert heads.index("Huis 1") < heads.index("Huis 0")
    rows = {part.split("</th>")[0]: part.split("</tr>")[0] for part in page.split('<th scope="row">')[1:]}
    assert "Free on all your days" in rows["In short"]
    assert "Full on your days" in rows["In short"]
    assert "Free places checked today" in rows["How fresh"]
    assert "confirmed" in rows["How fresh"]
    assert "€\N{NO-BREAK SPACE}120" in rows["Deposit"]
    assert "none" in rows["Deposit"]
    assert rows["Languages"].count("Dutch and French") == 2
    assert "By law first" in rows["How places are given"]
    assert "Give your address above" in rows["How far"]


def test_side_by_side_tells_the_closing_days_of_the_months_ahead(client: Client, desk: Desk) -> None:
    first, second = places(desk, 2)
    today = timezone.localdate()
    for away, reason in ((-1, "Zomer"), (60, "Werken"), (400, "Later")):
        days = [today + timedelta(days=away + extra) for extra in (0, 8)]
        ClosingDay.objects.create(location=first, during=(days[0], days[1]), reason=reason)
    page = compare(client, desk, [first, second])
    row = page.split("Closing days</th>")[1].split("</tr>")[0]
    closed, open_ = row.split("</td>")[:2]
    assert "Closed at first: open from" in closed
    assert ("(Zomer)" in closed, "(Werken)" in closed, "(Later)" in closed) == (True, True, False)
    assert "none told" in open_


def test_side_by_side_names_the_group_that_closes_alone(client: Client, desk: Desk) -> None:
    """A closing of the whole location stands there once, whatever its groups close on beside it."""
    (found,) = places(desk, 1)
    group = found.groups.get()
    others = make_group(found, name="Kevers", since=timezone.localdate())
    today = timezone.localdate()
    for away, reason, closed in ((30, "Zomer", None), (60, "Werken", group), (90, "", others)):
        first = today + timedelta(days=away)
        ClosingDay.objects.create(
            location=found, group=closed, during=(first, first + timedelta(days=1)), reason=reason
        )
    row = compare(client, desk, [found]).split("Closing days</th>")[1].split("</tr>")[0]
    assert f"(Werken, only the group {group.name})" in row
    assert "(only the group Kevers)" in row
    assert (row.count("(Zomer)"), row.count("Zomer")) == (1, 1)


def test_side_by_side_from_an_address(client: Client, desk: Desk) -> None:
    (first, second) = places(desk, 2)
    page = compare(client, desk, [first, second], address="Leuven", by="car")
    # 1 km x 1.4 / 28 km/h = 3 minutes, and 5 to park
    assert "1.0\N{NO-BREAK SPACE}km · about 8 min by car" in page


def test_at_most_four_and_only_of_the_region(client: Client, desk: Desk) -> None:
    here = places(desk, 5)
    page = compare(client, desk, here)
    assert page.split("<thead>")[1].split("</thead>")[0].count('scope="col"') == 4
    assert "You see the first four." in page
    elsewhere = make_location(make_desk("Elders"), "Vreemd")
    over_the_border = make_location(make_desk("Herent", at=HERENT, region=desk.region), "Buur")
    page = compare(client, desk, [elsewhere, over_the_border])
    assert "Vreemd" not in page
    assert "Buur" in page
    assert "Nothing to compare" in compare(client, desk, [])


def test_queries_do_not_grow_with_what_is_compared(client: Client, desk: Desk) -> None:
    found = places(desk, 4)
    counts = []
    compare(client, desk, found)
    for some in (found[:1], found):
        with CaptureQueriesContext(connection) as queries:
            compare(client, desk, some, days=3)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 15


def test_htmx_gets_the_button_alone_and_keeps_the_favourite(client: Client, desk: Desk) -> None:
    (place,) = places(desk, 1)
    address = reverse("places:keep", args=[desk.slug])
    heart = client.post(address, {"add": place.pk}, headers={"HX-Request": "true", **ENGLISH})
    text = heart.content.decode()
    assert text.startswith(f'<button type="submit" class="heart" id="heart-{place.pk}"')
    assert 'name="remove"' in text
    assert 'hx-swap-oob="true"' in text
    assert kept(client, desk) == ["Huis 0"]
    back = reverse("places:location", args=[desk.slug, place.slug])
    fields = {"remove": place.pk, "shown": "button", "next": back}
    button = client.post(address, fields, headers={"HX-Request": "true", **ENGLISH}).content.decode()
    assert "Keep as favourite" in button
    assert f'value="{back}"' in button
    assert "<html" not in button
    assert kept(client, desk) == []

"""A request in four steps, and what is typed wrong."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from kribbe.enrolment.mistyped import meant
from kribbe.enrolment.models import CareRequest, RequestDraft
from kribbe.enrolment.tests.drafts.scene import (
    CHILD,
    DAYS,
    LAST,
    START,
    TODAY,
    choices,
    fill,
    text,
    url,
)
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing import cast
from kribbe.trust.principal import Role, Scope

pytestmark = pytest.mark.django_db


def test_a_visitor_without_script_registers_in_four_steps(client, draft, places):
    assert client.get(url(draft, "child")).status_code == 200
    assert client.post(url(draft, "child"), CHILD).url == url(draft, "days")
    page = client.get(url(draft, "days"))
    assert "Noor" in text(page)
    assert client.post(url(draft, "days"), DAYS).url == url(draft, "choices")
    client.post(url(draft, "choices"), choices(draft, add=str(places[1].pk)))
    client.post(url(draft, "choices"), choices(draft, move=f"up:{places[1].pk}"))
    assert client.post(url(draft, "choices"), choices(draft)).url == url(draft, "review")
    page = client.get(url(draft, "review"))
    token = re.search(r'name="once" value="([^"]+)"', text(page))[1]
    sent = client.post(url(draft, "review"), {**LAST, "fact_work": "on", "once": token})
    assert sent.url == url(draft, "sent")
    request = CareRequest.objects.get()
    assert [p.location for p in request.preferences.order_by("rank")] == [places[1], places[0]]
    assert request.pattern == WeekPattern.from_text("mon thu-am").mask
    assert request.household.facts.get().kind == "work"
    assert request.household.municipality == draft.desk.municipality
    page = client.get(sent.url)
    assert request.reference in text(page)
    # The back button, a second click: the same outcome, no second request.
    assert client.post(url(draft, "review"), {**LAST, "once": token}).url == url(draft, "sent")
    assert client.get(url(draft, "days")).url == url(draft, "sent")
    assert CareRequest.objects.count() == 1


def test_what_was_searched_stands_in_the_request(client, desk, places):
    month = START.replace(day=1)
    address = reverse("enrolment:new_request", args=[desk.slug])
    first = client.get(f"{address}?location={places[0].slug}&start={month:%Y-%m}&days=195")
    draft = client.get(first.url).context["draft"]
    client.post(first.url, CHILD)
    form = client.get(url(draft, "days")).context["form"]
    assert form["pattern"].value() == 195
    assert str(form["wanted_start"].value()) == str(month)
    assert not form.errors
    assert RequestDraft.objects.get().answers["choices"]["typed"] == {"order": [str(places[0].pk)]}


@pytest.mark.parametrize(
    ("changed", "field", "words"),
    [
        ({"day_0": str(TODAY + timedelta(days=3))}, "day_0", "toekomst"),
        ({"born_0": "expected"}, "day_0", "voorbij"),
        ({"born_0": "expected", "day_0": str(TODAY + timedelta(days=700))}, "day_0", "maanden"),
        ({"day_0": ""}, "day_0", ""),
        ({"first_name_0": ""}, "first_name_0", "voornaam"),
        ({"last_name_0": ""}, "last_name_0", ""),
        ({"email": "els.maes"}, "email", ""),
        ({"email": "els.maes@gamil.com"}, "email", "els.maes@gmail.com"),
        (
            {"street": "Nergens 1", "postcode": "0000", "city": "Nergenshuizen"},
            "street",
            "vinden dit adres niet",
        ),
        ({"other_first_name": "Jan"}, "other_last_name", "tweede volwassene"),
    ],
)
def test_a_mistake_in_the_first_step_is_told_at_its_field_and_nothing_is_lost(
    client, draft, changed, field, words
):
    response = client.post(url(draft, "child"), {**CHILD, **changed})
    assert response.status_code == 422
    assert words in text(response)
    assert f'href="#id_{field}"' in text(response)
    for name, value in {**CHILD, **changed}.items():
        if name not in {"version", "action", "born_0"} and value:
            assert f'value="{value}"' in text(response), name
    kept = RequestDraft.objects.get(pk=draft.pk).answers["child"]["typed"]
    assert all(kept[name] == [value] for name, value in changed.items())


def test_an_unknown_address_can_be_kept_and_a_mistyped_mail_address_too(client, draft):
    nowhere = {**CHILD, "street": "Nergens 1", "postcode": "0000", "city": "Nergenshuizen"}
    assert client.post(url(draft, "child"), {**nowhere, "anyway": "on"}).url == url(draft, "days")
    response = client.post(url(draft, "child"), {**CHILD, "email": "els@gamil.com", "version": "2"})
    assert 'name="use_email" value="els@gmail.com"' in text(response)
    assert 'name="email_checked" value="els@gamil.com"' in text(response)
    sure = {**CHILD, "email": "els@gamil.com", "email_checked": "els@gamil.com", "version": "9"}
    assert client.post(url(draft, "child"), sure).status_code == 302
    taken = {**CHILD, "email": "els@gamil.com", "use_email": "els@gmail.com", "version": "9"}
    assert client.post(url(draft, "child"), taken).url == url(draft, "days")
    assert RequestDraft.objects.get().answers["child"]["typed"]["email"] == ["els@gmail.com"]


@pytest.mark.parametrize(
    ("typed", "likely"),
    [
        ("els@gamil.com", "els@gmail.com"),
        ("els@hotmial.com", "els@hotmail.com"),
        ("els@telnet.be", "els@telenet.be"),
        ("els@gmail.com", ""),
        ("els@ouders.example", ""),
        ("els@lindedaal.be", ""),
        ("els", ""),
    ],
)
def test_slips_in_mail_addresses(typed, likely):
    assert meant(typed) == likely


@pytest.mark.parametrize(
    ("changed", "field", "words"),
    [
        ({"pattern": []}, "pattern_0", "minstens één halve dag"),
        ({"wanted_start": str(TODAY - timedelta(days=1))}, "wanted_start", "verleden"),
        ({"wanted_start": ""}, "wanted_start", ""),
        ({"latest_start": str(START - timedelta(days=1))}, "latest_start", "voor"),
        ({"brought": "17:00", "fetched": "08:00"}, "fetched", "vroeger"),
    ],
)
def test_a_mistake_in_the_days_is_told_at_its_field(client, draft, changed, field, words):
    fill(client, draft, "child")
    response = client.post(url(draft, "days"), {**DAYS, **changed})
    assert response.status_code == 422
    assert words in text(response)
    assert f'href="#id_{field}"' in text(response)


def test_a_start_before_birth_is_refused(client, draft):
    unborn = {**CHILD, "born_0": "expected", "day_0": str(START + timedelta(days=30)), "first_name_0": ""}
    client.post(url(draft, "child"), unborn)
    assert 'href="#id_wanted_start"' in text(client.post(url(draft, "days"), DAYS))


def test_twins_share_what_was_typed_and_one_can_be_taken_away_again(client, draft):
    unborn = {
        **CHILD, "born_0": "expected", "day_0": str(TODAY + timedelta(days=60)), "first_name_0": "",
    }  # fmt: skip
    client.post(url(draft, "child"), {**unborn, "more": "1"})
    typed = RequestDraft.objects.get().answers["child"]["typed"]
    assert typed["count"] == ["2"]
    assert typed["last_name_1"] == ["Maes"]
    assert typed["day_1"] == unborn["day_0"].split()
    page = client.get(url(draft, "child"))
    assert "id_last_name_1" in text(page)
    client.post(
        url(draft, "child"), {**unborn, "count": "2", "last_name_1": "Mertens", "version": "2", "less": "0"}
    )
    typed = RequestDraft.objects.get().answers["child"]["typed"]
    assert (typed["count"], typed["last_name_0"], "last_name_1" in typed) == (["1"], ["Mertens"], False)


def test_wishes_are_added_removed_brought_back_and_never_doubled(client, draft, places):
    fill(client, draft, "child", "days")
    post = lambda **more: client.post(url(draft, "choices"), choices(draft, **more))  # noqa: E731
    kept = lambda: RequestDraft.objects.get().answers["choices"]["typed"]["order"]  # noqa: E731
    first, second = str(places[0].pk), str(places[1].pk)
    post(add=second)
    assert kept() == [first, second]
    assert "twice" in post(add=second).url
    assert kept() == [first, second]
    assert "Je lijst is vol" in text(client.get(url(draft, "choices")))
    post(remove=first)
    assert "De Notelaar is van je lijst" in text(client.get(url(draft, "choices")))
    post(undo="1", removed=f"{first}:0")
    assert kept() == [first, second]
    post(move=f"down:{first}")
    assert kept() == [second, first]


def test_forged_wishes_are_refused_in_words(client, draft, places):
    fill(client, draft, "child", "days")
    for order, words in (
        ([], "minstens één locatie"),
        ([str(places[0].pk)] * 2, "twee keer"),
        ([str(place.pk) for place in places], "hoogstens 2"),
        ([str(places[0].pk), "999999"], "neemt geen aanvragen meer aan"),
    ):
        response = client.post(url(draft, "choices"), choices(draft, order=order))
        assert response.status_code == 422
        assert words in text(response)


def test_locations_are_found_by_name_or_town_and_show_what_is_free(client, draft):
    fill(client, draft, "child", "days")
    client.post(url(draft, "choices"), choices(draft, q="molen", action="search"))
    page = text(client.get(url(draft, "choices")))
    assert "Het Molentje" in page
    assert "Pimpeloentje" not in page
    assert "3 van 3 halve dagen vrij" in page


def test_twins_without_a_name_yet_are_children_and_the_second_adult_is_looked_over(client, draft):
    expected = str(TODAY + timedelta(days=90))
    twins = {
        **CHILD,
        "count": "2",
        "other_first_name": "Tom",
        "other_last_name": "Peeters",
        "other_email": "tom.peeters@ouders.example",
    }
    for number in "01":
        twins |= {f"born_{number}": "expected", f"day_{number}": expected}
        twins |= {f"first_name_{number}": "", f"last_name_{number}": "Maes"}
    assert client.post(url(draft, "child"), twins).status_code == 302
    assert "opvang nodig voor je kinderen?" in text(client.get(url(draft, "days")))
    client.post(url(draft, "days"), DAYS)
    client.post(url(draft, "choices"), choices(draft))
    assert "Tom Peeters · tom.peeters@ouders.example" in text(client.get(url(draft, "review")))


def test_who_waits_already_is_shown_the_way_to_that_request_with_the_location_added(client, desk, places):
    household = cast.make_household(desk, "Maes", now=timezone.now(), email="els.maes@ouders.example")
    child = cast.make_child(household, "Noor", born=TODAY - timedelta(days=60))
    waiting = cast.make_request(
        child, [places[0]], start=START, pattern=WeekPattern.from_text("mon"), now=timezone.now()
    )
    client.force_login(
        cast.make_user(
            "els.maes@ouders.example",
            role=Role.PARENT,
            scope=Scope.HOUSEHOLD,
            scope_id=household.pk,
            now=timezone.now(),
        )
    )
    address = reverse("enrolment:new_request", args=[desk.slug])
    first = client.post(f"{address}?location={places[1].slug}")
    page = client.get(first.url)
    [(name, way)] = page.context["going"]
    assert name == f"Noor Maes · {waiting.reference}"
    assert "Wacht je kind al op een plaats?" in page.text
    changing = client.get(way)
    assert [wish.id for wish in changing.context["wishes"]] == [str(places[0].pk), str(places[1].pk)]
    assert "Nog niet bewaard" in changing.text
    assert waiting.preferences.count() == 1

"""The request in four steps: nothing typed is lost, mistakes are answered at the field, it is sent once."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kribbe.contact.models import Mail
from kribbe.enrolment.mistyped import meant
from kribbe.enrolment.models import CareRequest, RequestDraft
from kribbe.enrolment.pages import drafts_door as pages
from kribbe.enrolment.pages.drafts_begun import COOKIE
from kribbe.enrolment.pages.drafts_later import LINKS_AN_HOUR
from kribbe.enrolment.services.drafts import (
    KEPT,
    forget_drafts,
    keep_draft,
    read_link,
    sign_link,
    start_draft,
)
from kribbe.people.models import User
from kribbe.people.services import link_user
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing import cast
from kribbe.trust.principal import SYSTEM, VISITOR, Principal

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()
START = TODAY + timedelta(days=200)
CHILD = {
    "count": "1",
    "first_name_0": "Noor",
    "last_name_0": "Maes",
    "born_0": "born",
    "day_0": str(TODAY - timedelta(days=60)),
    "street": "Kerkstraat 1",
    "postcode": "3999",
    "city": "Lindedaal",
    "first_name": "Els",
    "last_name": "Maes",
    "email": "els.maes@ouders.example",
    "phone": "",
    "version": "1",
    "action": "next",
}
DAYS = {
    "pattern": ["0", "1", "6"],
    "flexibility": "exact",
    "wanted_start": str(START),
    "latest_start": str(START + timedelta(days=60)),
    "version": "2",
    "action": "next",
}
LAST = {"declared": "on", "works_in": "", "remarks": "", "version": "9", "action": "next"}


@pytest.fixture
def desk():
    return cast.make_desk(max_wishes=2)


@pytest.fixture
def places(desk):
    found = [cast.make_location(desk, name) for name in ("De Notelaar", "Het Molentje", "Pimpeloentje")]
    for place in found:
        cast.make_group(place, 2, now=timezone.now())
    return found


def begin(client, desk, *places):
    """A new request of this browser, as it is saved when the first word is typed."""
    address = reverse("enrolment:new_request", args=[desk.slug])
    first = client.post(address + "?" + "&".join(f"location={place.slug}" for place in places))
    page = client.get(first.url)
    draft = page.context["draft"]
    assert not RequestDraft.objects.filter(reference=draft.reference).exists()
    return keep_draft(draft)


@pytest.fixture
def draft(client, desk, places):
    return begin(client, desk, places[0])


def url(draft, step):
    return reverse(f"enrolment:draft_{step}", args=[draft.desk.slug, draft.reference])


def text(response):
    return re.sub(r"\s+", " ", response.content.decode())


def fill(client, draft, *steps):
    """Go through the first steps rightly."""
    for step, data in (("child", CHILD), ("days", DAYS), ("choices", choices(draft)))[: len(steps) or 3]:
        assert client.post(url(draft, step), data).status_code == 302, step


def choices(draft, **more):
    order = RequestDraft.objects.get(pk=draft.pk).answers["choices"]["typed"]["order"]
    return {"order": order, "price": "any", "q": "", "version": "9", "action": "next", **more}


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


def test_two_tabs_both_versions_are_shown_and_typing_wins_only_when_sent_again(client, draft):
    client.post(url(draft, "child"), CHILD)
    other = {**CHILD, "city": "Lindedaal-Zuid", "first_name": "Elsje"}
    stale = client.post(url(draft, "child"), other)
    assert stale.status_code == 409
    page = text(stale)
    assert "in een ander tabblad veranderd" in page
    assert "Elsje" in page
    assert RequestDraft.objects.get().answers["child"]["typed"]["first_name"] == ["Els"]
    version = re.search(r'name="version" value="(\d+)"', page)[1]
    assert client.post(url(draft, "child"), {**other, "version": version}).status_code == 302
    assert RequestDraft.objects.get().answers["child"]["typed"]["first_name"] == ["Elsje"]


def test_keeping_while_typing_says_that_another_tab_was_first_and_keeps_the_conflict(client, draft):
    client.post(url(draft, "child"), CHILD)
    page = text(client.post(url(draft, "child"), {**CHILD, "city": "Elders", "action": "keep"}))
    assert "in een ander tabblad veranderd" in page
    assert 'name="version" value="1"' in page
    assert client.post(url(draft, "child"), {**CHILD, "city": "Elders"}).status_code == 409


def test_the_same_words_from_an_older_page_are_no_conflict(client, draft):
    client.post(url(draft, "child"), CHILD)
    assert client.post(url(draft, "child"), CHILD).status_code == 302


def test_what_is_typed_is_kept_while_typing(client, draft):
    response = client.post(url(draft, "child"), {**CHILD, "email": "", "action": "keep"})
    assert response.status_code == 200
    assert "Bewaard om" in text(response)
    assert 'name="version" value="2"' in text(response)
    assert "<html" not in text(response)


def test_the_national_number_never_stays_in_the_draft(client, draft):
    fill(client, draft)
    client.post(url(draft, "review"), {**LAST, "national_number": "85.07.30-033.28", "action": "keep"})
    assert "85.07.30" not in str(RequestDraft.objects.get().answers)
    wrong = client.post(url(draft, "review"), {**LAST, "national_number": "85.07.30-033.29"})
    assert wrong.status_code == 422
    assert 'href="#id_national_number"' in text(wrong)
    assert "85.07.30-033.29" in text(wrong)


def test_the_last_step_needs_the_declaration_and_the_earlier_steps(client, draft):
    assert client.get(url(draft, "review")).url == url(draft, "child") + "?look=1"
    fill(client, draft)
    response = client.post(url(draft, "review"), {**LAST, "declared": ""})
    assert 'href="#id_declared"' in text(response)


def test_a_second_press_that_looked_before_the_first_was_through_sees_what_was_sent(
    client, draft, places, monkeypatch
):
    fill(client, draft, "child", "days", "choices")
    looked = RequestDraft.objects.select_related("desk", "household").get()
    assert client.post(url(draft, "review"), LAST).url == url(draft, "sent")
    monkeypatch.setattr(pages, "draft_for", lambda *_, **__: looked)
    assert client.post(url(draft, "review"), {**LAST, "remarks": "x"}).url == url(draft, "sent")
    kept = client.post(url(draft, "review"), {**LAST, "action": "keep"})
    assert (kept.status_code, kept.content) == (204, b"")
    assert CareRequest.objects.count() == 1


def test_a_child_that_asks_already_is_refused_on_the_last_page(client, draft, desk):
    fill(client, draft)
    client.post(url(draft, "review"), LAST)
    second = begin(client, desk)
    second.answers = draft_answers(draft)
    second.save()
    response = client.post(url(second, "review"), LAST)
    assert response.status_code == 422
    assert "open aanvraag voor Noor Maes" in text(response)


def draft_answers(draft):
    return {**RequestDraft.objects.get(pk=draft.pk).answers}


def test_another_browser_sees_nothing_and_the_mailed_link_opens_it(client, draft, desk, django_user_model):
    fill(client, draft, "child")
    later = reverse("enrolment:draft_later", args=[desk.slug, draft.reference])
    assert client.post(later, {"email": "els@gmail.com"}).url == later
    assert Mail.objects.get().address == "els@gmail.com"
    link = re.search(r"/[\w-]+/request/continue/[^\s/]+/", Mail.objects.get().body)[0]
    client.cookies.clear()
    assert reverse("account_login") in client.get(url(draft, "child")).url
    assert client.post(url(draft, "child"), CHILD).status_code == 401
    client.get(link)
    assert COOKIE in client.cookies
    assert client.get(url(draft, "child")).status_code == 200
    assert client.get(link[:-1] + "x/").status_code == 410
    client.cookies.clear()
    client.force_login(django_user_model.objects.create_user("ander@ouders.example"))
    assert client.get(url(draft, "child")).status_code == 404


def test_who_logs_in_on_the_way_takes_the_request_along(client, draft, django_user_model):
    user = django_user_model.objects.create_user("els@ouders.example")
    client.force_login(user)
    assert client.get(url(draft, "child")).status_code == 200
    draft.refresh_from_db()
    assert draft.user == user
    client.logout()
    assert client.get(url(draft, "child")).status_code == 302


def test_a_known_household_only_says_for_which_child(client, desk, places):
    now = timezone.now()
    household = cast.make_household(desk, "Maes", now=now, email="els@ouders.example")
    fien = cast.make_child(household, "Fien", born=TODAY - timedelta(days=100))
    user = User.objects.create_user("els@ouders.example")
    link_user(household=household, user=user, principal=SYSTEM, now=now)
    client.force_login(user)
    draft = begin(client, desk, places[0])
    page = text(client.get(url(draft, "child")))
    assert "Fien Maes" in page
    assert "id_street" not in page
    nobody = client.post(url(draft, "child"), {"count": "0", "version": "1", "action": "next"})
    assert nobody.status_code == 422
    client.post(url(draft, "child"), {"count": "0", "known": str(fien.pk), "version": "9", "action": "next"})
    client.post(url(draft, "days"), DAYS)
    client.post(url(draft, "choices"), choices(draft))
    client.post(url(draft, "review"), LAST)
    assert CareRequest.objects.get().child == fien


def test_an_unfinished_request_is_offered_again(client, draft, desk):
    fill(client, draft, "child")
    page = client.get(reverse("enrolment:new_request", args=[desk.slug]))
    assert "Verdergaan waar je stopte" in text(page)
    assert "Noor" in text(page)
    assert begin(client, desk).reference != draft.reference


def test_looking_at_a_new_request_saves_nothing_and_the_first_word_does(client, desk, places):
    address = reverse("enrolment:new_request", args=[desk.slug])
    first = client.get(f"{address}?location={places[0].slug}").url
    page = client.get(first)
    assert client.get(address).url == first.partition("?")[0]
    assert client.get(first.replace("child", "days")).url == first.partition("?")[0]
    assert RequestDraft.objects.count() == 0
    sent = client.post(page.context["send_url"], {**CHILD, "action": "keep", "version": "1"})
    draft = RequestDraft.objects.get()
    assert sent.status_code == 200
    assert first.startswith(url(draft, "child"))
    assert draft.answers["choices"]["typed"] == {"order": [str(places[0].pk)]}
    assert draft.answers["child"]["typed"]["first_name_0"] == ["Noor"]


def test_a_reference_that_the_browser_does_not_hold_begins_nothing(client, desk):
    address = reverse("enrolment:draft_child", args=[desk.slug, "0000ABCD"])
    assert client.get(address).status_code == 302
    assert client.post(address, CHILD).status_code == 401
    assert RequestDraft.objects.count() == 0


def test_two_tabs_begin_one_request(client, desk, places):
    first = client.get(reverse("enrolment:new_request", args=[desk.slug])).url
    one = client.get(first).context["draft"]
    other = client.get(first).context["draft"]
    assert keep_draft(one).pk == keep_draft(other).pk


def test_drafts_are_forgotten_and_links_wear_out(desk):
    now = timezone.now()
    old = start_draft(principal=VISITOR, desk=desk, now=now - KEPT - timedelta(days=1))
    new = start_draft(principal=VISITOR, desk=desk, now=now)
    assert read_link(sign_link(new)) == new
    assert read_link("wrong") is None
    assert forget_drafts(now=now) == 1
    assert read_link(sign_link(old)) is None


def test_a_draft_on_behalf_opens_for_clerks_of_the_desk_alone(client, desk):
    start_draft(principal=Principal(user_id=None), desk=desk, now=timezone.now(), on_behalf=True)
    draft = RequestDraft.objects.get()
    assert client.get(url(draft, "child")).status_code == 302


def test_english_beside_dutch(client, draft):
    page = client.get(url(draft, "child"), headers={"accept-language": "en"})
    assert "For whom do you need care?" in text(page)
    assert "Voor wie zoek je opvang?" in text(client.get(url(draft, "child")))


def test_one_address_gets_few_links_however_many_requests_are_begun(desk):
    cache.clear()
    for _ in range(LINKS_AN_HOUR + 3):
        visitor = Client()
        draft = begin(visitor, desk)
        later = reverse("enrolment:draft_later", args=[desk.slug, draft.reference])
        visitor.post(later, {"email": "els@ouders.example"})
    assert Mail.objects.filter(address="els@ouders.example").count() == LINKS_AN_HOUR

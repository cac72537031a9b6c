"""The request and a household's pages in a real browser: by keyboard, at three widths, without script."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from kribbe.enrolment.models import CareRequest, PositionChange, RequestDraft
from kribbe.enrolment.services.answer_offer import Yes, accept_offer
from kribbe.enrolment.services.make_offer import Excuse, make_offer
from kribbe.enrolment.tests.browser_steps import tell_child_and_parent
from kribbe.people.models import User
from kribbe.people.services import link_user
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing import cast
from kribbe.testing.browser import screenshot, seen
from kribbe.testing.worlds import built_once
from kribbe.trust.principal import SYSTEM

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WEEK = WeekPattern.from_text("mon tue thu-am")


@built_once
def town():
    now = timezone.now()
    desk = cast.make_desk(max_wishes=5)
    cast.make_street(desk)
    for place, name in enumerate(("De Notelaar", "Het Molentje", "Pimpeloentje", "De Wolkentuin")):
        location = cast.make_location(desk, name, longitude=4.70 + place / 150, deposit=150 * (place % 2))
        cast.make_group(location, 2, now=now)
    return desk


def looked_at(page, name, heading):
    """As a reader finds it: nothing wide, nothing that axe finds; kept as a picture where asked."""
    page.get_by_role("heading", level=1, name=heading).wait_for()
    seen(page)
    screenshot(page, f"parent-{name}")


def test_a_parent_registers(open_page, town):
    page = open_page()
    notelaar = town.locations.get(name="De Notelaar")
    page.goto(reverse("enrolment:new_request", args=[town.slug]) + f"?location={notelaar.slug}")
    looked_at(page, "request-child", "Voor wie zoek je opvang?")
    page.get_by_role("button", name="Verder naar de dagen").click()
    page.locator("[data-error-summary]").wait_for()
    looked_at(page, "request-child-wrong", "Voor wie zoek je opvang?")
    tell_child_and_parent(page)
    page.locator(".saved").wait_for()
    page.get_by_role("button", name="Verder naar de dagen").click()
    for slot in ("0", "1", "6"):
        page.locator(f"#id_pattern_{slot}").check(force=True)
    assert "maandag de hele dag, donderdag voormiddag" in page.locator(".sentence").first.inner_text()
    page.get_by_label("Nee, alleen deze dagen").check()
    start = timezone.localdate() + timedelta(days=100)
    page.get_by_label("Het liefst vanaf").fill(str(start))
    page.get_by_label("Ten laatste op").fill(str(start + timedelta(days=60)))
    page.get_by_text("Vrij op al je halve dagen").wait_for()
    looked_at(page, "request-days", "opvang nodig voor Noor")
    page.get_by_role("button", name="Verder naar je keuzes").click()
    page.get_by_role("button", name="Voeg toe Het Molentje").click()
    page.get_by_role("button", name="Zet Het Molentje hoger").press("Enter")
    page.locator("#id_q").press("Enter")
    page.wait_for_url("**#found")
    looked_at(page, "request-choices", "Waar wil je graag een plaats voor Noor?")
    page.get_by_role("button", name="Verder naar nakijken").click()
    page.get_by_label("We hebben opvang nodig om te werken").check()
    looked_at(page, "request-review", "Kijk het na")
    page.get_by_label("Wat ik invulde, klopt").check()
    page.get_by_role("button", name="Verstuur mijn aanvraag").click()
    page.get_by_role("heading", name="Je aanvraag is geregistreerd").wait_for()
    looked_at(page, "request-sent", "Je aanvraag is geregistreerd")
    ranked = CareRequest.objects.get().preferences.order_by("rank").values_list("location__name", flat=True)
    assert list(ranked) == ["Het Molentje", "De Notelaar"]


def test_two_tabs_and_stopping(open_page, town):
    page = open_page()
    page.goto(reverse("enrolment:new_request", args=[town.slug]))
    tell_child_and_parent(page)
    page.locator("#id_email").blur()
    with page.expect_response(lambda response: response.request.method == "POST"):
        pass
    other = page.context.new_page()
    other.goto(page.url)
    assert other.locator("#id_city").input_value() == "Lindedaal"
    other.locator("#id_city").fill("Lindedaal-Zuid")
    with other.expect_response(lambda response: response.request.method == "POST"):
        other.locator("#id_city").blur()
    page.locator("#id_city").fill("Lindedaal-Noord")
    page.get_by_role("button", name="Verder naar de dagen").click()
    page.get_by_role("heading", name="Deze stap is in een ander tabblad veranderd").wait_for()
    looked_at(page, "request-two-tabs", "Voor wie zoek je opvang?")
    page.get_by_role("button", name="Stop en ga later verder").click()
    looked_at(page, "request-later", "Je aanvraag is bewaard")
    assert RequestDraft.objects.get().answers["child"]["typed"]["city"] == ["Lindedaal-Noord"]


@pytest.fixture
def family(town):
    now = timezone.now()
    start = timezone.localdate() + timedelta(days=60)
    locations = list(town.locations.order_by("pk"))
    for number, name in enumerate(("Peeters", "Jacobs", "Claes", "Wouters", "Aerts", "Goossens")):
        then = now - timedelta(days=10 + number)
        child = cast.make_child(
            cast.make_household(town, name, now=then), "Kind", born=start - timedelta(days=200)
        )
        cast.make_request(child, locations[:2], start=start, pattern=WEEK, now=then)
    others = cast.make_household(town, "Vol", now=now)
    for name in ("Een", "Twee"):
        cast.make_placement(
            cast.make_child(others, name, born=start - timedelta(days=300)),
            locations[1].groups.get(),
            start=start - timedelta(days=100),
            end=start + timedelta(days=900),
            pattern=WeekPattern.from_text("tue wed"),
            now=now,
        )
    household = cast.make_household(town, "Maes", now=now, email="els.maes@ouders.example")
    noor = cast.make_child(household, "Noor", born=start - timedelta(days=150))
    request = cast.make_request(noor, locations[:3], start=start, pattern=WEEK, now=now - timedelta(days=2))
    late = cast.make_request(
        cast.make_child(cast.make_household(town, "Later", now=now), "Kind", born=start - timedelta(days=90)),
        [locations[0]],
        start=start,
        pattern=WEEK,
        now=now,
    )
    town.pass_over_reasons.filter(code="group-balance").update(text_nl="Het evenwicht in de groep")
    give(late, locations[0], excused=True)
    PositionChange.objects.create(
        preference=request.preferences.get(rank=1), at=now, before=8, after=7, cause="left"
    )
    return request


def give(request, location, *, pattern=WEEK, excused=False):
    ahead = request._meta.model.objects.exclude(pk=request.pk) if excused else []
    return make_offer(
        principal=SYSTEM,
        preference_id=request.preferences.get(location=location).pk,
        group_id=location.groups.get().pk,
        start=request.wanted_start,
        pattern=pattern,
        now=timezone.now(),
        excuses={
            key: Excuse("group-balance")
            for other in ahead
            for key in other.preferences.filter(location=location).values_list("pk", flat=True)
        },
    )


@pytest.fixture
def page(open_page, live_server, client, family):
    user = User.objects.create_user("els.maes@ouders.example", name="Els Maes")
    link_user(household=family.household, user=user, principal=SYSTEM, now=timezone.now())
    client.force_login(user)
    opened = open_page()
    opened.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
    )
    return opened


def test_a_parent_sees_where_a_request_stands_and_changes_it(page, family, town):
    page.goto(reverse("enrolment:my"))
    looked_at(page, "my-children", "Mijn kinderen")
    page.get_by_role("link", name="Bekijk en verander").click()
    page.get_by_role("heading", level=1, name="Noor Maes").wait_for()
    for summary in page.locator("details.more > summary").all():
        summary.click()
    looked_at(page, "my-request", "Noor Maes")
    for link, name, heading in (
        ("Verander dagen of start", "my-request-need", "opvang nodig voor Noor"),
        ("Verander mijn keuzes", "my-request-wishes", "Waar wil je graag een plaats"),
        ("Trek deze aanvraag in", "my-request-end", "De aanvraag voor Noor intrekken?"),
    ):
        page.goto(reverse("enrolment:request", args=[family.reference]))
        page.get_by_role("link", name=link).click()
        looked_at(page, name, heading)


def test_a_parent_answers_and_signs(page, family, town):
    third = town.locations.get(name="Pimpeloentje")
    offer = give(family, third, pattern=WeekPattern.from_text("mon tue"))
    page.goto(reverse("enrolment:my"))
    looked_at(page, "my-offered", "Mijn kinderen")
    page.goto(reverse("enrolment:offer", args=[offer.reference]))
    looked_at(page, "offer", "Een plaats voor Noor")
    page.get_by_label("Ja, maar blijf in de rij").check()
    page.get_by_role("button", name="Verstuur mijn antwoord").click()
    page.get_by_role("heading", name="Tekenen").wait_for()
    looked_at(page, "placement", "De plaats voor Noor")
    page.get_by_label("Ik ga akkoord").check()
    page.get_by_label("Typ je voornaam en achternaam").fill("Els Maes")
    page.get_by_role("button", name="Tekenen").click()
    page.get_by_role("heading", name="Deze plaats is zeker").wait_for()
    looked_at(page, "placement-final", "De plaats voor Noor")


def test_what_replaces_an_earlier_place_says_so(page, family, town):
    third, first = town.locations.get(name="Pimpeloentje"), town.locations.get(name="De Wolkentuin")
    accept_offer(principal=SYSTEM, offer_id=give(family, third).pk, yes=Yes(), now=timezone.now())
    page.goto(reverse("enrolment:my"))
    page.get_by_role("link", name="Pimpeloentje").click()
    assert first.name not in page.content()
    looked_at(page, "placement-lower", "De plaats voor Noor")

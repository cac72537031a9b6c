"""A location's pages in a real browser: the main job by mouse and by keyboard, on a desk and on a phone."""

import re
from datetime import timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from kribbe.enrolment.models import Offer
from kribbe.enrolment.services.answer_offer import Yes, accept_offer, decline_offer
from kribbe.enrolment.services.make_offer import make_offer
from kribbe.enrolment.tests.location_scene import client_of, make_family, manager_of
from kribbe.places.models import ClosingDay
from kribbe.places.services.capacity import Places, set_capacity
from kribbe.rules.calendar import add_months, first_of_month
from kribbe.rules.halfdays import WORK_WEEK, WeekPattern
from kribbe.testing import cast
from kribbe.testing.browser import NARROWEST, PHONE, OpenPage, axe, fits, screenshot, seen_at
from kribbe.testing.worlds import built_once
from kribbe.trust.principal import SYSTEM

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PICTURES = {"waiting-list", "make-offer", "today", "capacity"}
"""Pages that the docs show."""

TAKEN = ("mon tue", "mon wed thu", "wed thu fri", "wed", "mon tue wed-am")


@built_once
def scene():
    """De Notelaar with two groups, five children, nine families and an offer in each state."""
    now = timezone.now()
    today = timezone.localtime(now).date()
    start = add_months(first_of_month(today), 2)
    desk = cast.make_desk()
    location = cast.make_location(desk, "De Notelaar", criteria=["sibling", "full_week"], deposit=100)
    group = cast.make_group(location, 5, now=now, name="Lieveheersbeestjes", to_months=18)
    cast.make_group(location, 8, now=now, name="Bijtjes", from_months=18)
    for number, pattern in enumerate(TAKEN):
        household = cast.make_household(desk, f"Claes {number}", now=now)
        child = cast.make_child(household, "Lou", born=today - timedelta(days=200 + number))
        cast.make_placement(
            child,
            group,
            start=today,
            end=add_months(today, 40),
            pattern=WeekPattern.from_text(pattern),
            now=now,
        )
    ended = cast.make_group(location, 4, now=now, name="Vlinders", to_months=18)
    offers = []
    for number in (20, 21, 22):
        request = make_family(desk, location, number, start=start, now=now, days_ago=2)
        offers.append(
            make_offer(
                principal=SYSTEM,
                preference_id=request.preferences.get().pk,
                group_id=ended.pk,
                start=start,
                pattern=WeekPattern.from_text("fri"),
                now=now,
            )
        )
    accept_offer(principal=SYSTEM, offer_id=offers[1].pk, yes=Yes(), now=now)
    decline_offer(principal=SYSTEM, offer_id=offers[2].pk, now=now)
    families = [make_family(desk, location, number, start=start, now=now) for number in range(9)]
    places = Places(6, 5, WeekPattern(WORK_WEEK))
    set_capacity(principal=SYSTEM, group_id=group.pk, places=places, from_day=start, now=now)
    summer = DateRange(today.replace(month=12, day=24), today.replace(month=12, day=31))
    ClosingDay.objects.create(location=location, during=summer, reason="Kerstvakantie")
    return location, group, families, start


@pytest.fixture
def enter(open_page: OpenPage, live_server, scene):
    """`enter(size=PHONE)`: a page in which the location's manager is logged in."""
    user = manager_of(scene[0], now=timezone.now())

    def enter(**options) -> Page:
        page = open_page(**options)
        cookie = client_of(user).cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
        return page

    return enter


def addresses(location, group, families, start):
    slug, wish = location.slug, families[4].preferences.get().pk
    offer = Offer.objects.filter(state="open").first()
    look = f"?group={group.pk}&month={start:%Y-%m}"
    return {
        "today": reverse("enrolment:today", args=[slug]),
        "waiting-list": reverse("enrolment:waiting_list", args=[slug]) + look,
        "replay": reverse("enrolment:waiting_list", args=[slug])
        + f"?at={timezone.localdate() - timedelta(days=4)}",
        "waiting-child": reverse("enrolment:waiting_child", args=[slug, wish]) + look,
        "make-offer": reverse("enrolment:make_offer", args=[slug, wish]) + f"?group={group.pk}&start={start}",
        "refuse": reverse("enrolment:refuse", args=[slug, wish]),
        "offers": reverse("enrolment:location_offers", args=[slug]),
        "take-back": reverse("enrolment:take_back", args=[slug, offer.reference]),
        "children": reverse("enrolment:location_children", args=[slug]),
        "criteria": reverse("enrolment:criteria", args=[slug]),
        "capacity": reverse("places:capacity", args=[slug]),
        "new-group": reverse("places:new_group", args=[slug]),
        "group-places": reverse("places:group_places", args=[slug, group.pk]),
        "closing-days": reverse("places:closing_days", args=[slug]),
        "profile": reverse("places:profile", args=[slug]),
    }


def test_every_page_can_be_read_by_everybody(enter, scene):
    page = enter()
    for name, address in addresses(*scene).items():
        page.goto(address)
        for size in seen_at(page):
            if name in PICTURES and size != NARROWEST:
                screenshot(page, f"location-{name}-{size[0]}", full=size == PHONE)


def test_every_page_fits_in_english(enter, scene):
    page = enter(size=NARROWEST, language="en-GB")
    for address in addresses(*scene).values():
        page.goto(address)
        axe(page)
        fits(page)


def test_an_offer_to_the_second_in_line_by_keyboard(enter, scene):
    page = enter()
    page.goto(addresses(*scene)["make-offer"])
    first_tile = page.locator("#id_pattern_0")
    first_tile.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Space")
    page.wait_for_load_state("networkidle")
    expect(page.locator("#passed")).to_be_visible()
    for select in page.locator("#passed select[id^='reason-']:not(#reason-all)").all():
        select.select_option("group-balance")
    page.get_by_role("textbox", name=re.compile("Bericht|Message")).fill("Welkom!")
    page.get_by_role("button", name=re.compile("Verstuur|Send the offer")).focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/waiting-list/\?group="))
    assert Offer.objects.filter(message="Welkom!").count() == 1


def test_the_numbers_follow_the_group(enter, scene):
    page = enter()
    page.goto(addresses(*scene)["make-offer"])
    other = page.locator("#id_group option", has_text="Vlinders")
    page.locator("#id_group").select_option(value=other.get_attribute("value"))
    expect(page.locator("#id_pattern .tile").first).to_contain_text("4")
    axe(page)


def test_why_this_order_opens_without_leaving_the_list(enter, scene):
    page = enter()
    page.goto(addresses(*scene)["waiting-list"])
    page.locator("a[aria-haspopup=dialog]").first.click()
    expect(page.locator("dialog[open]")).to_be_visible()
    axe(page)
    page.keyboard.press("Escape")
    expect(page.locator("dialog[open]")).to_have_count(0)


def test_a_row_opens_on_the_phone(enter, scene):
    page = enter(size=PHONE)
    page.goto(addresses(*scene)["waiting-list"])
    page.locator(".queue__open button").first.click()
    expect(page.locator("tr.is-open .week")).to_be_visible()
    axe(page)


def test_what_places_would_do_is_shown_while_typing(enter, scene):
    page = enter()
    page.goto(addresses(*scene)["group-places"])
    page.locator("#id_staffed").fill("1")
    page.locator("#id_staffed").blur()
    expect(page.locator("#effect .warn")).to_be_visible()
    axe(page)


def test_closing_days_removed_by_mistake_come_back(enter, scene):
    page = enter()
    page.goto(addresses(*scene)["closing-days"])
    page.get_by_role("button", name=re.compile("Verwijder|Remove")).first.click()
    page.get_by_role("button", name=re.compile("Ongedaan|Undo")).click()
    page.wait_for_load_state()
    assert ClosingDay.objects.count() == 1


def test_the_order_is_changed_by_keys_and_its_effect_shown(enter, scene):
    page = enter()
    page.goto(addresses(*scene)["criteria"])
    page.locator("[data-move=up]").nth(1).focus()
    page.keyboard.press("Enter")
    expect(page.locator("input[name=order]").first).to_have_value("full_week")
    axe(page)

"""Account, household and message pages as people meet them: keyboard names, contrast, 320 px, no complaints."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from kribbe.contact.models import ContactPolicy, Mail, MailState
from kribbe.contact.services import tell_household, tell_location
from kribbe.people.models import FactKind, Household
from kribbe.people.services import grant_role, link_user, make_account, record_fact
from kribbe.testing.browser import PHONE, OpenPage, screenshot, seen
from kribbe.testing.cast import make_child, make_household, make_location, make_user
from kribbe.testing.clock import Clock
from kribbe.testing.sessions import log_in
from kribbe.trust.principal import SYSTEM, Role, Scope

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PASSWORD = "een lang wachtwoord"


@pytest.fixture(autouse=True)
def _queue(settings: object) -> None:
    settings.EMAIL_BACKEND = "kribbe.contact.backend.DeskBackend"  # type: ignore[attr-defined]


def test_a_parent_logs_in_by_code_and_sees_their_data(
    open_page: OpenPage, household: Household, clock: Clock
) -> None:
    make_child(household, "Noor", born=clock.today)
    fact = {"kind": FactKind.SINGLE, "since": clock.today, "principal": SYSTEM, "now": clock.now}
    record_fact(household=household, **fact)
    tell_household(
        household_id=household.pk, kind="testing/place_offered", context={"child": "Noor"}, now=clock.now
    )
    user = make_account(email="an.maes@example.org", name="An Maes")
    link_user(household=household, user=user, principal=SYSTEM, now=clock.now)
    page = open_page(size=PHONE)
    page.goto("/my/data/")
    seen(page)
    page.get_by_label("Mailadres").first.fill("an.maes@example.org")
    page.get_by_role("button", name="Stuur me een code").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Vul de code in")
    seen(page)
    code = re.search(r"^\w{4}-\w{4}$", Mail.objects.latest("pk").body, re.MULTILINE)
    assert code
    page.get_by_label("Code").fill(code.group())
    page.get_by_role("button", name="Verder").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mijn gegevens")
    seen(page)
    page.get_by_role("link", name="Iets vertellen").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Vertel iets over je gezin")
    seen(page)
    page.goto("/my/messages/")
    seen(page)
    page.get_by_role("link", name="Verzonden Noor").click()
    seen(page)


def test_staff_set_up_their_second_factor_and_work(
    open_page: OpenPage, household: Household, clock: Clock
) -> None:
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time

    household.adults.update(email="")
    tell_household(
        household_id=household.pk, kind="testing/place_offered", context={"child": "Noor"}, now=clock.now
    )
    user = make_account(email="ada@desk.example", name="Ada", password=PASSWORD, verified=True)
    over = {"scope": Scope.DESK, "scope_id": household.desk_id, "principal": SYSTEM, "now": clock.now}
    for role in (Role.CLERK, Role.ADMINISTRATOR):
        grant_role(user=user, role=role, **over)
    page = open_page()
    page.goto("/office/lindedaal/roles/")
    seen(page)
    page.locator("#id_login").fill("ada@desk.example")
    page.get_by_role("textbox", name="Wachtwoord").fill(PASSWORD)
    page.get_by_role("button", name="Aanmelden met een wachtwoord").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Stel je tweede stap in")
    seen(page)
    secret = re.search(r"[A-Z2-7]{32}", page.locator("main").inner_text())
    assert secret
    code = format_hotp_value(hotp_value(secret.group(), max(yield_hotp_counters_from_time())))
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name="Instellen").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Bewaar deze codes op een veilige plaats")
    seen(page)
    for address in (
        "/start/",
        "/office/lindedaal/roles/",
        "/office/lindedaal/letters/",
        f"/households/{household.reference}/data/",
        f"/households/{household.reference}/log-ins/",
        "/account/2fa/",
        "/account/password/change/",
    ):
        page.goto(address)
        seen(page)


@pytest.fixture
def enter(open_page: OpenPage, live_server: Any) -> Callable[..., Page]:
    """`enter(name, role, scope, scope_id)`: a page of somebody of the staff who is logged in."""

    def enter(name: str, role: Role, scope: Scope, scope_id: int) -> Page:
        user = make_user(
            f"{name}@desk.example", role=role, scope=scope, scope_id=scope_id, now=timezone.now()
        )
        page = open_page()
        cookie = log_in(Client(), user, second_factor=True).cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
        return page

    return enter


@pytest.fixture
def told(household: Household) -> Household:
    """Three families were told something these days: one by mail, one by letter, and one whose mail came back."""
    now = timezone.now()
    others = (("Peeters", "jo.peeters@example.org"), ("Bakkali", ""))
    families = [
        household,
        *(make_household(household.desk, name, now=now, email=email) for name, email in others),
    ]
    for hours, (family, subject) in enumerate(
        zip(families, ("Slaapzak", "Wennen", "Uur van halen"), strict=True)
    ):
        tell_household(
            household_id=family.pk,
            kind="contact/post_household",
            context={"sender": "De Notelaar", "subject": subject, "text": ""},
            now=now - timedelta(hours=hours),
        )
    Mail.objects.filter(notice__household=household).update(state=MailState.SENT, sent_at=now)
    Mail.objects.filter(address="jo.peeters@example.org").update(state=MailState.BOUNCED)
    location = make_location(household.desk, "De Notelaar")
    tell_location(
        location_id=location.pk,
        desk=household.desk,
        kind="contact/post_location",
        context={"sender": "An Maes", "subject": "Slaapzak", "text": ""},
        now=now,
        addresses=["mia@notelaar.example"],
    )
    return household


def test_the_desk_finds_who_was_told_what(enter: Callable[..., Page], told: Household) -> None:
    page = enter("marleen", Role.CLERK, Scope.DESK, told.desk_id)
    page.goto(f"/office/{told.desk.slug}/")
    page.locator("summary", has_text="Contact").click()
    page.get_by_role("link", name="Wie kreeg wat te horen").click()
    seen(page)
    screenshot(page, "contact-told")
    page.get_by_label("Naam").fill("maes")
    page.get_by_role("button", name="Toon").click()
    page.locator("tbody summary").first.click()
    expect(page.locator("tbody tr")).to_have_count(1)
    seen(page)
    page.get_by_label("Naam").fill("niemand")
    page.get_by_role("button", name="Toon").click()
    page.get_by_role("link", name="Toon iedereen").wait_for()
    seen(page)


def test_a_location_sees_what_it_was_told(enter: Callable[..., Page], told: Household) -> None:
    location = told.desk.locations.get()
    page = enter("mia", Role.MANAGER, Scope.LOCATION, location.pk)
    page.goto(f"/at/{location.slug}/told/")
    expect(page.locator("tbody tr")).to_have_count(1)
    seen(page)


def test_an_administrator_chooses_how_the_desk_talks(
    enter: Callable[..., Page], household: Household
) -> None:
    page = enter("ada", Role.ADMINISTRATOR, Scope.DESK, household.desk_id)
    page.goto(f"/office/{household.desk.slug}/settings/")
    page.get_by_role("link", name="Mails en berichten").click()
    page.get_by_label("Mails wachten vanaf").fill("01:00")
    page.get_by_label("Mails vertrekken weer vanaf").fill("23:00")
    page.get_by_role("button", name="Bewaren").click()
    page.locator("[data-error-summary]").wait_for()
    seen(page)
    page.get_by_label("Mails wachten vanaf").fill("20:00")
    page.get_by_label("Mails vertrekken weer vanaf").fill("08:00")
    page.get_by_role("button", name="Bewaren").click()
    expect(page.get_by_text("Bewaard.")).to_be_visible()
    seen(page)
    screenshot(page, "contact-settings")
    assert ContactPolicy.objects.get().quiet_from.hour == 20

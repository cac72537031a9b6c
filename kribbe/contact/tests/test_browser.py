"""Account, household and message pages as people meet them: keyboard names, contrast, 320 px, no complaints."""

import re

import pytest
from playwright.sync_api import Page, expect

from kribbe.contact.models import Mail
from kribbe.contact.services import tell_household
from kribbe.people.models import FactKind, Household
from kribbe.people.services import grant_role, link_user, make_account, record_fact
from kribbe.testing.browser import DESKTOP, NARROWEST, OpenPage, axe, fits
from kribbe.testing.cast import make_child
from kribbe.testing.clock import Clock
from kribbe.trust.principal import SYSTEM, Role, Scope

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PASSWORD = "een lang wachtwoord"


@pytest.fixture(autouse=True)
def _queue(settings: object) -> None:
    settings.EMAIL_BACKEND = "kribbe.contact.backend.DeskBackend"  # type: ignore[attr-defined]


def seen(page: Page) -> None:
    axe(page)
    fits(page)


@pytest.mark.parametrize("size", [DESKTOP, NARROWEST])
def test_a_parent_logs_in_by_code_and_sees_their_data(
    open_page: OpenPage, household: Household, clock: Clock, size: tuple[int, int]
) -> None:
    make_child(household, "Noor", born=clock.today)
    fact = {"kind": FactKind.SINGLE, "since": clock.today, "principal": SYSTEM, "now": clock.now}
    record_fact(household=household, **fact)
    tell_household(
        household_id=household.pk, kind="testing/place_offered", context={"child": "Noor"}, now=clock.now
    )
    user = make_account(email="an.maes@example.org", name="An Maes")
    link_user(household=household, user=user, principal=SYSTEM, now=clock.now)
    page = open_page(size=size)
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


@pytest.mark.parametrize("size", [DESKTOP, NARROWEST])
def test_staff_set_up_their_second_factor_and_work(
    open_page: OpenPage, household: Household, clock: Clock, size: tuple[int, int]
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
    page = open_page(size=size)
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
        "/account/2fa/",
        "/account/password/change/",
    ):
        page.goto(address)
        seen(page)

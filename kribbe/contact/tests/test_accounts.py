"""Logging in by mailed code and by password, and the second factor of staff."""

import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.test import Client, RequestFactory
from django.urls import reverse

from kribbe.contact.models import Mail
from kribbe.contact.tasks import send_mail
from kribbe.people.middleware import accept_new_factor, has_second_factor
from kribbe.people.models import Household, User
from kribbe.people.services import grant_role, link_user, make_account
from kribbe.testing.clock import Clock
from kribbe.testing.mail import MailServer
from kribbe.trust.principal import SYSTEM, Role, Scope

pytestmark = pytest.mark.django_db
PASSWORD = "een lang wachtwoord"
SECRET = "JBSWY3DPEHPK3PXP"


@pytest.fixture
def an(household: Household, clock: Clock) -> User:
    """An, parent of the Maes family, whose address nobody proved yet."""
    user = make_account(email="an.maes@example.org", name="An Maes")
    link_user(household=household, user=user, principal=SYSTEM, now=clock.now)
    return user


@pytest.fixture
def cleo(household: Household, clock: Clock) -> User:
    """Cleo, clerk of the family's desk, with a password and no second factor yet."""
    user = make_account(email="cleo@desk.example", name="Cleo", password=PASSWORD, verified=True)
    grant_role(
        user=user,
        role=Role.CLERK,
        scope=Scope.DESK,
        scope_id=household.desk_id,
        principal=SYSTEM,
        now=clock.now,
    )
    return user


def with_password(client: Client, email: str, **data: str) -> Any:
    return client.post(reverse("account_login"), {"login": email, "password": PASSWORD, **data})


def digits(secret: str = SECRET) -> str:
    """The six digits that the app shows now."""
    return format_hotp_value(hotp_value(secret, max(yield_hotp_counters_from_time())))


def mailed_code(smtp: MailServer) -> str:
    mail = Mail.objects.latest("pk")
    send_mail(mail_id=mail.pk)
    text = smtp.messages[-1].get_content()
    found = re.search(r"^([A-Z0-9]{3,}-[A-Z0-9]{3,})\s*$", text, re.MULTILINE)
    assert found, text
    return found.group(1)


def test_a_parent_logs_in_with_a_mailed_code(client: Client, an: User, smtp: MailServer) -> None:
    back = reverse("people:my_data")
    page = client.get(back)
    assert page.url == f"{reverse('account_login')}?next=%2Fmy%2Fdata%2F"
    client.post(reverse("account_request_login_code"), {"email": "An.Maes@example.org", "next": back})
    code = mailed_code(smtp)
    assert smtp.messages[-1]["Subject"] == "Je code om aan te melden"
    entered = client.post(reverse("account_confirm_login_code"), {"code": code, "next": back})
    assert entered.url == back
    assert "An Maes" in client.get(back).content.decode()


def test_a_wrong_code_is_refused_and_an_unknown_address_tells_nothing(
    client: Client, an: User, smtp: MailServer
) -> None:
    client.post(reverse("account_request_login_code"), {"email": an.email})
    wrong = client.post(reverse("account_confirm_login_code"), {"code": "AAAAAA"})
    assert wrong.status_code == 200
    stranger = Client()
    asked = stranger.post(reverse("account_request_login_code"), {"email": "nobody@example.org"})
    assert asked.url == reverse("account_confirm_login_code")
    assert "{" not in Mail.objects.latest("pk").body


def test_nobody_signs_up_alone(client: Client) -> None:
    client.post(
        reverse("account_signup"), {"email": "new@example.org", "password1": PASSWORD, "password2": PASSWORD}
    )
    assert not User.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_staff_without_a_second_factor_are_made_to_set_one_up(client: Client, cleo: User) -> None:
    letters = reverse("contact:letters", args=["lindedaal"])
    with_password(client, cleo.email)
    sent = client.get(letters)
    assert sent.url == f"{reverse('mfa_activate_totp')}?next=%2Foffice%2Flindedaal%2Fletters%2F"
    assert client.get(reverse("people:start")).url.startswith(reverse("mfa_activate_totp"))
    assert "Code uit de app" in client.get(sent.url, headers={"accept-language": "nl"}).text
    secret = client.session["mfa.totp.secret"]
    done = client.post(reverse("mfa_activate_totp"), {"code": digits(secret)})
    assert done.url == reverse("mfa_view_recovery_codes")
    assert client.get(done.url).status_code == 200
    assert client.get(letters).status_code == 200


def test_staff_give_their_second_factor_at_each_log_in(client: Client, cleo: User) -> None:
    TOTP.activate(cleo, SECRET)
    letters = reverse("contact:letters", args=["lindedaal"])
    asked = with_password(client, cleo.email)
    assert asked.url == reverse("mfa_authenticate")
    assert client.get(letters).url.startswith(reverse("account_login"))
    assert client.post(reverse("mfa_authenticate"), {"code": "000000"}).status_code == 200
    client.post(reverse("mfa_authenticate"), {"code": digits()})
    assert client.get(letters).status_code == 200


def test_a_code_by_mail_does_not_stand_in_for_the_second_factor(
    client: Client, cleo: User, smtp: MailServer
) -> None:
    TOTP.activate(cleo, SECRET)
    client.post(reverse("account_request_login_code"), {"email": cleo.email})
    entered = client.post(reverse("account_confirm_login_code"), {"code": mailed_code(smtp)})
    assert entered.url == reverse("mfa_authenticate")
    assert client.get(reverse("contact:letters", args=["lindedaal"])).status_code == 302


def test_a_session_that_never_gave_the_factor_is_asked_for_it(client: Client, cleo: User) -> None:
    with_password(client, cleo.email)
    TOTP.activate(cleo, SECRET)
    letters = reverse("contact:letters", args=["lindedaal"])
    asked = client.get(letters).url
    assert asked.startswith(reverse("mfa_reauthenticate"))
    given = client.post(asked, {"code": digits(), "next": letters})
    assert given.url == letters
    assert client.get(letters).status_code == 200


@pytest.mark.parametrize(
    "name",
    [
        "account_login",
        "account_request_login_code",
        "account_signup",
        "account_reset_password",
        "account_inactive",
    ],
)
def test_pages_for_visitors_stand(client: Client, name: str) -> None:
    page = client.get(reverse(name))
    assert page.status_code == 200
    assert "<h1" in page.content.decode()


@pytest.mark.parametrize(
    "name",
    [
        "account_logout",
        "account_email",
        "account_change_password",
        "mfa_index",
        "mfa_view_recovery_codes",
        "mfa_generate_recovery_codes",
        "mfa_list_webauthn",
        "mfa_add_webauthn",
        "mfa_deactivate_totp",
        "mfa_reauthenticate",
        "account_reauthenticate",
    ],
)
def test_pages_of_an_account_stand(client: Client, cleo: User, name: str) -> None:
    TOTP.activate(cleo, SECRET)
    Authenticator.objects.create(user=cleo, type="recovery_codes", data={"seed": "0" * 40, "used_mask": 0})
    with_password(client, cleo.email)
    client.post(reverse("mfa_authenticate"), {"code": digits()})
    page = client.get(reverse(name))
    assert page.status_code == 200
    assert "<h1" in page.content.decode()


def test_a_further_factor_does_not_open_a_session_that_gave_none(client: Client, cleo: User) -> None:
    """A session from before the first factor could add a second one of its own."""
    with_password(client, cleo.email)
    TOTP.activate(cleo, SECRET)
    key = Authenticator.objects.create(user=cleo, type="webauthn", data={})
    request = RequestFactory().get("/")
    request.user, request.session = cleo, client.session
    accept_new_factor(request, key)
    assert not has_second_factor(request)

"""Who logs in for a household: by the addresses of its adults, and no longer by one that was somebody else's."""

from dataclasses import replace
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse

from kribbe.people import middleware
from kribbe.people.models import Adult, Household, RoleGrant, User
from kribbe.people.selectors import grants_over
from kribbe.people.services import (
    AdultData,
    change_adult,
    grant_role,
    let_in,
    link_user,
    make_account,
    open_log_ins,
)
from kribbe.testing.cast import acting, make_desk, make_household
from kribbe.testing.clock import Clock
from kribbe.trust.errors import RefusedError
from kribbe.trust.models import AuditEntry
from kribbe.trust.principal import SYSTEM, Grant, Principal, Role, Scope

pytestmark = pytest.mark.django_db

WRONG, RIGHT = "an.maes@example.org", "an.maes@goed.example"
AN = AdultData(first_name="An", last_name="Maes", email=RIGHT)


@pytest.fixture
def clerk(household: Household) -> Principal:
    return acting(Role.CLERK, Scope.DESK, household.desk_id, user_id=900)


@pytest.fixture
def stranger(household: Household, clock: Clock) -> User:
    """Whose address was typed for An's, and who logged in with it."""
    open_log_ins(household=household, principal=SYSTEM, now=clock.now)
    EmailAddress.objects.update(verified=True)
    return User.objects.get(email=WRONG)


def parent(household: Household, user_id: int, role: Role = Role.PARENT) -> Principal:
    return acting(role, Scope.HOUSEHOLD, household.pk, user_id=user_id)


def second_adult(household: Household, email: str, clock: Clock) -> User:
    """Jo, with an account that was used."""
    Adult.objects.create(
        household=household, first_name="Jo", last_name="Maes", name_key="maes jo", email=email
    )
    user = make_account(email=email, name="Jo Maes", verified=True)
    link_user(household=household, user=user, principal=SYSTEM, now=clock.now)
    return user


def change(household: Household, by: Principal, clock: Clock, data: AdultData = AN) -> None:
    adult = household.adults.select_related("household__desk").get(first_name=data.first_name)
    change_adult(adult=adult, data=data, principal=by, now=clock.now)


def opens(household: Household) -> set[str]:
    return {grant.user.email for grant in grants_over(household)}


def entered(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_whose_address_was_typed_wrong_reads_nothing_once_the_desk_corrects_it(
    household: Household, stranger: User, clerk: Principal, clock: Clock
) -> None:
    data = reverse("people:household_data", args=[household.reference])
    inside = entered(stranger)
    assert inside.get(data).status_code == 200
    change(household, clerk, clock)
    assert inside.get(data).status_code == 404
    assert opens(household) == {RIGHT}
    an = User.objects.get(email=RIGHT)
    assert household.adults.get().user == an
    assert entered(an).get(data).status_code == 200
    told = AuditEntry.objects.filter(household_id=household.pk, actor_id=clerk.user_id)
    assert {"adult.changed", "role.revoked", "role.granted"} <= set(told.values_list("action", flat=True))


def test_a_family_that_gets_a_mail_address_later_can_log_in(
    clerk: Principal, household: Household, clock: Clock
) -> None:
    Adult.objects.update(email="")
    change(household, clerk, clock)
    assert opens(household) == {RIGHT}
    change(household, clerk, clock, replace(AN, email=""))
    assert opens(household) == set()


def test_another_household_with_the_same_address_keeps_its_log_in(
    household: Household, stranger: User, clerk: Principal, clock: Clock
) -> None:
    theirs = make_household(household.desk, "Peeters", now=clock.now, email=WRONG)
    open_log_ins(household=theirs, principal=SYSTEM, now=clock.now)
    change(household, clerk, clock)
    assert (opens(household), opens(theirs)) == ({RIGHT}, {WRONG})


def test_an_address_that_another_adult_has_too_stays(
    household: Household, stranger: User, clerk: Principal, clock: Clock
) -> None:
    Adult.objects.create(
        household=household, first_name="Jo", last_name="Maes", name_key="maes jo", email=WRONG
    )
    change(household, clerk, clock)
    assert opens(household) == {WRONG, RIGHT}


def test_an_account_of_staff_is_never_tied_by_its_address(
    household: Household, stranger: User, clerk: Principal, clock: Clock
) -> None:
    grant_role(
        user=make_account(email=RIGHT, name="Bea"), role=Role.CLERK, scope=Scope.DESK,
        scope_id=household.desk_id, principal=SYSTEM, now=clock.now,
    )  # fmt: skip
    change(household, clerk, clock)
    assert opens(household) == set(), "the wrong one is out, and nobody of staff is in"
    with pytest.raises(RefusedError) as refused:
        let_in(adult=household.adults.get(), principal=clerk, now=clock.now)
    assert refused.value.code == "staff"


def test_a_parent_who_changes_the_own_address_stays_in(
    household: Household, stranger: User, clock: Clock
) -> None:
    change(household, parent(household, stranger.pk), clock)
    assert opens(household) == {WRONG, RIGHT}


def test_a_parent_corrects_the_others_address_and_puts_nobody_out_who_logged_in(
    household: Household, stranger: User, clock: Clock
) -> None:
    an, jo = parent(household, stranger.pk), second_adult(household, "jo@example.org", clock)
    wanted = AdultData(first_name="Jo", last_name="Maes", email="jo@nieuw.example")
    change(household, an, clock, wanted)
    assert opens(household) == {WRONG, jo.email, "jo@nieuw.example"}
    change(household, an, clock, replace(wanted, email="jo@goed.example"))
    assert opens(household) == {WRONG, jo.email, "jo@goed.example"}, "the one that was never used is out"


@pytest.mark.parametrize("who", ["second parent", "referrer", "clerk elsewhere"])
def test_who_may_not_invite_gives_no_log_in_and_takes_none(
    household: Household, stranger: User, clock: Clock, who: str
) -> None:
    change_only = Grant(Role.REFERRER, Scope.HOUSEHOLD, household.pk, frozenset({"household.change"}))
    by = {
        "second parent": parent(household, 901, Role.CO_PARENT),
        "referrer": Principal(user_id=902, grants=(change_only,), verified=True),
        "clerk elsewhere": acting(Role.CLERK, Scope.DESK, household.desk_id + 1, user_id=903),
    }[who]
    change(household, by, clock)
    assert opens(household) == {WRONG}


def test_a_referrer_gives_a_family_its_first_log_in(household: Household, clock: Clock) -> None:
    change_only = Grant(Role.REFERRER, Scope.HOUSEHOLD, household.pk, frozenset({"household.change"}))
    change(household, Principal(user_id=902, grants=(change_only,), verified=True), clock)
    assert opens(household) == {RIGHT}


def test_a_second_parents_account_stays_one_of_a_second_parent(
    household: Household, clerk: Principal, clock: Clock
) -> None:
    user = make_account(email=WRONG, name="An", verified=True)
    link_user(household=household, user=user, principal=SYSTEM, now=clock.now, role=Role.CO_PARENT)
    change(household, clerk, clock)
    assert RoleGrant.objects.get().role == Role.CO_PARENT


@pytest.fixture
def cleo(household: Household, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setattr(middleware, "has_second_factor", lambda _request: True)
    user = make_account(email="cleo@desk.example", name="Cleo")
    grant_role(
        user=user,
        role=Role.CLERK,
        scope=Scope.DESK,
        scope_id=household.desk_id,
        principal=SYSTEM,
        now=clock.now,
    )
    return entered(user)


def test_the_desk_sees_who_logs_in_and_takes_out_and_lets_in(
    household: Household, stranger: User, cleo: Client, clock: Clock
) -> None:
    there = reverse("people:log_ins", args=[household.reference])
    page: Any = cleo.get(there)
    assert WRONG in page.text
    grant = RoleGrant.objects.get(user=stranger)
    cleo.post(reverse("people:take_out", args=[household.reference, grant.pk]))
    assert opens(household) == set()
    adult = household.adults.get()
    assert adult.user is None
    assert adult in cleo.get(there).context["others"]
    cleo.post(reverse("people:let_in", args=[household.reference, adult.pk]))
    assert opens(household) == {WRONG}
    assert there in cleo.get(reverse("people:household_data", args=[household.reference])).text


def test_only_the_familys_own_desk_and_only_its_own_accounts(
    household: Household, stranger: User, cleo: Client, clock: Clock
) -> None:
    theirs = make_household(
        make_desk("elders", nis="99002"), "Peeters", now=clock.now, email="lotte@example.org"
    )
    open_log_ins(household=theirs, principal=SYSTEM, now=clock.now)
    grant, adult = grants_over(theirs).get(), theirs.adults.get()
    for reference in (theirs.reference, household.reference):
        assert cleo.post(reverse("people:take_out", args=[reference, grant.pk])).status_code == 404
        assert cleo.post(reverse("people:let_in", args=[reference, adult.pk])).status_code == 404
    own = RoleGrant.objects.get(user__email="cleo@desk.example").pk
    assert cleo.post(reverse("people:take_out", args=[household.reference, own])).status_code == 404
    assert entered(stranger).get(reverse("people:log_ins", args=[household.reference])).status_code == 404
    assert opens(theirs) == {"lotte@example.org"}


def test_a_parent_sees_which_addresses_log_in_and_whom_to_call(household: Household, stranger: User) -> None:
    page = entered(stranger).get(reverse("people:my_data")).text
    assert f"<li>{WRONG}</li>" in page
    assert reverse("people:log_ins", args=[household.reference]) not in page

"""The cast: An of the Maes family, Cleo the clerk and Ada the administrator of its desk."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from kribbe.people import locating, middleware
from kribbe.people.models import FactKind, Household, RoleGrant, User
from kribbe.people.services import end_fact, grant_role, link_user, make_account, record_fact
from kribbe.people.words import ROLES
from kribbe.testing.cast import make_child, make_desk
from kribbe.testing.clock import Clock
from kribbe.trust.models import AuditEntry
from kribbe.trust.principal import SYSTEM, Role, Scope

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _factor_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(middleware, "has_second_factor", lambda _request: True)


def entered(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def staff(email: str, role: Role, desk_id: int, clock: Clock) -> Client:
    user = make_account(email=email, name=email.split("@")[0].capitalize())
    grant_role(user=user, role=role, scope=Scope.DESK, scope_id=desk_id, principal=SYSTEM, now=clock.now)
    return entered(user)


@pytest.fixture
def an(household: Household, clock: Clock) -> Client:
    user = make_account(email="an.maes@example.org", name="An Maes")
    link_user(household=household, user=user, principal=SYSTEM, now=clock.now)
    return entered(user)


@pytest.fixture
def cleo(household: Household, clock: Clock) -> Client:
    return staff("cleo@desk.example", Role.CLERK, household.desk_id, clock)


@pytest.fixture
def ada(household: Household, clock: Clock) -> Client:
    return staff("ada@desk.example", Role.ADMINISTRATOR, household.desk_id, clock)


def token(page: Any) -> str:
    return str(page.context["form"]["once"].value())


def test_a_parent_sees_who_looked(an: Client, cleo: Client, household: Household) -> None:
    data = reverse("people:household_data", args=[household.reference])
    assert cleo.get(data).status_code == 200
    page = an.get(reverse("people:my_data")).content.decode()
    assert "Bekeek je gegevens" in page
    assert f"{ROLES[Role.CLERK]}, Lindedaal" in page
    assert "Cleo" not in page, "staff are told by their function"
    assert an.get(data).status_code == 200
    assert AuditEntry.objects.filter(action="household.read").count() == 1


def test_a_stranger_finds_nothing(household: Household, clock: Clock) -> None:
    other = make_desk("beekdal", nis="99002")
    stranger = staff("otto@beekdal.example", Role.CLERK, other.pk, clock)
    there = [
        reverse("people:household_data", args=[household.reference]),
        reverse("people:change_address", args=[household.reference]),
        reverse("people:roles", args=["lindedaal"]),
    ]
    for address in there:
        assert stranger.get(address).status_code == 404
        assert Client().get(address).url.startswith(reverse("account_login"))


def test_an_address_is_changed_once(an: Client, household: Household) -> None:
    address = reverse("people:change_address", args=[household.reference])
    page = an.get(address)
    assert "De aanvragen en hun datums blijven." in page.content.decode()
    data = {"once": token(page), "street": "Veld 2", "postcode": "3999", "city": "Lindedaal"}
    for _ in range(2):
        assert an.post(address, data).url == reverse("people:my_data")
    household.refresh_from_db()
    assert (household.street, household.longitude) == ("Veld 2", 4.7)
    assert AuditEntry.objects.filter(action="household.address_changed").count() == 1


def test_a_new_address_lies_where_its_street_is(
    an: Client, household: Household, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def locator(text: str) -> tuple[float, float]:
        asked.append(text)
        return 4.71, 50.87

    monkeypatch.setattr(locating, "_locators", [locator])
    address = reverse("people:change_address", args=[household.reference])
    data = {"once": token(an.get(address)), "street": "Veld 2", "postcode": " 3999 ", "city": "Lindedaal"}
    an.post(address, data)
    household.refresh_from_db()
    assert asked == ["Veld 2, 3999 Lindedaal"]
    assert (household.longitude, household.latitude) == (4.71, 50.87)


def test_what_was_typed_stays_and_the_error_stands_at_its_field(an: Client, household: Household) -> None:
    adult = household.adults.get()
    address = reverse("people:change_adult", args=[household.reference, adult.pk])
    data = {
        "once": token(an.get(address)),
        "first_name": "Anna",
        "last_name": "Maes",
        "email": "anna@example",
        "national_number": "85073003329",
    }
    page = an.post(address, data)
    assert page.status_code == 422
    assert "email" in page.context["form"].errors
    again = an.post(address, data | {"email": "anna@example.org"})
    assert again.status_code == 422
    assert list(again.context["form"].errors) == ["national_number"]
    assert 'value="Anna"' in again.content.decode()
    done = an.post(address, data | {"email": "anna@example.org", "national_number": "85.07.30-033 28"})
    assert done.status_code == 302
    adult.refresh_from_db()
    assert (adult.first_name, len(adult.national_number_hash)) == ("Anna", 64)


def test_facts_are_told_ended_and_taken_back(an: Client, household: Household, clock: Clock) -> None:
    tell = reverse("people:record_fact", args=[household.reference])
    an.post(tell, {"once": token(an.get(tell)), "kind": "single", "since": "2026-01-01"})
    fact = household.facts.get()
    twice = an.post(tell, {"once": token(an.get(tell)), "kind": "single", "since": "2026-02-01"})
    assert list(twice.context["form"].errors) == ["kind"]
    end = reverse("people:end_fact", args=[household.reference, fact.pk])
    early = an.post(end, {"once": token(an.get(end)), "last_day": "2025-12-31"})
    assert list(early.context["form"].errors) == ["last_day"]
    an.post(end, {"once": token(an.get(end)), "last_day": "2026-02-28"})
    assert "tot en met 28 februari 2026" in an.get(reverse("people:my_data")).content.decode()
    an.post(reverse("people:reopen_fact", args=[household.reference, fact.pk]))
    fact.refresh_from_db()
    assert fact.during.upper is None


def test_a_fact_that_stands_again_cannot_be_taken_back(
    an: Client, household: Household, clock: Clock
) -> None:
    first = record_fact(
        household=household, kind=FactKind.WORK, since=clock.today, principal=SYSTEM, now=clock.now
    )
    end_fact(fact=first, last_day=clock.today, principal=SYSTEM, now=clock.now)
    later = clock.advance(days=1)
    record_fact(household=household, kind=FactKind.WORK, since=later.date(), principal=SYSTEM, now=later)
    page = an.post(reverse("people:reopen_fact", args=[household.reference, first.pk]), follow=True)
    assert "alert--error" in page.content.decode()


def test_birth_and_language(an: Client, household: Household, clock: Clock) -> None:
    child = make_child(household, "", born=None, expected=clock.today)  # type: ignore[arg-type]
    birth = reverse("people:record_birth", args=[household.reference, child.pk])
    nameless = an.post(birth, {"once": token(an.get(birth)), "born": "2026-02-27"})
    assert list(nameless.context["form"].errors) == ["first_name"]
    told = {"once": token(an.get(birth)), "born": "2026-02-27", "first_name": "Noor"}
    assert an.post(birth, told).status_code == 302
    child.refresh_from_db()
    assert (child.first_name, str(child.born)) == ("Noor", "2026-02-27")
    language = reverse("people:change_language", args=[household.reference])
    assert an.post(language, {"once": token(an.get(language)), "language": "en"}).status_code == 302
    household.refresh_from_db()
    assert household.language == "en"


def test_an_administrator_gives_and_takes_roles(ada: Client, cleo: Client, household: Household) -> None:
    roles = reverse("people:roles", args=["lindedaal"])
    assert cleo.get(roles).status_code == 404
    page = ada.get(roles)
    given = ada.post(roles, {"once": token(page), "name": "Bo", "email": "Bo@desk.example", "role": "clerk"})
    assert given.url == roles
    grant = RoleGrant.objects.get(user__email="bo@desk.example")
    assert (grant.role, grant.scope, grant.scope_id) == ("clerk", "desk", household.desk_id)
    assert ada.get(reverse("people:confirm_revoke", args=["lindedaal", grant.pk])).status_code == 200
    ada.post(reverse("people:revoke", args=["lindedaal", grant.pk]))
    ada.post(reverse("people:revoke", args=["lindedaal", grant.pk]))
    assert not RoleGrant.objects.filter(pk=grant.pk).exists()
    herself = RoleGrant.objects.get(user__email="ada@desk.example")
    ada.post(reverse("people:revoke", args=["lindedaal", herself.pk]))
    assert RoleGrant.objects.filter(pk=herself.pk).exists()
    written = AuditEntry.objects.filter(desk_id=household.desk_id, action__startswith="role.")
    assert sorted(written.values_list("action", flat=True)) == ["role.granted", "role.revoked"]


def test_a_role_elsewhere_cannot_be_taken_here(ada: Client, clock: Clock) -> None:
    other = make_desk("beekdal", nis="99002")
    staff("otto@beekdal.example", Role.CLERK, other.pk, clock)
    grant = RoleGrant.objects.get(user__email="otto@beekdal.example")
    assert ada.get(reverse("people:confirm_revoke", args=["lindedaal", grant.pk])).status_code == 404
    ada.post(reverse("people:revoke", args=["lindedaal", grant.pk]))
    assert RoleGrant.objects.filter(pk=grant.pk).exists()


def test_who_has_no_role_is_shown_where_to_go(clock: Clock) -> None:
    page = entered(make_account(email="new@example.org", name="New")).get(reverse("people:start"))
    assert page.status_code == 200
    assert page.context["workplaces"] == []


def test_each_role_has_its_first_page(an: Client, cleo: Client, ada: Client, household: Household) -> None:
    start = reverse("people:start")
    assert an.get(start).url == "/my/"
    assert cleo.get(start).url == "/office/lindedaal/"
    assert ada.get(start).url == "/office/lindedaal/settings/"


def test_a_clerk_who_is_a_parent_too_chooses(cleo: Client, household: Household, clock: Clock) -> None:
    user = User.objects.get(email="cleo@desk.example")
    link_user(household=household, user=user, principal=SYSTEM, now=clock.now)
    page = cleo.get(reverse("people:start"))
    assert [workplace.url for workplace in page.context["workplaces"]] == ["/my/", "/office/lindedaal/"]


@pytest.mark.parametrize(
    ("role", "scope"), [(Role.MANAGER, Scope.LOCATION), (Role.ORGANISER, Scope.ORGANISER)]
)
def test_who_runs_locations_goes_to_them(
    household: Household, clock: Clock, role: Role, scope: Scope
) -> None:
    user = make_account(email="bea@kribbe.example", name="Bea")
    grant_role(user=user, role=role, scope=scope, scope_id=7, principal=SYSTEM, now=clock.now)
    assert entered(user).get(reverse("people:start")).url == "/at/"


def test_a_role_over_the_region_counts_at_each_desk(household: Household, clock: Clock) -> None:
    make_desk("beekdal", nis="99002")
    user = make_account(email="rik@streek.example", name="Rik")
    region = household.desk.region_id
    grant_role(
        user=user,
        role=Role.POLICY_OFFICER,
        scope=Scope.REGION,
        scope_id=region,
        principal=SYSTEM,
        now=clock.now,
    )
    shown = entered(user).get(reverse("people:start")).context["workplaces"]
    assert [workplace.place for workplace in shown] == ["Beekdal", "Lindedaal"]


def test_what_somebody_logged_in_reads_stays_in_no_cache(an: Client, household: Household) -> None:
    for address in (reverse("people:my_data"), reverse("region:home", args=[household.desk.slug])):
        assert "no-store" in an.get(address)["Cache-Control"], address
    assert not Client().get(reverse("region:home", args=[household.desk.slug])).has_header("Cache-Control")

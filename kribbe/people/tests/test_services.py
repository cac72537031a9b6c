from datetime import date, timedelta

import pytest

from kribbe.people.models import Adult, Child, FactKind, Household, RoleGrant
from kribbe.people.services import (
    AdultData,
    ChildData,
    add_child,
    change_address,
    change_adult,
    end_fact,
    grant_role,
    link_user,
    make_account,
    record_birth,
    record_fact,
    register_household,
    reopen_fact,
    revoke_role,
)
from kribbe.testing.cast import acting, make_desk
from kribbe.testing.clock import Clock
from kribbe.trust.errors import RefusedError
from kribbe.trust.models import AuditEntry
from kribbe.trust.principal import SYSTEM, Role, Scope

pytestmark = pytest.mark.django_db
NUMBER = "85.07.30-033 28"


def actions(household: Household) -> list[str]:
    return list(
        AuditEntry.objects.filter(household_id=household.pk).order_by("pk").values_list("action", flat=True)
    )


def test_a_name_turns_no_line_around_and_stands_on_one(clock: Clock) -> None:
    household = register_household(
        desk=make_desk(),
        adults=[AdultData(first_name="An\u202e", last_name="D'Hondt\r\n  \u2066Maes")],
        street="Dorpsstraat 5",
        postcode="3999",
        city="Lindedaal",
        principal=SYSTEM,
        now=clock.now,
    )
    adult = household.adults.get()
    assert str(adult) == "An D'Hondt Maes"
    data = AdultData(first_name="\u200fBo", last_name="نور Maes")
    change_adult(adult=adult, data=data, principal=SYSTEM, now=clock.now)
    assert str(Adult.objects.get()) == "Bo نور Maes"
    child = add_child(
        household=household,
        child=ChildData(first_name="Zoë \u202e👩‍👧", last_name="Maes", born=clock.now.date()),
        principal=SYSTEM,
        today=clock.now.date(),
        now=clock.now,
    )
    assert str(child) == "Zoë 👩‍👧 Maes"


def test_the_first_adult_is_the_applicant_and_numbers_are_kept_as_hashes(clock: Clock) -> None:
    household = register_household(
        desk=make_desk(),
        adults=[
            AdultData(first_name="An", last_name="D'Hondt", email="An@Example.org", national_number=NUMBER),
            AdultData(first_name="Bo", last_name="Maes"),
        ],
        street="Dorpsstraat 5",
        postcode="3999",
        city="Lindedaal",
        principal=SYSTEM,
        now=clock.now,
    )
    an, bo = household.adults.order_by("pk")
    assert (an.is_applicant, bo.is_applicant) == (True, False)
    assert an.email == "an@example.org"
    assert an.name_key == "dhondt\x1fan"
    assert len(an.national_number_hash) == 64
    assert bo.national_number_hash == ""
    assert actions(household) == ["household.registered"]


def test_a_household_needs_an_adult(clock: Clock) -> None:
    with pytest.raises(RefusedError):
        register_household(
            desk=make_desk(), adults=[], street="", postcode="", city="", principal=SYSTEM, now=clock.now
        )


@pytest.mark.parametrize(
    ("born", "expected", "field"),
    [
        (None, None, "born"),
        (1, None, "born"),
        (None, 301, "expected"),
        (None, -32, "expected"),
    ],
)
def test_impossible_dates_are_refused_at_their_field(
    household: Household, clock: Clock, born: int | None, expected: int | None, field: str
) -> None:
    """Days from today: born tomorrow, expected in over 300 days, expected over a month ago."""

    def day(days: int | None) -> date | None:
        return None if days is None else clock.today + timedelta(days=days)

    with pytest.raises(RefusedError) as refused:
        add_child(
            household=household,
            child=ChildData(last_name="Maes", born=day(born), expected=day(expected)),
            principal=SYSTEM,
            today=clock.today,
            now=clock.now,
        )
    assert refused.value.field == field


@pytest.mark.parametrize("days", [0, 300, -31])
def test_a_child_may_be_expected(household: Household, clock: Clock, days: int) -> None:
    expected = clock.today + timedelta(days=days)
    child = add_child(
        household=household,
        child=ChildData(last_name="Maes", expected=expected),
        principal=SYSTEM,
        today=clock.today,
        now=clock.now,
    )
    record_birth(child=child, born=clock.today, principal=SYSTEM, today=clock.today, now=clock.now)
    child.refresh_from_db()
    assert (child.born, child.expected) == (clock.today, expected)
    with pytest.raises(RefusedError):
        record_birth(
            child=child,
            born=clock.today + timedelta(days=1),
            principal=SYSTEM,
            today=clock.today,
            now=clock.now,
        )
    assert actions(household) == ["child.added", "child.born"]


def test_a_known_child_is_refused(household: Household, clock: Clock) -> None:
    data = ChildData(last_name="Maes", born=clock.today, national_number=NUMBER)
    add_child(household=household, child=data, principal=SYSTEM, today=clock.today, now=clock.now)
    with pytest.raises(RefusedError) as refused:
        add_child(household=household, child=data, principal=SYSTEM, today=clock.today, now=clock.now)
    assert refused.value.code == "known-child"
    assert Child.objects.count() == 1


def test_a_fact_holds_up_to_and_with_its_last_day(household: Household, clock: Clock) -> None:
    fact = record_fact(
        household=household, kind=FactKind.SINGLE, since=date(2026, 1, 1), principal=SYSTEM, now=clock.now
    )
    end_fact(fact=fact, last_day=date(2026, 3, 31), principal=SYSTEM, now=clock.now)
    fact.refresh_from_db()
    assert (fact.during.lower, fact.during.upper) == (date(2026, 1, 1), date(2026, 4, 1))
    reopen_fact(fact=fact, principal=SYSTEM, now=clock.now)
    fact.refresh_from_db()
    assert fact.during.upper is None
    written = AuditEntry.objects.order_by("pk")
    assert [entry.action for entry in written] == ["fact.recorded", "fact.ended", "fact.reopened"]
    assert not any("single" in str(entry.data) for entry in written)


def test_a_fact_is_known_once_for_a_day(household: Household, clock: Clock) -> None:
    first = record_fact(
        household=household,
        kind=FactKind.WORK,
        since=date(2026, 1, 1),
        last_day=date(2026, 1, 31),
        principal=SYSTEM,
        now=clock.now,
    )
    with pytest.raises(RefusedError):
        record_fact(
            household=household, kind=FactKind.WORK, since=date(2026, 1, 31), principal=SYSTEM, now=clock.now
        )
    record_fact(
        household=household, kind=FactKind.WORK, since=date(2026, 2, 1), principal=SYSTEM, now=clock.now
    )
    with pytest.raises(RefusedError):
        reopen_fact(fact=first, principal=SYSTEM, now=clock.now)
    with pytest.raises(RefusedError) as refused:
        end_fact(fact=first, last_day=date(2025, 12, 31), principal=SYSTEM, now=clock.now)
    assert refused.value.field == "last_day"


def test_changes_keep_what_was_not_given_again(household: Household, clock: Clock) -> None:
    adult = household.adults.get()
    change_adult(
        adult=adult,
        data=AdultData(first_name="An", last_name="Maes", national_number=NUMBER),
        principal=SYSTEM,
        now=clock.now,
    )
    kept = adult.national_number_hash
    change_adult(
        adult=adult, data=AdultData(first_name="Anna", last_name="Maes"), principal=SYSTEM, now=clock.now
    )
    adult.refresh_from_db()
    assert (adult.first_name, adult.national_number_hash) == ("Anna", kept)
    change_address(
        household=household, street="Veld 2", postcode="3998", city="Elders", principal=SYSTEM, now=clock.now
    )
    assert (household.street, household.municipality, household.desk.slug) == ("Veld 2", None, "lindedaal")


def test_an_account_acts_for_its_household(household: Household, clock: Clock) -> None:
    user = make_account(email="AN.maes@example.org ", name="An Maes")
    assert make_account(email="an.maes@example.org", name="Somebody else") == user
    link_user(household=household, user=user, principal=SYSTEM, now=clock.now)
    link_user(household=household, user=user, principal=SYSTEM, now=clock.now)
    assert household.adults.get().user == user
    grant = RoleGrant.objects.get()
    assert (grant.role, grant.scope, grant.scope_id) == (Role.PARENT, Scope.HOUSEHOLD, household.pk)
    assert actions(household) == ["role.granted"]


def test_roles_are_given_where_the_table_has_them_and_never_taken_from_oneself(clock: Clock) -> None:
    desk = make_desk()
    user = make_account(email="ada@desk.example", name="Ada")
    with pytest.raises(RefusedError):
        grant_role(
            user=user, role=Role.CLERK, scope=Scope.LOCATION, scope_id=1, principal=SYSTEM, now=clock.now
        )
    grant = grant_role(
        user=user, role=Role.CLERK, scope=Scope.DESK, scope_id=desk.pk, principal=SYSTEM, now=clock.now
    )
    herself = acting(Role.ADMINISTRATOR, Scope.DESK, desk.pk, user_id=user.pk)
    with pytest.raises(RefusedError):
        revoke_role(grant=grant, principal=herself, now=clock.now)
    revoke_role(grant=grant, principal=SYSTEM, now=clock.now)
    assert not RoleGrant.objects.exists()


def test_a_fact_cannot_be_ended_past_the_day_on_which_it_began_again(
    household: Household, clock: Clock
) -> None:
    first = record_fact(
        household=household,
        kind=FactKind.WORK,
        since=date(2026, 1, 1),
        last_day=date(2026, 1, 31),
        principal=SYSTEM,
        now=clock.now,
    )
    record_fact(
        household=household, kind=FactKind.WORK, since=date(2026, 3, 1), principal=SYSTEM, now=clock.now
    )
    with pytest.raises(RefusedError) as refused:
        end_fact(fact=first, last_day=date(2026, 4, 1), principal=SYSTEM, now=clock.now)
    assert refused.value.code == "known-fact"


def test_a_change_of_an_adult_leaves_what_others_changed_meanwhile(
    household: Household, clock: Clock
) -> None:
    adult = household.adults.select_related("household").get(is_applicant=True)
    user = make_account(email="an.maes@example.org", name="An Maes")
    Adult.objects.filter(pk=adult.pk).update(user=user)
    data = AdultData(first_name=adult.first_name, last_name=adult.last_name, phone="016 55 01 02")
    change_adult(adult=adult, data=data, principal=SYSTEM, now=clock.now)
    adult.refresh_from_db()
    assert (adult.user, adult.phone) == (user, "016 55 01 02")


def test_who_is_no_administrator_any_more_takes_nobodys_role(clock: Clock) -> None:
    desk = make_desk()
    grants = [
        grant_role(
            user=make_account(email=f"{name}@desk.example", name=name),
            role=Role.ADMINISTRATOR,
            scope=Scope.DESK,
            scope_id=desk.pk,
            principal=SYSTEM,
            now=clock.now,
        )
        for name in ("ada", "bea")
    ]
    ada, bea = (acting(Role.ADMINISTRATOR, Scope.DESK, desk.pk, user_id=each.user_id) for each in grants)
    revoke_role(grant=grants[1], principal=ada, now=clock.now)
    with pytest.raises(RefusedError) as refused:
        revoke_role(grant=grants[0], principal=bea, now=clock.now)
    assert refused.value.code == "own-role-gone"
    assert RoleGrant.objects.get() == grants[0]

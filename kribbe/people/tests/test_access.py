"""The cast: An of the Maes family; Cleo, clerk at its desk; Rik, clerk of the region; Otto, clerk elsewhere."""

from itertools import product

import pytest
from django.http import Http404

from kribbe.people import access
from kribbe.people.models import Household
from kribbe.testing.cast import acting, make_desk
from kribbe.testing.clock import Clock
from kribbe.trust.models import AuditEntry
from kribbe.trust.permissions import TABLE, Action
from kribbe.trust.principal import VISITOR, Grant, Principal, Role, Scope

pytestmark = pytest.mark.django_db


def opened(principal: Principal, household: Household, clock: Clock) -> Household:
    return access.household_for(principal, Action.HOUSEHOLD_READ, household.reference, now=clock.now)


def test_a_parent_reads_their_own_household_and_nobody_notes_it(household: Household, clock: Clock) -> None:
    an = acting(Role.PARENT, Scope.HOUSEHOLD, household.pk)
    assert opened(an, household, clock) == household
    assert access.own_household(an) == household
    assert not AuditEntry.objects.exists()


def test_every_look_by_staff_is_noted(household: Household, clock: Clock) -> None:
    cleo = acting(Role.CLERK, Scope.DESK, household.desk_id, user_id=8, name="Cleo")
    rik = acting(Role.CLERK, Scope.REGION, household.desk.region_id, user_id=9, name="Rik")
    assert opened(cleo, household, clock) == household
    assert opened(rik, household, clock) == household
    noted = AuditEntry.objects.order_by("pk").values_list("actor_name", "action", "household_id")
    assert list(noted) == [
        ("Cleo", "household.read", household.pk),
        ("Rik", "household.read", household.pk),
    ]


def test_outsiders_find_nothing_and_leave_no_trace(household: Household, clock: Clock) -> None:
    elsewhere = make_desk("beekdal", nis="99002")
    outsiders = [
        acting(Role.PARENT, Scope.HOUSEHOLD, household.pk + 1),
        acting(Role.CLERK, Scope.DESK, elsewhere.pk),
        acting(Role.POLICY_OFFICER, Scope.DESK, household.desk_id),
        acting(Role.ADMINISTRATOR, Scope.DESK, household.desk_id),
        acting(Role.MANAGER, Scope.LOCATION, household.pk),
    ]
    for outsider in outsiders:
        with pytest.raises(Http404):
            opened(outsider, household, clock)
    with pytest.raises(Http404):
        access.household_for(outsiders[0], Action.HOUSEHOLD_READ, "NOTTHERE", now=clock.now)
    assert not AuditEntry.objects.exists()


def test_a_visitor_is_asked_to_log_in_whether_it_is_there_or_not(household: Household, clock: Clock) -> None:
    for reference in (household.reference, "NOTTHERE"):
        with pytest.raises(access.LogInNeededError):
            access.household_for(VISITOR, Action.HOUSEHOLD_READ, reference, now=clock.now)


def test_staff_without_their_second_factor_get_nowhere(household: Household, clock: Clock) -> None:
    grant = Grant(Role.CLERK, Scope.DESK, household.desk_id)
    cleo = Principal(user_id=8, name="Cleo", grants=(grant,), verified=False)
    with pytest.raises(Http404):
        opened(cleo, household, clock)
    with pytest.raises(Http404):
        access.require_at_desk(cleo, Action.DESK_SEARCH, household.desk)
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize(("role", "action"), [*product(Role, Action)])
def test_a_door_opens_exactly_where_the_table_says(role: Role, action: Action) -> None:
    for scope in Scope:
        principal = acting(role, scope, 5)
        told = any(rule.role is role and scope in rule.scopes and action in rule.actions for rule in TABLE)
        assert access.may(principal, action, scope, 5) is told
        assert not access.may(principal, action, scope, 6)


def test_a_role_over_the_region_holds_at_each_of_its_desks(household: Household) -> None:
    rik = acting(Role.CLERK, Scope.REGION, household.desk.region_id)
    access.require_at_desk(rik, Action.DESK_LETTERS, household.desk)
    with pytest.raises(Http404):
        access.require_at_desk(rik, Action.DESK_SETTINGS, household.desk)

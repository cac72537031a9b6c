"""Two administrators who take each other's role at the same moment: one of them stays."""

import pytest

from kribbe.people.models import RoleGrant
from kribbe.people.services import grant_role, make_account, revoke_role
from kribbe.testing.cast import acting, make_desk
from kribbe.testing.clock import Clock
from kribbe.testing.races import side_by_side
from kribbe.trust import locks
from kribbe.trust.principal import SYSTEM, Role, Scope

PAIRS = 6

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def pair(number: int, clock: Clock) -> list[RoleGrant]:
    """The two administrators of a desk of their own."""
    desk = make_desk(f"desk-{number}", nis=f"9900{number}")
    return [
        grant_role(
            user=make_account(email=f"{name}{number}@desk.example", name=name),
            role=Role.ADMINISTRATOR,
            scope=Scope.DESK,
            scope_id=desk.pk,
            principal=SYSTEM,
            now=clock.now,
        )
        for name in ("ada", "bea")
    ]


def left_after_race(clock: Clock) -> list[int]:
    """How many administrators each desk keeps."""
    pairs = [pair(number, clock) for number in range(PAIRS)]

    def taking(grant: RoleGrant, by: RoleGrant) -> None:
        principal = acting(Role.ADMINISTRATOR, Scope.DESK, by.scope_id, user_id=by.user_id)
        revoke_role(grant=grant, principal=principal, now=clock.now)

    side_by_side([lambda a=one, b=other: taking(a, b) for both in pairs for one, other in (both, both[::-1])])
    return [RoleGrant.objects.filter(scope_id=both[0].scope_id).count() for both in pairs]


def test_one_administrator_stays(clock: Clock) -> None:
    assert left_after_race(clock) == [1] * PAIRS


def test_without_the_lock_a_desk_is_left_with_nobody(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks, "ENABLED", False)
    assert 0 in left_after_race(clock)

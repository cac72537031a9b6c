"""One household goes to one desk, once, however many clerks hand it over at the same moment."""

from datetime import UTC, date, datetime

import pytest

from kribbe.enrolment.models import HandOver
from kribbe.enrolment.services.hand_over import hand_over, undo_hand_over
from kribbe.people.models import Household
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing import cast
from kribbe.testing.races import side_by_side
from kribbe.testing.worlds import built_once
from kribbe.trust import locks
from kribbe.trust.errors import RefusedError
from kribbe.trust.models import AuditEntry
from kribbe.trust.principal import SYSTEM

NOW = datetime(2027, 1, 11, 9, 0, tzinfo=UTC)
CLERKS = 8

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@built_once
def asked():
    desk = cast.make_desk()
    household = cast.make_household(desk, "Maes", now=NOW)
    return cast.make_request(
        cast.make_child(household, "Lotte", born=date(2026, 9, 1)),
        [cast.make_location(desk, "De Notelaar")],
        start=date(2027, 3, 1),
        pattern=WeekPattern.from_text("mon"),
        now=NOW,
    )


@pytest.fixture
def others():
    return [cast.make_desk(name, nis=nis) for name, nis in (("elders", "99002"), ("verder", "99003"))]


def handing(asked, desk):
    return lambda: hand_over(
        household_id=asked.household_id,
        from_desk_id=asked.desk_id,
        to_desk=desk,
        consent_by="An Maes",
        consented_on=NOW.date(),
        principal=SYSTEM,
        now=NOW,
    )


def codes(outcomes):
    return [outcome.code for outcome in outcomes if isinstance(outcome, RefusedError)]


def desks_of(asked):
    asked.refresh_from_db()
    return {asked.desk_id, Household.objects.get(pk=asked.household_id).desk_id}


def test_handed_to_one_desk_by_many_at_once(asked, others):
    outcomes = side_by_side([handing(asked, others[0])] * CLERKS)
    assert codes(outcomes) == ["gone"] * (CLERKS - 1), outcomes
    made = HandOver.objects.get()
    assert desks_of(asked) == {made.to_desk_id}
    assert AuditEntry.objects.filter(action="household.handed_over").count() == 2, "one on each desk's trail"


def test_handed_to_two_desks_at_once(asked, others):
    """Whoever comes second meets a household that is gone: it isn't carried on to the third desk unseen."""
    outcomes = side_by_side([handing(asked, desk) for desk in others] * (CLERKS // 2))
    assert codes(outcomes) == ["gone"] * (CLERKS - 1), outcomes
    assert desks_of(asked) == {HandOver.objects.get().to_desk_id}


def test_control_without_locks_it_is_handed_over_more_than_once(asked, others, monkeypatch):
    monkeypatch.setattr(locks, "ENABLED", False)
    side_by_side([handing(asked, desk) for desk in others] * (CLERKS // 2))
    assert HandOver.objects.count() > 1


def test_undone_by_many_at_once(asked, others):
    made, home = handing(asked, others[0])(), asked.desk_id
    undone = [lambda: undo_hand_over(made=made, principal=SYSTEM, now=NOW)] * CLERKS
    outcomes = side_by_side(undone)
    assert codes(outcomes) == ["undone"] * (CLERKS - 1), outcomes
    assert desks_of(asked) == {home}
    assert AuditEntry.objects.filter(action="household.hand_over_undone").count() == 2

"""A desk that leaves a family so many changes of its own: counted, told, and then refused; staff always can."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import translation
from django.utils.timezone import localdate

from kribbe.enrolment.models import Flexibility
from kribbe.enrolment.pages import own_changes
from kribbe.enrolment.pages.switches import SwitchesForm
from kribbe.enrolment.services.wishes import change_need, rank_wishes
from kribbe.enrolment.tests.parent.scene import NOW, PART, START, TODAY, WEEK, page
from kribbe.region.words import sentences
from kribbe.testing import cast
from kribbe.trust.errors import RefusedError
from kribbe.trust.principal import SYSTEM, Role, Scope

pytestmark = pytest.mark.django_db


def change(request, principal, *, start=START, pattern=WEEK):
    """Another start, the days and the latest start as they were unless said."""
    change_need(
        principal=principal,
        request_id=request.pk,
        pattern=pattern,
        wanted_start=start,
        latest_start=START + timedelta(days=90),
        flexibility=Flexibility.EXACT,
        alternatives=(),
        now=NOW,
    )


def rank(request, principal, *locations, **more):
    rank_wishes(
        principal=principal,
        request_id=request.pk,
        location_ids=[each.pk for each in locations],
        now=NOW,
        **more,
    )


@pytest.fixture
def parent(maes):
    return cast.acting(Role.PARENT, Scope.HOUSEHOLD, maes.household_id)


@pytest.fixture
def once(desk):
    desk.policies.update(most_changes=1)


@pytest.mark.usefixtures("once")
def test_a_start_is_changed_once_and_then_by_the_desk(client, maes, parent):
    assert "nog 1 keer zelf" in page(client, "request_need", maes.reference)
    change(maes, parent, start=START + timedelta(days=7))
    with pytest.raises(RefusedError, match="alleen het loket"):
        change(maes, parent, start=START + timedelta(days=14))
    maes.refresh_from_db()
    assert maes.wanted_start == START + timedelta(days=7)
    assert "alleen het loket" in page(client, "request_wishes", maes.reference)
    change(maes, SYSTEM, start=START + timedelta(days=21))


@pytest.mark.usefixtures("once")
def test_days_order_and_leaving_out_are_no_such_changes(maes, parent, notelaar, molentje):
    change(maes, parent, pattern=PART)
    rank(maes, parent, notelaar, molentje)
    rank(maes, parent, notelaar)
    assert own_changes.own_changes(maes, today=TODAY).left == 1
    rank(maes, parent, molentje, notelaar)
    assert own_changes.own_changes(maes, today=TODAY).left == 0


@pytest.mark.usefixtures("once")
def test_a_place_that_the_desk_told_of_is_never_refused(desk, maes, parent, notelaar, molentje):
    change(maes, parent, start=START + timedelta(days=7))
    other = cast.make_location(desk, "Vrije Vogel")
    with pytest.raises(RefusedError):
        rank(maes, parent, molentje, notelaar, other)
    rank(maes, parent, molentje, notelaar, other, invited=True)
    assert maes.preferences.filter(location=other).exists()


def test_the_last_day_holds_and_the_day_after_it_doesnt(desk, maes, parent):
    left = (START - localdate(NOW)).days
    desk.policies.update(change_days=left)
    change(maes, parent, start=START + timedelta(days=1))
    desk.policies.update(change_days=left + 2)
    with pytest.raises(RefusedError):
        change(maes, parent, start=START)


def test_nothing_is_said_where_nothing_limits_it(maes, parent):
    assert own_changes.note(parent, maes, today=TODAY) == ""


@pytest.mark.usefixtures("once")
def test_a_referrer_is_bound_as_the_family_is(maes):
    referrer = cast.acting(Role.REFERRER, Scope.HOUSEHOLD, maes.household_id)
    change(maes, referrer, start=START + timedelta(days=7))
    assert own_changes.own_changes(maes, today=TODAY).left == 0
    with pytest.raises(RefusedError):
        change(maes, referrer, start=START + timedelta(days=14))


@pytest.mark.usefixtures("once")
def test_who_may_change_the_desks_households_is_not_bound_and_reads_nothing_of_it(desk, maes, parent):
    assert own_changes.note(parent, maes, today=TODAY)
    for scope, key in ((Scope.DESK, desk.pk), (Scope.REGION, desk.region_id)):
        clerk = cast.acting(Role.CLERK, scope, key)
        both = replace(clerk, grants=(*clerk.grants, *parent.grants))
        for acting in (clerk, both):
            assert own_changes.note(acting, maes, today=TODAY) == ""
            assert not own_changes.is_bound(acting, maes)


def test_a_desk_that_leaves_changes_until_the_start_says_so(desk):
    policy = desk.policies.get()
    until = "until the day on which you want to start"
    with translation.override("en"):
        for days, says in ((0, True), (3, False), (None, False)):
            policy.change_days = days
            assert any(until in text for text in sentences(policy)) is says


@pytest.mark.parametrize(("weeks", "label"), [(1, "every week which"), (4, "every 4 weeks which")])
def test_the_switch_says_how_often_the_list_comes(weeks, label):
    with translation.override("en"):
        assert label in str(SwitchesForm(weeks=weeks).fields["weekly_list"].label)

"""A certain place is given up before it begins, by family, clerk or location, and taken back within a day."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse

from kribbe.contact.models import Notice
from kribbe.enrolment.models import Placement, PlacementState
from kribbe.enrolment.services.answer_offer import Yes, accept_offer
from kribbe.enrolment.services.give_up import give_up, take_back
from kribbe.enrolment.services.make_offer import make_offer
from kribbe.enrolment.services.sign import sign
from kribbe.enrolment.services.stays import move_up
from kribbe.enrolment.tests.location_scene import client_of, manager_of
from kribbe.places import ledger
from kribbe.places.models import LedgerTake
from kribbe.rules.counting import RequestEnd
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing import cast
from kribbe.testing.worlds import built_once
from kribbe.trust.errors import RefusedError
from kribbe.trust.principal import SYSTEM, Role, Scope

NOW = datetime(2027, 1, 11, 9, 0, tzinfo=UTC)
START = date(2027, 3, 1)
MONDAY = WeekPattern.from_text("mon")
DAY = timedelta(days=1)

pytestmark = pytest.mark.django_db


@built_once
def group():
    location = cast.make_location(cast.make_desk(), "De Notelaar")
    return cast.make_group(location, 1, now=NOW, name="Baby's", to_months=18)


@pytest.fixture
def certain(group):
    """The child that the Maes family expects has a certain place from March, and moves up in 2028."""
    household = cast.make_household(group.location.desk, "Maes", now=NOW, email="maes@ouders.example")
    child = cast.make_child(household, "", born=None, expected=date(2026, 12, 1))
    asked = cast.make_request(child, [group.location], start=START, pattern=MONDAY, now=NOW)
    made = make_offer(
        principal=SYSTEM, preference_id=asked.preferences.get().pk, group_id=group.pk, pattern=MONDAY, start=START,
        now=NOW,
    )  # fmt: skip
    place = accept_offer(principal=SYSTEM, offer_id=made.pk, yes=Yes(), now=NOW)
    sign(principal=SYSTEM, placement_id=place.pk, name="An Maes", now=NOW)
    toddlers = cast.make_group(group.location, 1, now=NOW, name="Peuters", from_months=18)
    move_up(principal=SYSTEM, placement_id=place.pk, group_id=toddlers.pk, start=date(2028, 6, 1), now=NOW)
    place.refresh_from_db()
    return place


def states(placement):
    rows = Placement.objects.filter(child=placement.child_id).order_by("during")
    return list(rows.values_list("state", flat=True))


def held():
    return sorted(LedgerTake.objects.values_list("holder", "during", "pattern"))


def test_what_is_given_up_is_free_in_both_groups_and_stands_again(certain, group):
    before = held()
    give_up(principal=SYSTEM, placement_id=certain.pk, now=NOW)
    assert (held(), states(certain)) == ([], ["ended", "ended"])
    kinds = set(Notice.objects.filter(about=f"placement:{certain.pk}").values_list("kind", flat=True))
    assert {"enrolment/place_not_taken", "enrolment/place_not_taken_location"} <= kinds
    take_back(principal=SYSTEM, placement_id=certain.pk, now=NOW + DAY)
    assert (held(), states(certain)) == (before, ["final", "final"])
    with pytest.raises(RefusedError) as refused:
        take_back(principal=SYSTEM, placement_id=certain.pk, now=NOW + DAY)
    assert refused.value.code == "undone"


def test_a_lost_pregnancy_ends_the_request_so_and_tells_the_family_nothing(certain):
    request = certain.offer.preference.request
    told = Notice.objects.filter(household=request.household).count()
    give_up(principal=SYSTEM, placement_id=certain.pk, now=NOW, lost=True)
    request.refresh_from_db()
    assert request.end == RequestEnd.LAPSED_MISCARRIAGE
    assert Notice.objects.filter(household=request.household).count() == told
    take_back(principal=SYSTEM, placement_id=certain.pk, now=NOW)
    request.refresh_from_db()
    assert request.end == RequestEnd.ANSWERED


def test_it_is_taken_back_until_the_next_evening_and_while_there_is_room(certain, group):
    give_up(principal=SYSTEM, placement_id=certain.pk, now=NOW)
    with pytest.raises(RefusedError) as refused:
        take_back(principal=SYSTEM, placement_id=certain.pk, now=NOW + 2 * DAY)
    assert refused.value.code == "late"
    ledger.take(group_id=group.pk, start=START, end=None, pattern=MONDAY, holder="offer:99", now=NOW)
    with pytest.raises(RefusedError) as refused:
        take_back(principal=SYSTEM, placement_id=certain.pk, now=NOW)
    assert refused.value.code == "full"
    assert states(certain) == ["ended", "ended"]


def test_a_stay_that_has_begun_isnt_given_up(certain):
    following = certain.replaced_by.get()
    for key in (certain.pk, following.pk):
        with pytest.raises(RefusedError) as refused:
            give_up(principal=SYSTEM, placement_id=key, now=datetime(2027, 3, 1, 9, tzinfo=UTC))
        assert refused.value.code == "begun"


def opened(who, certain):
    """A browser of the family, of a clerk or of the location, with its two addresses."""
    location = certain.group.location
    own = ("enrolment:give_up", "enrolment:give_up_undo", [certain.reference])
    if who == "location":
        there = ("enrolment:location_give_up", "enrolment:location_give_up_undo")
        return client_of(manager_of(location, now=NOW)), *there, [location.slug, certain.reference]
    role, scope, key = {
        "family": (Role.PARENT, Scope.HOUSEHOLD, certain.child.household_id),
        "clerk": (Role.CLERK, Scope.DESK, location.desk_id),
    }[who]
    return client_of(
        cast.make_user(f"{who}@voorbeeld.example", role=role, scope=scope, scope_id=key, now=NOW)
    ), *own


@pytest.mark.parametrize("who", ["family", "clerk", "location"])
def test_everybody_has_a_page_for_it(certain, who):
    client, address, undo, args = opened(who, certain)
    page = client.get(reverse(address, args=args))
    assert page.status_code == 200
    client.post(reverse(address, args=args))
    certain.refresh_from_db()
    assert certain.state == PlacementState.ENDED
    after = client.get(reverse(address, args=args), follow=True)
    assert reverse(undo, args=args) in after.content.decode()
    client.post(reverse(undo, args=args))
    certain.refresh_from_db()
    assert certain.state == PlacementState.FINAL


def test_a_stranger_gives_up_nothing(certain):
    other = cast.make_household(certain.group.location.desk, "Claes", now=NOW)
    user = cast.make_user(
        "claes@ouders.example", role=Role.PARENT, scope=Scope.HOUSEHOLD, scope_id=other.pk, now=NOW
    )
    answer = client_of(user).post(reverse("enrolment:give_up", args=[certain.reference]))
    certain.refresh_from_db()
    assert (answer.status_code, certain.state) == (404, PlacementState.FINAL)

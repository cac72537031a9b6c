"""A no to an offer is taken back: in time, while the place is free, and everything stands as it stood."""

from datetime import UTC, date, datetime, timedelta

import pytest

from kribbe.contact.models import Notice
from kribbe.enrolment.models import Offer
from kribbe.enrolment.services.answer_offer import Yes, accept_offer, decline_offer, undo_until
from kribbe.enrolment.services.make_offer import Excuse, end_of_day, make_offer
from kribbe.enrolment.services.take_no_back import may_take_no_back, take_no_back
from kribbe.enrolment.services.wishes import end_request, rank_wishes
from kribbe.places import ledger
from kribbe.places.ledger_free import free_by_month
from kribbe.rules.counting import RequestEnd
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing import cast
from kribbe.testing.worlds import built_once
from kribbe.trust.errors import RefusedError
from kribbe.trust.models import AuditEntry
from kribbe.trust.principal import SYSTEM

NOW = datetime(2027, 1, 11, 9, 0, tzinfo=UTC)
SOON = NOW + timedelta(hours=2)
START = date(2027, 3, 1)
MONDAY = WeekPattern.from_text("mon")

pytestmark = pytest.mark.django_db


@built_once
def desk():
    return cast.make_desk(max_wishes=3)


@pytest.fixture
def groups(desk):
    """A group of one place at each of three locations."""
    return [cast.make_group(cast.make_location(desk, name), 1, now=NOW) for name in ("Een", "Twee", "Drie")]


def family(desk, name, groups):
    household = cast.make_household(desk, name, now=NOW)
    child = cast.make_child(household, f"Kind {name}", born=date(2026, 9, 1))
    return cast.make_request(child, [g.location for g in groups], start=START, pattern=MONDAY, now=NOW)


@pytest.fixture
def maes(desk, groups):
    return family(desk, "Maes", groups)


def offer(request, group, *, now=NOW, **more) -> Offer:
    return make_offer(
        principal=SYSTEM,
        preference_id=request.preferences.get(location=group.location).pk,
        group_id=group.pk,
        start=START,
        pattern=MONDAY,
        now=now,
        **more,
    )


@pytest.fixture
def declined(maes, groups):
    """An offer of the second choice to which the family said no."""
    made = offer(maes, groups[1])
    decline_offer(principal=SYSTEM, offer_id=made.pk, now=NOW)
    return Offer.objects.get(pk=made.pk)


def take_back(made, *, now=SOON):
    return take_no_back(principal=SYSTEM, offer_id=made.pk, now=now)


def refused(made, *, now=SOON):
    with pytest.raises(RefusedError) as error:
        take_back(made, now=now)
    return error.value.code or error.value.field


def ranked(request):
    """The names of the wishes that wait, by rank."""
    waiting = request.preferences.filter(state="waiting").order_by("rank")
    return list(waiting.values_list("rank", "location__name"))


def free(group):
    return free_by_month(group_ids=[group.pk], first_month=START, months=1)[group.pk][0][0]


def test_everything_stands_as_it_stood(maes, groups, declined):
    wish = maes.preferences.get(location=groups[1].location)
    assert (wish.state, wish.rank, declined.declined_rank, free(groups[1])) == ("withdrawn", None, 2, 1)
    back = take_back(declined)
    back.refresh_from_db()
    assert (back.state, back.answered_at, back.answered_by, back.declined_rank) == ("open", None, None, None)
    assert (back.deadline, free(groups[1])) == (declined.deadline, 0)
    assert ranked(maes) == [(1, "Een"), (2, "Twee"), (3, "Drie")]
    assert maes.preferences.get(pk=wish.pk).registered_at == wish.registered_at
    assert ledger.miscounted(group_ids=[groups[1].pk], today=NOW.date()) == []


def test_it_is_told_and_written_down_and_the_offer_can_be_accepted(maes, groups, declined):
    take_back(declined)
    told = Notice.objects.get(kind="enrolment/offer_declined_undone")
    assert told.location_id == groups[1].location_id
    entry = AuditEntry.objects.get(action="offer.decline_undone")
    assert (entry.household_id, entry.desk_id) == (maes.household_id, maes.desk_id)
    placement = accept_offer(principal=SYSTEM, offer_id=declined.pk, yes=Yes(), now=SOON)
    assert placement.state == "to_sign"


def test_a_kept_wish_stays_as_it_is(maes, groups):
    made = offer(maes, groups[1])
    decline_offer(principal=SYSTEM, offer_id=made.pk, now=NOW, keep_wish=True)
    take_back(made)
    assert ranked(maes) == [(1, "Een"), (2, "Twee"), (3, "Drie")]


def test_others_that_moved_up_meanwhile_move_back(maes, groups, declined):
    locations = [groups[0].location_id, groups[2].location_id]
    rank_wishes(principal=SYSTEM, request_id=maes.pk, location_ids=locations, now=NOW)
    assert ranked(maes) == [(1, "Een"), (2, "Drie")]
    take_back(declined)
    assert ranked(maes) == [(1, "Een"), (2, "Twee"), (3, "Drie")]


def test_until_the_end_of_the_next_day_and_never_past_the_deadline(declined):
    last = end_of_day(NOW.date() + timedelta(days=1))
    assert undo_until(declined) == last
    assert may_take_no_back(declined, now=last - timedelta(seconds=1))
    assert refused(declined, now=last) == "late"
    declined.deadline = SOON
    declined.save()
    assert refused(declined) == "late"


def test_a_deadline_within_the_day_leaves_the_rest_of_the_day(declined):
    declined.deadline = SOON + timedelta(minutes=1)
    declined.save()
    assert take_back(declined).deadline == end_of_day(SOON.date())


def test_not_where_another_child_has_the_place(desk, maes, groups, declined):
    other = family(desk, "Claes", [groups[1]])
    offer(other, groups[1], excuses={maes.preferences.get(rank=None).pk: Excuse("group-balance")})
    assert refused(declined) == "full"
    declined.refresh_from_db()
    assert declined.state == "declined"
    assert ranked(maes) == [(1, "Een"), (3, "Drie")]


def test_not_in_a_group_that_is_out_of_use(groups, declined):
    groups[1].active = False
    groups[1].save()
    assert refused(declined) == "full"


def test_not_once_the_request_has_ended(maes, declined):
    end_request(principal=SYSTEM, request_id=maes.pk, end=RequestEnd.FOUND_ELSEWHERE, now=NOW)
    assert refused(declined) == "ended"


def test_not_with_another_place_since(maes, groups, declined):
    made = offer(maes, groups[0], now=SOON)
    accept_offer(principal=SYSTEM, offer_id=made.pk, yes=Yes(), now=SOON)
    assert refused(declined) == "placed"


def test_not_beside_a_newer_offer_of_the_location(maes, groups):
    made = offer(maes, groups[1])
    decline_offer(principal=SYSTEM, offer_id=made.pk, now=NOW, keep_wish=True)
    offer(maes, groups[1], now=SOON)
    assert refused(made) == "offered"


def test_not_into_a_list_that_is_full_by_now(desk, maes, groups, declined):
    extra = cast.make_location(desk, "Vier")
    locations = [groups[0].location_id, groups[2].location_id, extra.pk]
    rank_wishes(principal=SYSTEM, request_id=maes.pk, location_ids=locations, now=NOW)
    assert refused(declined) == "wishes"


def test_only_a_no_of_the_family_itself(maes, groups):
    """An offer that fell away because the family took another place has nothing to take back."""
    fell_away = offer(maes, groups[1])
    accept_offer(principal=SYSTEM, offer_id=offer(maes, groups[0]).pk, yes=Yes(), now=NOW)
    fell_away.refresh_from_db()
    assert (fell_away.state, undo_until(fell_away)) == ("declined", None)
    assert refused(fell_away) == "late"


def test_an_offer_that_is_open_has_no_no(maes, groups):
    assert refused(offer(maes, groups[0])) == "answered"

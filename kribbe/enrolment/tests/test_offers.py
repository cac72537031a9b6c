"""Offers, answers and signatures: what is taken, what comes free, who is told."""

from datetime import UTC, date, datetime, timedelta

import pytest

from kribbe.contact.models import Mail, Notice
from kribbe.enrolment.models import Offer, Placement, Preference
from kribbe.enrolment.selectors.waiting import waiting_list
from kribbe.enrolment.services.answer_offer import AfterYes, Yes, accept_offer, decline_offer, lapse_offers
from kribbe.enrolment.services.make_offer import Excuse, make_offer
from kribbe.enrolment.services.sign import lapse_unsigned, record_deposit, sign
from kribbe.enrolment.services.wishes import rank_wishes
from kribbe.places import ledger
from kribbe.places.ledger_free import free_by_month
from kribbe.places.services.capacity import close_group
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing import cast
from kribbe.testing.worlds import built_once
from kribbe.trust.errors import RefusedError
from kribbe.trust.models import AuditEntry
from kribbe.trust.principal import SYSTEM

NOW = datetime(2027, 1, 11, 9, 0, tzinfo=UTC)
TODAY = NOW.date()
START = date(2027, 3, 1)
WEEK = WeekPattern.from_text("mon tue thu")

pytestmark = pytest.mark.django_db


@built_once
def desk():
    return cast.make_desk()


@pytest.fixture
def notelaar(desk):
    return cast.make_location(desk, "De Notelaar")


@pytest.fixture
def group(notelaar):
    return cast.make_group(notelaar, 1, now=NOW)


def family(desk, name, locations, *, days_ago=0, pattern=WEEK, start=START):
    then = NOW - timedelta(days=days_ago)
    household = cast.make_household(desk, name, now=then, email=f"{name.lower()}@ouders.example")
    child = cast.make_child(household, f"Kind {name}", born=date(2026, 9, 1))
    return cast.make_request(child, locations, start=start, pattern=pattern, now=then)


def offer(request, group, *, pattern=WEEK, start=START, location=None, now=NOW, **more):
    preference = request.preferences.get(location=location or group.location)
    return make_offer(
        principal=SYSTEM,
        preference_id=preference.pk,
        group_id=group.pk,
        start=start,
        pattern=pattern,
        now=now,
        **more,
    )


def free(group, month=date(2027, 3, 1)):
    return free_by_month(group_ids=[group.pk], first_month=month, months=1)[group.pk][0][:10]


def test_an_offer_holds_its_half_days(desk, notelaar, group):
    request = family(desk, "Maes", [notelaar])
    made = offer(request, group)
    assert free(group) == [0, 0, 0, 0, 1, 1, 0, 0, 1, 1]
    assert made.kind == "same"
    # 10 days to react, counted in whole days of Brussels: 11 January + 10 = until the end of 21 January
    assert made.deadline == datetime(2027, 1, 21, 23, 0, tzinfo=UTC)
    assert Notice.objects.get(about=f"offer:{made.pk}").household == request.household
    assert AuditEntry.objects.get(action="offer.make").household_id == request.household_id


def test_the_last_half_day_cannot_be_offered_twice(desk, notelaar, group):
    offer(family(desk, "Maes", [notelaar], days_ago=2), group)
    second = family(desk, "Peeters", [notelaar], days_ago=1, pattern=WeekPattern.from_text("thu fri"))
    with pytest.raises(RefusedError) as refused:
        offer(second, group, pattern=WeekPattern.from_text("thu fri"))
    assert refused.value.code == "full"
    assert Offer.objects.count() == 1
    assert offer(second, group, pattern=WeekPattern.from_text("fri")).kind == "other_pattern"


def test_passing_over_needs_a_reason(desk, notelaar, group):
    first = family(desk, "Maes", [notelaar], days_ago=9)
    second = family(desk, "Peeters", [notelaar], days_ago=1)
    with pytest.raises(RefusedError) as refused:
        offer(second, group)
    assert refused.value.code == "passed_over"
    excuse = Excuse("group-balance", "Two babies of one age already")
    made = offer(second, group, excuses={first.preferences.get().pk: excuse})
    assert [p.preference.request for p in made.passed_over.all()] == [first]


def test_those_whose_week_does_not_fit_need_no_reason(desk, notelaar, group):
    sitting = cast.make_child(cast.make_household(desk, "Claes", now=NOW), "Lou", born=date(2025, 9, 1))
    cast.make_placement(
        sitting,
        group,
        start=date(2027, 1, 18),
        end=date(2028, 1, 1),
        pattern=WeekPattern.from_text("fri"),
        now=NOW,
    )
    family(desk, "Maes", [notelaar], days_ago=9, pattern=WeekPattern.from_text("mon tue fri"))
    assert offer(family(desk, "Peeters", [notelaar], days_ago=1), group).passed_over.count() == 0


def test_accepting_reserves_and_sets_the_other_wishes_aside(desk, notelaar, group):
    molen = cast.make_location(desk, "Het Molentje")
    mill = cast.make_group(molen, 2, now=NOW)
    request = family(desk, "Maes", [molen, notelaar], days_ago=5)
    waiting = family(desk, "Peeters", [molen])
    placement = accept_offer(principal=SYSTEM, offer_id=offer(request, group).pk, yes=Yes(), now=NOW)
    states = dict(request.preferences.values_list("location__name", "state"))
    assert states == {"De Notelaar": "placed", "Het Molentje": "replaced"}
    assert placement.state == "to_sign"
    assert [line.request_id for line in waiting_list(molen.pk, now=NOW)] == [waiting.pk]
    change = waiting.preferences.get().position_changes.get()
    assert (change.before, change.after, change.cause) == (2, 1, "left")
    assert free(group) == [0, 0, 0, 0, 1, 1, 0, 0, 1, 1]
    assert ledger.miscounted(group_ids=[group.pk, mill.pk], today=TODAY) == []


def test_staying_queued_keeps_only_the_higher_wishes(desk, notelaar, group):
    high, low = cast.make_location(desk, "Hoog"), cast.make_location(desk, "Laag")
    request = family(desk, "Maes", [high, notelaar, low])
    accept_offer(principal=SYSTEM, offer_id=offer(request, group).pk, yes=Yes(AfterYes.STAY), now=NOW)
    states = dict(request.preferences.values_list("location__name", "state"))
    assert states == {"Hoog": "waiting", "De Notelaar": "placed", "Laag": "replaced"}


def test_a_higher_wish_replaces_the_place_from_its_start(desk, notelaar, group):
    high = cast.make_location(desk, "Hoog")
    upper = cast.make_group(high, 1, now=NOW)
    request = family(desk, "Maes", [high, notelaar])
    first = accept_offer(principal=SYSTEM, offer_id=offer(request, group).pk, yes=Yes(AfterYes.STAY), now=NOW)
    sign(principal=SYSTEM, placement_id=first.pk, name="An Maes", now=NOW)
    later = offer(request, upper, start=date(2027, 5, 3))
    accept_offer(principal=SYSTEM, offer_id=later.pk, yes=Yes(), now=NOW)
    first.refresh_from_db()
    assert first.during.upper == date(2027, 5, 3)
    assert free(group, date(2027, 4, 1))[0] == 0
    assert free(group, date(2027, 6, 1))[0] == 1
    assert ledger.miscounted(group_ids=[group.pk, upper.pk], today=TODAY) == []


def test_the_rest_of_a_split_need_stays_open(desk, notelaar, group):
    molen = cast.make_location(desk, "Het Molentje")
    request = family(desk, "Maes", [notelaar, molen])
    part = offer(request, group, pattern=WeekPattern.from_text("mon tue"))
    accept_offer(principal=SYSTEM, offer_id=part.pk, yes=Yes(look_on=True), now=NOW)
    rest = WeekPattern.from_text("thu").mask
    assert set(request.preferences.values_list("state", "open_pattern")) == {("waiting", rest)}


def test_without_a_signature_everything_stands_again_with_its_old_date(desk, notelaar, group):
    molen = cast.make_location(desk, "Het Molentje")
    request = family(desk, "Maes", [molen, notelaar], days_ago=40)
    placement = accept_offer(principal=SYSTEM, offer_id=offer(request, group).pk, yes=Yes(), now=NOW)
    assert lapse_unsigned(now=placement.sign_by - timedelta(seconds=1)) == 0
    assert lapse_unsigned(now=placement.sign_by) == 1
    wish = request.preferences.get(location=molen)
    assert (wish.state, wish.registered_at) == ("waiting", NOW - timedelta(days=40))
    assert free(group) == [1] * 10
    assert Placement.objects.get().state == "lapsed"


def test_the_deposit_is_needed_where_the_location_asks_one(desk):
    location = cast.make_location(desk, "Waarborg", deposit="250.00")
    group = cast.make_group(location, 1, now=NOW)
    request = family(desk, "Maes", [location])
    placement = accept_offer(principal=SYSTEM, offer_id=offer(request, group).pk, yes=Yes(), now=NOW)
    assert sign(principal=SYSTEM, placement_id=placement.pk, name="An Maes", now=NOW).state == "to_sign"
    assert record_deposit(principal=SYSTEM, placement_id=placement.pk, now=NOW).state == "final"
    request.refresh_from_db()
    assert (request.state, request.end) == ("ended", "answered")


def test_declining_frees_the_half_days(desk, notelaar, group):
    request = family(desk, "Maes", [notelaar])
    decline_offer(principal=SYSTEM, offer_id=offer(request, group).pk, now=NOW, keep_wish=True)
    assert free(group) == [1] * 10
    assert Preference.objects.get().state == "waiting"


def test_an_offer_that_ran_out_cannot_be_accepted(desk, notelaar, group):
    made = offer(family(desk, "Maes", [notelaar]), group)
    with pytest.raises(RefusedError) as refused:
        accept_offer(principal=SYSTEM, offer_id=made.pk, yes=Yes(), now=made.deadline)
    assert refused.value.code == "lapsed"
    assert lapse_offers(now=made.deadline) == 1
    assert free(group) == [1] * 10


def test_a_group_out_of_use_takes_no_offer(desk, notelaar, group):
    request = family(desk, "Maes", [notelaar])
    close_group(principal=SYSTEM, group_id=group.pk, now=NOW)
    with pytest.raises(RefusedError) as refused:
        offer(request, group)
    assert (refused.value.field, refused.value.code) == ("group", "group")
    assert not Offer.objects.exists()


def test_a_location_added_later_is_asked_for_the_rest_only(desk, notelaar, group):
    molen, nest = (cast.make_location(desk, name) for name in ("Het Molentje", "Het Nest"))
    request = family(desk, "Maes", [notelaar, molen])
    part = offer(request, group, pattern=WeekPattern.from_text("mon tue"))
    accept_offer(principal=SYSTEM, offer_id=part.pk, yes=Yes(look_on=True), now=NOW)
    ranking = {"principal": SYSTEM, "request_id": request.pk, "now": NOW}
    rank_wishes(**ranking, location_ids=[notelaar.pk, nest.pk])
    rank_wishes(**ranking, location_ids=[notelaar.pk, nest.pk, molen.pk])
    rest = WeekPattern.from_text("thu").mask
    assert set(request.preferences.values_list("open_pattern", flat=True)) == {rest}
    assert [line.pattern.mask for line in waiting_list(nest.pk, now=NOW)] == [rest]


def test_half_days_of_an_earlier_place_are_never_given_up_unsaid(desk, notelaar, group):
    high = cast.make_location(desk, "Hoog")
    upper = cast.make_group(high, 1, now=NOW)
    request = family(desk, "Maes", [high, notelaar])
    first = accept_offer(principal=SYSTEM, offer_id=offer(request, group).pk, yes=Yes(AfterYes.STAY), now=NOW)
    sign(principal=SYSTEM, placement_id=first.pk, name="An Maes", now=NOW)
    later = offer(request, upper, pattern=WeekPattern.from_text("thu fri"), start=date(2027, 5, 3))
    with pytest.raises(RefusedError) as refused:
        accept_offer(principal=SYSTEM, offer_id=later.pk, yes=Yes(), now=NOW)
    assert refused.value.code == "gives_up"
    first.refresh_from_db()
    assert first.during.upper > date(2027, 5, 3)
    assert free(group, date(2027, 6, 1))[0] == 0
    accept_offer(principal=SYSTEM, offer_id=later.pk, yes=Yes(give_up=True), now=NOW)
    first.refresh_from_db()
    assert first.during.upper == date(2027, 5, 3)


def test_the_term_counts_from_the_moment_at_which_the_mail_leaves(desk, notelaar, group):
    request = family(desk, "Maes", [notelaar])
    saturday = datetime(2027, 1, 16, 21, 30, tzinfo=UTC)
    made = offer(request, group, now=saturday)
    # the mail leaves on Monday the 18th: 10 days to react, until the end of the 28th
    assert Mail.objects.get(notice__about=f"offer:{made.pk}").due_at.date() == date(2027, 1, 18)
    assert made.deadline == datetime(2027, 1, 28, 23, 0, tzinfo=UTC)
    placement = accept_offer(principal=SYSTEM, offer_id=made.pk, yes=Yes(), now=saturday)
    assert placement.sign_by == datetime(2027, 2, 1, 23, 0, tzinfo=UTC)


def test_a_letter_has_its_days_under_way_beside_the_term(desk, notelaar, group):
    request = family(desk, "Maes", [notelaar])
    request.household.adults.update(email="")
    made = offer(request, group)
    assert made.deadline == datetime(2027, 1, 26, 23, 0, tzinfo=UTC)
    placement = accept_offer(principal=SYSTEM, offer_id=made.pk, yes=Yes(), now=NOW)
    assert placement.sign_by == datetime(2027, 1, 30, 23, 0, tzinfo=UTC)

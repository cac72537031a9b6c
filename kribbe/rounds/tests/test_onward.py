"""A child that outgrows its group in the time that is offered: each group is held for its own part of the stay."""

from datetime import UTC, datetime, timedelta

import pytest

from kribbe.enrolment.models import Offer, OfferState, Placement
from kribbe.enrolment.services.answer_offer import Yes, accept_offer, decline_offer
from kribbe.enrolment.services.sign import lapse_unsigned, sign
from kribbe.enrolment.services.stays import undo_move_up
from kribbe.places import ledger
from kribbe.places.ledger_free import free_by_month
from kribbe.places.models import LedgerTake
from kribbe.rounds.services.answers import confirm, send_offers
from kribbe.rounds.services.rounds import calculate_planned, plan_round, take_part
from kribbe.rounds.tests.scene import MONDAYS, family
from kribbe.rules.calendar import add_months
from kribbe.testing import cast
from kribbe.testing.worlds import built_once
from kribbe.trust.principal import SYSTEM

NOW = datetime(2027, 1, 11, 9, 0, tzinfo=UTC)
START = add_months(NOW.date().replace(day=1), 2)
MOVES = add_months(START, 6)
"""A child of six months on its first day is a toddler half a year later."""

pytestmark = pytest.mark.django_db


@built_once
def place():
    return cast.make_location(cast.make_desk(), "De Notelaar")


@pytest.fixture
def babies(place):
    return cast.make_group(place, 1, now=NOW, name="Baby's", from_months=0, to_months=12)


@pytest.fixture
def toddlers(place):
    return cast.make_group(place, 1, now=NOW, name="Peuters", from_months=12, to_months=36)


@pytest.fixture
def asked(place, babies, toddlers):
    return family(place.desk, "Vos", [place], start=START, now=NOW, pattern=MONDAYS)


@pytest.fixture
def offer(place, asked):
    take_part(principal=SYSTEM, location=place, takes_part=True, now=NOW)
    made = plan_round(principal=SYSTEM, desk=place.desk, first=START, months=2, now=NOW)
    calculate_planned(now=NOW)
    keys = list(made.proposals.values_list("pk", flat=True))
    assert confirm(principal=SYSTEM, location=place, proposal_ids=keys, now=NOW) == 1
    assert send_offers(principal=SYSTEM, round_id=made.pk, now=NOW) == (1, 0)
    return Offer.objects.get()


def free_on_monday(group):
    """Months from the start in which the Monday is free."""
    rows = free_by_month(group_ids=[group.pk], first_month=START, months=24)[group.pk]
    return {number for number, row in enumerate(rows) if row[0] > 0}


def test_the_offer_follows_the_groups_by_age(offer, babies, toddlers):
    assert (offer.group, offer.onward, offer.onward_from) == (babies, toddlers, MOVES)
    assert free_on_monday(babies) == set(range(6, 24))
    assert set(range(6)) <= free_on_monday(toddlers)
    assert not free_on_monday(toddlers) & set(range(6, 18))
    assert ledger.miscounted(group_ids=[babies.pk, toddlers.pk], today=NOW.date()) == []


def test_declined_both_come_free(offer, babies, toddlers):
    decline_offer(principal=SYSTEM, offer_id=offer.pk, now=NOW)
    assert free_on_monday(babies) == free_on_monday(toddlers) == set(range(24))
    assert not LedgerTake.objects.exists()


def test_signed_it_becomes_two_places_of_which_the_move_can_be_undone(offer, babies, toddlers):
    placement = accept_offer(principal=SYSTEM, offer_id=offer.pk, yes=Yes(), now=NOW)
    assert (placement.during.lower, placement.during.upper) == (START, MOVES)
    assert not free_on_monday(toddlers) & set(range(6, 18)), "held until it is signed"
    sign(principal=SYSTEM, placement_id=placement.pk, name="An Vos", now=NOW)
    first, second = Placement.objects.order_by("during")
    assert (first.group, second.group) == (babies, toddlers)
    assert (second.during.lower, second.during.upper) == (MOVES, offer.during.upper)
    assert {first.state, second.state} == {"final"}
    assert set(LedgerTake.objects.values_list("holder", flat=True)) == {
        f"placement:{first.pk}",
        f"placement:{second.pk}",
    }
    undo_move_up(principal=SYSTEM, placement_id=second.pk, now=NOW + timedelta(days=1))
    first.refresh_from_db()
    assert first.during.upper == offer.during.upper
    assert free_on_monday(toddlers) == set(range(24))
    assert ledger.miscounted(group_ids=[babies.pk, toddlers.pk], today=NOW.date()) == []


def test_not_signed_in_time_both_come_free(offer, babies, toddlers):
    placement = accept_offer(principal=SYSTEM, offer_id=offer.pk, yes=Yes(), now=NOW)
    assert lapse_unsigned(now=placement.sign_by) == 1
    assert free_on_monday(babies) == free_on_monday(toddlers) == set(range(24))


def test_where_the_next_group_is_full_meanwhile_nothing_is_offered(place, asked, babies, toddlers):
    take_part(principal=SYSTEM, location=place, takes_part=True, now=NOW)
    made = plan_round(principal=SYSTEM, desk=place.desk, first=START, months=2, now=NOW)
    calculate_planned(now=NOW)
    keys = list(made.proposals.values_list("pk", flat=True))
    confirm(principal=SYSTEM, location=place, proposal_ids=keys, now=NOW)
    elder = cast.make_child(cast.make_household(place.desk, "Claes", now=NOW), "Lou", born=START)
    cast.make_placement(
        elder, toddlers, start=add_months(START, 8), end=add_months(START, 9), pattern=MONDAYS, now=NOW
    )
    assert send_offers(principal=SYSTEM, round_id=made.pk, now=NOW) == (0, 1)
    assert not Offer.objects.filter(state=OfferState.OPEN).exists()
    assert free_on_monday(babies) == set(range(24)), "nothing is held of half an offer"

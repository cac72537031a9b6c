"""What is undone comes back whole: reservations not signed, requests ended, forms sent late."""

from datetime import UTC, date, datetime, timedelta

import pytest

from kribbe.contact.models import Notice
from kribbe.enrolment.models import Offer, Placement
from kribbe.enrolment.selectors.waiting import waiting_list
from kribbe.enrolment.services import answer_offer as answering
from kribbe.enrolment.services import make_offer as making
from kribbe.enrolment.services.answer_offer import AfterYes, Yes, accept_offer
from kribbe.enrolment.services.make_offer import make_offer
from kribbe.enrolment.services.sign import lapse_unsigned, sign
from kribbe.enrolment.services.wishes import end_request, rank_wishes, reopen_request
from kribbe.places.ledger_free import free_by_month
from kribbe.region.models import Region
from kribbe.rules.counting import RequestEnd
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing import cast
from kribbe.testing.worlds import built_once
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import SYSTEM

NOW = datetime(2027, 1, 11, 9, 0, tzinfo=UTC)
START = date(2027, 3, 1)
WEEK = WeekPattern.from_text("mon tue thu")
PART, REST = WeekPattern.from_text("mon tue"), WeekPattern.from_text("thu")

pytestmark = pytest.mark.django_db


@built_once
def desk():
    return cast.make_desk()


@pytest.fixture
def groups(desk):
    """A group of one place at each of three locations."""
    return [cast.make_group(cast.make_location(desk, name), 1, now=NOW) for name in ("Een", "Twee", "Drie")]


@pytest.fixture
def request_of_maes(desk, groups):
    household = cast.make_household(desk, "Maes", now=NOW, email="maes@ouders.example")
    child = cast.make_child(household, "Fien", born=date(2026, 9, 1))
    locations = [group.location for group in groups]
    return cast.make_request(child, locations, start=START, pattern=WEEK, now=NOW)


def offer(request, group, *, pattern=WEEK, now=NOW, **more) -> Offer:
    preference = request.preferences.get(location=group.location)
    return make_offer(
        principal=SYSTEM,
        preference_id=preference.pk,
        group_id=group.pk,
        pattern=pattern,
        now=now,
        **{"start": START, **more},
    )


def accept(request, group, *, yes=None, pattern=WEEK, now=NOW) -> Placement:
    made = offer(request, group, pattern=pattern, now=now)
    return accept_offer(principal=SYSTEM, offer_id=made.pk, yes=yes or Yes(), now=now)


def states(request):
    return [preference.state for preference in request.preferences.order_by("location__pk")]


def free(group):
    return free_by_month(group_ids=[group.pk], first_month=START, months=1)[group.pk][0][0]


def test_a_lapse_that_gives_the_earlier_place_back_leaves_its_wishes_aside(request_of_maes, groups):
    one, two, _three = groups
    earlier = accept(request_of_maes, two, yes=Yes(AfterYes.STAY))
    sign(principal=SYSTEM, placement_id=earlier.pk, name="An Maes", now=NOW)
    better = accept(request_of_maes, one, now=NOW + timedelta(hours=1))
    assert lapse_unsigned(now=better.sign_by) == 1
    earlier.refresh_from_db()
    assert (earlier.state, free(one), free(two)) == ("final", 1, 0)
    assert states(request_of_maes) == ["withdrawn", "placed", "replaced"]


def test_a_lapse_of_one_part_leaves_the_part_that_is_certain_off_the_lists(request_of_maes, groups):
    one, two, three = groups
    certain = accept(request_of_maes, one, pattern=PART, yes=Yes(look_on=True))
    sign(principal=SYSTEM, placement_id=certain.pk, name="An Maes", now=NOW)
    rest = accept(request_of_maes, two, pattern=REST, now=NOW + timedelta(hours=1))
    assert states(request_of_maes) == ["replaced", "placed", "replaced"]
    assert lapse_unsigned(now=rest.sign_by) == 1
    assert states(request_of_maes) == ["waiting", "withdrawn", "waiting"]
    assert [line.pattern for line in waiting_list(three.location_id, now=NOW)] == [REST]


def test_the_rest_of_a_rest_is_not_looked_for_again(request_of_maes, groups):
    accept(request_of_maes, groups[0], pattern=PART, yes=Yes(look_on=True))
    accept(request_of_maes, groups[1], pattern=REST, yes=Yes(look_on=True))
    assert "waiting" not in states(request_of_maes)


def test_a_request_goes_on_while_one_of_its_places_is_still_to_sign(request_of_maes, groups):
    first = accept(request_of_maes, groups[0], pattern=PART, yes=Yes(look_on=True))
    second = accept(request_of_maes, groups[1], pattern=REST)
    sign(principal=SYSTEM, placement_id=second.pk, name="An Maes", now=NOW)
    request_of_maes.refresh_from_db()
    assert request_of_maes.state == "open"
    sign(principal=SYSTEM, placement_id=first.pk, name="An Maes", now=NOW)
    request_of_maes.refresh_from_db()
    assert request_of_maes.state == "ended"


def test_ending_a_request_gives_its_unsigned_place_back(request_of_maes, groups):
    placement = accept(request_of_maes, groups[0])
    end_request(principal=SYSTEM, request_id=request_of_maes.pk, end=RequestEnd.LAPSED_MISCARRIAGE, now=NOW)
    placement.refresh_from_db()
    assert (placement.state, free(groups[0])) == ("ended", 1)
    assert Notice.objects.filter(kind="enrolment/offer_declined", location_id=groups[0].location_id).exists()
    told = Notice.objects.filter(household=request_of_maes.household).count()
    assert lapse_unsigned(now=placement.sign_by) == 0
    assert Notice.objects.filter(household=request_of_maes.household).count() == told
    reopen_request(principal=SYSTEM, request_id=request_of_maes.pk, now=NOW)
    assert states(request_of_maes) == ["withdrawn", "waiting", "waiting"]


def test_a_place_is_signed_once(desk):
    location = cast.make_location(desk, "Waarborg", deposit="250.00")
    group = cast.make_group(location, 1, now=NOW)
    child = cast.make_child(cast.make_household(desk, "Claes", now=NOW), "Lou", born=date(2026, 9, 1))
    placement = accept(cast.make_request(child, [location], start=START, pattern=WEEK, now=NOW), group)
    sign(principal=SYSTEM, placement_id=placement.pk, name="An Claes", now=NOW)
    with pytest.raises(RefusedError) as refused:
        sign(principal=SYSTEM, placement_id=placement.pk, name="Iemand Anders", now=NOW)
    placement.refresh_from_db()
    assert (refused.value.code, placement.signed_name) == ("signed", "An Claes")


def test_no_offer_to_a_request_that_ends_while_the_offer_waits_for_its_turn(
    request_of_maes, groups, monkeypatch
):
    def ended_meanwhile(*rows):
        end_request(principal=SYSTEM, request_id=request_of_maes.pk, end=RequestEnd.CANCELLED_PARENT, now=NOW)
        lock_rows(*rows)

    monkeypatch.setattr(making, "lock_rows", ended_meanwhile)
    with pytest.raises(RefusedError) as refused:
        offer(request_of_maes, groups[0])
    assert refused.value.code == "not_waiting"


@pytest.mark.parametrize(
    "stay", [{"start": date(2035, 1, 1), "end": date(2036, 1, 1)}, {"end": date(2040, 1, 1)}]
)
def test_nothing_is_promised_in_weeks_that_are_not_counted(request_of_maes, groups, stay):
    with pytest.raises(RefusedError) as refused:
        offer(request_of_maes, groups[0], **stay)
    assert refused.value.code == "too_far"


def test_a_location_of_another_region_is_no_wish(request_of_maes, groups):
    elsewhere = cast.make_desk("elders", nis="99002")
    elsewhere.region = Region.objects.create(slug="verweg", name="Verweg")
    elsewhere.save()
    far = cast.make_location(elsewhere, "Ver")
    with pytest.raises(RefusedError) as refused:
        rank_wishes(
            principal=SYSTEM,
            request_id=request_of_maes.pk,
            location_ids=[groups[0].location_id, far.pk],
            now=NOW,
        )
    assert refused.value.field == "wishes"


def test_a_busy_offer_keeps_no_other_from_running_out(request_of_maes, groups, monkeypatch):
    made = [offer(request_of_maes, group) for group in groups[:2]]
    locked = answering._locked

    def busy(offer_id):
        if offer_id == made[0].pk:
            raise RefusedError("busy", code="busy")
        return locked(offer_id)

    monkeypatch.setattr(answering, "_locked", busy)
    assert answering.lapse_offers(now=made[0].deadline) == 1
    assert sorted(Offer.objects.values_list("state", flat=True)) == ["lapsed", "open"]

"""Why a family is fourth and what would help: worked by hand, confirmed by giving all places again."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from kribbe.places import ledger
from kribbe.places.models import GroupCapacity
from kribbe.rounds.selectors.standing import Kind, live_standing
from kribbe.rounds.tests.scene import ASKED, MONDAYS, PARENT, family, fourth
from kribbe.rounds.words import help_rows, place_rows
from kribbe.rules.calendar import add_months
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing import cast
from kribbe.testing.sessions import log_in
from kribbe.testing.worlds import built_once
from kribbe.trust.principal import Role, Scope

NOW = datetime(2027, 1, 11, 9, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@built_once
def scene():
    return fourth(now=NOW)


def test_the_fourth_learns_which_half_days_are_short_and_why(scene):
    (place,) = live_standing(scene.noor, now=NOW).places
    assert (place.position, place.waiting, place.granted, place.has_group) == (4, 4, False, True)
    # three ahead by law are a small number
    assert [(each.ground, each.count) for each in place.ahead] == [("law", None)]
    # one of three Mondays is taken until July and two children ahead fit: full for Noor from March until June
    monday = [(short.slot, short.full, short.ahead) for short in place.short]
    assert monday == [(0, (), (2, 3, 4, 5)), (1, (), (2, 3, 4, 5))]


def test_what_would_help_is_a_later_start_other_days_fewer_days_or_a_neighbour(scene):
    live = live_standing(scene.noor, now=NOW)
    told = {(each.kind, each.location.name, each.start, each.pattern.to_text()) for each in live.helps}
    assert (Kind.START, "De Notelaar", add_months(scene.start, 4), "mon tue") in told
    assert (Kind.PATTERN, "De Notelaar", scene.start, "tue wed") in told
    assert (Kind.LOCATION, "Pluk", scene.start, "mon tue") in told
    assert all(each.start != add_months(scene.start, 3) for each in live.helps)


def test_what_is_told_to_help_does_help(scene):
    """Each change, really made, gives the child a place at that location."""
    for each in live_standing(scene.noor, now=NOW).helps:
        request = scene.noor
        request.wanted_start, request.latest_start = each.start, each.start
        request.pattern = each.pattern.mask
        request.save()
        request.preferences.update(open_pattern=each.pattern.mask)
        if each.kind is Kind.LOCATION:
            request.preferences.update(location=each.location, registered_at=NOW)
        changed = live_standing(request, now=NOW)
        assert [place.location.name for place in changed.places if place.granted] == [each.location.name]
        request.preferences.update(location=scene.notelaar)


def test_fourth_in_line_may_still_have_a_place(scene):
    scene.noor.pattern = WeekPattern.from_text("wed fri").mask
    scene.noor.save()
    scene.noor.preferences.update(open_pattern=scene.noor.pattern)
    live = live_standing(scene.noor, now=NOW)
    assert [(place.position, place.granted, place.short) for place in live.places] == [(4, True, ())]
    assert live.helps == ()


def test_a_child_without_a_group_of_its_age_is_told_so(scene):
    scene.group.from_months = 18
    scene.group.save()
    (place,) = live_standing(scene.noor, now=NOW).places
    assert not place.has_group
    assert "leeftijd" in place_rows(live_standing(scene.noor, now=NOW))[0].verdict


def test_a_half_day_on_which_the_location_is_closed_is_told_as_closed(scene):
    capacity = GroupCapacity.objects.get(group=scene.group)
    capacity.open_pattern = (WeekPattern(capacity.open_pattern) - WeekPattern.from_text("tue")).mask
    capacity.save()
    ledger.recount(group_ids=[scene.group.pk], today=NOW.date(), now=NOW)
    live = live_standing(scene.noor, now=NOW)
    (place,) = live.places
    assert place.closed == WeekPattern.from_text("tue")
    assert {short.slot for short in place.short} == {0, 1}
    assert place_rows(live)[0].short[0] == "dinsdag de hele dag: daar gesloten."


def test_it_is_told_in_words(scene):
    live = live_standing(scene.noor, now=NOW)
    (row,) = place_rows(live)
    assert row.position == "4de"
    assert "maart 2027" in row.short[0] and "juni 2027" in row.short[0]
    assert len(help_rows(live, ASKED)) == len(live.helps) >= 3


def test_the_page_counts_the_same_queries_for_few_and_many_and_hides_others(scene):
    now = timezone.now()
    user = cast.make_user(
        PARENT, role=Role.PARENT, scope=Scope.HOUSEHOLD, scope_id=scene.noor.household_id, now=now
    )
    client = log_in(Client(), user, second_factor=False)
    address = reverse("rounds:standing", args=[scene.noor.reference])

    def queries():
        with CaptureQueriesContext(connection) as captured:
            answer = client.get(address)
        assert answer.status_code == 200
        return len(captured), answer.content.decode()

    few, page = queries()
    assert "Kind Vos" not in page and "Smets" not in page
    for number in range(6):
        family(scene.desk, f"De Wael{number}", [scene.notelaar, scene.pluk], start=scene.start, now=NOW)
    more = cast.make_location(scene.desk, "Het Nest")
    cast.make_group(more, 2, now=NOW)
    family(scene.desk, "Bakkali", [more, scene.notelaar], start=scene.start, now=NOW, pattern=MONDAYS)
    many, _ = queries()
    assert many == few <= 30

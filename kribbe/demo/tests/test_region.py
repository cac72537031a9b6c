"""The region before it is saved: the same each time, calibrated, and possible."""

import json
import os
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import date
from functools import cache

import pytest
from shapely.geometry import Point, shape

from kribbe.contact.models import Notice
from kribbe.demo.book import Book
from kribbe.demo.logins import let_in, logins
from kribbe.demo.past_rounds import FIRST_HELD, PART
from kribbe.demo.region import imagine
from kribbe.demo.summary import Figures, figures
from kribbe.demo.supply import with_check_digits
from kribbe.demo.tables import towns
from kribbe.demo.territory import lay_out, name_known_streets
from kribbe.enrolment.models import CareRequest, DirectChild, Offer, Placement, Preference
from kribbe.people.models import Child
from kribbe.places.models import GroupCapacity, LedgerTake, LicenceState, Location, Street
from kribbe.region.models import Desk, DeskPolicy, Municipality
from kribbe.rounds import kept
from kribbe.rounds.models import Calculation, Proposal, Round, RoundState, TakesPart
from kribbe.rules.halfdays import WeekPattern
from kribbe.web.branding import check_tokens

TODAY = date(2026, 3, 2)
SATURDAY = WeekPattern.from_text("sat").mask

DIGEST = f"""
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "kribbe.config.settings_test"
import django
django.setup()
from datetime import date
from kribbe.demo.region import imagine
from kribbe.demo.logins import let_in
book = imagine(date.fromisoformat("{TODAY}"))
let_in(book)
print(book.digest())
"""


@cache
def book() -> Book:
    found = imagine(TODAY)
    let_in(found)
    return found


def test_the_same_day_gives_the_same_rows_in_another_process() -> None:
    done = subprocess.run(  # noqa: S603  this very interpreter
        [sys.executable, "-c", DIGEST],
        env={**os.environ, "PYTHONHASHSEED": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split()[-1] == book().digest()


def test_leuven_is_as_its_sources_say() -> None:
    """flanders.md 2.1 and 11.5: about 3,215 children, 2,035 places, 430 waiting; places under demand."""
    leuven = figures(book())
    assert 3050 <= leuven.children <= 3350
    assert leuven.places == 2000
    assert 1.35 <= leuven.children_a_place <= 1.48
    assert 380 <= leuven.waiting <= 430
    assert leuven.open_offers >= 5


@pytest.mark.parametrize("slug", [None, "leuven"])
def test_monday_tuesday_and_thursday_are_full_and_wednesday_and_friday_are_not(slug: str | None) -> None:
    monday, tuesday, wednesday, thursday, friday = figures(book(), slug).occupancy
    assert min(monday, tuesday, thursday) > 0.84
    assert wednesday < friday < 0.70
    assert wednesday > 0.30


def test_the_neighbours_are_in_proportion() -> None:
    leuven = figures(book())
    for town in towns()[1:]:
        here: Figures = figures(book(), town.slug)
        assert here.places == town.places
        assert 1.2 <= here.children_a_place <= 1.75
        assert 0.5 <= (here.waiting / here.places) / (leuven.waiting / leuven.places) <= 2


def test_no_group_is_ever_overfull() -> None:
    """Counted by day from the takes alone, at every day on which something begins."""
    rows = book()
    capacities = {capacity.group_id: capacity for capacity in rows.rows(GroupCapacity)}
    takes: dict[int, list[LedgerTake]] = defaultdict(list)
    for take in rows.rows(LedgerTake):
        takes[take.group_id].append(take)
    for group_id, held in takes.items():
        for day in {take.during[0] for take in held}:
            used = Counter(
                slot
                for take in held
                if take.during[0] <= day < take.during[1]
                for slot in WeekPattern(take.pattern).slots()
            )
            assert max(used.values()) <= capacities[group_id].bookable_places
    for take in rows.rows(LedgerTake):
        assert WeekPattern(take.pattern).fits_in(WeekPattern(capacities[take.group_id].open_pattern))


def test_rounds_of_the_past_can_be_replayed_and_went_out_as_offers() -> None:
    rows = book()
    part = {row.location_id for row in rows.rows(TakesPart)}
    kept_of = {row.round_id: row for row in rows.rows(Calculation)}
    offered = Counter(row.round_id for row in rows.rows(Proposal))
    assert len(part) == PART
    assert [row.state for row in rows.rows(Round)] == [RoundState.DONE] * -FIRST_HELD
    for held in rows.rows(Round):
        instance, result = kept_of[held.pk].instance, kept_of[held.pk].result
        assert kept.solved_again(instance) == result
        assert offered[held.pk] == json.loads(result)["totals"]["placed"]
    assert sum(offered.values()) > 50
    for row in rows.rows(Proposal):
        assert row.preference.location_id in part
        assert row.offer.made_at.date() == row.round.planned_at.date()


def test_things_happen_in_their_order() -> None:
    rows = book()
    for request in rows.rows(CareRequest):
        assert request.household.created_at <= request.registered_at < rows.now
        assert request.ended_at is None or request.registered_at < request.ended_at < rows.now
        birth = request.child.born or request.child.expected
        assert birth is not None
        assert birth <= request.wanted_start <= request.latest_start
    for offer in rows.rows(Offer):
        assert offer.preference.registered_at <= offer.made_at < rows.now
        assert offer.made_at <= (offer.answered_at or rows.now) <= offer.deadline
    for placement in rows.rows(Placement):
        assert placement.reserved_at < rows.now
        assert placement.during[0] < placement.during[1]
        assert placement.final_at is None or placement.reserved_at <= placement.final_at < rows.now
    for child in rows.rows(Child):
        assert (child.born is None) == (child.expected is not None and child.expected > TODAY)


def test_nobody_has_more_wishes_than_the_desk_allows() -> None:
    most = {policy.desk_id: policy.max_wishes for policy in book().rows(DeskPolicy)}
    wishes = Counter(preference.request_id for preference in book().rows(Preference))
    for request in book().rows(CareRequest):
        allowed = most[request.desk_id]
        assert wishes[request.pk] >= 1
        assert allowed is None or wishes[request.pk] <= allowed


def test_every_open_offer_and_every_placement_holds_its_half_days() -> None:
    held = {take.holder: (take.group_id, take.during, take.pattern) for take in book().rows(LedgerTake)}
    expected = {
        **{f"placement:{row.pk}": row for row in book().rows(Placement) if not row.in_turn},
        **{
            f"child:{row.child.pk}:{row.group_id}:{row.during[0]}": row
            for row in book().rows(Placement)
            if row.in_turn
        },
        **{f"offer:{row.pk}": row for row in book().rows(Offer) if row.state == "open"},
        **{f"direct:{row.pk}": row for row in book().rows(DirectChild)},
    }
    assert held == {holder: (row.group_id, row.during, row.pattern) for holder, row in expected.items()}


def test_outlines_share_no_ground_and_hold_their_centres() -> None:
    outlines = {row.nis_code: shape(row.outline) for row in book().rows(Municipality)}
    for row in book().rows(Municipality):
        assert outlines[row.nis_code].is_valid
        assert outlines[row.nis_code].contains(Point(row.longitude, row.latitude))
    total = sum(outline.area for outline in outlines.values())
    joined = shape({"type": "GeometryCollection", "geometries": []})
    for outline in outlines.values():
        joined = joined.union(outline)
    assert joined.area == pytest.approx(total, rel=1e-3)


def test_every_street_is_in_its_municipality() -> None:
    outlines = {row.pk: shape(row.outline) for row in book().rows(Municipality)}
    count = Counter(street.municipality_id for street in book().rows(Street))
    assert [count[row.pk] for row in book().rows(Municipality)] == [town.streets for town in towns()]
    for street in book().rows(Street):
        assert outlines[street.municipality_id].contains(Point(street.longitude, street.latitude)), street


def test_streets_that_everybody_types_lie_in_their_municipality() -> None:
    made = Book(TODAY)
    lay_out(made)
    before = len(made.rows(Street))
    name_known_streets(made)
    known = made.rows(Street)[before:]
    assert "Naamsestraat" in [street.name for street in known]
    for street in known:
        assert shape(street.municipality.outline).contains(Point(street.longitude, street.latitude)), street


def test_desks_have_faces_that_can_be_read_and_three_policies() -> None:
    assert len(book().rows(Desk)) == 11
    assert all(check_tokens(desk.tokens) == [] for desk in book().rows(Desk))
    chosen = {(p.max_wishes, p.earliest_answer_months, p.date_rule) for p in book().rows(DeskPolicy)}
    assert {(None, 9, "registered"), (5, 7, "registered"), (None, 4, "lottery")} <= chosen


def test_a_licence_is_suspended_and_others_were_not_checked() -> None:
    states = {location.licence_state for location in book().rows(Location)}
    assert states == {LicenceState.LICENSED, LicenceState.SUSPENDED, LicenceState.UNKNOWN}


def test_everybody_can_log_in_and_only_staff_need_a_second_factor() -> None:
    assert {login.role.value for login in logins()} == {
        "parent", "manager", "organiser", "clerk", "policy_officer", "administrator", "referrer",
    }  # fmt: skip
    assert {login.has_second_factor for login in logins() if login.role.value == "parent"} == {False}
    assert not book().rows(Notice)


def test_enterprise_numbers_have_their_check_digits() -> None:
    """97 - 2005178 mod 97 = 97 - 91 = 6, as by hand: 97 x 20671 = 2005087."""
    assert with_check_digits("02005178") == "0200517806"


def test_some_locations_are_open_on_saturday_and_families_that_chose_them_ask_it() -> None:
    opened = {row.group.location_id for row in book().rows(GroupCapacity) if SATURDAY & row.open_pattern}
    asking = {row.pk for row in book().rows(CareRequest) if SATURDAY & row.pattern}
    wishes = [wish for wish in book().rows(Preference) if wish.request_id in asking]
    assert len(opened) >= 2
    assert asking
    assert all(wish.open_pattern & SATURDAY for wish in wishes)
    assert asking == {wish.request_id for wish in wishes if wish.location_id in opened}

"""A region beside its desks: no page tells together what one hides, and its figures open at once."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kribbe.enrolment.tests.location_scene import client_of, make_family
from kribbe.policy.models import RegionCount
from kribbe.policy.pages.cells import Veil
from kribbe.policy.pages.figures import Page
from kribbe.policy.pages.flows import flow_blocks
from kribbe.policy.reporting import report_blocks
from kribbe.policy.selectors.flows import Crossing
from kribbe.policy.selectors.people import FRESH, count, counted, written
from kribbe.policy.selectors.report import content
from kribbe.policy.services.snapshots import keep_counts
from kribbe.policy.tasks import regions_counted
from kribbe.policy.territory import Territory
from kribbe.testing import cast
from kribbe.trust.principal import Role, Scope

NOW = datetime(2027, 1, 11, 9, 0, tzinfo=UTC)
MARCH = date(2027, 3, 1)
HIDDEN = ("<5", "")

pytestmark = pytest.mark.django_db


def make_desks(*sizes):
    """Desks of one region, each with so many families who wait for March at its own location."""
    found = []
    for number, size in enumerate(sizes):
        desk = cast.make_desk(f"dorp{number}", nis=f"9900{number + 1}")
        location = cast.make_location(desk, f"Huis {number}")
        for family in range(size):
            make_family(desk, location, 40 * number + family, start=MARCH, now=NOW)
        found.append(desk)
    return found


def values(found, key):
    block = next(each for each in found if each.key == key)
    lines = [*block.lines, *([block.total] if block.total else [])]
    return {
        (line.label, head): cell.value
        for line in lines
        for head, cell in zip(block.heads, line.cells, strict=True)
    }


def leaks(whole, desks, key):
    """Numbers of the region that are told though exactly one desk hides its own: by subtraction they tell it."""
    parts = [values(each, key) for each in desks]
    return [
        name
        for name, told in values(whole, key).items()
        if told not in HIDDEN and [each.get(name, 0) in HIDDEN for each in parts].count(True) == 1
    ]


@pytest.mark.parametrize("sizes", [(3, 30), (3, 12, 20), (1, 2, 40), (3, 4, 30)])
def test_no_number_of_the_region_tells_what_one_desk_hides(sizes):
    desks = make_desks(*sizes)
    region = Territory.of_region(desks[0].region)
    veil = Veil()
    whole = Page.of(region, now=NOW, veil=veil).blocks
    parts = [Page.of(Territory.of_desk(desk), now=NOW, veil=veil).blocks for desk in desks]
    for key in ("asking", "answers", "homes", "months", "half-days", "placed"):
        assert leaks(whole, parts, key) == [], key
    report = report_blocks(content(region, year=2027, now=NOW), veil)
    reports = [report_blocks(content(Territory.of_desk(desk), year=2027, now=NOW), veil) for desk in desks]
    for key in ("answers", "homes"):
        assert leaks(report, reports, key) == [], key


def test_where_no_desk_hides_the_region_tells_all():
    desks = make_desks(9, 30)
    page = Page.of(Territory.of_region(desks[0].region), now=NOW, veil=Veil())
    assert values(page.blocks, "months") == {
        ("maart 2027", "Kinderen"): 39,
        ("Totaal", "Kinderen"): 39,
    }


def test_who_may_see_the_families_sees_the_region_exactly():
    desks = make_desks(3, 30)
    page = Page.of(Territory.of_region(desks[0].region), now=NOW, veil=Veil(exact=True))
    assert values(page.blocks, "months")["Totaal", "Kinderen"] == 33


def towns_of(*flows):
    return [Crossing(lives, cared, works, children) for lives, cared, works, children in flows]


FLOWS = towns_of(
    ("Aa", "Aa", "Aa", 30),
    ("Bo", "Aa", "Aa", 3),
    ("Ce", "Aa", "Bo", 7),
    ("Bo", "Bo", "Aa", 12),
    ("Ce", "Bo", "Bo", 9),
    ("Ce", "Ce", "Aa", 8),
    ("Aa", "Ce", "Bo", 6),
)


def flow_cells(block):
    return {
        (line.label, head): cell.value
        for line in block.lines
        for head, cell in zip(block.heads, line.cells, strict=True)
    }


def test_a_pair_of_towns_is_told_or_hidden_alike_on_the_page_of_each_desk_and_of_the_region():
    whole = flow_cells(flow_blocks(FLOWS, None, Veil())[0])
    # Placed in Aa: 40, on the page of figures. So 3 would be 40 - 30 - 7, and 7 hides too.
    assert {name: value for name, value in whole.items() if name[1] == "Aa"} == {
        ("Aa", "Aa"): 30,
        ("Bo", "Aa"): "",
        ("Ce", "Aa"): "",
    }
    for town in ("Aa", "Bo", "Ce"):
        own = flow_cells(flow_blocks(FLOWS, frozenset({town}), Veil())[0])
        for (lives, cared), value in own.items():
            if town in (lives, cared) and cared != "Totaal":
                assert value == whole[lives, cared]


def test_where_parents_work_tells_of_the_region_nothing_that_a_desk_hides():
    whole = flow_blocks(FLOWS, None, Veil())
    desks = [flow_blocks(FLOWS, frozenset({town}), Veil()) for town in ("Aa", "Bo", "Ce")]
    told = [{line.label: line.cells[0].value for line in blocks[1].lines} for blocks in (whole, *desks)]
    assert told == [
        {"Aa": 53, "Bo": 22},
        {"Aa": 33, "Bo": 7},
        {"Aa": 12, "Bo": 9},
        {"Aa": 8, "Bo": 6},
    ]
    small = [*FLOWS, Crossing("Aa", "Bo", "Ce", 3), Crossing("Ce", "Ce", "Ce", 20)]
    whole = flow_blocks(small, None, Veil())[1]
    assert {line.label: line.cells[0].value for line in whole.lines}["Ce"] == "", "23 less 20 would tell 3"


def test_who_may_see_the_families_sees_every_flow():
    cared, works = flow_blocks(FLOWS, frozenset({"Aa"}), Veil(exact=True))
    assert flow_cells(cared) == {
        ("Aa", "Aa"): 30,
        ("Aa", "Ce"): 6,
        ("Aa", "Totaal"): 36,
        ("Bo", "Aa"): 3,
        ("Bo", "Ce"): "",
        ("Bo", "Totaal"): 3,
        ("Ce", "Aa"): 7,
        ("Ce", "Ce"): "",
        ("Ce", "Totaal"): 7,
    }
    assert sum(cell.value for line in works.lines for cell in line.cells[:-1]) == 46


def test_a_region_is_kept_by_the_hour_as_it_was_counted():
    desks = make_desks(3, 8)
    region = Territory.of_region(desks[0].region)
    before = count(region, now=NOW)
    assert regions_counted(NOW) == 1
    make_desk_busier(desks[0])
    assert counted(region, now=NOW + timedelta(minutes=59)) == before
    assert counted(region, now=NOW + FRESH).people.placed == before.people.placed
    assert counted(region, now=NOW + FRESH).people.asking.total == before.people.asking.total + 1
    assert keep_counts(now=NOW + FRESH) == 1
    assert RegionCount.objects.get().content == {**written(count(region, now=NOW + FRESH)), "flows": []}


def make_desk_busier(desk):
    make_family(desk, desk.locations.get(), 35, start=MARCH, now=NOW)


def queries(territory):
    with CaptureQueriesContext(connection) as found:
        Page.of(territory, now=NOW, veil=Veil())
    return len(found)


def test_the_queries_grow_neither_with_desks_nor_with_families():
    few = make_desks(2, 2)
    small = queries(Territory.of_region(few[0].region))
    more = [cast.make_desk(f"stad{number}", nis=f"9910{number}") for number in range(4)]
    for number, desk in enumerate(more):
        location = cast.make_location(desk, f"Stadshuis {number}")
        for family in range(7):
            make_family(desk, location, 90 + 40 * number + family, start=MARCH, now=NOW)
    region = Territory.of_region(few[0].region)
    assert len(region.desks) == 6
    assert queries(region) == small <= 26
    keep_counts(now=NOW)
    assert queries(region) <= 6, "kept: one query, and one for each figure of places"


@pytest.mark.parametrize("name", ["figures", "past", "flows", "reports"])
def test_pages_of_a_region_stay_under_thirty_queries(name):
    (desk, *_others) = make_desks(3, 6, 2)
    client = client_of(
        cast.make_user(
            "beleid@loket.example",
            role=Role.POLICY_OFFICER,
            scope=Scope.REGION,
            scope_id=desk.region_id,
            now=NOW,
        )
    )
    client.get("/livez")
    with CaptureQueriesContext(connection) as found:
        page = client.get(reverse(f"policy:{name}", args=[desk.slug]), {"scope": "region"})
    assert page.status_code == 200
    assert len(found) <= 30

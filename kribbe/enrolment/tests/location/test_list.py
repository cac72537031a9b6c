"""The waiting list of a location."""

import csv
import io
import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kribbe.enrolment.pages.location_words import short_name
from kribbe.enrolment.tests.location.scene import (
    MONTH,
    NOW,
    START,
    TODAY,
    address,
    families,
    offer_to,
    positions,
    wish,
)
from kribbe.enrolment.tests.location_scene import client_of, make_family, manager_of
from kribbe.people.models import FactKind
from kribbe.rules.calendar import add_months
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing import cast
from kribbe.trust.models import AuditEntry
from kribbe.trust.principal import Role, Scope

pytestmark = pytest.mark.django_db


def test_a_child_is_named_by_initials_until_there_is_an_agreement():
    assert short_name("Fien", "De Wael") == "Fien D.W."
    assert short_name("", "Maes") == "Baby M."


def test_the_list_shows_the_order_and_the_fit(desk, notelaar, group, client):
    families(desk, notelaar, 5)
    sitting = cast.make_child(cast.make_household(desk, "Claes", now=NOW), "Lou", born=date(2025, 9, 1))
    cast.make_placement(
        sitting, group, start=TODAY, end=add_months(TODAY, 40), pattern=WeekPattern.from_text("wed"), now=NOW
    )
    page = client.get(address("waiting_list", notelaar), {"month": MONTH, "group": group.pk}).content.decode()
    assert positions(page) == [1, 2, 3, 4, 5]
    assert "5 of 5 families can begin" in page
    assert "De Wael" not in page
    assert "Fien D.W." in page


def test_where_nobody_can_begin_this_month_everyone_is_shown_until_a_month_is_chosen(
    desk, notelaar, group, client
):
    families(desk, notelaar, 3)
    at = address("waiting_list", notelaar)
    page = client.get(at, {"group": group.pk}).text
    assert positions(page) == [1, 2, 3]
    assert "All 3 families that wait" in page
    assert positions(client.get(at, {"month": f"{TODAY:%Y-%m}"}).text) == []


def test_what_only_the_family_and_the_desk_know_stays_unknown(desk, notelaar, group, client):
    single = make_family(desk, notelaar, 1, start=START, now=NOW)
    poor = make_family(desk, notelaar, 2, start=START, now=NOW)
    cast.make_fact(single.household, FactKind.SINGLE, since=date(2020, 1, 1), now=NOW)
    cast.make_fact(poor.household, FactKind.LOW_INCOME, since=date(2020, 1, 1), now=NOW)
    for name, args in (("waiting_list", ()), ("waiting_child", (wish(single).pk,))):
        page = (
            client.get(address(name, notelaar, *args), {"month": MONTH, "show": "all"})
            .content.decode()
            .lower()
        )
        assert "priority by law" in page
        assert not re.search(r"single parent|low joint income|vulnerable", page)


def test_a_sensitive_criterion_is_not_told_where_no_law_covers_it(desk):
    location = cast.make_location(desk, "Het Molentje", criteria=["single", "sibling"])
    group = cast.make_group(location, 3, now=NOW, price="free")
    request = make_family(desk, location, 1, start=START, now=NOW)
    cast.make_fact(request.household, FactKind.SINGLE, since=date(2020, 1, 1), now=NOW)
    client = client_of(manager_of(location, now=NOW))
    page = client.get(address("waiting_list", location), {"month": MONTH, "group": group.pk}).content.decode()
    assert "Priority by law" not in page
    assert "By law" not in page
    assert "single parent" not in page.lower()
    assert "in confidence" in page


def test_the_households_ranking_is_shown_only_where_the_desk_says_so(notelaar, group, client, desk):
    make_family(desk, notelaar, 1, start=START, now=NOW)
    listed = address("waiting_list", notelaar)
    assert "choice 1" not in client.get(listed, {"month": MONTH}).content.decode()
    desk.policies.update(ranking_shown=True)
    assert "choice 1" in client.get(listed, {"month": MONTH}).content.decode()


def test_only_those_that_fit_wholly(desk, notelaar, client):
    group = cast.make_group(notelaar, 1, now=NOW)
    offer_to(make_family(desk, notelaar, 4, start=START, now=NOW), group)
    families(desk, notelaar, 2)
    listed = client.get(address("waiting_list", notelaar), {"month": MONTH, "fits": "1"}).content.decode()
    assert positions(listed) == []
    assert "Nobody here for this choice" in listed


def test_every_look_is_recorded_with_its_households(desk, notelaar, group, client):
    requests = families(desk, notelaar, 3)
    client.get(address("waiting_list", notelaar), {"month": MONTH})
    entry = AuditEntry.objects.get(action="list.read")
    assert entry.data["households"] == sorted(request.household_id for request in requests)
    assert entry.desk_id == desk.pk


def test_the_list_costs_the_same_however_long_it_is(desk, notelaar, group, client):
    counts = []
    for more in (3, 40):
        families(desk, notelaar, more, first=len(counts) * 3)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(address("waiting_list", notelaar), {"month": MONTH})
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 30


def test_pages_of_fifty_follow_the_positions(desk, notelaar, group, client):
    families(desk, notelaar, 53)
    listed = address("waiting_list", notelaar)
    first = client.get(listed, {"month": MONTH}).content.decode()
    assert positions(first) == list(range(1, 51))
    following = re.search(r'href="(\?[^"]*after=50[^"]*)"', first)[1].replace("&amp;", "&")
    second = client.get(listed + following).content.decode()
    assert positions(second) == [51, 52, 53]


def test_the_list_of_a_past_day_is_replayed(desk, notelaar, group, client):
    make_family(desk, notelaar, 1, start=START, now=NOW)
    past = client.get(
        address("waiting_list", notelaar), {"at": f"{TODAY - timedelta(days=1)}"}
    ).content.decode()
    assert "Nobody waited here on that day" in past
    assert AuditEntry.objects.get(action="list.read").data["at"] == f"{TODAY - timedelta(days=1)}"


def test_the_list_as_a_table(desk, notelaar, group, client):
    make_family(desk, notelaar, 0, start=START, now=NOW)
    response = client.get(address("waiting_list", notelaar), {"month": MONTH, "format": "csv"})
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig")), delimiter=";"))
    assert rows[1][:2] == ["1", "Noor M."]
    assert rows[1][7] == "mon tue thu"


@pytest.mark.parametrize(
    "query", ["month=2", "month=9999-99", "group=x", "after=-1", "at=soon", "after=" + "9" * 40]
)
def test_a_mangled_address_shows_the_usual_list(desk, notelaar, group, client, query):
    assert client.get(f"{address('waiting_list', notelaar)}?{query}").status_code == 200


def test_an_outsider_finds_nothing(desk, notelaar, group):
    other = cast.make_location(desk, "Het Molentje")
    stranger = client_of(manager_of(other, now=NOW))
    request = make_family(desk, notelaar, 1, start=START, now=NOW)
    for name, args in (
        ("today", ()),
        ("waiting_list", ()),
        ("waiting_child", (wish(request).pk,)),
        ("make_offer", (wish(request).pk,)),
        ("refuse", (wish(request).pk,)),
        ("location_offers", ()),
        ("location_children", ()),
        ("criteria", ()),
    ):
        assert stranger.get(address(name, notelaar, *args)).status_code == 404, name
    assert stranger.get(address("make_offer", other, wish(request).pk)).status_code == 404


def test_an_administrator_reads_the_order_but_not_the_list(desk, notelaar, group):
    user = cast.make_user(
        "beheer@stad.example", role=Role.ADMINISTRATOR, scope=Scope.DESK, scope_id=desk.pk, now=NOW
    )
    client = client_of(user)
    assert client.get(address("waiting_list", notelaar)).status_code == 404
    page = client.get(address("criteria", notelaar))
    assert page.status_code == 200
    assert "does to your list" not in page.content.decode()

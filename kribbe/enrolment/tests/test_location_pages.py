"""The pages of a location: what it sees of its list, what it may do, and what stays unknown to it."""

import csv
import io
import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from kribbe.enrolment.models import Offer, PassOver, Placement, PositionChange, Preference
from kribbe.enrolment.pages.location_words import short_name
from kribbe.enrolment.services.answer_offer import Yes, accept_offer
from kribbe.enrolment.services.make_offer import make_offer
from kribbe.enrolment.tests.location_scene import client_of, make_family, manager_of
from kribbe.people.models import FactKind
from kribbe.rules.calendar import add_months, first_of_month
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing import cast
from kribbe.trust.models import AuditEntry
from kribbe.trust.principal import SYSTEM, Role, Scope

pytestmark = pytest.mark.django_db

NOW = timezone.now()
TODAY = timezone.localtime(NOW).date()
START = add_months(first_of_month(TODAY), 2)
MONTH = f"{START:%Y-%m}"


@pytest.fixture
def desk():
    return cast.make_desk(earliest_answer_months=None)


@pytest.fixture
def notelaar(desk):
    return cast.make_location(desk, "De Notelaar", deposit=100)


@pytest.fixture
def group(notelaar):
    return cast.make_group(notelaar, 2, now=NOW)


@pytest.fixture
def client(notelaar):
    return client_of(manager_of(notelaar, now=NOW))


def families(desk, location, count, *, first=0):
    return [make_family(desk, location, first + n, start=START, now=NOW) for n in range(count)]


def address(name, location, *args):
    return reverse(f"enrolment:{name}", args=[location.slug, *args])


def wish(request):
    return request.preferences.get()


def offer_to(request, group, **more):
    return make_offer(
        principal=SYSTEM,
        preference_id=wish(request).pk,
        group_id=group.pk,
        start=START,
        pattern=WeekPattern(request.pattern),
        now=NOW,
        **more,
    )


def positions(page):
    return [int(number) for number in re.findall(r'class="queue__nr">(\d+)<', page)]


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


def sent(request, group, **more):
    slots = WeekPattern(request.pattern).slots()
    return {
        "group": group.pk,
        "start": f"{START}",
        "last": f"{add_months(START, 20)}",
        "pattern": slots,
        **more,
    }


def test_an_offer_is_made_once_however_often_the_form_is_sent(desk, notelaar, group, client):
    request = make_family(desk, notelaar, 1, start=START, now=NOW)
    page = address("make_offer", notelaar, wish(request).pk)
    data = sent(request, group, once="a-token", message="Welkom!")
    first, second = client.post(page, data), client.post(page, data)
    assert first.status_code == second.status_code == 302
    made = Offer.objects.get()
    assert (made.message, made.during.lower, made.kind) == ("Welkom!", START, "same")
    assert made.during.upper == add_months(START, 20) + timedelta(days=1)


def test_the_offer_page_proposes_what_is_free_of_what_was_asked(desk, notelaar, client):
    group = cast.make_group(notelaar, 1, now=NOW)
    sitting = cast.make_child(cast.make_household(desk, "Claes", now=NOW), "Lou", born=date(2025, 9, 1))
    cast.make_placement(
        sitting, group, start=TODAY, end=add_months(TODAY, 40), pattern=WeekPattern.from_text("tue"), now=NOW
    )
    request = make_family(desk, notelaar, 0, start=START, now=NOW)
    page = client.get(address("make_offer", notelaar, wish(request).pk)).content.decode()
    ticked = {int(slot) for slot in re.findall(r'name="pattern" value="(\d+)"[^>]* checked', page)}
    assert ticked == {0, 1, 6, 7}
    assert "Other days than the family asked." in page
    assert "full" in page


def test_passing_over_asks_a_reason_per_child_and_loses_nothing(desk, notelaar, group, client):
    first = make_family(desk, notelaar, 1, start=START, now=NOW, days_ago=50)
    second = make_family(desk, notelaar, 4, start=START, now=NOW, days_ago=5)
    page = address("make_offer", notelaar, wish(second).pk)
    refused = client.post(page, sent(second, group, message="Welkom"))
    text = refused.content.decode()
    assert refused.status_code == 422
    assert f'name="reason-{wish(first).pk}"' in text
    assert "Choose a reason." in text
    assert "Welkom</textarea>" in text
    done = client.post(page, sent(second, group, **{f"reason-{wish(first).pk}": "group-balance"}))
    assert done.status_code == 302
    assert PassOver.objects.get().preference == wish(first)


def test_one_reason_can_do_for_all(desk, notelaar, group, client):
    ahead = [make_family(desk, notelaar, 1, start=START, now=NOW, days_ago=50 + n) for n in range(2)]
    last = make_family(desk, notelaar, 4, start=START, now=NOW, days_ago=5)
    page = address("make_offer", notelaar, wish(last).pk)
    assert client.post(page, sent(last, group, **{"reason-all": "other-age"})).status_code == 302
    assert set(PassOver.objects.values_list("preference", "reason__code")) == {
        (wish(each).pk, "other-age") for each in ahead
    }


def test_a_preview_changes_nothing(desk, notelaar, group, client):
    request = make_family(desk, notelaar, 1, start=START, now=NOW)
    page = address("make_offer", notelaar, wish(request).pk)
    later = f"{add_months(START, 6)}"
    response = client.post(page, sent(request, group, start=later, preview="1"))
    assert response.status_code == 200
    assert "Another start than the family asked." in response.content.decode()
    assert Offer.objects.count() == 0


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"pattern": []}, "Choose at least one half-day"),
        ({"start": "2020-01-01"}, "The start is in the past"),
        ({"start": "never"}, "Enter a valid date"),
        ({"last": f"{START - timedelta(days=9)}"}, "The end is before the start"),
        ({"group": "999999"}, "Select a valid choice"),
    ],
)
def test_bad_input_is_answered_at_its_field(desk, notelaar, group, client, change, said):
    request = make_family(desk, notelaar, 1, start=START, now=NOW)
    response = client.post(
        address("make_offer", notelaar, wish(request).pk),
        sent(request, group) | {"message": "Blijft", **change},
    )
    assert response.status_code == 422
    assert said in response.content.decode()
    assert "Blijft</textarea>" in response.content.decode()


def test_a_family_that_left_is_said_so(desk, notelaar, group, client):
    request = make_family(desk, notelaar, 1, start=START, now=NOW)
    page = address("make_offer", notelaar, wish(request).pk)
    Preference.objects.update(state="refused")
    response = client.get(page, follow=True)
    assert "no longer waits here" in response.content.decode()


def test_a_no_shows_its_letter_first_and_needs_a_reason(desk, notelaar, group, client):
    request = make_family(desk, notelaar, 1, start=START, now=NOW)
    page = address("refuse", notelaar, wish(request).pk)
    shown = client.post(page, {"preview": "1", "reason": "full", "note": "Helaas."}).content.decode()
    assert "Helaas." in shown
    assert wish(request).state == "waiting"
    assert client.post(page, {"reason": ""}).status_code == 422
    assert client.post(page, {"reason": "full", "note": "Helaas."}).status_code == 302
    assert wish(request).state == "refused"


def test_offers_with_their_time_left_can_be_taken_back(desk, notelaar, group, client):
    made = offer_to(make_family(desk, notelaar, 1, start=START, now=NOW), group)
    assert "10 days left" in client.get(address("location_offers", notelaar)).content.decode()
    page = address("take_back", notelaar, made.reference)
    assert client.post(page, {"reason": ""}).status_code == 422
    assert client.post(page, {"reason": "Een fout van ons."}).status_code == 302
    made.refresh_from_db()
    assert made.state == "taken_back"


def test_a_deposit_is_noted(desk, notelaar, group, client):
    made = offer_to(make_family(desk, notelaar, 1, start=START, now=NOW), group)
    placement = accept_offer(principal=SYSTEM, offer_id=made.pk, yes=Yes(), now=NOW)
    assert "Deposit received" in client.get(address("location_offers", notelaar)).content.decode()
    client.post(address("deposit", notelaar, placement.reference))
    assert Placement.objects.get().deposit_paid_at is not None
    assert "Deposit received" not in client.get(address("location_offers", notelaar)).content.decode()


def test_children_with_an_agreement_have_their_full_name(desk, notelaar, group, client):
    child = cast.make_child(cast.make_household(desk, "De Wael", now=NOW), "Émile", born=date(2025, 9, 1))
    cast.make_placement(
        child, group, start=TODAY, end=add_months(TODAY, 12), pattern=WeekPattern.from_text("tue"), now=NOW
    )
    page = address("location_children", notelaar)
    assert "Émile De Wael" in client.get(page, {"q": "emile"}).content.decode()
    assert "No child of that name" in client.get(page, {"q": "noor"}).content.decode()
    assert "De Wael;Émile" in client.get(page, {"format": "csv"}).content.decode()


def test_today_says_who_is_first_in_line_and_what_runs_out(desk, notelaar, group, client):
    first = make_family(desk, notelaar, 1, start=START, now=NOW, days_ago=9)
    offer_to(make_family(desk, notelaar, 4, start=START, now=NOW, days_ago=60), group)
    page = client.get(address("today", notelaar)).content.decode()
    assert address("make_offer", notelaar, wish(first).pk) in page
    assert "Waiting for an answer" in page


def test_today_costs_the_same_however_many_wait(desk, notelaar, group, client):
    counts = []
    for more in (2, 25):
        families(desk, notelaar, more, first=len(counts) * 2)
        with CaptureQueriesContext(connection) as queries:
            client.get(address("today", notelaar))
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 30


def test_another_order_is_tried_and_then_published(desk, notelaar, group, client):
    part = make_family(desk, notelaar, 1, start=START, now=NOW, days_ago=50)
    whole = make_family(desk, notelaar, 4, start=START, now=NOW, days_ago=5)
    page = address("criteria", notelaar)
    tried = client.post(page, {"order": ["sibling"], "add": "full_week"}).content.decode()
    assert "1 of 2 families moves up" in tried
    assert PositionChange.objects.count() == 0
    assert "By ground" in tried
    order = {"order": ["sibling", "full_week"], "publish": "1"}
    lacking = client.post(page, order)
    assert lacking.status_code == 422
    assert "Say why you choose this order" in lacking.content.decode()
    assert client.post(page, order | {"motive": "Our rhythm is a full week"}).status_code == 302
    public = client.get(reverse("places:location", args=[desk.slug, notelaar.slug])).content.decode()
    assert "Our rhythm is a full week" in public
    changes = PositionChange.objects.values_list("preference__request", "before", "after", "cause")
    assert set(changes) == {(part.pk, 1, 2, "rules"), (whole.pk, 2, 1, "rules")}


def test_the_effect_names_nobody_to_who_may_not_read_the_list(desk, notelaar, group, client):
    make_family(desk, notelaar, 1, start=START, now=NOW, days_ago=50)
    make_family(desk, notelaar, 4, start=START, now=NOW, days_ago=5)
    ada = cast.make_user(
        "ada@desk.example", role=Role.ADMINISTRATOR, scope=Scope.DESK, scope_id=desk.pk, now=NOW
    )
    tried = client_of(ada).post(address("criteria", notelaar), {"order": ["sibling"], "add": "full_week"})
    assert tried.status_code == 200
    for words in ("Ilyas", "Zofia", "By ground", "moves up"):
        assert words not in tried.content.decode()


def test_a_ground_that_is_nobodys_business_is_not_counted(desk, notelaar, group, client):
    make_family(desk, notelaar, 1, start=START, now=NOW, days_ago=50)
    make_family(desk, notelaar, 4, start=START, now=NOW, days_ago=5)
    page = client.post(address("criteria", notelaar), {"order": ["care_need", "full_week"], "try": "1"})
    assert [row[0] for row in page.context["grounds"]] == [
        "Nearly a full week is asked (8 half-days or more)",
        "A brother or sister goes here",
    ]
    assert "part-time behind" in page.content.decode()


def test_where_a_family_lives_cannot_come_first(notelaar, group, client):
    page = address("criteria", notelaar)
    refused = client.post(page, {"order": ["resident", "sibling"], "publish": "1"})
    assert refused.status_code == 422
    assert "may only decide after all other criteria" in refused.content.decode()
    assert list(notelaar.criteria.values_list("names", flat=True)) == [["sibling"]]


@pytest.mark.parametrize(
    ("pressed", "after"),
    [
        ({"move": "up:work"}, ["work", "sibling"]),
        ({"move": "down:sibling"}, ["work", "sibling"]),
        ({"move": "up:sibling"}, ["sibling", "work"]),
        ({"remove": "sibling"}, ["work"]),
        ({"add": "full_week"}, ["sibling", "work", "full_week"]),
    ],
)
def test_the_order_can_be_changed_without_script(notelaar, group, client, pressed, after):
    response = client.post(address("criteria", notelaar), {"order": ["sibling", "work"], **pressed})
    assert re.findall(r'name="order" value="(\w+)"', response.content.decode()) == after


def test_an_organiser_chooses_among_its_locations(desk, notelaar, group):
    cast.make_location(desk, "Het Molentje")
    user = cast.make_user(
        "directie@kinderhuis.example",
        role=Role.ORGANISER,
        scope=Scope.ORGANISER,
        scope_id=notelaar.organiser_id,
        now=NOW,
    )
    page = client_of(user).get(reverse("enrolment:locations")).content.decode()
    assert "De Notelaar" in page
    assert "Het Molentje" in page


def test_a_manager_of_one_location_goes_straight_there(notelaar, group, client):
    response = client.get(reverse("enrolment:locations"))
    assert response["Location"] == address("today", notelaar)


def test_looking_at_a_family_that_has_its_place_already_is_recorded(desk, notelaar, group, client):
    request = families(desk, notelaar, 1)[0]
    wish = request.preferences.get()
    wish.state = "placed"
    wish.save()
    assert client.get(address("waiting_child", notelaar, wish.pk)).status_code == 200
    assert AuditEntry.objects.get(action="request.read").household_id == request.household_id


def test_whose_name_stands_first_in_line_is_recorded(desk, notelaar, group, client):
    request = families(desk, notelaar, 1, first=1)[0]
    assert client.get(address("today", notelaar)).status_code == 200
    assert AuditEntry.objects.get(action="list.read").data["households"] == [request.household_id]

"""Offers, refusals, deposits and today at a location."""

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import localtime

from kribbe.enrolment.models import Offer, PassOver, Placement, Preference
from kribbe.enrolment.services.answer_offer import Yes, accept_offer
from kribbe.enrolment.tests.location.scene import NOW, START, TODAY, address, families, offer_to, sent, wish
from kribbe.enrolment.tests.location_scene import make_family
from kribbe.rules.calendar import add_months
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing import cast
from kribbe.trust.principal import SYSTEM

pytestmark = pytest.mark.django_db


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
        ({"start": "never"}, "Choose a day that exists"),
        ({"last": f"{START - timedelta(days=9)}"}, "The end is before the start"),
        ({"group": "999999"}, "Choose another one"),
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
    assert f'href="#id_{next(iter(change))}' in response.content.decode()
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
    left = (localtime(made.deadline - timedelta(microseconds=1)).date() - TODAY).days
    assert left >= 10, "ten days from when the mail leaves"
    assert f"{left} days left" in client.get(address("location_offers", notelaar)).content.decode()
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

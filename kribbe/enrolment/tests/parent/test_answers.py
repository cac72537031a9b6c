"""A parent answers, changes, ranks and withdraws."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from kribbe.enrolment.models import Offer, Placement, Preference
from kribbe.enrolment.services.answer_offer import AfterYes, Yes, accept_offer, lapse_offers, take_back_offer
from kribbe.enrolment.services.vacancy_answer import waiting_at
from kribbe.enrolment.services.wishes import rank_wishes
from kribbe.enrolment.tests.parent.scene import (
    NOW,
    PART,
    START,
    TODAY,
    family,
    log_in,
    offer,
    page,
    text,
)
from kribbe.testing import cast
from kribbe.trust.principal import SYSTEM

pytestmark = pytest.mark.django_db


def test_an_offer_is_answered_with_yes_and_signed(client, maes, molentje):
    made = offer(maes, molentje)
    assert "Het Molentje biedt je een plaats aan" in page(client, "my")
    address = reverse("enrolment:offer", args=[made.reference])
    shown = text(client.get(address))
    assert "Ja, en stop met zoeken" in shown
    assert "blijf in de rij voor" not in shown
    token = re.search(r'name="once" value="([^"]+)"', shown)[1]
    answered = client.post(address, {"answer": "stop", "once": token})
    assert client.post(address, {"answer": "stop", "once": token}).url == answered.url
    placement = Placement.objects.get()
    reserved = text(client.get(answered.url))
    assert "Teken ten laatste op" in reserved
    last = placement.during.upper - timedelta(days=1)
    assert f"<dt>Laatste dag</dt><dd>{last.day} " in reserved
    assert client.post(answered.url, {"name": ""}).status_code == 422
    assert client.post(answered.url, {"name": "An Maes", "agreed": "on"}).status_code == 302
    assert "Betaal de waarborg van" in text(client.get(answered.url))
    placement.refresh_from_db()
    assert (placement.signed_name, placement.state) == ("An Maes", "to_sign")


def test_the_second_kind_of_yes_names_the_higher_wishes_and_a_part_can_look_on(client, maes, notelaar):
    made = offer(maes, notelaar, pattern=PART)
    address = reverse("enrolment:offer", args=[made.reference])
    shown = text(client.get(address))
    assert "je blijft in de rij voor: Het Molentje" in shown
    assert "Niet aangeboden van wat je vraagt: donderdag voormiddag." in shown
    client.post(address, {"answer": "stop", "look_on": "1"})
    assert Preference.objects.get(request=maes, location=notelaar).open_pattern == 1 << 6
    assert "We zoeken nog: 1 halve dag: donderdag voormiddag." in page(client, "my")


def test_what_was_ticked_stays_where_the_answer_lacks(client, maes, molentje):
    made = offer(maes, molentje, pattern=PART)
    refused = client.post(reverse("enrolment:offer", args=[made.reference]), {"look_on": "1"})
    assert refused.status_code == 422
    assert 'name="look_on" value="1" checked' in text(refused)


def test_an_offer_from_another_day_says_which_one_was_asked(client, maes, molentje):
    maes.latest_start = maes.wanted_start
    maes.save()
    made = offer(maes, molentje, start=START + timedelta(days=14))
    shown = page(client, "offer", made.reference)
    assert "Je vroeg om te starten op " in shown
    assert "Je vroeg om te starten tussen" not in shown


def test_no_answer_a_wrong_one_and_a_late_one_are_told(client, maes, molentje):
    made = offer(maes, molentje)
    address = reverse("enrolment:offer", args=[made.reference])
    assert client.post(address, {}).status_code == 422
    lapse_offers(now=NOW + timedelta(days=30))
    late = client.post(address, {"answer": "stop"})
    assert late.status_code == 409
    assert "Verlopen" in text(late)
    assert not Placement.objects.exists()


@pytest.mark.parametrize(("answer", "state"), [("decline", "withdrawn"), ("decline_keep", "waiting")])
def test_no_keeps_the_wish_or_not(client, maes, molentje, answer, state):
    made = offer(maes, molentje)
    client.post(reverse("enrolment:offer", args=[made.reference]), {"answer": answer})
    assert Offer.objects.get().state == "declined"
    assert Preference.objects.get(request=maes, location=molentje).state == state


def test_changed_days_keep_the_date(client, maes, molentje):
    before = Preference.objects.get(request=maes, location=molentje).registered_at
    answer = client.post(
        reverse("enrolment:request_need", args=[maes.reference]),
        {
            "pattern": ["8", "9"],
            "flexibility": "fewer",
            "wanted_start": str(START),
            "latest_start": str(START),
            "fetched": "17:30",
        },
    )
    assert answer.status_code == 302
    maes.refresh_from_db()
    assert (maes.pattern, maes.flexibility, maes.hours) == (0b11 << 8, "fewer", {"until": "17:30"})
    after = Preference.objects.get(request=maes, location=molentje)
    assert (after.registered_at, after.open_pattern) == (before, 0b11 << 8)


def test_the_ranking_changes_only_when_saved(client, desk, maes, notelaar, molentje):
    extra = cast.make_location(desk, "Pimpeloentje")
    address = reverse("enrolment:request_wishes", args=[maes.reference])
    order = [str(molentje.pk), str(notelaar.pk)]
    added = client.post(address, {"order": order, "add": str(extra.pk)})
    assert "Nog niet bewaard" in text(added)
    assert maes.preferences.count() == 2
    chosen = {"order": [str(extra.pk), str(notelaar.pk)], "seen": [str(notelaar.pk), str(molentje.pk)]}
    client.post(address, {**chosen, "action": "save"})
    ranked = maes.preferences.filter(rank__gt=0).order_by("rank").values_list("location__name", flat=True)
    assert list(ranked) == ["Pimpeloentje", "De Notelaar"]
    empty = client.post(address, {"action": "save"})
    assert empty.status_code == 422
    assert "minstens één locatie" in text(empty)


def test_a_list_that_changed_in_another_tab_is_not_saved_over(client, desk, maes, notelaar, molentje):
    extra = cast.make_location(desk, "Pimpeloentje")
    address = reverse("enrolment:request_wishes", args=[maes.reference])
    before = [str(notelaar.pk), str(molentje.pk)]
    assert all(f'name="seen" value="{key}"' in client.get(address).content.decode() for key in before)
    rank_wishes(
        principal=SYSTEM, request_id=maes.pk, location_ids=[notelaar.pk, molentje.pk, extra.pk], now=NOW
    )
    stale = client.post(address, {"order": before[::-1], "seen": before, "action": "save"}, follow=True)
    assert "intussen veranderd" in text(stale)
    assert waiting_at(maes.pk) == [notelaar.pk, molentje.pk, extra.pk]


def test_a_withdrawal_asks_why_and_can_be_taken_back(client, maes):
    address = reverse("enrolment:request_end", args=[maes.reference])
    assert client.post(address, {}).status_code == 422
    client.post(address, {"end": "found_elsewhere"})
    maes.refresh_from_db()
    assert (maes.state, maes.end) == ("ended", "found_elsewhere")
    assert "Toch niet intrekken" in page(client, "request", maes.reference)
    client.post(reverse("enrolment:request_reopen", args=[maes.reference]))
    maes.refresh_from_db()
    assert maes.state == "open"


def test_who_withdraws_reads_first_which_place_goes_with_it(client, maes, molentje):
    warning = "Bij Het Molentje is een plaats voor je gereserveerd"
    assert warning not in page(client, "request_end", maes.reference)
    made = offer(maes, molentje)
    yes = Yes(AfterYes.STAY)
    accept_offer(principal=SYSTEM, offer_id=made.pk, yes=yes, now=NOW)
    assert warning in page(client, "request_end", maes.reference)


def test_an_expected_child_is_born(client, desk, notelaar):
    waiting = family(
        desk, "Claes", [notelaar], first_name="", born=None, expected=TODAY + timedelta(days=20), start=START
    )
    log_in(client, waiting.household)
    assert "Kind verwacht op" in page(client, "my")
    address = reverse("enrolment:request_birth", args=[waiting.reference])
    assert (
        client.post(address, {"first_name": "Lou", "born": str(TODAY + timedelta(days=1))}).status_code == 422
    )
    client.post(address, {"first_name": "Lou", "born": str(TODAY)})
    waiting.child.refresh_from_db()
    assert (waiting.child.first_name, waiting.child.born) == ("Lou", TODAY)
    assert "Lou Claes" in page(client, "my")


def test_a_no_can_be_taken_back_on_the_request_and_on_the_offer(client, maes, molentje):
    made = offer(maes, molentje)
    answered = client.post(reverse("enrolment:offer", args=[made.reference]), {"answer": "decline"})
    shown = text(client.get(answered.url))
    assert "Je zei nee tegen Het Molentje" in shown
    assert "Wil je de plaats toch?" in shown
    assert "Wil je de plaats toch?" in page(client, "offer", made.reference)
    back = client.post(reverse("enrolment:offer_undo", args=[made.reference]))
    assert back.url == reverse("enrolment:offer", args=[made.reference])
    assert "Ja, en stop met zoeken" in text(client.get(back.url))
    assert "Wil je de plaats toch?" not in page(client, "request", maes.reference)


def test_a_no_taken_back_too_late_is_told_on_the_request(client, maes, molentje):
    made = offer(maes, molentje)
    client.post(reverse("enrolment:offer", args=[made.reference]), {"answer": "decline"})
    Offer.objects.update(answered_at=NOW - timedelta(days=2))
    assert "Wil je de plaats toch?" not in page(client, "request", maes.reference)
    late = client.post(reverse("enrolment:offer_undo", args=[made.reference]), follow=True)
    assert "Het is te laat" in text(late)
    assert Offer.objects.get().state == "declined"


def test_an_offer_names_the_place_that_it_ends_and_what_goes_with_it(client, maes, notelaar, molentje):
    first = offer(maes, notelaar)
    assert "eindigt je plaats" not in page(client, "offer", first.reference)
    placement = accept_offer(principal=SYSTEM, offer_id=first.pk, yes=Yes(AfterYes.STAY), now=NOW)
    same = offer(maes, molentje)
    shown = page(client, "offer", same.reference)
    assert "bij De Notelaar (maandag en dinsdag de hele dag, donderdag voormiddag) op" in shown
    assert 'name="give_up"' not in shown
    take_back_offer(principal=SYSTEM, offer_id=same.pk, reason="Toch niet", now=NOW)
    part = offer(maes, molentje, pattern=PART)
    shown = page(client, "offer", part.reference)
    assert "<strong>donderdag voormiddag</strong> verlies je ook" in shown
    address = reverse("enrolment:offer", args=[part.reference])
    refused = client.post(address, {"answer": "stop"})
    assert refused.status_code == 409
    assert "Zeg dat je die opgeeft" in text(refused)
    placement.refresh_from_db()
    assert placement.state == "to_sign"
    assert client.post(address, {"answer": "stop", "give_up": "1"}).status_code == 302
    placement.refresh_from_db()
    assert placement.state == "ended"

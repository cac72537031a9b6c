"""A household's own pages: where it stands and why, answering, signing, changing, withdrawing."""

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from kribbe.contact.models import Notice
from kribbe.enrolment import words
from kribbe.enrolment.models import CareRequest, Offer, Placement, PositionChange, Preference
from kribbe.enrolment.selectors.household import Ahead, request_story
from kribbe.enrolment.services.answer_offer import AfterYes, Yes, accept_offer, lapse_offers, take_back_offer
from kribbe.enrolment.services.make_offer import Excuse, make_offer
from kribbe.enrolment.services.positions import watched
from kribbe.enrolment.services.sign import lapse_unsigned
from kribbe.enrolment.services.vacancy_answer import waiting_at
from kribbe.enrolment.services.wishes import end_request, rank_wishes, refuse_wish
from kribbe.enrolment.tasks import lay_weeks, offers_run_out, reservations_run_out
from kribbe.enrolment.templatetags.enrolment import starting
from kribbe.people.models import User
from kribbe.people.services import link_user
from kribbe.places.models import LedgerWeek
from kribbe.rules.counting import RequestEnd
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing import cast, sessions
from kribbe.trust.models import AuditEntry
from kribbe.trust.principal import SYSTEM, Role, Scope

pytestmark = pytest.mark.django_db

NOW = timezone.now()
TODAY = timezone.localdate()
START = TODAY + timedelta(days=60)
WEEK = WeekPattern.from_text("mon tue thu-am")
PART = WeekPattern.from_text("mon tue")


@pytest.fixture
def desk():
    return cast.make_desk()


@pytest.fixture
def notelaar(desk):
    location = cast.make_location(desk, "De Notelaar")
    cast.make_group(location, 2, now=NOW)
    return location


@pytest.fixture
def molentje(desk):
    location = cast.make_location(desk, "Het Molentje", deposit=150)
    cast.make_group(location, 2, now=NOW)
    return location


def family(desk, name, locations, *, days_ago=0, start=START, **child):
    then = NOW - timedelta(days=days_ago)
    household = cast.make_household(desk, name, now=then, email=f"{name.lower()}@ouders.example")
    born = child.pop("born", TODAY - timedelta(days=120))
    kid = cast.make_child(household, child.pop("first_name", f"Kind {name}"), born=born, **child)
    return cast.make_request(kid, locations, start=start, pattern=WEEK, now=then)


def log_in(client, household):
    user, _ = User.objects.get_or_create(email=f"{household.reference.lower()}@ouders.example")
    link_user(household=household, user=user, principal=SYSTEM, now=NOW)
    client.force_login(user)


@pytest.fixture
def maes(client, desk, notelaar, molentje):
    request = family(desk, "Maes", [molentje, notelaar])
    log_in(client, request.household)
    return request


def offer(request, location, *, pattern=WEEK, start=START, **more):
    return make_offer(
        principal=SYSTEM,
        preference_id=request.preferences.get(location=location).pk,
        group_id=location.groups.get().pk,
        start=start,
        pattern=pattern,
        now=NOW,
        **more,
    )


def text(response):
    return re.sub(r"\s+", " ", response.content.decode())


def page(client, name, *args):
    return text(client.get(reverse(f"enrolment:{name}", args=args)))


def test_my_children_shows_every_wish_with_its_place(client, maes, desk, molentje):
    family(desk, "Peeters", [molentje], days_ago=3)
    family(desk, "Jacobs", [molentje], days_ago=-1)
    shown = page(client, "my")
    assert "Kind Maes Maes" in shown
    # Peeters registered three days earlier, Jacobs a day later: second of three.
    assert '<strong class="nums">2de</strong><small>van 3 wachtenden</small>' in shown
    assert '<strong class="nums">1ste</strong><small>van 1 wachtende</small>' in shown


def test_the_request_says_why_it_stands_there_without_small_numbers(client, maes, desk, notelaar):
    for number in range(7):
        family(desk, f"Eerder{number}", [notelaar], days_ago=10)
    cast.make_fact(
        family(desk, "Werkt", [notelaar]).household, cast.FactKind.WORK, since=date(2026, 1, 1), now=NOW
    )
    story = request_story(maes, now=NOW)
    wish = next(wish for wish in story.wishes if wish.location == notelaar)
    # Seven registered earlier and one has priority by law. A single hidden count next to the shown total of
    # eight would be known, so the other is hidden too.
    assert (wish.position, wish.waiting) == (9, 9)
    assert wish.ahead == (Ahead("date.registered", None), Ahead("law", None))
    shown = page(client, "request", maes.reference)
    assert "enkele gezinnen: een vroegere datum van aanmelding" in shown
    assert "Werkt" not in shown


def test_a_change_of_place_says_why(client, maes, notelaar):
    preference = maes.preferences.get(location=notelaar)
    for cause, before, after in (("left", 3, 2), ("joined.criterion.sibling", 2, 3)):
        PositionChange.objects.create(preference=preference, at=NOW, before=before, after=after, cause=cause)
    shown = page(client, "request", maes.reference)
    assert "Van 3de naar 2de: een gezin vond een plaats of verliet de lijst." in shown
    assert (
        "Van 2de naar 3de: een gezin kwam voor jou op de lijst, met een broer of zus op deze locatie."
        in shown
    )


def test_an_own_second_request_is_not_told_as_another_family(client, maes, desk, notelaar):
    """Fien, whose brother is there, comes ahead of her sister; when she leaves, her sister moves back."""
    mine = maes.preferences.get(location=notelaar)
    last = cast.make_household(desk, "Laatst", now=NOW)
    late = cast.make_request(
        cast.make_child(last, "Lou", born=TODAY - timedelta(days=90)),
        [notelaar],
        start=START,
        pattern=WEEK,
        now=NOW,
    ).preferences.get()
    child = cast.make_child(maes.household, "Fien", born=TODAY - timedelta(days=300))
    with watched(location_ids=[notelaar.pk], now=NOW, cause="joined"):
        own = cast.make_request(child, [notelaar], start=START, pattern=WEEK, now=NOW - timedelta(days=3000))
    end_request(principal=SYSTEM, request_id=own.pk, end=RequestEnd.CANCELLED_PARENT, now=NOW)
    causes = [change.cause for change in mine.position_changes.order_by("pk")]
    assert causes == ["own.joined", "own.left"]
    assert [change.cause for change in late.position_changes.order_by("pk")] == [
        "joined.date.registered",
        "left",
    ]
    shown = page(client, "request", maes.reference)
    assert "een andere aanvraag van je eigen gezin kwam ervoor." in shown
    assert "een andere aanvraag van je eigen gezin verliet de lijst." in shown


def test_what_is_full_there_is_named(client, maes, desk, notelaar):
    others = cast.make_household(desk, "Vol", now=NOW)
    for name in ("Een", "Twee"):
        cast.make_placement(
            cast.make_child(others, name, born=TODAY - timedelta(days=200)),
            notelaar.groups.get(),
            start=TODAY,
            end=TODAY + timedelta(days=900),
            pattern=WeekPattern.from_text("tue wed"),
            now=NOW,
        )
    shown = page(client, "request", maes.reference)
    assert "Daar volzet: dinsdag de hele dag." in shown
    assert "Alle halve dagen die je vraagt, zijn daar nu vrij" in shown


def test_who_was_passed_over_reads_the_reason(client, maes, desk, notelaar):
    later = family(desk, "Later", [notelaar], days_ago=-1)
    mine = maes.preferences.get(location=notelaar)
    offer(later, notelaar, excuses={mine.pk: Excuse("group-balance", "Te veel baby's.")})
    shown = page(client, "request", maes.reference)
    assert "ging een plaats naar een kind achter jou" in shown
    assert "group-balance Te veel baby&#x27;s." in shown


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


def test_others_get_the_same_answer_as_for_what_is_not_there(client, maes, desk, notelaar):
    other = family(desk, "Peeters", [notelaar])
    made = offer(other, notelaar, excuses=excuses(maes, notelaar))
    placed = accept_offer(principal=SYSTEM, offer_id=made.pk, yes=Yes(), now=NOW)
    for name, reference in (
        ("request", other.reference),
        ("request_need", other.reference),
        ("request_wishes", other.reference),
        ("request_end", other.reference),
        ("request_birth", other.reference),
        ("offer", made.reference),
        ("placement", placed.reference),
        ("request", "NIETDAAR"),
    ):
        assert client.get(reverse(f"enrolment:{name}", args=[reference])).status_code == 404, name
    client.logout()
    assert client.get(reverse("enrolment:my")).status_code == 302
    late = client.post(reverse("enrolment:offer", args=[made.reference]), {"answer": "decline"})
    assert late.status_code == 401


def excuses(request, location):
    return {request.preferences.get(location=location).pk: Excuse("group-balance")}


def test_the_queries_do_not_grow_with_children_and_wishes(client, desk, maes, notelaar, molentje):
    def cost():
        page(client, "my")
        with CaptureQueriesContext(connection) as queries:
            page(client, "my")
        return len(queries)

    small = cost()
    for number in range(4):
        child = cast.make_child(maes.household, f"Kind {number}", born=TODAY - timedelta(days=100 + number))
        extra = cast.make_location(desk, f"Extra {number}")
        cast.make_group(extra, 3, now=NOW)
        cast.make_request(child, [notelaar, molentje, extra], start=START, pattern=WEEK, now=NOW)
        family(desk, f"Ander{number}", [notelaar, extra], days_ago=number)
    assert cost() == small
    assert small <= 30


def test_the_queries_of_a_request_do_not_grow_with_its_wishes(client, desk, maes, notelaar):
    def cost():
        page(client, "request", maes.reference)
        with CaptureQueriesContext(connection) as queries:
            page(client, "request", maes.reference)
        return len(queries)

    small = cost()
    for number in range(3, 6):
        extra = cast.make_location(desk, f"Extra {number}")
        cast.make_group(extra, 3, now=NOW)
        Preference.objects.create(
            request=maes, location=extra, rank=number, registered_at=NOW, open_pattern=WEEK.mask, state_at=NOW
        )
        family(desk, f"Ander{number}", [notelaar, extra], days_ago=number)
    assert cost() == small
    assert small <= 30


def test_a_refusal_names_organiser_desk_and_authority(maes, notelaar):
    refuse_wish(
        principal=SYSTEM,
        preference_id=maes.preferences.get(location=notelaar).pk,
        reason_code="full",
        note="We hebben geen plaats tot in september.",
        now=NOW,
    )
    notice = Notice.objects.get(kind="enrolment/wish_refused")
    assert notice.subject == "De Notelaar heeft geen plaats voor Kind Maes"
    for told in (
        "full",
        "We hebben geen plaats tot in september.",
        "Kinderhuis vzw",
        "Lindedaal",
        "02 555 01 10",
        "Opgroeien, Klachtendienst",
    ):
        assert told in notice.body


def test_every_notice_reads_well_in_dutch(maes, notelaar, molentje):
    """Nothing untranslated, no hole left: one of each of the notices that follow from offers and places."""
    take_back_offer(
        principal=SYSTEM, offer_id=offer(maes, notelaar, message="Welkom!").pk, reason="Ziek.", now=NOW
    )
    stay = Yes(AfterYes.STAY)
    lower = accept_offer(principal=SYSTEM, offer_id=offer(maes, notelaar).pk, yes=stay, now=NOW)
    accept_offer(principal=SYSTEM, offer_id=offer(maes, molentje).pk, yes=Yes(), now=NOW)
    assert Placement.objects.get(pk=lower.pk).state == "ended"
    lapse_unsigned(now=NOW + timedelta(days=40))
    told = {notice.kind: notice for notice in Notice.objects.all()}
    assert {
        "enrolment/offer_made",
        "enrolment/offer_taken_back",
        "enrolment/offer_accepted",
        "enrolment/place_reserved",
        "enrolment/place_given_up",
        "enrolment/place_lapsed",
        "enrolment/place_lapsed_location",
    } <= told.keys()
    for notice in told.values():
        assert not re.search(r"\b(the|you|your|place|family)\b", f"{notice.subject} {notice.body}"), (
            notice.body
        )
        assert "%(" not in notice.body
        assert "  " not in notice.subject


def test_ordinals_and_positions_in_both_languages():
    with translation.override("nl"):
        assert [words.ordinal(n) for n in (1, 2, 8, 19, 20, 101, 103)] == [
            "1ste", "2de", "8ste", "19de", "20ste", "101ste", "103de",
        ]  # fmt: skip
    with translation.override("en"):
        assert [words.ordinal(n) for n in (1, 2, 3, 4, 11, 22, 113)] == [
            "1st", "2nd", "3rd", "4th", "11th", "22nd", "113th",
        ]  # fmt: skip


def test_a_clerk_helps_on_behalf_and_the_look_is_recorded(client, maes, desk, monkeypatch):
    clerk = cast.make_user("loket@lindedaal.example", role="clerk", scope="desk", scope_id=desk.pk, now=NOW)
    monkeypatch.setattr("kribbe.people.middleware.has_second_factor", lambda request: True)
    client.force_login(clerk)
    story = reverse("enrolment:household", args=[desk.slug, maes.household.reference])
    assert client.get(reverse("enrolment:request", args=[maes.reference])).url == story
    for name in ("request_need", "request_wishes", "request_end", "request_switches"):
        shown = page(client, name, maes.reference)
        assert story in shown
        assert f'href="{reverse("enrolment:my")}"' not in shown
    look = AuditEntry.objects.filter(action="request.read").first()
    assert (look.actor_id, look.household_id) == (clerk.pk, maes.household_id)


def test_what_time_brings_about(maes, molentje):
    offer(maes, molentje)
    assert (offers_run_out(NOW), reservations_run_out(NOW)) == (0, 0)
    later = NOW + timedelta(days=12)
    assert (offers_run_out(later), reservations_run_out(later)) == (1, 0)
    lay_weeks(NOW)
    last = LedgerWeek.objects.latest("monday").monday
    assert lay_weeks(NOW + timedelta(days=14)) == 2
    assert LedgerWeek.objects.latest("monday").monday == last + timedelta(days=14)
    assert CareRequest.objects.get(pk=maes.pk).state == "open"


@pytest.mark.parametrize("name", ["request_need", "request_wishes", "request_end"])
def test_a_form_that_was_open_when_the_request_ended_says_so(client, maes, name):
    end_request(principal=SYSTEM, request_id=maes.pk, end=RequestEnd.CANCELLED_PARENT, now=NOW)
    address = reverse(f"enrolment:{name}", args=[maes.reference])
    with translation.override("nl"):
        page = client.post(address, {"end": RequestEnd.CANCELLED_PARENT}, follow=True)
    assert page.redirect_chain[-1][0] == reverse("enrolment:request", args=[maes.reference])
    assert "Deze aanvraag is gestopt" in page.content.decode()


def test_a_clerks_look_at_a_place_without_an_offer_is_recorded(client, desk, notelaar):
    household = cast.make_household(desk, "Claes", now=NOW)
    child = cast.make_child(household, "Lou", born=TODAY - timedelta(days=300))
    placement = cast.make_placement(
        child, notelaar.groups.get(), start=START, end=START + timedelta(days=90), pattern=PART, now=NOW
    )
    clerk = cast.make_user(
        "loket@lindedaal.example", role=Role.CLERK, scope=Scope.DESK, scope_id=desk.pk, now=NOW
    )
    sessions.log_in(client, clerk, second_factor=True)
    assert client.get(reverse("enrolment:placement", args=[placement.reference])).status_code == 200
    assert AuditEntry.objects.get(action="household.read").household_id == household.pk


def test_a_start_with_no_room_is_told_as_one_day():
    day = date(2027, 3, 1)
    with translation.override("en"):
        assert starting(day, day) == "From 1 March 2027"
        assert starting(day, date(2027, 4, 1)) == "From 1 March 2027, at the latest on 1 April 2027"

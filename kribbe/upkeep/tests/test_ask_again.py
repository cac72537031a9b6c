"""Asking whether a place is still needed: who, when, what an answer does, and that looking does nothing."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from kribbe.contact.models import Letter, Mail, MailState, Notice
from kribbe.contact.services.undelivered import post_instead, send_again
from kribbe.enrolment.models import CareRequest, RequestState
from kribbe.enrolment.services.answer_offer import decline_offer, lapse_offers
from kribbe.enrolment.services.hand_over import hand_over
from kribbe.enrolment.services.make_offer import make_offer
from kribbe.enrolment.services.wishes import change_need, end_request, rank_wishes
from kribbe.people.models import Child
from kribbe.rules.counting import RequestEnd
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing import cast
from kribbe.testing.worlds import built_once
from kribbe.trust.models import AuditEntry
from kribbe.trust.principal import SYSTEM, Principal, Role, Scope
from kribbe.trust.tokens import make_token
from kribbe.upkeep.models import Confirmation, ConfirmationState
from kribbe.upkeep.pages.still_needed import on_paper
from kribbe.upkeep.services import ends
from kribbe.upkeep.services.ask_again import ask_due, close_answered, lapse_due, link_of, remind_due
from kribbe.upkeep.services.ends import end_unanswered
from kribbe.upkeep.tasks import questions_lapse
from kribbe.upkeep.tests.scene import WEEK, born, register
from kribbe.upkeep.tests.test_pair_pages import clerk_of
from kribbe.upkeep.tokens import INVITATION
from kribbe.web.templatetags.telling import long_date

pytestmark = pytest.mark.django_db


@pytest.fixture
def now():
    return timezone.now()


@built_once
def desk():
    return cast.make_desk(confirm_months=6, confirm_days=21, confirm_reminder_days=10, end_months=6)


@pytest.fixture
def location(desk):
    return cast.make_location(desk, "De Notelaar")


@pytest.fixture
def old(desk, location, now):
    return register(desk, [location], now=now, email="an@ouders.example", days_ago=200)


@pytest.fixture
def asked(old, now):
    assert ask_due(now=now) == 1
    return Confirmation.objects.get()


def state_of(request):
    request.refresh_from_db()
    return request.state, request.end


def test_only_who_is_due_is_asked_and_once(desk, location, old, now):
    register(desk, [location], now=now, first_name="Lou", days_ago=20)
    assert ask_due(now=now) == 1
    assert ask_due(now=now) == 0
    asked = Confirmation.objects.get()
    assert (asked.request, asked.ask, asked.by_letter) == (old, "period", False)
    assert Notice.objects.get(kind="upkeep/still_needed").mails.get().address == "an@ouders.example"


def test_looking_changes_nothing_and_one_click_keeps(asked, now):
    browser, link = Client(), link_of(asked)
    assert browser.get(link).status_code == 200
    asked.refresh_from_db()
    assert asked.state == ConfirmationState.OPEN
    browser.post(link, {"answer": "keep"})
    asked.refresh_from_db()
    assert asked.state == ConfirmationState.KEPT
    assert state_of(asked.request) == (RequestState.OPEN, "")
    assert AuditEntry.objects.filter(action="request.confirmed").exists()
    assert ask_due(now=now + timedelta(days=30)) == 0


@pytest.mark.parametrize(("answer", "end"), [("found", "found_elsewhere"), ("no_need", "cancelled_parent")])
def test_an_end_says_why_and_can_be_taken_back(asked, answer, end):
    browser, link = Client(), link_of(asked)
    browser.post(link, {"answer": answer})
    assert state_of(asked.request) == (RequestState.ENDED, end)
    assert AuditEntry.objects.get(action="request.end").reason == "answered_question"
    browser.post(link, {"answer": "back"})
    assert state_of(asked.request) == (RequestState.OPEN, "")


def test_a_lost_pregnancy_ends_in_silence(asked):
    Child.objects.filter(pk=asked.request.child_id).update(born=None, expected=born())
    told = Notice.objects.count()
    Client().post(link_of(asked), {"answer": "loss"})
    assert state_of(asked.request) == (RequestState.ENDED, "lapsed_miscarriage")
    assert Notice.objects.count() == told


def test_reminded_once_then_lapsed_then_revived_with_its_dates(asked, now):
    assert remind_due(now=now + timedelta(days=9)) == 0
    assert remind_due(now=now + timedelta(days=10)) == 1
    assert remind_due(now=now + timedelta(days=11)) == 0
    assert lapse_due(now=now + timedelta(days=21)) == 0
    assert lapse_due(now=now + timedelta(days=22)) == 1
    assert state_of(asked.request) == (RequestState.ENDED, "lapsed")
    since = asked.request.preferences.get().registered_at
    CareRequest.objects.filter(pk=asked.request_id).update(ended_at=now)
    Client().post(link_of(asked), {"answer": "keep"})
    assert state_of(asked.request) == (RequestState.OPEN, "")
    assert asked.request.preferences.get().registered_at == since


def test_no_reminder_reaches_a_family_whose_request_ended_some_other_way(asked, now):
    told = Notice.objects.count()
    end_request(
        principal=SYSTEM, request_id=asked.request_id, end=RequestEnd.LAPSED_MISCARRIAGE, now=now, why=""
    )
    assert remind_due(now=now + timedelta(days=11)) == 0
    questions_lapse(now + timedelta(days=22))
    asked.refresh_from_db()
    assert (asked.state, asked.reminded_at) == (ConfirmationState.ENDED, None)
    assert state_of(asked.request) == (RequestState.ENDED, "lapsed_miscarriage")
    assert Notice.objects.count() == told


def test_a_letter_of_an_ended_request_is_no_work(desk, location, now):
    request = register(desk, [location], now=now, days_ago=200)
    ask_due(now=now)
    assert on_paper(desk.pk).count() == 1
    end_request(principal=SYSTEM, request_id=request.pk, end=RequestEnd.LAPSED_MISCARRIAGE, now=now, why="")
    assert on_paper(desk.pk).count() == 0


@pytest.mark.parametrize("others", [1, 6])
def test_reminders_read_the_policy_once_a_desk(desk, location, now, others):
    for number in range(others):
        register(desk, [location], now=now, first_name=f"K{number}", days_ago=200)
    ask_due(now=now)
    Confirmation.objects.update(by_letter=False)
    with CaptureQueriesContext(connection) as queries:
        assert remind_due(now=now + timedelta(days=9)) == 0
    assert len(queries) == 3


@pytest.mark.parametrize("key", ["²", "9" * 19])
def test_a_question_that_is_no_number_is_not_found(desk, key):
    clerk, address = clerk_of(desk), reverse("upkeep:questions", args=[desk.slug])
    assert clerk.post(address, {"question": key, "answer": "found"}).status_code == 404
    assert clerk.get(address, {"after": key}).status_code == 200
    assert clerk.get(reverse("upkeep:births", args=[desk.slug]), {"after": key}).status_code == 200


def test_links_are_for_one_purpose_one_desk_and_a_time(asked):
    slug = asked.request.desk.slug
    wrong = [
        reverse("upkeep:still_needed", args=[slug, "nonsense"]),
        reverse("upkeep:still_needed", args=[slug, make_token(INVITATION, asked.pk)]),
        link_of(asked).replace(slug, "elders"),
    ]
    assert [Client().get(address).status_code for address in wrong] == [410, 410, 404]
    Confirmation.objects.update(answer_by=timezone.localdate() - timedelta(days=61))
    old = Client().get(link_of(asked), headers={"accept-language": "en"})
    assert old.status_code == 410
    assert f'href="{reverse("enrolment:my")}"' in old.content.decode()
    assert Client().post(link_of(asked), {"answer": "found"}).status_code == 410


def test_a_family_without_mail_gets_a_letter_and_a_clerk_notes_the_answer(desk, location, now):
    request = register(desk, [location], now=now, days_ago=200)
    ask_due(now=now)
    asked = Confirmation.objects.get()
    assert asked.by_letter
    assert "still-needed" not in Letter.objects.get().notice.body
    assert lapse_due(now=now + timedelta(days=90)) == 0
    clerk = clerk_of(desk)
    address = reverse("upkeep:questions", args=[desk.slug])
    assert "Noor Maes" in clerk.get(address).content.decode()
    clerk.post(address, {"question": asked.pk, "answer": "found"})
    assert state_of(request) == (RequestState.ENDED, "found_elsewhere")


@pytest.mark.parametrize("state", [MailState.BOUNCED, MailState.FAILED])
def test_a_question_that_never_arrived_is_a_clerks_to_ask(asked, now, state):
    assert remind_due(now=now + timedelta(days=10)) == 1
    Mail.objects.update(state=state)
    assert lapse_due(now=now + timedelta(days=22)) == 0
    assert state_of(asked.request) == (RequestState.OPEN, "")
    assert on_paper(asked.request.desk_id).get() == asked
    assert AuditEntry.objects.filter(action="request.unreached").count() == 1
    assert not Notice.objects.filter(kind="upkeep/need_lapsed").exists()


def test_one_mail_that_arrived_is_a_question_asked(asked, now):
    Mail.objects.update(state=MailState.BOUNCED)
    remind_due(now=now + timedelta(days=10))
    Mail.objects.filter(notice__kind="upkeep/still_needed_reminder").update(state=MailState.SENT)
    assert lapse_due(now=now + timedelta(days=22)) == 1
    assert state_of(asked.request) == (RequestState.ENDED, "lapsed")


def test_a_letter_in_place_of_the_mail_asks_to_call_and_gives_a_term_of_its_own(asked, now):
    later = now + timedelta(days=20)
    remind_due(now=now + timedelta(days=10))
    Mail.objects.update(state=MailState.BOUNCED)
    for mail in Mail.objects.order_by("pk"):
        post_instead(mail=mail, principal=SYSTEM, now=later)
    notice = Letter.objects.get().notice
    assert "still-needed" not in notice.body
    assert not notice.mails.exists()
    asked.refresh_from_db()
    assert (asked.by_letter, asked.answer_by) == (True, timezone.localdate() + timedelta(days=41))
    assert on_paper(asked.request.desk_id).count() == 1
    assert lapse_due(now=now + timedelta(days=90)) == 0


def test_a_question_that_is_mailed_again_has_a_term_of_its_own_and_says_so(asked, now):
    later = now + timedelta(days=20)
    Mail.objects.update(state=MailState.BOUNCED)
    again = send_again(mail=Mail.objects.get(), address="an@nieuw.example", principal=SYSTEM, now=later)
    asked.refresh_from_db()
    term = timezone.localdate() + timedelta(days=41)
    assert (asked.by_letter, asked.answer_by) == (False, term)
    assert long_date(term) in again.body
    assert "/lindedaal/still-needed/" in again.body
    assert lapse_due(now=now + timedelta(days=22)) == 0
    assert state_of(asked.request) == (RequestState.OPEN, "")
    assert lapse_due(now=now + timedelta(days=42)) == 1


def test_a_mail_sent_again_of_a_request_that_ended_says_what_it_said(asked, now):
    end_request(principal=SYSTEM, request_id=asked.request_id, end=RequestEnd.FOUND_ELSEWHERE, now=now)
    close_answered(now=now)
    mail = Mail.objects.get(notice__kind="upkeep/still_needed")
    again = send_again(mail=mail, address=mail.address, principal=SYSTEM, now=now)
    assert again.body == mail.body


def parent_of(request, now):
    user = cast.make_user(
        "an@ouders.example", role=Role.PARENT, scope=Scope.HOUSEHOLD, scope_id=request.household_id, now=now
    )
    return Principal(user_id=user.pk, name="An")


def new_days(request, *, principal, now):
    change_need(
        principal=principal,
        request_id=request.pk,
        pattern=WeekPattern.from_text("mon"),
        wanted_start=request.wanted_start,
        latest_start=request.latest_start,
        flexibility=request.flexibility,
        alternatives=[],
        now=now,
    )


def new_list(request, *, principal, now):
    places = [wish.location_id for wish in request.preferences.all()]
    rank_wishes(principal=principal, request_id=request.pk, location_ids=places, now=now)


@pytest.mark.parametrize("deed", [new_days, new_list])
def test_a_family_that_works_on_its_request_has_answered(asked, now, deed):
    deed(asked.request, principal=parent_of(asked.request, now), now=now + timedelta(days=3))
    assert remind_due(now=now + timedelta(days=10)) == 0
    assert lapse_due(now=now + timedelta(days=22)) == 0
    asked.refresh_from_db()
    assert (asked.state, state_of(asked.request)) == (ConfirmationState.KEPT, (RequestState.OPEN, ""))


def test_a_change_by_a_clerk_is_no_answer_of_the_family(asked, now):
    clerk = cast.make_user(
        "cleo@desk.example", role=Role.CLERK, scope=Scope.DESK, scope_id=asked.request.desk_id, now=now
    )
    new_days(asked.request, principal=Principal(user_id=clerk.pk, name="Cleo"), now=now + timedelta(days=3))
    assert lapse_due(now=now + timedelta(days=22)) == 1


def test_nobody_is_asked_who_changed_the_request_lately(old, now):
    new_days(old, principal=parent_of(old, now), now=now - timedelta(days=1))
    assert ask_due(now=now) == 0


def test_a_start_long_past_ends_without_a_place(old, now):
    day = timezone.localdate()
    CareRequest.objects.filter(pk=old.pk).update(
        wanted_start=day - timedelta(days=400), latest_start=day - timedelta(days=170)
    )
    assert end_unanswered(now=now) == 0
    assert end_unanswered(now=now + timedelta(days=20)) == 1
    assert state_of(old) == (RequestState.ENDED, "unanswered")
    assert Notice.objects.filter(kind="upkeep/ended_unanswered").count() == 1


def offered(request, now):
    location = request.preferences.get().location
    group = cast.make_group(location, 5, now=now)
    return make_offer(
        principal=SYSTEM,
        preference_id=request.preferences.get().pk,
        group_id=group.pk,
        start=request.wanted_start,
        pattern=WEEK,
        now=now,
    )


def test_a_family_with_an_offer_to_answer_does_not_lapse(asked, now):
    made = offered(asked.request, now)
    late = now + timedelta(days=22)
    assert lapse_due(now=late) == 0
    made.refresh_from_db()
    assert (made.state, state_of(asked.request)) == ("open", (RequestState.OPEN, ""))


@pytest.mark.parametrize("keep", [True, False], ids=["keeps the wish", "drops the wish"])
def test_who_answers_an_offer_after_the_question_needs_the_place_still(asked, now, keep):
    made, later = offered(asked.request, now), now + timedelta(days=3)
    family = Principal(user_id=7, name="An")
    decline_offer(principal=family, offer_id=made.pk, keep_wish=keep, now=later)
    assert lapse_due(now=now + timedelta(days=22)) == 0
    asked.refresh_from_db()
    assert (asked.state, state_of(asked.request)) == (ConfirmationState.KEPT, (RequestState.OPEN, ""))


def test_an_offer_that_ran_out_is_no_answer(asked, now):
    offered(asked.request, now)
    late = now + timedelta(days=22)
    assert lapse_offers(now=late) == 1
    assert lapse_due(now=late) == 1
    assert state_of(asked.request) == (RequestState.ENDED, "lapsed")


def test_an_offer_of_the_last_moment_keeps_a_request_open(old, now):
    day = timezone.localdate()
    made = offered(old, now)
    CareRequest.objects.filter(pk=old.pk).update(
        wanted_start=day - timedelta(days=400), latest_start=day - timedelta(days=200)
    )
    assert not ends._end(old.pk, day - timedelta(days=200), now)
    made.refresh_from_db()
    assert (made.state, state_of(old)) == ("open", (RequestState.OPEN, ""))


def test_a_mailed_link_follows_the_family_to_another_desk(asked, now):
    link, other = link_of(asked), cast.make_desk("overzijde", nis="99002")
    hand_over(
        household_id=asked.request.household_id,
        from_desk_id=asked.request.desk_id,
        to_desk=other,
        consent_by="An Maes",
        consented_on=timezone.localdate(),
        principal=SYSTEM,
        now=now,
    )
    browser = Client()
    page = browser.get(link, follow=True)
    assert page.redirect_chain[-1][0].startswith("/overzijde/")
    assert page.status_code == 200
    browser.post(link, {"answer": "keep"})
    asked.refresh_from_db()
    assert asked.state == ConfirmationState.KEPT

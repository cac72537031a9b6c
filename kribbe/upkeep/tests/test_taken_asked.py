"""A desk asks another about a child taken directly: what each sees, the answer, its undo, and who may what."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kribbe.contact.models import Notice
from kribbe.enrolment.models import CareRequest, DirectMatch, DirectQuestion, RequestState
from kribbe.enrolment.services.direct import mark_seen, take_back
from kribbe.enrolment.services.end_for_family import reopen_for_family
from kribbe.enrolment.tests.location_scene import client_of
from kribbe.rules.counting import RequestEnd
from kribbe.testing import cast
from kribbe.testing.worlds import built_once
from kribbe.trust.models import AuditEntry
from kribbe.trust.principal import SYSTEM, Role, Scope
from kribbe.upkeep.selectors.taken import direct_unseen
from kribbe.upkeep.selectors.taken_asked import unanswered
from kribbe.upkeep.tests.scene import WEEK, register
from kribbe.upkeep.tests.test_taken import clerk, decide, page, proposed, take

__all__ = ["clerk"]

pytestmark = pytest.mark.django_db


@built_once
def other():
    return cast.make_desk("overzijde", nis="99002")


@pytest.fixture
def colleague(other, now):
    """A clerk of the other desk."""
    user = cast.make_user(
        "clerk@overzijde.example", role=Role.CLERK, scope=Scope.DESK, scope_id=other.pk, now=now
    )
    return client_of(user)


@pytest.fixture
def asked(other, now):
    """A request at the other desk, for the child that a location of the first desk takes."""
    return register(other, [cast.make_location(other, "Pluk")], now=now, email="an@ouders.example")


@pytest.fixture
def child(location, asked, desk, now):
    return take(location, now, "Noor Maes", pattern=WEEK, municipality=desk.municipality)


@pytest.fixture
def question(clerk, desk, child, asked):
    decide(clerk, desk, child, verdict="ask", request=asked.reference)
    return DirectQuestion.objects.get()


def theirs(client, desk, query=""):
    return client.get(reverse("upkeep:taken_asked", args=[desk.slug]) + query).content.decode()


def answer(client, desk, question, **said):
    told = {"question": question.reference, **said}
    return client.post(reverse("upkeep:taken_asked", args=[desk.slug]), told, follow=True).content.decode()


def trail():
    asks = AuditEntry.objects.filter(action__startswith="direct.a").order_by("pk")
    return list(asks.values_list("action", "desk_id"))


def test_the_other_desk_is_asked_and_reads_the_proposal_and_no_more(
    clerk, colleague, desk, other, child, asked
):
    assert "Ask that desk" in page(clerk, desk).content.decode()
    decide(clerk, desk, child, verdict="ask", request=asked.reference)
    text = page(clerk, desk).content.decode()
    assert "Asked the desk of Overzijde on" in text
    assert "Ask that desk" not in text
    assert asked.household.reference not in text
    assert (
        "Another desk asks" in colleague.get(reverse("enrolment:office", args=[other.slug])).content.decode()
    )
    text = theirs(colleague, other)
    assert "De Notelaar" in text
    assert "Noor Maes" in text, "that of its own request"
    assert "The desk of Lindedaal asked on" in text
    assert "The month of birth is the same." in text
    assert child.group.name not in text
    assert "born in" not in text
    assert AuditEntry.objects.filter(action="desk.list", data__list="direct_asked").count() == 1
    assert trail() == [("direct.ask", desk.pk)]


def test_what_a_location_calls_the_child_is_not_told(clerk, colleague, desk, other, location, asked, now):
    told = take(location, now, "Noor Maas", pattern=WEEK)
    decide(clerk, desk, told, verdict="ask", request=asked.reference)
    assert "Maas" not in theirs(colleague, other)
    assert "De Notelaar" in theirs(colleague, other)


def test_one_click_of_the_other_desk_closes_it_and_tells_the_family(
    clerk, colleague, desk, other, child, asked, question, now
):
    cast.make_user(
        "an@ouders.example", role=Role.PARENT, scope=Scope.HOUSEHOLD, scope_id=asked.household_id, now=now
    )
    assert "The request is closed as placed" in answer(colleague, other, question, verdict="same")
    asked.refresh_from_db()
    assert (asked.state, asked.end) == ("ended", RequestEnd.ANSWERED)
    match, question = DirectMatch.objects.get(), DirectQuestion.objects.get()
    assert (match.direct, match.request, match.score) == (child, asked, question.score)
    assert question.answer == "closed"
    told = Notice.objects.get(kind="enrolment/request_ended_by_desk")
    assert told.household_id == asked.household_id
    assert "De Notelaar liet het loket weten dat je kind daar naartoe gaat." in told.body
    assert trail() == [("direct.ask", desk.pk), ("direct.answer", other.pk)]
    assert AuditEntry.objects.get(action="request.end").reason == "taken_directly"
    text = page(clerk, desk, "?seen=1").content.decode()
    assert "Closed as placed" in text
    assert "The desk of Overzijde closed it on" in text
    assert "Undo: open the request again" not in text
    assert not unanswered(other.pk, now).exists()


def test_the_other_desk_opens_it_again(clerk, colleague, desk, other, child, asked, question, now):
    answer(colleague, other, question, verdict="same")
    decide(clerk, desk, child, verdict="undo")
    assert CareRequest.objects.get().state == RequestState.ENDED, "the desk that asked can't"
    assert "Undo: open the request again" in theirs(colleague, other, "?answered=1")
    answer(colleague, other, question, verdict="undo")
    assert CareRequest.objects.get().state == RequestState.OPEN
    assert Notice.objects.filter(kind="enrolment/request_reopened_by_desk").count() == 1
    assert list(direct_unseen(desk.pk, now)) == [child]
    text = page(clerk, desk).content.decode()
    assert "It was closed as placed, and opened again since" in text
    assert "Noor" not in text
    assert "This was undone already." in answer(colleague, other, question, verdict="undo")
    assert trail()[-1] == ("direct.answer_undone", other.pk)


def test_the_family_says_that_it_isnt_so(clerk, colleague, desk, other, child, question, asked, now):
    answer(colleague, other, question, verdict="same")
    reopen_for_family(principal=SYSTEM, request_id=asked.pk, now=now)
    assert "opened again since" in page(clerk, desk).content.decode()
    text = theirs(colleague, other, "?answered=1")
    assert "opened again since" in text
    assert "Undo: open the request again" not in text


def test_a_no_with_its_reason_is_read_where_it_was_asked(
    clerk, colleague, desk, other, child, asked, question, now
):
    mark_seen(principal=SYSTEM, child_id=child.pk, now=now)
    assert "The request stays open" in answer(
        colleague, other, question, verdict="decline", why="other_child"
    )
    assert CareRequest.objects.get().state == RequestState.OPEN
    assert not Notice.objects.exists()
    assert list(direct_unseen(desk.pk, now)) == [child], "on the list again"
    text = page(clerk, desk).content.decode()
    assert "It is another child" in text
    assert "Noor" not in text
    assert proposed(child, desk) == []
    decide(clerk, desk, child, verdict="ask", request=asked.reference)
    assert DirectQuestion.objects.get().answer == "other_child"


def test_a_no_is_taken_back(colleague, other, question, now):
    answer(colleague, other, question, verdict="decline", why="not_reached")
    assert "Take the answer back" in theirs(colleague, other, "?answered=1")
    answer(colleague, other, question, verdict="undo")
    assert list(unanswered(other.pk, now)) == [question]
    answer(colleague, other, question, verdict="same")
    assert CareRequest.objects.get().state == RequestState.ENDED


@pytest.mark.parametrize("said", [{}, {"verdict": "x"}, {"verdict": "decline"}, {"verdict": "undo"}])
def test_nothing_happens_without_an_answer(colleague, other, question, said):
    answer(colleague, other, question, **said)
    answer(colleague, other, question, **said, why="withdrawn")
    assert DirectQuestion.objects.get().answer == ""
    assert CareRequest.objects.get().state == RequestState.OPEN


def test_a_question_is_taken_back_and_asked_again(clerk, colleague, desk, other, child, asked, question):
    decide(clerk, desk, child, verdict="unask", request=asked.reference)
    assert "Noor Maes" not in theirs(colleague, other)
    assert "Noor Maes" not in theirs(colleague, other, "?answered=1")
    assert "This was answered already." in answer(colleague, other, question, verdict="same")
    assert "Ask that desk" in page(clerk, desk).content.decode()
    decide(clerk, desk, child, verdict="ask", request=asked.reference)
    assert "Noor Maes" in theirs(colleague, other)
    answer(colleague, other, question, verdict="decline", why="still_needed")
    decide(clerk, desk, child, verdict="unask", request=asked.reference)
    assert DirectQuestion.objects.get().answer == "still_needed", "what was answered stays"


def test_it_waits_no_longer_once_the_location_took_the_child_back(colleague, other, child, question, now):
    take_back(principal=SYSTEM, child_id=child.pk, now=now)
    assert "Noor Maes" not in theirs(colleague, other)
    assert "This child was decided already." in answer(colleague, other, question, verdict="same")
    assert CareRequest.objects.get().state == RequestState.OPEN


def test_only_the_desk_of_the_request_answers(clerk, desk, location, child, question):
    url = reverse("upkeep:taken_asked", args=[desk.slug])
    told = {"question": question.reference, "verdict": "same"}
    assert clerk.post(url, told).status_code == 404
    theirs_url = reverse("upkeep:taken_asked", args=["overzijde"])
    assert clerk.get(theirs_url).status_code == clerk.post(theirs_url, told).status_code == 404
    assert CareRequest.objects.get().state == RequestState.OPEN


def test_only_the_desk_of_the_location_asks(colleague, desk, other, child, asked):
    for where in (desk, other):
        said = decide(colleague, where, child, verdict="ask", request=asked.reference)
        assert said.status_code == 404
    assert not DirectQuestion.objects.exists()


def test_a_request_of_the_own_desk_isnt_asked_about(clerk, desk, location, request_, now):
    child = take(location, now)
    assert "Ask that desk" not in page(clerk, desk).content.decode()
    said = decide(clerk, desk, child, verdict="ask", request=request_.reference).content.decode()
    assert "you can close it yourself" in said
    assert not DirectQuestion.objects.exists()


@pytest.mark.parametrize("count", [2, 5])
def test_both_lists_cost_the_same_however_long(clerk, colleague, desk, other, now, count):
    for name in ("Adams", "Bogaert", "Claes", "Wit", "Evers")[:count]:
        place = cast.make_location(desk, f"De {name}")
        cast.make_group(place, 5, now=now)
        wish = cast.make_location(other, f"Pluk {name}")
        asked = register(other, [wish], now=now, last_name=name, home=f"{name}straat 1")
        child = take(place, now, f"Noor {name}", pattern=WEEK)
        decide(clerk, desk, child, verdict="ask", request=asked.reference)
    assert DirectQuestion.objects.count() == count
    with CaptureQueriesContext(connection) as here:
        page(clerk, desk)
    with CaptureQueriesContext(connection) as there:
        theirs(colleague, other)
    assert (len(here), len(there)) == (15, 7)

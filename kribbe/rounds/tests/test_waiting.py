"""What waits in rounds: on the clerk's first page and on its own, with whom to call."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from kribbe.enrolment.tests.location_scene import client_of
from kribbe.rounds.models import ProposalState, Round
from kribbe.rounds.selectors.waiting import ANSWER_WITHIN
from kribbe.rounds.services.answers import confirm
from kribbe.rounds.services.rounds import calculate_planned, plan_round, take_part
from kribbe.rounds.tests.scene import family, fourth
from kribbe.rounds.tests.test_pages import queries
from kribbe.testing import cast
from kribbe.testing.worlds import built_once
from kribbe.trust.principal import SYSTEM, Role, Scope
from kribbe.web import worklists

pytestmark = pytest.mark.django_db


@built_once
def scene():
    return fourth(now=timezone.now())


@pytest.fixture
def running(scene):
    for place in (scene.notelaar, scene.pluk):
        take_part(principal=SYSTEM, location=place, takes_part=True, now=scene.now)
    family(scene.desk, "De Wael", [scene.pluk], start=scene.start, now=scene.now)
    made = plan_round(principal=SYSTEM, desk=scene.desk, first=scene.start, months=3, now=scene.now)
    calculate_planned(now=scene.now)
    return made


@pytest.fixture
def clerk(scene):
    user = cast.make_user(
        "marleen@loket.example", role=Role.CLERK, scope=Scope.DESK, scope_id=scene.desk.pk, now=scene.now
    )
    return client_of(user)


def on_first_page(scene, now):
    with translation.override("en"):
        found = worklists.waiting(desk_id=scene.desk.pk, slug=scene.desk.slug, now=now)
    return {each.label: each.total for each in found if "rounds" in each.url}


def page_of(scene):
    return reverse("rounds:waiting", args=[scene.desk.slug])


def test_nothing_waits_without_a_round(scene, clerk):
    assert on_first_page(scene, scene.now) == {}
    page = clerk.get(page_of(scene)).content.decode()
    assert "No round waits" in page
    assert reverse("rounds:rounds", args=[scene.desk.slug]) in page


def test_a_round_waits_at_once_and_its_proposals_after_a_week(scene, running):
    assert on_first_page(scene, scene.now) == {"Rounds that wait": 1}
    week = running.planned_at + ANSWER_WITHIN
    assert on_first_page(scene, week - timedelta(seconds=1)) == {"Rounds that wait": 1}
    # two Mondays at De Notelaar, and one child at Pluk
    assert on_first_page(scene, week) == {"Proposals without an answer": 3, "Rounds that wait": 1}


def test_the_page_says_what_is_confirmed_and_whom_to_call(scene, running, clerk):
    assert "Every location is still within its week" in clerk.get(page_of(scene)).content.decode()
    here = running.proposals.filter(group__location=scene.notelaar)
    confirm(
        principal=SYSTEM,
        location=scene.notelaar,
        proposal_ids=list(here.values_list("pk", flat=True)),
        now=scene.now,
    )
    Round.objects.update(planned_at=scene.now - ANSWER_WITHIN - timedelta(hours=1))
    scene.pluk.phone = "016 55 01 22"
    scene.pluk.save()
    answer = clerk.get(page_of(scene))
    assert [(row.open, row.confirmed) for row in answer.context["rounds"]] == [(1, 2)]
    assert [(each.location, each.proposals) for each in answer.context["silent"]] == [(scene.pluk, 1)]
    page = answer.content.decode()
    assert 'href="tel:016550122"' in page
    assert reverse("rounds:round", args=[scene.desk.slug, running.reference]) in page


def test_the_queries_of_the_page_dont_grow(scene, running, clerk):
    Round.objects.update(planned_at=scene.now - ANSWER_WITHIN - timedelta(hours=1))
    few, _ = queries(clerk, page_of(scene))
    proposal = running.proposals.first()
    for number in range(5):
        place = cast.make_location(scene.desk, f"Huis {number}")
        running.locations.add(place)
        request = family(scene.desk, f"Vele{number}", [place], start=scene.start, now=scene.now)
        proposal.pk, proposal.request, proposal.preference = None, request, request.preferences.get()
        proposal.group, proposal.state = cast.make_group(place, 3, now=scene.now), ProposalState.PROPOSED
        proposal.save()
    many, _ = queries(clerk, page_of(scene))
    assert many == few <= 30


def test_another_desk_sees_nothing_of_it(scene, running):
    other = cast.make_desk("elders", nis="99002")
    found = worklists.waiting(desk_id=other.pk, slug=other.slug, now=scene.now + ANSWER_WITHIN)
    assert [each for each in found if "rounds" in each.url] == []

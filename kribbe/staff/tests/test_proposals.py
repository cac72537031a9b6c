"""A roster proposed: asked once, calculated by the worker, taken over whole or by day, undone; nothing lost."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localtime
from procrastinate.contrib.django.models import ProcrastinateJob

from kribbe.enrolment.tests.location_scene import client_of, manager_of
from kribbe.rules.at_work import Role
from kribbe.rules.roster import solve
from kribbe.rules.roster.check import faults
from kribbe.staff.models import Carer, ProposalState, RosterProposal, Shift
from kribbe.staff.pages import proposal as proposal_page
from kribbe.staff.selectors.needs import needs_of, on_roster, shifts_of, short_halves
from kribbe.staff.selectors.terms import task_of
from kribbe.staff.services import proposals
from kribbe.staff.services.proposals import (
    ask_proposal,
    calculate,
    calculate_waiting,
    put_away,
    take_over,
)
from kribbe.staff.services.roster import undo_change
from kribbe.staff.tests.scene import busy, hire, open_monday
from kribbe.staff.tests.test_roster import work
from kribbe.testing.worlds import built_once
from kribbe.trust.errors import RefusedError
from kribbe.trust.principal import SYSTEM

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@built_once
def scene():
    made = busy(timezone.now())
    for name in ("An Jacobs", "Bo Smets", "Cas Peeters"):
        hire(made, name)
    return made


def monday_of_scene(scene):
    return open_monday(scene.now.date() + DAY)


def ready(scene, weeks=1):
    made = ask_proposal(
        principal=SYSTEM, location=scene.location, first=monday_of_scene(scene), weeks=weeks, now=scene.now
    )
    assert calculate(made.pk, now=scene.now)
    made.refresh_from_db()
    return made


def test_a_proposal_is_taken_over_whole_and_breaks_no_rule(scene):
    proposal = ready(scene)
    assert (proposal.state, proposal.done_weeks) == (ProposalState.READY, 1)
    monday = proposal.first
    days = [monday + n * DAY for n in range(7)]
    needs = needs_of(scene.location, days[0], days[-1])
    task = task_of(scene.location, needs)
    acting = {"principal": SYSTEM, "location": scene.location, "now": scene.now}
    change = take_over(**acting, proposal=proposal, days=days)
    shifts = shifts_of(scene.location, days[0], days[-1])
    assert faults(task, [shift.turn for shift in shifts]) == []
    there = on_roster(scene.location, shifts, needs)
    left = [each for day in needs if day.day in there for each in short_halves(day, there[day.day])]
    told = sum((end - start) * missing for _day, start, end, missing, _why in proposal.lacks)
    assert sum((each.end - each.start) * each.missing for each in left) == told
    undo_change(**acting, reference=change.reference)
    assert not Shift.objects.exists()


def test_one_day_is_taken_over_and_the_others_stay(scene):
    proposal = ready(scene)
    acting = {"principal": SYSTEM, "location": scene.location, "now": scene.now}
    take_over(**acting, proposal=proposal, days=[proposal.first])
    assert set(Shift.objects.values_list("day", flat=True)) == {proposal.first}
    proposal.refresh_from_db()
    assert proposal.taken_days == [proposal.first]
    with pytest.raises(RefusedError):
        take_over(**acting, proposal=proposal, days=[proposal.first - DAY])


def test_days_that_are_over_keep_the_roster_that_was_worked(scene, monkeypatch):
    """On Wednesday a proposal of this week is taken over whole: Monday and Tuesday stand as they were worked."""
    proposal = ready(scene)
    monday = proposal.first
    work(scene, Carer.objects.get(name="An Jacobs"), monday, 20, 24)
    manager = client_of(manager_of(scene.location, now=scene.now))
    wednesday = scene.now + (monday + 2 * DAY - localtime(scene.now).date())
    monkeypatch.setattr(proposal_page.timezone, "now", lambda: wednesday)
    address = reverse("staff:proposal", args=[scene.location.slug, proposal.reference])
    page = manager.get(address).content.decode()
    offered = {f"{monday + n * DAY}" for n in range(7) if f'value="{monday + n * DAY:%Y-%m-%d}"' in page}
    assert offered and min(offered) >= f"{monday + 2 * DAY}"
    manager.post(address, {"do": "all"})
    assert [(each.start, each.end) for each in Shift.objects.filter(day__lt=monday + 2 * DAY)] == [(20, 24)]
    assert Shift.objects.filter(day__gt=monday + DAY).exists()
    with pytest.raises(RefusedError) as refused:
        take_over(principal=SYSTEM, location=scene.location, proposal=proposal, days=[monday], now=wednesday)
    assert refused.value.code == "over"


@pytest.mark.parametrize("role", [Role.INTERN, Role.VOLUNTEER, Role.COACH])
def test_who_does_not_count_keeps_their_shifts(scene, role):
    monday = monday_of_scene(scene)
    beside = hire(scene, "Kim Maes", role=role)
    work(scene, beside, monday, 16, 30)
    work(scene, Carer.objects.get(name="An Jacobs"), monday, 14, 15)
    take_over(principal=SYSTEM, location=scene.location, proposal=ready(scene), days=[monday], now=scene.now)
    kept = Shift.objects.get(carer=beside)
    assert (kept.day, kept.start, kept.end) == (monday, 16, 30)
    assert not Shift.objects.filter(carer__name="An Jacobs", end=15).exists()
    assert Shift.objects.exclude(carer=beside).exists()


def test_only_one_is_under_way_and_a_job_waits_for_the_worker(scene):
    monday = monday_of_scene(scene)
    acting = {"principal": SYSTEM, "location": scene.location, "first": monday, "now": scene.now}
    made = ask_proposal(**acting, weeks=1)
    job = ProcrastinateJob.objects.get(task_name=proposals.TASK)
    assert job.args == {"proposal_id": made.pk}
    with pytest.raises(RefusedError):
        ask_proposal(**acting, weeks=1)
    with pytest.raises(RefusedError):
        ask_proposal(**{**acting, "first": monday + DAY}, weeks=1)
    assert calculate_waiting(now=scene.now) == 1
    assert not calculate(made.pk, now=scene.now), "a second job finds nothing to do"
    assert calculate_waiting(now=scene.now) == 0


def test_what_stopped_half_way_begins_anew_and_what_fails_says_so(scene, monkeypatch):
    made = ask_proposal(
        principal=SYSTEM, location=scene.location, first=monday_of_scene(scene), weeks=1, now=scene.now
    )
    RosterProposal.objects.update(state=ProposalState.RUNNING)
    assert calculate_waiting(now=scene.now) == 0
    assert calculate_waiting(now=scene.now + proposals.LOST + DAY) == 1
    RosterProposal.objects.update(state=ProposalState.ASKED)

    def broken(*_given):
        raise ValueError("no")

    monkeypatch.setattr(solve, "propose", broken)
    with pytest.raises(ValueError, match="no"):
        calculate(made.pk, now=scene.now)
    made.refresh_from_db()
    assert made.state == ProposalState.FAILED


def test_one_that_was_put_away_while_it_runs_stays_away(scene, monkeypatch):
    made = ask_proposal(
        principal=SYSTEM, location=scene.location, first=monday_of_scene(scene), weeks=1, now=scene.now
    )
    real = solve.propose

    def slow(task, told):
        put_away(principal=SYSTEM, proposal=made, now=scene.now)
        return real(task, told)

    monkeypatch.setattr(solve, "propose", slow)
    calculate(made.pk, now=scene.now)
    made.refresh_from_db()
    assert made.state == ProposalState.DROPPED


def test_the_pages_ask_show_and_take_over(scene):
    manager = client_of(manager_of(scene.location, now=scene.now))
    monday = monday_of_scene(scene)
    asked = manager.post(
        reverse("staff:propose", args=[scene.location.slug]), {"week": f"{monday}", "weeks": "1"}
    )
    proposal = RosterProposal.objects.get()
    address = reverse("staff:proposal", args=[scene.location.slug, proposal.reference])
    assert asked["Location"] == address
    assert "hx-trigger" in manager.get(address).content.decode()
    calculate(proposal.pk, now=scene.now)
    page = manager.get(address).content.decode()
    assert "An Jacobs" in page
    assert manager.post(address, {"do": "day", "day": f"{monday}"}).status_code == 302
    assert set(Shift.objects.values_list("day", flat=True)) == {monday}
    assert manager.post(address, {"do": "all"}).status_code == 302
    assert Shift.objects.filter(day__gt=monday).exists()
    assert manager.post(address, {"do": "away"}).status_code == 302
    proposal.refresh_from_db()
    assert proposal.state == ProposalState.DROPPED

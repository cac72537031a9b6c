"""What desk and location see of a round, who may, and how many queries it costs."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from kribbe.enrolment.models import Offer
from kribbe.enrolment.tests.location_scene import client_of, manager_of
from kribbe.places import ledger
from kribbe.places.models import GroupCapacity
from kribbe.rounds.models import Proposal, ProposalState, Rhythm, Round, RoundPlan, RoundState, TakesPart
from kribbe.rounds.pages import week
from kribbe.rounds.selectors.week import own_hand
from kribbe.rounds.services.rhythm import begin_due, first_month, is_due
from kribbe.rounds.services.rounds import calculate_planned, plan_round, take_part
from kribbe.rounds.tests.scene import family, fourth
from kribbe.rules.calendar import months
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing import cast
from kribbe.testing.worlds import built_once
from kribbe.trust.principal import SYSTEM, Role, Scope

pytestmark = pytest.mark.django_db


@built_once
def scene():
    return fourth(now=timezone.now())


@pytest.fixture
def clerk(scene):
    user = cast.make_user(
        "marleen@loket.example", role=Role.CLERK, scope=Scope.DESK, scope_id=scene.desk.pk, now=scene.now
    )
    return client_of(user)


@pytest.fixture
def manager(scene):
    return client_of(manager_of(scene.notelaar, now=scene.now))


@pytest.fixture
def running(scene):
    take_part(principal=SYSTEM, location=scene.notelaar, takes_part=True, now=scene.now)
    made = plan_round(principal=SYSTEM, desk=scene.desk, first=scene.start, months=3, now=scene.now)
    calculate_planned(now=scene.now)
    return made


def queries(client, address):
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(address)
    assert answer.status_code == 200
    return len(captured), answer.content.decode()


def test_a_desk_begins_a_round_and_sends_what_its_locations_confirmed(scene, clerk, manager):
    here = reverse("rounds:proposals", args=[scene.notelaar.slug])
    desk = reverse("rounds:rounds", args=[scene.desk.slug])
    refused = clerk.post(desk, {"first": f"{scene.start:%Y-%m-%d}", "months": "3"})
    assert refused.status_code == 422
    manager.post(here, {"do": "part", "part": "yes"})
    assert TakesPart.objects.get().location == scene.notelaar
    begun = clerk.post(desk, {"first": f"{scene.start:%Y-%m-%d}", "months": "3"})
    made = Round.objects.get()
    assert begun.url == reverse("rounds:round", args=[scene.desk.slug, made.reference])
    assert "Being calculated" in clerk.get(begun.url).content.decode()
    calculate_planned(now=timezone.now())
    page = manager.get(here).content.decode()
    assert "Kind Vos V." in page
    manager.post(here, {"do": "confirm_all"})
    assert Proposal.objects.filter(state=ProposalState.CONFIRMED).count() == 2
    clerk.post(reverse("rounds:round_do", args=[scene.desk.slug, made.reference]), {"do": "send"})
    assert Offer.objects.count() == 2


def test_a_location_refuses_with_a_reason_and_takes_it_back(scene, manager, running):
    here = reverse("rounds:proposals", args=[scene.notelaar.slug])
    row = running.proposals.order_by("pk").first()
    refused = manager.post(here, {"do": "refuse", "proposal": row.pk, "reason": "", "note": "Te vol"})
    assert refused.status_code == 422
    said = refused.content.decode()
    assert f'id="reason-{row.pk}_error"' in said
    assert 'maxlength="500" value="Te vol"' in said
    row.refresh_from_db()
    assert row.state == ProposalState.PROPOSED
    manager.post(here, {"do": "refuse", "proposal": row.pk, "reason": "group-balance", "note": "Vol"})
    row.refresh_from_db()
    assert row.state == ProposalState.REFUSED
    assert "Noted. What it touches was calculated anew." in manager.get(here).content.decode()
    manager.post(here, {"do": "undo", "proposal": row.pk})
    standing = running.proposals.filter(state=ProposalState.PROPOSED, request=row.request)
    assert standing.count() == 1


def test_the_desk_sees_what_a_late_change_did(scene, clerk, running):
    do = reverse("rounds:round_do", args=[scene.desk.slug, running.reference])
    page = reverse("rounds:round", args=[scene.desk.slug, running.reference])
    clerk.post(do, {"do": "again"})
    assert "Nothing changed since the last calculation." in clerk.get(page).content.decode()
    scene.ahead[0].preferences.update(state="withdrawn", rank=None)
    clerk.post(do, {"do": "again"})
    told = clerk.get(page).content.decode()
    assert "Kind Smets" in told and "No longer proposed" in told
    clerk.post(do, {"do": "call_off"})
    running.refresh_from_db()
    assert running.state == RoundState.CALLED_OFF
    assert clerk.post(do, {"do": "nothing"}).status_code == 302


def test_pages_cost_the_same_queries_whatever_the_size(scene, clerk, manager, running):
    pages = [
        (clerk, reverse("rounds:round", args=[scene.desk.slug, running.reference])),
        (manager, reverse("rounds:proposals", args=[scene.notelaar.slug])),
        (manager, reverse("rounds:week", args=[scene.notelaar.slug]) + f"?month={scene.start:%Y-%m}"),
        (clerk, reverse("rounds:rounds", args=[scene.desk.slug])),
    ]
    few = [queries(*page)[0] for page in pages]
    running.locations.add(scene.pluk)
    for number in range(6):
        pattern = WeekPattern.from_text("wed")
        request = family(
            scene.desk, f"Maes{number}", [scene.notelaar], start=scene.start, now=scene.now, pattern=pattern
        )
        Proposal.objects.create(
            round=running,
            request=request,
            preference=request.preferences.get(),
            group=scene.group,
            start=scene.start,
            end=scene.start + timedelta(days=400),
            pattern=pattern.mask,
            on="open",
        )
    assert [queries(*page)[0] for page in pages] == few
    assert max(few) <= 30


def test_own_hand_tells_what_each_choice_does_to_the_week(scene, manager):
    look = own_hand(scene.notelaar, group=scene.group, month=scene.start, now=scene.now)
    # the three Mondays and Noor all fit now: two of three Mondays are free
    assert [choice.line.waiting.position for choice in look.choices] == [1, 2, 3, 4]
    first, noor = look.choices[0].effect, look.choices[3].effect
    assert (first.taken_before, first.taken_after, first.bookable) == (2, 4, 30)
    assert first.becomes_full.is_empty and first.others == 3
    assert noor.taken_after == 6
    family(scene.desk, "De Wael", [scene.pluk], start=scene.start, now=scene.now)
    page = manager.get(reverse("rounds:week", args=[scene.notelaar.slug]), {"month": f"{scene.start:%Y-%m}"})
    assert "3 other children would still fit." in page.content.decode()


@pytest.mark.parametrize(
    ("today", "asked", "month"),
    [
        (date(2026, 11, 15), "", date(2026, 11, 1)),
        (date(2026, 11, 27), "", date(2026, 12, 1)),
        (date(2026, 12, 31), "never", date(2027, 1, 1)),
        (date(2028, 2, 29), "", date(2028, 3, 1)),
        (date(2026, 11, 27), "2026-11", date(2026, 11, 1)),
    ],
)
def test_own_hand_begins_with_a_month_in_which_somebody_can(today, asked, month):
    assert week._month(months(today, week.MONTHS_AHEAD), asked, today) == month


def test_rounds_begin_by_the_rhythm_of_the_desk(scene, clerk):
    thursday = timezone.now().replace(year=2027, month=3, day=4, hour=9)
    assert is_due(Rhythm.WEEKLY, thursday.date()) and is_due(Rhythm.YEARLY, thursday.date())
    assert not is_due(Rhythm.MONTHLY, thursday.date() + timedelta(days=7))
    assert is_due(Rhythm.WEEKLY, thursday.date() + timedelta(days=7))
    assert not is_due(Rhythm.WEEKLY, thursday.date() + timedelta(days=1))
    assert f"{first_month(Rhythm.YEARLY, thursday.date())}" == "2027-09-01"
    assert f"{first_month(Rhythm.WEEKLY, thursday.date())}" == "2027-04-01"
    clerk.post(
        reverse("rounds:rounds", args=[scene.desk.slug]),
        {"form": "rhythm", "rhythm": "weekly", "rhythm_months": "4"},
    )
    assert RoundPlan.objects.get().rhythm == Rhythm.WEEKLY
    assert begin_due(now=thursday) == 0
    take_part(principal=SYSTEM, location=scene.notelaar, takes_part=True, now=scene.now)
    assert begin_due(now=thursday) == 1
    assert Round.objects.get().months == 4


def test_a_half_day_on_which_the_location_is_closed_is_not_told_as_full(scene, running, manager):
    friday, wednesday = WeekPattern.from_text("fri"), WeekPattern.from_text("wed")
    capacity = GroupCapacity.objects.get(group=scene.group)
    capacity.open_pattern = (WeekPattern(capacity.open_pattern) - friday).mask
    capacity.save()
    ledger.recount(group_ids=[scene.group.pk], today=scene.now.date(), now=scene.now)
    cast.make_placement(
        cast.make_child(cast.make_household(scene.desk, "Wouters", now=scene.now), "Mil", born=scene.start),
        scene.group,
        start=scene.start,
        end=None,
        pattern=wednesday,
        now=scene.now,
    )
    strip = manager.get(reverse("rounds:proposals", args=[scene.notelaar.slug])).context["before"]
    assert strip[8:] == [None, None]
    assert strip[4:6] == [2, 2]

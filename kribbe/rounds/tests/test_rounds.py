"""A round from plan to offers, late changes, undo, and the replay of what was kept."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from kribbe.enrolment.models import Offer, PassOver
from kribbe.enrolment.services.wishes import end_request
from kribbe.places import ledger
from kribbe.places.ledger_free import free_by_month
from kribbe.rounds import kept
from kribbe.rounds.models import Calculation, Proposal, ProposalState, Round, RoundState
from kribbe.rounds.selectors.preview import Totals, preview
from kribbe.rounds.services import answers
from kribbe.rounds.services.answers import confirm, refuse, send_offers, take_answer_back
from kribbe.rounds.services.rounds import calculate_planned, call_off, catch_up, plan_round, take_part
from kribbe.rounds.tests.scene import family, fourth
from kribbe.rules.counting import RequestEnd
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing import cast
from kribbe.testing.worlds import built_once
from kribbe.trust.errors import RefusedError
from kribbe.trust.models import AuditEntry
from kribbe.trust.principal import SYSTEM

NOW = datetime(2027, 1, 11, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)

pytestmark = pytest.mark.django_db


@built_once
def scene():
    return fourth(now=NOW)


@pytest.fixture
def running(scene):
    for location in (scene.notelaar, scene.pluk):
        take_part(principal=SYSTEM, location=location, takes_part=True, now=NOW)
    return begin(scene)


def begin(scene):
    made = plan_round(principal=SYSTEM, desk=scene.desk, first=scene.start, months=3, now=NOW)
    assert calculate_planned(now=NOW) == 1
    made.refresh_from_db()
    return made


def proposed(found, *states):
    rows = found.proposals.filter(state__in=states or [ProposalState.PROPOSED])
    return sorted(rows.values_list("request__child__first_name", flat=True))


def proposal(found, name):
    return found.proposals.exclude(state=ProposalState.DROPPED).get(request__child__first_name=f"Kind {name}")


def test_only_locations_that_chose_to_take_part_do(scene):
    with pytest.raises(RefusedError) as refused:
        plan_round(principal=SYSTEM, desk=scene.desk, first=scene.start, months=3, now=NOW)
    assert refused.value.code == "nobody"
    take_part(principal=SYSTEM, location=scene.pluk, takes_part=True, now=NOW)
    assert list(begin(scene).locations.all()) == [scene.pluk]
    with pytest.raises(RefusedError) as refused:
        plan_round(principal=SYSTEM, desk=scene.desk, first=scene.start, months=3, now=NOW)
    assert refused.value.code == "running"


def test_a_round_proposes_and_promises_nothing_yet(scene, running):
    assert running.state == RoundState.PREVIEW
    # two Mondays are left for the three who ask one, and Noor can't have hers
    assert proposed(running) == ["Kind Peeters", "Kind Vos"]
    assert not Offer.objects.exists()
    assert AuditEntry.objects.filter(action="round.calculate").count() == 1


def test_what_is_kept_gives_the_same_bytes_again(running):
    calculation = running.calculations.get()
    assert kept.fingerprint(bytes(calculation.instance)) == calculation.instance_hash
    assert kept.solved_again(bytes(calculation.instance)) == bytes(calculation.result)


def test_a_refusal_needs_a_reason_and_only_then_goes_to_the_next(scene, running):
    row = proposal(running, "Vos")
    with pytest.raises(RefusedError) as refused:
        refuse(
            principal=SYSTEM,
            location=scene.notelaar,
            proposal_id=row.pk,
            reason_code="",
            note="",
            now=LATER,
        )
    assert refused.value.field == "reason"
    _refuse(scene, row)
    change = catch_up(round_id=running.pk, now=LATER)
    assert proposed(running) == ["Kind Peeters", "Kind Smets"]
    assert change.changes["came"] == [scene.ahead[2].pk]
    assert change.changes["left"] == change.changes["moved"] == []
    # Pluk has nothing to do with it
    assert change.changes["places"] == [f"{scene.notelaar.pk}-income"]
    assert kept.solved_again(bytes(change.instance)) == bytes(change.result)
    assert catch_up(round_id=running.pk, now=LATER) is None


def _refuse(scene, row):
    refuse(
        principal=SYSTEM,
        location=scene.notelaar,
        proposal_id=row.pk,
        reason_code="group-balance",
        note="Twee baby's van dezelfde leeftijd",
        now=LATER,
    )


def test_what_is_confirmed_stands_when_others_change(scene, running):
    before = preview(running).totals
    confirm(
        principal=SYSTEM, location=scene.notelaar, proposal_ids=[proposal(running, "Peeters").pk], now=LATER
    )
    assert catch_up(round_id=running.pk, now=LATER) is None
    first = scene.ahead[0]
    end_request(principal=SYSTEM, request_id=first.pk, end=RequestEnd.FOUND_ELSEWHERE, now=LATER)
    change = catch_up(round_id=running.pk, now=LATER)
    assert (change.changes["came"], change.changes["left"]) == ([scene.ahead[2].pk], [first.pk])
    assert proposed(running, ProposalState.CONFIRMED) == ["Kind Peeters"]
    assert proposed(running) == ["Kind Smets"]
    assert before == replace(preview(running).totals, children=before.children)
    assert preview(running).totals.children == before.children - 1


def test_what_was_confirmed_goes_to_the_next_when_its_family_withdraws(scene, running):
    rows = [proposal(running, name).pk for name in ("Vos", "Peeters")]
    confirm(principal=SYSTEM, location=scene.notelaar, proposal_ids=rows, now=LATER)
    first = scene.ahead[0]
    end_request(principal=SYSTEM, request_id=first.pk, end=RequestEnd.FOUND_ELSEWHERE, now=LATER)
    change = catch_up(round_id=running.pk, now=LATER)
    assert (change.changes["came"], change.changes["left"]) == ([scene.ahead[2].pk], [first.pk])
    assert proposed(running, ProposalState.CONFIRMED) == ["Kind Peeters"]
    assert proposed(running) == ["Kind Smets"]
    assert catch_up(round_id=running.pk, now=LATER) is None


def test_a_family_that_withdraws_while_offers_go_out_gets_none(scene, running):
    """No calculation came in between: the offer isn't made, the proposal says why, all others go out."""
    rows = [proposal(running, name).pk for name in ("Vos", "Peeters")]
    confirm(principal=SYSTEM, location=scene.notelaar, proposal_ids=rows, now=LATER)
    end_request(principal=SYSTEM, request_id=scene.ahead[0].pk, end=RequestEnd.FOUND_ELSEWHERE, now=LATER)
    assert send_offers(principal=SYSTEM, round_id=running.pk, now=LATER) == (1, 1)
    assert running.proposals.get(state=ProposalState.CONFIRMED).trouble
    assert Offer.objects.get().preference.request == scene.ahead[1]


def test_a_location_that_leaves_midway_answers_this_round_and_is_in_no_next_one(scene, running):
    take_part(principal=SYSTEM, location=scene.notelaar, takes_part=False, now=LATER)
    assert catch_up(round_id=running.pk, now=LATER) is None
    confirm(principal=SYSTEM, location=scene.notelaar, proposal_ids=[proposal(running, "Vos").pk], now=LATER)
    assert send_offers(principal=SYSTEM, round_id=running.pk, now=LATER) == (1, 0)
    assert list(begin(scene).locations.all()) == [scene.pluk]


def test_offers_that_are_sent_twice_go_out_once(scene, running):
    confirm(principal=SYSTEM, location=scene.notelaar, proposal_ids=[proposal(running, "Vos").pk], now=LATER)
    assert send_offers(principal=SYSTEM, round_id=running.pk, now=LATER) == (1, 0)
    with pytest.raises(RefusedError) as refused:
        send_offers(principal=SYSTEM, round_id=running.pk, now=LATER)
    assert refused.value.code == "sent"
    assert Offer.objects.count() == 1


def test_what_another_tab_sent_at_the_same_moment_is_no_trouble(scene, running, monkeypatch):
    """The other one makes the offer after this one looked what is confirmed."""
    confirm(principal=SYSTEM, location=scene.notelaar, proposal_ids=[proposal(running, "Vos").pk], now=LATER)
    own_time = answers.localtime

    def other_sends_first(now):
        monkeypatch.setattr(answers, "localtime", own_time)
        assert send_offers(principal=SYSTEM, round_id=running.pk, now=LATER) == (1, 0)
        return own_time(now)

    monkeypatch.setattr(answers, "localtime", other_sends_first)
    assert send_offers(principal=SYSTEM, round_id=running.pk, now=LATER) == (0, 0)
    row = running.proposals.get(state=ProposalState.OFFERED)
    assert (row.trouble, Offer.objects.count()) == ("", 1)


def test_an_answer_is_taken_back_before_offers_go_out(scene, running):
    row = proposal(running, "Vos")
    _refuse(scene, row)
    take_answer_back(principal=SYSTEM, location=scene.notelaar, proposal_id=row.pk, now=LATER)
    assert proposed(running) == ["Kind Peeters", "Kind Vos"]
    _refuse(scene, row)
    catch_up(round_id=running.pk, now=LATER)
    take_answer_back(
        principal=SYSTEM, location=scene.notelaar, proposal_id=row.pk, now=LATER + timedelta(hours=1)
    )
    catch_up(round_id=running.pk, now=LATER + timedelta(hours=2))
    assert proposed(running) == ["Kind Peeters", "Kind Vos"]


def test_confirmed_proposals_become_offers_that_hold_their_half_days(scene, running):
    rows = [proposal(running, name).pk for name in ("Vos", "Peeters")]
    assert confirm(principal=SYSTEM, location=scene.notelaar, proposal_ids=rows, now=LATER) == 2
    assert send_offers(principal=SYSTEM, round_id=running.pk, now=LATER) == (2, 0)
    offers = Offer.objects.order_by("pk")
    assert [(offer.during.lower, offer.pattern) for offer in offers] == [
        (scene.start, WeekPattern.from_text("mon").mask)
    ] * 2
    free = free_by_month(group_ids=[scene.group.pk], first_month=scene.start, months=1)
    assert free[scene.group.pk][0][:2] == [0, 0]
    assert ledger.miscounted(group_ids=[scene.group.pk], today=NOW.date()) == []
    running.refresh_from_db()
    assert running.state == RoundState.DONE


def test_who_was_refused_stands_ahead_with_the_reason_of_the_location(scene, running):
    _refuse(scene, proposal(running, "Vos"))
    catch_up(round_id=running.pk, now=LATER)
    rows = [proposal(running, name).pk for name in ("Peeters", "Smets")]
    confirm(principal=SYSTEM, location=scene.notelaar, proposal_ids=rows, now=LATER)
    assert send_offers(principal=SYSTEM, round_id=running.pk, now=LATER) == (2, 0)
    told = PassOver.objects.values_list("preference__request", "reason__code").distinct()
    assert list(told) == [(scene.ahead[0].pk, "group-balance")]


def test_no_half_day_is_promised_twice_when_the_ledger_moved_on(scene, running):
    rows = [proposal(running, name).pk for name in ("Vos", "Peeters")]
    confirm(principal=SYSTEM, location=scene.notelaar, proposal_ids=rows, now=LATER)
    newcomer = cast.make_child(cast.make_household(scene.desk, "Nu", now=NOW), "Nu", born=scene.start)
    cast.make_placement(
        newcomer,
        scene.group,
        start=scene.start,
        end=scene.start + timedelta(days=100),
        pattern=WeekPattern.from_text("mon"),
        now=LATER,
    )
    assert send_offers(principal=SYSTEM, round_id=running.pk, now=LATER) == (1, 1)
    waiting = running.proposals.get(state=ProposalState.CONFIRMED)
    assert waiting.offer is None and waiting.trouble
    assert Offer.objects.count() == 1


def test_a_round_is_called_off_before_offers_go_out(scene, running):
    call_off(principal=SYSTEM, round_id=running.pk, now=LATER)
    assert proposed(running, ProposalState.PROPOSED, ProposalState.CONFIRMED) == []
    assert not Offer.objects.exists()
    with pytest.raises(RefusedError):
        send_offers(principal=SYSTEM, round_id=running.pk, now=LATER)
    assert begin(scene) != running
    assert Round.objects.count() == 2


def test_a_location_answers_for_itself_alone(scene, running):
    row = proposal(running, "Vos")
    with pytest.raises(RefusedError) as refused:
        confirm(principal=SYSTEM, location=scene.pluk, proposal_ids=[row.pk], now=LATER)
    assert refused.value.code == "closed"


def test_a_new_family_changes_only_what_it_touches(scene, running):
    before = preview(running).totals
    family(scene.desk, "De Wael", [scene.pluk], start=scene.start, now=NOW)
    change = catch_up(round_id=running.pk, now=LATER)
    assert preview(running).totals == Totals(before.children + 1, before.placed + 1, before.first + 1)
    assert change.changes["places"] == [f"{scene.pluk.pk}-income"]
    assert proposed(running) == ["Kind De Wael", "Kind Peeters", "Kind Vos"]
    assert Calculation.objects.count() == 2
    assert Proposal.objects.filter(state=ProposalState.DROPPED).count() == 0

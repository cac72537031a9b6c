"""A roster proposed by the solver: asked, calculated apart from the page, taken over whole or by day, or put away."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from kribbe.places.models import Location
from kribbe.rules.at_work import Role
from kribbe.rules.roster.explain import lacks
from kribbe.rules.roster.plan import Groups, Task, Turn
from kribbe.staff.models import ChangeKind, ProposalState, RosterChange, RosterProposal, Shift
from kribbe.staff.selectors.needs import DayNeed, needs_of
from kribbe.staff.selectors.terms import contracts_of, task_of
from kribbe.staff.services.roster import change_days
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal

DAY = timedelta(days=1)
TASK = "staff.propose"
MOST_WEEKS = 8
LOST = timedelta(minutes=15)
"""A calculation that runs longer has stopped with its worker."""


def ask_proposal(
    *, principal: Principal, location: Location, first: date, weeks: int, now: datetime
) -> RosterProposal:
    """Ask for a roster of `weeks` weeks from a Monday; a worker calculates it. One at a time for a location."""
    if first.weekday() or not 1 <= weeks <= MOST_WEEKS:
        raise RefusedError(_("Choose one to eight weeks from a Monday."), field="weeks")
    with transaction.atomic():
        lock_rows((Location, location.pk))
        under_way = RosterProposal.objects.filter(
            location=location, state__in=[ProposalState.ASKED, ProposalState.RUNNING]
        )
        if under_way.exists():
            raise RefusedError(_("A proposal is being calculated. Wait until it is ready."), field="weeks")
        made = RosterProposal.objects.create(
            location=location, first=first, weeks=weeks, asked_at=now, asked_by=principal.user_id
        )
        _record(principal, "roster.ask", made, now)
        app.configure_task(TASK).defer(proposal_id=made.pk)
    return made


def calculate(proposal_id: int, *, now: datetime) -> bool:
    """Calculate a proposal that waits; False where another worker has it or nobody wants it any more.

    The solver is loaded here: every other process does without it, and starts sooner.
    """
    from kribbe.rules.roster.solve import propose

    if not RosterProposal.objects.filter(pk=proposal_id, state=ProposalState.ASKED).update(
        state=ProposalState.RUNNING, done_weeks=0
    ):
        return False
    proposal = RosterProposal.objects.select_related("location__desk").get(pk=proposal_id)
    running = RosterProposal.objects.filter(pk=proposal_id, state=ProposalState.RUNNING)
    try:
        needs = needs_of(proposal.location, proposal.first, _last(proposal))
        task = task_of(proposal.location, needs)
        found = propose(task, lambda done, _of: _tell(proposal_id, done))
        turns = list(found.turns)
        grouped = _with_groups(turns, needs, task.helpers)
        short = _lacks(task, turns, {(carer, day): group_id for day, carer, group_id, *_rest in grouped})
    except Exception:
        running.update(state=ProposalState.FAILED)
        raise
    running.update(
        state=ProposalState.READY,
        done_weeks=proposal.weeks,
        turns=[[f"{day}", *rest] for day, *rest in grouped],
        lacks=short,
        least_weeks=len(found.least),
        ready_at=now,
    )
    return True


def calculate_waiting(*, now: datetime) -> int:
    """Calculate what no worker took, and begin anew what stopped half-way."""
    stopped = RosterProposal.objects.filter(state=ProposalState.RUNNING, asked_at__lt=now - LOST)
    stopped.update(state=ProposalState.ASKED, asked_at=now)
    waiting = RosterProposal.objects.filter(state=ProposalState.ASKED).values_list("pk", flat=True)
    return sum(calculate(key, now=now) for key in list(waiting))


def take_over(
    *,
    principal: Principal,
    location: Location,
    proposal: RosterProposal,
    days: Collection[date],
    now: datetime,
) -> RosterChange:
    """The proposed shifts of these days in place of what stands there.

    Raises RefusedError on days not proposed, and on days that are over: their roster is what was worked.
    Who doesn't count by law is never proposed, and keeps their shifts.
    """
    wanted = set(days)
    known = {proposal.first + n * DAY for n in range(7 * proposal.weeks)}
    if proposal.state != ProposalState.READY or not wanted or not wanted <= known:
        raise RefusedError(_("Choose days of a proposal that is ready."), field="days")
    if min(wanted) < localtime(now).date():
        raise RefusedError(
            _("Days that are over keep their roster. Choose others."), field="days", code="over"
        )
    shifts = [
        Shift(
            location=location,
            day=date.fromisoformat(day),
            carer_id=carer,
            group_id=group,
            start=start,
            end=end,
            pause=pause,
        )
        for day, carer, group, start, end, pause in proposal.turns
        if date.fromisoformat(day) in wanted
    ]
    with transaction.atomic():
        change = change_days(
            principal=principal,
            location=location,
            days=wanted,
            kind=ChangeKind.PROPOSAL,
            rewrite=lambda had: [*_beside(had, shifts), *shifts],
            now=now,
        )
        proposal.taken_days = sorted({*proposal.taken_days, *wanted})
        proposal.save(update_fields=["taken_days"])
    return change


def put_away(*, principal: Principal, proposal: RosterProposal, now: datetime) -> None:
    """Nobody wants this proposal; one that is being calculated is dropped when it is ready."""
    with transaction.atomic():
        RosterProposal.objects.filter(pk=proposal.pk).update(state=ProposalState.DROPPED)
        _record(principal, "roster.put_away", proposal, now)


def _beside(had: Iterable[Shift], proposed: Iterable[Shift]) -> list[Shift]:
    """The shifts that a proposal leaves as they are: of those whose role doesn't count; two queries."""
    taken = {(shift.carer_id, shift.day) for shift in proposed}
    others = [shift for shift in had if (shift.carer_id, shift.day) not in taken]
    if not others:
        return []
    days = [shift.day for shift in others]
    contracts = contracts_of({shift.carer_id for shift in others}, min(days), max(days))
    return [
        shift
        for shift in others
        if any(
            shift.day in each.during and not Role(each.role).may_count
            for each in contracts.get(shift.carer_id, ())
        )
    ]


def _tell(proposal_id: int, done: int) -> None:
    RosterProposal.objects.filter(pk=proposal_id).update(done_weeks=done)


def _last(proposal: RosterProposal) -> date:
    return proposal.first + (7 * proposal.weeks - 1) * DAY


def _with_groups(
    turns: Sequence[Turn], needs: Sequence[DayNeed], helpers: Collection[tuple[int, date]]
) -> list[tuple[date, int, int, int, int, int | None]]:
    """Each turn with its carer's usual group, else where most children have the fewest carers over its hours.

    Logistic staff come after the carers, where most of these are: they count beside several only.
    """
    usual = _usual_groups(turns, needs)
    found = []
    for day in (each for each in needs if each.children):
        there = {group_id: [0] * len(numbers) for group_id, numbers in day.children.items()}
        of_day = [each for each in turns if each.day == day.day]
        for turn in sorted(of_day, key=lambda each: (each.carer, each.day) in helpers):
            if (turn.carer, turn.day) in helpers:
                group_id = max(
                    sorted(there), key=lambda each: sum(there[each][half] for half in turn.present())
                )
            else:
                group_id = usual.get((turn.carer, turn.day)) or _busiest(turn, day.children, there)
                for half in turn.present():
                    there[group_id][half] += 1
            found.append((turn.day, turn.carer, group_id, turn.start, turn.end, turn.pause))
    return found


def _busiest(turn: Turn, children: Mapping[int, Sequence[int]], there: Mapping[int, Sequence[int]]) -> int:
    def burden(group_id: int) -> float:
        return sum(children[group_id][half] / (1 + there[group_id][half]) for half in turn.present())

    return max(sorted(children), key=burden)


def _usual_groups(turns: Sequence[Turn], needs: Sequence[DayNeed]) -> Mapping[tuple[int, date], int]:
    contracts = contracts_of({turn.carer for turn in turns}, needs[0].day, needs[-1].day)
    groups = needs[0].children
    return {
        (turn.carer, turn.day): contract.group_id
        for turn in turns
        for contract in contracts.get(turn.carer, ())
        if turn.day in contract.during and contract.group_id is not None and contract.group_id in groups
    }


def _lacks(task: Task, turns: Sequence[Turn], groups: Groups) -> list[list[Any]]:
    """Day, from, to, missing, and the reasons as code and number of carers."""
    return [
        [
            f"{each.day}",
            each.start,
            each.end,
            each.missing,
            [[reason.code, dict(reason.params).get("carers", 0)] for reason in each.reasons],
        ]
        for each in lacks(task, turns, groups)
    ]


def _record(principal: Principal, action: str, proposal: RosterProposal, now: datetime) -> None:
    record(
        principal=principal,
        action=action,
        subject=proposal,
        now=now,
        desk_id=proposal.location.desk_id,
        location=proposal.location_id,
    )

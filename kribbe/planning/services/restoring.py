"""A stay that was cut short, or given up before it began, is put back: what went with it comes back too."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import transaction
from django.utils.timezone import localtime

from kribbe.enrolment.models import Placement, PlacementState
from kribbe.enrolment.selectors.stays import every_piece, piece_on
from kribbe.planning.models import DayChange, DayState, GettingUsedDay, Paper
from kribbe.planning.models_days import STANDING
from kribbe.planning.selectors.days import room_on
from kribbe.planning.services.following import held_on, own_halves
from kribbe.planning.services.holding import hold
from kribbe.planning.written import from_json, schedule_of
from kribbe.trust.errors import RefusedError


def put_back(placement_id: int, ended_at: datetime, now: datetime) -> None:
    """Extra days, visits to get used to the place, and papers that waited, which `following.let_go` took back then.

    Absences were never taken back: they count again as soon as their day has a place. A day that is over, and what
    has no room or gave way to something else meanwhile, stays taken back.
    """
    pieces = every_piece(Placement.objects.get(pk=placement_id))
    stay = [each for each in pieces if each.state == PlacementState.FINAL]
    today = localtime(now).date()
    days = DayChange.objects.filter(
        placement__in=pieces, state=DayState.WITHDRAWN, answered_at=ended_at, day__gte=today
    )
    for change in days.order_by("day", "pk"):
        _day_again(change, stay, now)
    for visit in GettingUsedDay.objects.filter(
        placement__in=pieces, taken_back_at=ended_at, day__gte=today
    ).order_by("pk"):
        _visit_again(visit)
    papers = Paper.objects.filter(
        agreement__placement__in=pieces, signed_at=None, withdrawn_at=ended_at
    ).order_by("pk")
    for paper in papers.select_related("agreement"):
        _paper_again(paper, stay, now)


def _day_again(change: DayChange, stay: Sequence[Placement], now: datetime) -> None:
    home, was = piece_on(stay, change.day), _before(change)
    if home is None or was is None:
        return
    if DayChange.objects.filter(STANDING, placement__in=stay, day=change.day).exists():
        return
    more = change.halves & ~own_halves(home, change)
    if was.state == DayState.GRANTED:
        if more and not room_on(home.group.location, home.group_id, change.day).has(more):
            return
        change.in_ledger = held_on(change, home, more, now)
    change.placement, change.state, change.answered_at = home, was.state, was.answered_at
    change.save(update_fields=["placement", "state", "answered_at", "in_ledger"])


def _before(change: DayChange) -> Any:
    """What the day was before it was taken back, in the history that triggers keep."""
    versions = apps.get_model("planning", "DayChangeEvent")._default_manager.filter(pgh_obj_id=change.pk)
    standing = versions.filter(STANDING).order_by("-pgh_id")
    return standing.first()


def _visit_again(visit: GettingUsedDay) -> None:
    others = GettingUsedDay.objects.filter(placement=visit.placement_id, day=visit.day, taken_back_at=None)
    if not others.exists():
        visit.taken_back_at = None
        visit.save(update_fields=["taken_back_at"])


def _paper_again(paper: Paper, stay: Sequence[Placement], now: datetime) -> None:
    """It waits for a signature again, with what it holds; not where another paper waits, nor where room went."""
    home = piece_on(stay, paper.first)
    waiting = Paper.objects.filter(agreement=paper.agreement_id, signed_at=None, withdrawn_at=None)
    if home is None or waiting.exists():
        return
    try:
        with transaction.atomic():
            hold(paper, home, schedule_of(paper), from_json(paper.weeks), now)
            paper.withdrawn_at = None
            paper.save(update_fields=["withdrawn_at"])
    except RefusedError:
        return

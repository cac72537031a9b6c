"""A second agreement for a child whose parents live apart: its own weeks, signed and paid by the other parent."""

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext_lazy as _

from kribbe.enrolment.models import Placement, PlacementState
from kribbe.enrolment.services.stays import change_days
from kribbe.enrolment.services.turns import check_once, join_turns, lay_turns
from kribbe.people.models import Adult
from kribbe.planning.models import Paper
from kribbe.planning.services.calendar import hold_calendar
from kribbe.planning.services.check import half_days
from kribbe.planning.services.locking import locked_certain_place
from kribbe.planning.services.moving import carry_on
from kribbe.planning.services.papers import send_paper
from kribbe.planning.services.terms import Terms
from kribbe.planning.services.turns import turn_agreed, turn_from
from kribbe.rules.turns import InTurn, both, whole
from kribbe.trust.errors import RefusedError
from kribbe.trust.principal import Principal
from kribbe.trust.watching import household_changes
from kribbe.web.weeks import week_words


def send_second(
    *,
    principal: Principal,
    placement_id: int,
    parent_id: int,
    terms: Terms,
    name: str,
    now: datetime,
    day_fee: Decimal | None = None,
) -> Paper:
    """The location signs a second agreement beside that of a place, and sends it to the other parent.

    It holds on other half-days or in other weeks than the first, in the same group and until the same day. From its
    first day on both places hold their half-days together, each once. Raises RefusedError, naming the field, where
    the weeks overlap, nothing is signed for the first place, or `send_paper` would.
    """
    with transaction.atomic():
        first = locked_certain_place(placement_id)
        parent, other = parents_of(first, parent_id)
        _check_first_day(first, terms.first)
        mine, theirs = check_weeks(first, terms)
        _give_turn(principal, first, other, theirs, terms.first, now)
        with household_changes(first.child.household_id, now):
            second = _make(first, parent, mine, terms, now)
        return send_paper(
            principal=principal, placement_id=second.pk, terms=terms, name=name, day_fee=day_fee, now=now
        )


def parents_of(first: Placement, parent_id: int) -> tuple[Adult, Adult]:
    """The parent of the second agreement, and that of the first. Raises RefusedError where there aren't two."""
    adults = {each.pk: each for each in Adult.objects.filter(household=first.child.household_id)}
    parent = adults.get(parent_id)
    others = sorted(
        (each for key, each in adults.items() if key != parent_id),
        key=lambda each: (each.pk != first.parent_id, not each.is_applicant, each.pk),
    )
    if parent is None or not others or parent_id == first.parent_id:
        raise RefusedError(_("Choose the other parent."), field="parent")
    return parent, others[0]


def check_weeks(first: Placement, terms: Terms) -> tuple[InTurn, InTurn]:
    """What the second agreement and the first take in turn; raises RefusedError where they share half-days."""
    theirs = turn_agreed(first, terms.first)
    if theirs is None:
        raise RefusedError(_("The first agreement is to be signed before a second one."), code="unsigned")
    mine = turn_from(first, terms.weeks, terms.first)
    shared = both(mine, theirs)
    if not shared.is_empty:
        raise RefusedError(
            _("The first agreement has these half-days in the same weeks: %(days)s. Change that one first.")
            % {"days": week_words(shared.mask)},
            field="weeks",
            code="twice",
        )
    return mine, theirs


def _check_first_day(first: Placement, day: date) -> None:
    start, end = first.during.lower, first.during.upper
    if day < start or (end is not None and day >= end):
        raise RefusedError(_("Choose a day within the child's stay."), field="first")


def _give_turn(
    principal: Principal, first: Placement, parent: Adult, turn: InTurn, day: date, now: datetime
) -> None:
    """From that day on the first place is one of two, agreed with its own parent."""
    first.parent = parent
    if day == first.during.lower:
        first.pattern = whole(turn).mask
        join_turns(first, turn, now=now)
        hold_calendar(first, now=now)
        return
    first.save(update_fields=["parent"])
    following = change_days(
        principal=principal,
        placement_id=first.pk,
        pattern=whole(turn),
        in_turn=turn,
        first=day,
        last=None,
        now=now,
    )
    for place in following:
        carry_on(first.pk, place.pk, now)


def _make(first: Placement, parent: Adult, turn: InTurn, terms: Terms, now: datetime) -> Placement:
    pattern = half_days(first, terms.weeks)
    if pattern.is_empty:
        raise RefusedError(_("Give hours on at least one day."), field="weeks")
    end = first.during.upper
    check_once(first.child_id, (terms.first, end), pattern, turn)
    made = Placement.objects.create(
        child=first.child,
        group=first.group,
        during=DateRange(terms.first, end),
        pattern=pattern.mask,
        in_turn=list(turn),
        parent=parent,
        state=PlacementState.FINAL,
        reserved_at=now,
        final_at=now,
    )
    lay_turns(made, now=now)
    return made

"""Places of one child that take turns by weeks: they hold their half-days together, each once."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext_lazy as _

from kribbe.enrolment.models import Placement, PlacementState
from kribbe.places import ledger
from kribbe.places.ledger_together import hold_together
from kribbe.places.models import LedgerTake
from kribbe.rules.halfdays import WeekPattern
from kribbe.rules.turns import Held, InTurn, both, held_together
from kribbe.trust.errors import RefusedError
from kribbe.web.templatetags.telling import long_date
from kribbe.web.weeks import week_words

CERTAIN = (PlacementState.TO_SIGN, PlacementState.FINAL)


def join_turns(placement: Placement, in_turn: InTurn, *, now: datetime) -> None:
    """From now on the place has other half-days by the week, and holds them with the child's other places.

    The caller holds the locks of the place and its group.
    """
    with transaction.atomic():
        start: str = f"{placement.during.lower}"
        to = f"{_owner(placement)}:{placement.group_id}:{start}"
        if placement.in_turn is None:
            ledger.hand_over(holder=f"placement:{placement.pk}", to=to)
        placement.in_turn = list(in_turn)
        placement.save(update_fields=["pattern", "in_turn", "parent"])
        lay_turns(placement, now=now)


def lay_turns(placement: Placement, *, now: datetime) -> None:
    """Have the ledger hold what the child's places that take turns hold now; nothing for a place that doesn't.

    Raises RefusedError where there is no room for what is added.
    """
    if placement.in_turn is None:
        return
    owner = _owner(placement)
    wanted: dict[int, list[Held]] = defaultdict(list)
    for each in turning(placement):
        during = each.during
        wanted[each.group_id].append(Held(during.lower, during.upper, WeekPattern(each.pattern)))
    known = LedgerTake.objects.filter(holder__startswith=f"{owner}:").values_list("group_id", flat=True)
    groups = sorted({*wanted, *known})
    ledger.lock_groups(groups)
    with room_told():
        for group_id in groups:
            held = held_together(wanted[group_id])
            hold_together(group_id=group_id, owner=owner, held=held, now=now)


def turning(placement: Placement) -> list[Placement]:
    """The certain places of the child that take turns, this one too."""
    found = Placement.objects.filter(child=placement.child_id, in_turn__isnull=False, state__in=CERTAIN)
    return list(found.select_related("parent").order_by("during", "pk"))


def check_once(
    child_id: int,
    during: tuple[date, date | None],
    pattern: WeekPattern,
    in_turn: Sequence[int] | None,
    *,
    but: int | None = None,
) -> None:
    """Raises RefusedError where another certain place of the child has some of these half-days in the same weeks.

    `but` is a place that isn't looked at: the one that changes itself.
    """
    mine = in_turn or (pattern.mask, pattern.mask)
    others = Placement.objects.filter(child=child_id, state__in=CERTAIN, during__overlap=DateRange(*during))
    others = others.exclude(pk__in=[] if but is None else [but])
    for other in others:
        shared = both(mine, other.in_turn or (other.pattern, other.pattern))
        if not shared.is_empty:
            raise RefusedError(
                _("The child has a place on these half-days in the same weeks already: %(days)s.")
                % {"days": week_words(shared.mask)},
                field="weeks",
                code="twice",
            )


@contextmanager
def room_told() -> Iterator[None]:
    """Says in words on which day there is no room."""
    try:
        yield
    except ledger.NoRoomError as error:
        raise RefusedError(
            _("There is no place left on %(day)s.") % {"day": long_date(error.cells[0].day)}, code="full"
        ) from error


def _owner(placement: Placement) -> str:
    return f"child:{placement.child_id}"

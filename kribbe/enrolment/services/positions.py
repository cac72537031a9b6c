"""Telling households why their position changed, without telling who moved."""

from collections.abc import Collection, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime

from kribbe.enrolment.models import PositionChange, Preference, PreferenceState, RequestState
from kribbe.enrolment.selectors.waiting import Waiting, waiting_lists
from kribbe.rules.priority import compare


@contextmanager
def watched(*, location_ids: Collection[int], now: datetime, cause: str) -> Iterator[None]:
    """Compare the lists of these locations before and after, and record each change of position.

    `cause` says what happened where nobody joined: "left" (a family has a place or withdrew), "facts", "rules"
    or "returned". Where one or more families came in ahead, the cause is "joined." and the public ground that
    put the best of them ahead. Where only requests of the same household came or went, it begins with "own.".
    """
    before = waiting_lists(location_ids, now=now)
    yield
    after = waiting_lists(location_ids, now=now)
    PositionChange.objects.bulk_create(
        change
        for location_id in location_ids
        for change in _changes(before[location_id], after[location_id], now, cause)
    )


def household_watched(household_id: int, now: datetime) -> AbstractContextManager[None]:
    """Watch the lists on which this household's children wait, while what it tells of itself changes."""
    waiting = Preference.objects.filter(
        request__household=household_id, request__state=RequestState.OPEN, state=PreferenceState.WAITING
    )
    location_ids = set(waiting.values_list("location_id", flat=True))
    return watched(location_ids=location_ids, now=now, cause="facts") if location_ids else nullcontext()


def _changes(
    before: list[Waiting], after: list[Waiting], now: datetime, cause: str
) -> Iterator[PositionChange]:
    was = {line.preference_id: line for line in before}
    stay = {line.preference_id for line in after}
    joined = [line for line in after if line.preference_id not in was]
    gone = [line for line in before if line.preference_id not in stay]
    for line in after:
        earlier = was.get(line.preference_id)
        if earlier is None or earlier.position == line.position:
            continue
        yield PositionChange(
            preference_id=line.preference_id,
            at=now,
            before=earlier.position,
            after=line.position,
            cause=_cause(
                line,
                [other for other in joined if other.position < line.position],
                [other for other in gone if other.position < earlier.position],
                cause,
            ),
        )


def _cause(line: Waiting, joined: list[Waiting], gone: list[Waiting], cause: str) -> str:
    """Why a line moved; `joined` and `gone` are those ahead of it, the best first."""
    others = [other for other in joined if other.household_id != line.household_id]
    if others:
        return f"joined.{compare(others[0].standing, line.standing).public}"
    if joined:
        return "own.joined"
    is_own = bool(gone) and all(other.household_id == line.household_id for other in gone)
    return "own.left" if is_own and cause == "left" else cause

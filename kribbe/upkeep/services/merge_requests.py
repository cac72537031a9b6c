"""Two open requests for one child made into one: the wishes of both, each location with its earliest date."""

from datetime import datetime

from kribbe.enrolment.models import CareRequest, Preference, PreferenceState, RequestState
from kribbe.enrolment.selectors.still_asked import still_asked
from kribbe.rules.counting import RequestEnd
from kribbe.upkeep.services.recorder import Recorder


def fold(
    recorder: Recorder, mine: CareRequest, theirs: CareRequest, *, end: RequestEnd, now: datetime
) -> None:
    """Take the wishes of `theirs` into `mine`, behind its own, and end `theirs`.

    Days, start and flexibility stay those of `mine`. A location that both chose keeps its place in the ranking of
    `mine` and takes the earliest of its two dates; its offers go along.
    """
    wishes = {wish.location_id: wish for wish in mine.preferences.all()}
    rank = max((wish.rank or 0 for wish in wishes.values()), default=0)
    pattern = still_asked(wishes.values(), mine.pattern)
    for wish in theirs.preferences.order_by("rank", "pk"):
        twin = wishes.get(wish.location_id)
        if twin is not None:
            rank += _join(recorder, twin, wish, rank + 1, pattern, now)
        elif wish.state != PreferenceState.WITHDRAWN:
            rank += 1
            recorder.change(wish, request_id=mine.pk, rank=rank, open_pattern=pattern)
    recorder.change(mine, registered_at=min(mine.registered_at, theirs.registered_at))
    recorder.change(theirs, state=RequestState.ENDED, ended_at=now, end=end)


def _join(
    recorder: Recorder, twin: Preference, wish: Preference, rank: int, pattern: int, now: datetime
) -> int:
    """The same location in both. Returns 1 if it takes a new rank, else 0."""
    for offer in wish.offers.order_by("pk"):
        recorder.change(offer, preference_id=twin.pk)
    if wish.state != PreferenceState.WAITING:
        return 0
    earliest = min(twin.registered_at, wish.registered_at)
    if twin.state == PreferenceState.WAITING:
        recorder.change(twin, registered_at=earliest)
        return 0
    if twin.state == PreferenceState.PLACED:
        return 0
    takes_rank = twin.rank is None
    recorder.change(
        twin,
        state=PreferenceState.WAITING,
        state_at=now,
        registered_at=wish.registered_at,
        open_pattern=pattern,
        rank=rank if takes_rank else twin.rank,
        refusal_reason_id=None,
        refusal_note="",
    )
    return int(takes_rank)

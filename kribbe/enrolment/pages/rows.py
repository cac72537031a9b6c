"""A household's wishes and offers as its pages show them: formatted once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.timezone import localtime
from django.utils.translation import gettext

from kribbe.enrolment import words
from kribbe.enrolment.models import CareRequest, Flexibility, PreferenceState
from kribbe.enrolment.pages.chances import ChanceView, chance_view
from kribbe.enrolment.selectors.household import ChildStory, RequestStory, Wish
from kribbe.enrolment.services.wishes import may_reopen
from kribbe.enrolment.templatetags.enrolment import fully_called
from kribbe.places.models import Location
from kribbe.region.models import DeskPolicy
from kribbe.rules.counting import RequestEnd
from kribbe.rules.halfdays import WeekPattern
from kribbe.web.dates import date_format

TONES = {
    PreferenceState.WAITING: "blue",
    PreferenceState.PLACED: "good",
    PreferenceState.REPLACED: "",
    PreferenceState.REFUSED: "bad",
}


@dataclass(frozen=True, slots=True)
class Line:
    """Something that happened: when, and what."""

    when: str
    text: str


@dataclass(frozen=True, slots=True)
class WishRow:
    """A wish, ready to show. `free` and `asked` are masks; `position` is "" where it isn't waiting."""

    wish: Wish
    location: Location
    rank: int
    status: str
    tone: str
    position: str
    place: str
    since: str
    why: Sequence[str]
    ahead: Sequence[str]
    changes: Sequence[Line]
    passed_over: Sequence[str]
    refusal: str
    room: str
    silence: str
    free: int
    asked: int
    chance: ChanceView | None

    @property
    def is_waiting(self) -> bool:
        return self.wish.is_waiting

    @property
    def hides(self) -> bool:
        """Whether a small number of families ahead isn't told."""
        return any(each.count is None for each in self.wish.ahead)

    @property
    def has_fit(self) -> bool:
        return self.wish.fit is not None


@dataclass(frozen=True, slots=True)
class RequestRow:
    """A request, ready to show."""

    story: RequestStory
    request: CareRequest
    name: str
    need: str
    alternatives: Sequence[str]
    flexibility: str
    next: str
    ended: str
    may_reopen: bool
    reopen_label: str
    wishes: Sequence[WishRow]
    split: str
    chance: ChanceView | None

    @property
    def is_open(self) -> bool:
        return self.story.is_open

    @property
    def offers(self) -> list[WishRow]:
        """The wishes with an open offer."""
        return [row for row in self.wishes if row.wish.offer is not None]


@dataclass(frozen=True, slots=True)
class ChildRow:
    """A child with its requests and places."""

    story: ChildStory
    name: str
    requests: Sequence[RequestRow]

    @property
    def has_open(self) -> bool:
        return any(row.is_open for row in self.requests)


def child_row(story: ChildStory, *, now: datetime) -> ChildRow:
    """A child, ready to show."""
    return ChildRow(story, fully_called(story.child), [request_row(each, now=now) for each in story.requests])


def request_row(story: RequestStory, *, now: datetime) -> RequestRow:
    """A request, ready to show."""
    request, today = story.request, localtime(now).date()
    return RequestRow(
        story=story,
        request=request,
        name=fully_called(request.child),
        need=words.need(request.pattern),
        alternatives=[words.need(other.mask) for other in story.alternatives],
        flexibility=str(Flexibility(request.flexibility).label),
        next=words.what_next(story, today=today) if story.is_open else "",
        ended=_ended(request),
        may_reopen=may_reopen(request, now=now),
        reopen_label=words.reopen(request),
        wishes=[
            wish_row(wish, rank, story.policy, today=today) for rank, wish in enumerate(story.wishes, start=1)
        ],
        split=_split(story),
        chance=chance_view(story.chance, asked=request.wanted_start) if len(story.wishes) > 1 else None,
    )


def _ended(request: CareRequest) -> str:
    if not request.end or request.ended_at is None:
        return ""
    return gettext("%(how)s, on %(day)s.") % {
        "how": words.ENDS[RequestEnd(request.end)],
        "day": _day(request.ended_at),
    }


def _split(story: RequestStory) -> str:
    """What is still looked for, where a part of the need has a place already."""
    for wish in story.wishes:
        left = WeekPattern(wish.preference.open_pattern)
        if story.is_open and wish.is_waiting and left != story.pattern and not left.is_empty:
            return gettext("A part of your days has a place. We still look for: %(days)s.") % {
                "days": words.need(left.mask)
            }
    return ""


def wish_row(wish: Wish, rank: int, policy: DeskPolicy, *, today: date) -> WishRow:
    """A wish, ready to show."""
    preference, state = wish.preference, PreferenceState(wish.preference.state)
    return WishRow(
        wish=wish,
        location=wish.location,
        rank=rank,
        status=words.status(preference),
        tone=TONES.get(state, ""),
        position=words.position(wish),
        place=words.ordinal(wish.position) if wish.position else "",
        since=_day(preference.registered_at),
        why=words.why(wish),
        ahead=words.ahead(wish.ahead),
        changes=[Line(_day(each.at), words.change(each)) for each in wish.changes],
        passed_over=[words.passed_over(each) for each in wish.passed_over],
        refusal=_refusal(wish),
        room=words.room(wish),
        silence=words.silence(preference, policy, today=today) if wish.is_waiting and not wish.offer else "",
        free=wish.fit.free.mask if wish.fit else 0,
        asked=preference.open_pattern,
        chance=chance_view(wish.chance, asked=preference.request.wanted_start),
    )


def _refusal(wish: Wish) -> str:
    reason = wish.preference.refusal_reason
    return f"{words.reason(reason)} {wish.preference.refusal_note}".strip() if reason else ""


def _day(moment: datetime | date) -> str:
    day = localtime(moment) if isinstance(moment, datetime) else moment
    return date_format(day, "DATE_FORMAT")

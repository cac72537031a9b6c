"""A household's story as its page shows it: formatted once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.timezone import localtime
from django.utils.translation import gettext, ngettext

from kribbe.contact.models import Notice
from kribbe.contact.sendings import Sending, sendings
from kribbe.contact.words import moment
from kribbe.enrolment import words
from kribbe.enrolment.deeds import deed, deed_icon
from kribbe.enrolment.models import (
    CareRequest,
    Offer,
    OfferKind,
    OfferState,
    Placement,
    PlacementState,
    PreferenceState,
    RequestState,
)
from kribbe.enrolment.pages.chances import ChanceView, chance_view
from kribbe.enrolment.pages.on_behalf import ENDS
from kribbe.enrolment.pages.rows import TONES
from kribbe.enrolment.selectors.stays import Stay
from kribbe.enrolment.selectors.story import Asked, ChildPage, HouseholdStory, WishPlace
from kribbe.enrolment.services.answer_offer import undo_until
from kribbe.enrolment.services.take_no_back import may_take_no_back
from kribbe.enrolment.services.wishes import may_reopen
from kribbe.enrolment.templatetags.enrolment import fully_called, last_day
from kribbe.people.besides import Line
from kribbe.people.models import Child, FactKind, HouseholdFact
from kribbe.people.words import FACTS
from kribbe.rules.counting import RequestEnd
from kribbe.trust.models import AuditEntry
from kribbe.web.components import Event
from kribbe.web.dates import date_format
from kribbe.web.templatetags.telling import short_date
from kribbe.web.weeks import week_words

DAY = timedelta(days=1)
LOOKS = frozenset({"household.read", "request.read"})
OFFER_TONES = {OfferState.OPEN: "primary", OfferState.ACCEPTED: "good", OfferState.LAPSED: "warn"}
PLACE_TONES = {PlacementState.FINAL: "good", PlacementState.TO_SIGN: "warn"}


@dataclass(frozen=True, slots=True)
class WishView:
    """A chosen location and where the wish stands."""

    location: str
    position: str
    since: str
    status: str
    tone: str
    refusal: str
    chance: ChanceView | None


@dataclass(frozen=True, slots=True)
class RequestView:
    """A request of a child, its wishes, and how it ended."""

    request: CareRequest
    need: str
    left: str
    registered: str
    is_open: bool
    ended: str
    may_reopen: bool
    wishes: Sequence[WishView]


@dataclass(frozen=True, slots=True)
class OfferView:
    """An offer with what it says."""

    offer: Offer
    what: str
    kind: str
    status: str
    tone: str
    is_open: bool
    when: str
    no_until: datetime | None
    """Until when the family's no can be taken back; None where it can't."""


@dataclass(frozen=True, slots=True)
class PlaceView:
    """A place with its dates, and its later days."""

    placement: Placement
    what: str
    later: Sequence[str]
    status: str
    tone: str
    is_to_sign: bool
    is_to_come: bool


@dataclass(frozen=True, slots=True)
class ChildView:
    """A child with what was asked, offered and given."""

    child: Child
    name: str
    birth: str
    tags: Sequence[str]
    requests: Sequence[RequestView]
    offers: Sequence[OfferView]
    places: Sequence[PlaceView]
    besides: Sequence[Line]


@dataclass(frozen=True, slots=True)
class ToldView:
    """A notice as a clerk reads it to a parent over the telephone."""

    subject: str
    body: str
    when: str
    read: str
    sendings: Sequence[Sending]

    @property
    def failed(self) -> bool:
        return any(sending.waits for sending in self.sendings)


@dataclass(frozen=True, slots=True)
class FactView:
    """A fact of the household and the days on which it holds."""

    fact: HouseholdFact
    words: str
    days: str
    may_end: bool


def story_rows(story: HouseholdStory, *, now: datetime) -> dict[str, Any]:
    """What the household's page shows."""
    applicant = next((adult for adult in story.adults if adult.is_applicant), None)
    told = [_told(each) for each in story.told]
    return {
        "household": story.household,
        "title": str(applicant or story.household.reference),
        "adults": story.adults,
        "children": [_child(page, now=now) for page in story.children],
        "facts": [_fact(fact, today=localtime(now).date()) for fact in story.facts],
        "told": told,
        "failed": sum(each.failed for each in told),
        "events": [_event(entries) for entries in _folded(story.entries)],
    }


def _day(day: date | datetime) -> str:
    return date_format(localtime(day) if isinstance(day, datetime) else day, "DATE_FORMAT")


def _child(page: ChildPage, *, now: datetime) -> ChildView:
    child = page.child
    tags = [
        *([gettext("Foster child")] if child.foster else []),
        *([gettext("Care need")] if child.care_need else []),
    ]
    return ChildView(
        child=child,
        name=fully_called(child),
        birth=_birth(child),
        tags=tags,
        requests=[_request(asked, now=now) for asked in page.requests],
        offers=[_offer(offer, now=now) for offer in page.offers],
        places=[_place(stay) for stay in page.stays],
        besides=page.besides,
    )


def _birth(child: Child) -> str:
    if child.born is not None:
        return gettext("born on %(day)s") % {"day": _day(child.born)}
    return gettext("expected on %(day)s") % {"day": _day(child.expected)} if child.expected else ""


def _request(asked: Asked, *, now: datetime) -> RequestView:
    request = asked.request
    ended = ""
    if request.ended_at is not None:
        ended = gettext("%(how)s, on %(day)s") % {
            "how": ENDS[RequestEnd(request.end)][0],
            "day": _day(request.ended_at),
        }
    return RequestView(
        request=request,
        need=words.need(request.pattern),
        left=_left(asked),
        registered=_day(request.registered_at),
        is_open=request.state == RequestState.OPEN,
        ended=ended,
        may_reopen=may_reopen(request, now=now),
        wishes=[_wish(wish, request) for wish in asked.wishes],
    )


def _left(asked: Asked) -> str:
    """What is still looked for, where a part of the need has a place already."""
    masks = {wish.preference.open_pattern for wish in asked.wishes if wish.position is not None}
    left = next((mask for mask in masks if mask != asked.request.pattern), 0)
    return gettext("Still looked for: %(days)s.") % {"days": words.need(left)} if left else ""


def _wish(wish: WishPlace, request: CareRequest) -> WishView:
    preference = wish.preference
    position = ""
    if wish.position is not None:
        position = gettext("%(place)s of %(total)d") % {
            "place": words.ordinal(wish.position),
            "total": wish.waiting,
        }
    reason = preference.refusal_reason
    return WishView(
        location=preference.location.name,
        position=position,
        since=short_date(localtime(preference.registered_at).date()),
        status=words.status(preference),
        tone=TONES.get(PreferenceState(preference.state), ""),
        refusal=f"{words.reason(reason)} {preference.refusal_note}".strip() if reason else "",
        chance=chance_view(wish.chance, asked=request.wanted_start),
    )


def _offer(offer: Offer, *, now: datetime) -> OfferView:
    is_open = offer.state == OfferState.OPEN and offer.deadline > now
    if is_open:
        deadline = last_day(offer.deadline)
        when = gettext("Made on %(day)s, to answer by %(deadline)s at the latest") % {
            "day": _day(offer.made_at),
            "deadline": _day(deadline) if deadline else "",
        }
    else:
        when = gettext("Made on %(day)s") % {"day": _day(offer.made_at)}
        if offer.answered_at is not None:
            when = gettext("%(made)s, closed on %(day)s") % {"made": when, "day": _day(offer.answered_at)}
    return OfferView(
        offer=offer,
        what=_stay(offer.group.name, offer.during, offer.pattern),
        kind=str(OfferKind(offer.kind).label),
        status=str(OfferState(offer.state).label),
        tone=OFFER_TONES.get(OfferState(offer.state), ""),
        is_open=is_open,
        when=when,
        no_until=undo_until(offer) if may_take_no_back(offer, now=now) else None,
    )


def _place(stay: Stay) -> PlaceView:
    placement = stay.home
    state = PlacementState(placement.state)
    return PlaceView(
        placement=placement,
        what=_stay(placement.group.name, DateRange(stay.first, stay.end), placement.pattern),
        later=words.goes_on(stay),
        status=str(state.label),
        tone=PLACE_TONES.get(state, ""),
        is_to_sign=state == PlacementState.TO_SIGN,
        is_to_come=state == PlacementState.FINAL and placement.during.lower > localtime().date(),
    )


def _stay(group: str, during: Any, pattern: int) -> str:
    end = (
        gettext("until %(day)s") % {"day": _day(during.upper - DAY)}
        if during.upper
        else gettext("without an end")
    )
    start = gettext("from %(day)s") % {"day": _day(during.lower)}
    return f"{group}: {week_words(pattern)}, {start} {end}"


def _told(notice: Notice) -> ToldView:
    return ToldView(
        subject=notice.subject,
        body=notice.body,
        when=moment(notice.created_at),
        read=gettext("Read on %(when)s") % {"when": moment(notice.read_at)} if notice.read_at else "",
        sendings=sendings(notice),
    )


def _fact(fact: HouseholdFact, *, today: date) -> FactView:
    start, end = fact.during.lower, fact.during.upper
    days = gettext("since %(day)s") % {"day": _day(start)}
    if end is not None:
        days = gettext("from %(first)s until %(last)s") % {"first": _day(start), "last": _day(end - DAY)}
    return FactView(fact, str(FACTS[FactKind(fact.kind)]), days, may_end=end is None or end > today)


def _folded(entries: Sequence[AuditEntry]) -> Iterator[list[AuditEntry]]:
    """What happened, one by one; looks that one person gave in a row on one day together."""

    def row(entry: AuditEntry) -> tuple[object, ...]:
        looked = entry.action in LOOKS and not entry.reason
        return (entry.actor_id, entry.actor_name, localtime(entry.at).date()) if looked else (entry.pk,)

    for _key, together in groupby(entries, key=row):
        yield list(together)


def _event(entries: Sequence[AuditEntry]) -> Event:
    entry, times = entries[0], len(entries)
    who = entry.actor_name or gettext("A visitor")
    often = ngettext("%(times)d time", "%(times)d times", times) % {"times": times} if times > 1 else ""
    return Event(
        when=f"{moment(entry.at)} · {who}",
        title=deed("household.read" if times > 1 else entry.action),
        text=entry.reason or often,
        icon=deed_icon(entry.action),
    )

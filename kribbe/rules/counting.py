"""Counting care requests for the yearly report to the authority.

Source: Opgroeien, FAQ "Registratie opvangvragen lokaal loket"; Flemish Parliament, written question 852
(2024-25).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from operator import attrgetter

from kribbe.rules.packs import Pack

PRIORITY_CATEGORY = "priority_rules"


class RequestEnd(StrEnum):
    """How a care request ended."""

    ANSWERED = "answered"
    UNANSWERED = "unanswered"
    FOUND_ELSEWHERE = "found_elsewhere"
    CANCELLED_PARENT = "cancelled_parent"
    CANCELLED_DESK = "cancelled_desk"
    LAPSED_MISCARRIAGE = "lapsed_miscarriage"
    UNKNOWN = "unknown"
    LAPSED = "lapsed"


WITHDRAWN = frozenset({RequestEnd.CANCELLED_PARENT, RequestEnd.CANCELLED_DESK})
"""Ends that leave the answer to the other requests for the same child."""


@dataclass(frozen=True, kw_only=True)
class RequestFact:
    """One registered request for one child, born or not; `end` is None while it runs.

    `closed` is the day on which the request lapsed or the care that it led to stopped (None: not yet). A
    request that opens then or later is a new one; without dates all requests for a child are the same one.
    `key` is the request's own name, for who wants to look it up.
    """

    applicant_key: str
    child_key: str
    end: RequestEnd | None
    categories: frozenset[str] = frozenset()
    opened: date = date.min
    closed: date | None = None
    key: str = ""


class Outcome(StrEnum):
    """How a unique request stands: the first that holds."""

    ANSWERED = "answered"
    RUNNING = "running"
    UNANSWERED = "unanswered"
    OTHERWISE = "otherwise"


Need = Sequence[RequestFact]
"""All requests that are one unique request, the oldest first."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Unique requests by how they stand. The parts add up."""

    answered: int = 0
    unanswered: int = 0
    running: int = 0
    otherwise: int = 0

    @property
    def total(self) -> int:
        return self.answered + self.unanswered + self.running + self.otherwise


@dataclass(frozen=True)
class Count:
    """Unique requests, and how many of them stayed without an answer."""

    total: int
    unanswered: int


@dataclass(frozen=True)
class Counts:
    """Unique requests in all, and by category; a request may be in several categories."""

    total: int
    unanswered: int
    by_category: Mapping[str, Count]


def count(facts: Iterable[RequestFact], *, leave_out: frozenset[str] = frozenset()) -> Counts:
    """Count unique requests: one child, one need, whoever asks; twins are two.

    Unanswered is a need of which a request ended so, while no other was answered, runs, lapsed, or ended
    elsewhere, by miscarriage or unknown. Its categories are those of all its requests, less `leave_out`.
    """
    found = list(needs(facts))
    by_category: dict[str, list[bool]] = defaultdict(list)
    for need in found:
        for category in categories(need) - leave_out:
            by_category[category].append(_is_unanswered(need))
    return Counts(
        total=len(found),
        unanswered=sum(map(_is_unanswered, found)),
        by_category={name: Count(len(each), sum(each)) for name, each in sorted(by_category.items())},
    )


def categories(need: Need) -> frozenset[str]:
    """The categories of all requests of a need."""
    return frozenset().union(*(fact.categories for fact in need))


def outcome(need: Need) -> Outcome:
    """Answered if one of its requests led to a place, running if one is open, unanswered by the counting rules."""
    ends = {fact.end for fact in need}
    if RequestEnd.ANSWERED in ends:
        return Outcome.ANSWERED
    if None in ends:
        return Outcome.RUNNING
    return Outcome.UNANSWERED if _is_unanswered(need) else Outcome.OTHERWISE


def tally(found: Iterable[Need]) -> Tally:
    """Needs by how they stand."""
    return Tally(**Counter(outcome(need).value for need in found))


def categories_left_out(pack: Pack, year: int) -> frozenset[str]:
    """The categories that the report on a year doesn't have."""
    reported = pack.figure("counting.priority_category", date(year, 12, 31)).value
    return frozenset() if reported else frozenset({PRIORITY_CATEGORY})


def needs(facts: Iterable[RequestFact]) -> Iterable[Need]:
    """The unique requests among these: one child, one need, whoever asks."""
    by_child: dict[str, list[RequestFact]] = defaultdict(list)
    for fact in facts:
        by_child[fact.child_key].append(fact)
    for of_child in by_child.values():
        yield from _split_by_time(sorted(of_child, key=attrgetter("opened")))


def _split_by_time(facts: Need) -> Iterable[Need]:
    need: list[RequestFact] = []
    until = date.min
    for fact in facts:
        if need and fact.opened >= until:
            yield need
            need = []
        until = max(until, fact.closed or date.max)
        need.append(fact)
    yield need


def _is_unanswered(need: Need) -> bool:
    return {fact.end for fact in need} - WITHDRAWN == {RequestEnd.UNANSWERED}

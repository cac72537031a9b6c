"""What pages hand to components: plain, already formatted rows."""

from collections.abc import Sequence
from dataclasses import dataclass

from kribbe.web import weeks


@dataclass(frozen=True)
class Step:
    """A step of the step bar; a finished one with an address is a link."""

    label: str
    url: str = ""


@dataclass(frozen=True)
class Chip:
    """A filter as a link that switches it on or off."""

    label: str
    url: str
    is_on: bool = False
    icon: str = ""


@dataclass(frozen=True)
class Point:
    """A line with an icon. `tone`: "", "good", "warn" or "bad"."""

    icon: str
    text: str
    tone: str = ""


@dataclass(frozen=True)
class Picture:
    """A small picture: (media type, address) of each format, from light to heavy, and the one all browsers read."""

    src: str
    alt: str
    sources: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class ResultCard:
    """A location in a list of results. Masks are patterns of half-days; `number` is its number on the map.

    `kept` says whether it is a favourite; with None there is no heart. The heart belongs to the form `keep`.
    """

    id: int
    name: str
    url: str
    line: str
    free: int
    asked: int = 0
    offered: int = weeks.WORKWEEK
    points: Sequence[Point] = ()
    number: int | None = None
    photo: Picture | None = None
    kept: bool | None = None

    @property
    def tone(self) -> str:
        """How the number is coloured: all asked half-days free, some, or none."""
        fits = self.free & self.asked if self.asked else self.free
        if not fits:
            return "none"
        return "all" if fits == self.asked or not self.asked else "some"


@dataclass(frozen=True)
class QueueRow:
    """A row of a waiting list. `fit` and `asked` count half-days; `tags` are (label, tone)."""

    number: int
    name: str
    url: str
    detail: str
    start: str
    since: str
    asked: int
    free: int
    action_url: str = ""
    action_label: str = ""
    tags: Sequence[tuple[str, str]] = ()
    key: str = ""

    @property
    def asked_count(self) -> int:
        """Half-days asked."""
        return self.asked.bit_count()

    @property
    def fit_count(self) -> int:
        """Half-days asked and free."""
        return (self.asked & self.free).bit_count()

    @property
    def is_fit(self) -> bool:
        """Whether every asked half-day is free."""
        return self.asked != 0 and self.fit_count == self.asked_count


@dataclass(frozen=True)
class ProgressStep:
    """A step of something under way. `state`: "done", "now" or "next"."""

    label: str
    state: str
    when: str = ""
    text: str = ""


@dataclass(frozen=True)
class Event:
    """Something that happened. `tone`: "", "good", "warn" or "bad"."""

    when: str
    title: str
    text: str = ""
    icon: str = "dot"
    tone: str = ""


@dataclass(frozen=True)
class Ranked:
    """A wish in the ranked list."""

    id: str
    title: str
    detail: str = ""
    url: str = ""


@dataclass(frozen=True)
class Option:
    """A radio card."""

    value: str
    label: str
    hint: str = ""
    icon: str = ""

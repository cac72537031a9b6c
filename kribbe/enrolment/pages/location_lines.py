"""A line of the waiting list as its location sees it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from kribbe.enrolment.pages import location_words as words
from kribbe.enrolment.selectors import location as selectors
from kribbe.enrolment.selectors.location import Line, Queue
from kribbe.places.models import Group, Location
from kribbe.web.components import Point
from kribbe.web.templatetags.telling import short_date


@dataclass(frozen=True, slots=True)
class Look:
    """What of the list is asked for."""

    groups: Sequence[Group]
    group: Group | None
    month: date
    everyone: bool = False
    fits: bool = False
    after: int = 0

    def query(self, **changes: object) -> str:
        """The address of this look with changes; what is usual is left out."""
        values: dict[str, object] = {
            "group": self.group.pk if self.group else "",
            "month": f"{self.month:%Y-%m}",
            "show": "all" if self.everyone else "",
            "fits": "1" if self.fits else "",
        }
        return "?" + urlencode({name: value for name, value in {**values, **changes}.items() if value})


@dataclass(frozen=True, slots=True)
class Row:
    """A row as it is shown; texts are formatted already."""

    id: int
    number: int
    name: str
    url: str
    detail: str
    start: str
    latest: str
    since: str
    tags: Sequence[tuple[str, str]]
    why: Sequence[Point]
    ahead: str
    asked: int
    free: int
    fit: str
    is_fit: bool
    state: str = ""
    action: str = ""


def row_of(location: Location, queue: Queue, line: Line, look: Look) -> Row:
    waiting, judged = line.waiting, line.fit
    slug = location.slug
    return Row(
        id=waiting.preference_id,
        number=waiting.position,
        name=words.name_of(waiting),
        url=reverse("enrolment:waiting_child", args=[slug, waiting.preference_id]) + look.query(),
        detail=_detail(queue, line),
        start=short_date(waiting.wanted_start),
        latest=short_date(waiting.latest_start) if waiting.latest_start > waiting.wanted_start else "",
        since=short_date(localtime(waiting.registered_at).date()),
        tags=words.tags(waiting),
        why=words.why(waiting),
        ahead=_ahead(queue, line),
        asked=waiting.pattern.mask,
        free=judged.free.mask if judged else 0,
        fit=_("%(fit)d of %(asked)d") % {"fit": len(judged.free), "asked": judged.asked} if judged else "",
        is_fit=judged is not None and judged.whole,
        state=_state(line),
        action=_action(slug, line, look),
    )


def _detail(queue: Queue, line: Line) -> str:
    parts = [words.age_at_start(line.waiting, line.start)]
    if line.waiting.flexibility == "same_number":
        parts.append(_("other days are fine too"))
    if line.waiting.flexibility == "fewer":
        parts.append(_("may begin with fewer days"))
    if queue.policy.ranking_shown:
        parts.append(_("choice %(rank)d") % {"rank": line.waiting.rank})
    return " · ".join(parts)


def _state(line: Line) -> str:
    if line.offered:
        return _("Has your offer")
    if line.early:
        return _("Can't be answered yet")
    return "" if line.fit else _("Other age or price")


def _action(slug: str, line: Line, look: Look) -> str:
    if line.offered or line.early:
        return ""
    address = reverse("enrolment:make_offer", args=[slug, line.waiting.preference_id])
    query = {"group": look.group.pk if look.group else "", "start": f"{line.start}"}
    return f"{address}?{urlencode(query)}"


def _ahead(queue: Queue, line: Line) -> str:
    """Why the one before stands before, in public words."""
    place = line.waiting.position
    if place == 1:
        return _("Nobody stands ahead.")
    before = queue.lines[place - 2].waiting
    return _("Number %(number)d stands ahead: %(ground)s.") % {
        "number": before.position,
        "ground": words.ground(selectors.ground_ahead(line.waiting, before)),
    }

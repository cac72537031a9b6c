"""What a location's pages say of children, their order and the time that is left."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from kribbe.enrolment.models import OfferKind
from kribbe.enrolment.selectors.location import hides_something, public_grounds
from kribbe.enrolment.selectors.waiting import Waiting
from kribbe.enrolment.words import GROUNDS
from kribbe.places.models import Group
from kribbe.region.models import PassOverReason
from kribbe.rules.priority import Part
from kribbe.web.components import Point
from kribbe.web.dates import date_format
from kribbe.web.words import say

SOON = timedelta(days=2)

TAGS: Mapping[str, tuple[str | Promise, str]] = {
    "law": (_("By law"), "primary"),
    "criterion.sibling": (_("Brother or sister"), "blue"),
    "criterion.staff_child": (_("Parent works here"), "blue"),
    "criterion.continuity": (_("Already with this organiser"), "blue"),
    "criterion.work": (_("Work"), ""),
    "criterion.full_week": (_("Full week"), ""),
    "criterion.works_here": (_("Works in the municipality"), ""),
    "criterion.resident": (_("Lives in the municipality"), ""),
    "criterion.neighbourhood": (_("Lives nearby"), ""),
}
"""What may be said of a child's priority, with the tone of its mark."""

KINDS: Mapping[OfferKind, str | Promise] = {
    OfferKind.SAME: _("This is what the family asked."),
    OfferKind.OTHER_DATE: _("Another start than the family asked."),
    OfferKind.OTHER_PATTERN: _("Other days than the family asked."),
    OfferKind.OTHER_BOTH: _("Another start and other days than the family asked."),
}


def short_name(first_name: str, last_name: str) -> str:
    """`Fien D.W.` for Fien De Wael; the rest of the name stays unknown until there is an agreement."""
    initials = "".join(f"{word[0].upper()}." for word in last_name.split())
    return f"{first_name or gettext('Baby')} {initials}".strip()


def name_of(line: Waiting) -> str:
    """The child as the location may call it."""
    return short_name(line.first_name, line.last_name)


def age_at_start(line: Waiting, start: date) -> str:
    """`8 months`, the age on the first day of care."""
    count = line.months_old(start)
    return ngettext("%(count)d month", "%(count)d months", count) % {"count": count}


def tags(line: Waiting) -> list[tuple[str, str]]:
    """Marks of a row: the public grounds of its priority, and whether the start is near."""
    found = [(str(TAGS[name][0]), TAGS[name][1]) for name in public_grounds(line.standing) if name in TAGS]
    return [*found, (gettext("Urgent"), "warn")] if line.urgent else found


def why(line: Waiting) -> list[Point]:
    """The parts of a standing, in their order, that a location may be told."""
    points = []
    parts = line.standing.parts
    law = [part for part in parts if part.public == "law"]
    if any(part.name.startswith("law.") for part in law):
        held = any(part.holds for part in law)
        text = gettext("Priority by law.") if held else gettext("No priority by law.")
        points.append(_point(text, holds=held))
    points += [_part_point(part) for part in parts if part.public != "law" and part.name != "tie"]
    if hides_something(line.standing):
        points.append(Point("lock", gettext("Something the family told the desk in confidence counts too.")))
    return points


def _part_point(part: Part) -> Point:
    if part.name.startswith("date."):
        return Point("calendar-days", say(part.reason))
    return _point(say(part.reason), holds=part.holds)


def _point(text: str, *, holds: bool) -> Point:
    return Point("check", text, "good") if holds else Point("minus", text)


def ground(name: str) -> str:
    """Why another child stands ahead, by the public name of the ground."""
    return str(GROUNDS.get(name, name))


def reason_text(reason: PassOverReason) -> str:
    """A reason of the desk's list in the reader's language."""
    return reason.in_language(get_language() or "")


def group_name(group: Group) -> str:
    """`Vlinders (0 to 18 months)`."""
    return gettext("%(name)s (%(first)d to %(last)d months)") % {
        "name": group.name,
        "first": group.from_months,
        "last": group.to_months,
    }


def time_left(deadline: datetime, now: datetime) -> tuple[str, str]:
    """How long is left until a deadline, in whole days, with a tone."""
    tone = "bad" if deadline - now <= SOON else "warn" if deadline - now <= 2 * SOON else ""
    days = (localtime(deadline - timedelta(microseconds=1)).date() - localtime(now).date()).days
    if deadline <= now:
        return gettext("ran out"), "bad"
    if days == 0:
        return gettext("last day today"), tone
    return ngettext("%(count)d day left", "%(count)d days left", days) % {"count": days}, tone


def long_day(day: date) -> str:
    """`1 March 2027`."""
    return date_format(day, "DATE_FORMAT")

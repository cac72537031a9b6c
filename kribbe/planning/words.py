"""Hours, weeks and papers in words."""

from collections.abc import Mapping, Sequence
from datetime import date

from django.utils.translation import gettext as _

from kribbe.planning.models import Paper
from kribbe.rules.agreed import Parts, Weeks
from kribbe.web.dates import date_format
from kribbe.web.weeks import DAY_NAMES

MIDNIGHT = 24 * 60


def clock(minute: int) -> str:
    """Minutes since midnight as `8:30`."""
    hour, rest = divmod(minute % MIDNIGHT, 60)
    return f"{hour}:{rest:02d}"


def hours(parts: Parts) -> str:
    """`8:00–12:30, 13:30–17:00`."""
    return ", ".join(f"{clock(start)}–{clock(end)}" for start, end in parts)


def week_lines(week: Mapping[int, Parts]) -> list[tuple[str, str]]:
    """The days of a week with their hours, in order."""
    return [(str(DAY_NAMES[day]), hours(week[day])) for day in sorted(week) if week[day]]


def weeks_lines(weeks: Weeks) -> list[tuple[str, list[tuple[str, str]]]]:
    """Each week of the turn with a name; one week has none. A week without days says so."""
    if len(weeks) == 1:
        return [("", week_lines(weeks[0]))]
    return [
        (_("Week %(number)d") % {"number": number}, week_lines(week) or [(_("No days"), "")])
        for number, week in enumerate(weeks, start=1)
    ]


def paper_name(paper: Paper) -> str:
    """What a paper is called."""
    return _("Addendum %(number)d") % {"number": paper.number} if paper.is_addendum else _("Agreement")


def paper_days(paper: Paper) -> str:
    """From when to when a paper holds."""
    first = date_format(paper.first, "j F Y")
    if paper.last is None:
        return _("from %(first)s") % {"first": first}
    return _("from %(first)s to %(last)s") % {"first": first, "last": date_format(paper.last, "j F Y")}


def day_list(days: Sequence[date]) -> str:
    """Days in words, with the year at the last."""
    return ", ".join(date_format(day, "D j F") for day in days)

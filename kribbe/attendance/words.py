"""The register in words."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from kribbe.attendance.models import Tap, TypedChild
from kribbe.attendance.selectors.day import Where
from kribbe.attendance.selectors.months import DayLine, wall
from kribbe.planning.words import away
from kribbe.rules.attendance import TRUSTED

WHERE: Mapping[Where, tuple[str | Promise, str, str]] = {
    Where.IN: (gettext_lazy("In"), "good", "check"),
    Where.LEFT: (gettext_lazy("Left"), "", "log-out"),
    Where.MISSING: (gettext_lazy("Missing"), "bad", "circle-alert"),
    Where.EXPECTED: (gettext_lazy("Expected"), "", "clock"),
    Where.AWAY: (gettext_lazy("Stays away"), "warn", "calendar-x"),
}
"""How it stands with a child: the word, its tone and icon."""


def span(minutes: int) -> str:
    """A length of time as `8 h 45`."""
    return _("%(hours)d h %(minutes)02d") % {"hours": minutes // 60, "minutes": minutes % 60}


def offset_words(seconds: int) -> str:
    """How far the clock of a device is off; nothing while it is right enough."""
    minutes = round(abs(seconds) / 60)
    if abs(seconds) <= TRUSTED.total_seconds():
        return ""
    if seconds > 0:
        return ngettext("%(count)d minute slow", "%(count)d minutes slow", minutes) % {"count": minutes}
    return ngettext("%(count)d minute fast", "%(count)d minutes fast", minutes) % {"count": minutes}


def tap_by(tap: Tap) -> str:
    """By whom and on what a tap was made."""
    who = tap.carer.name if tap.carer else ""
    where = tap.device.name if tap.device else _("on the page")
    return f"{who}, {where}" if who else where


def told_at(tap: Tap) -> str:
    """The time by the device's clock, where that was another."""
    return wall(tap.told_at) if "clock" in tap.marks else ""


def line_state(line: DayLine) -> tuple[str, str]:
    """What is to be said of a day of the register, and its tone."""
    if line.is_asked:
        return _("asked about"), "warn"
    if line.is_signed:
        return _("confirmed"), "good"
    if line.is_changed:
        return _("changed since it was confirmed"), "warn"
    if line.doubts:
        return _("to be confirmed: %(what)s") % {"what": ", ".join(line.doubts)}, "warn"
    if line.correction:
        return _("corrected"), ""
    return "", ""


def typed_state(child: TypedChild) -> str:
    """Who a child by a typed name was, as far as somebody said it."""
    if child.is_open:
        return _("typed name: nobody said yet who it was")
    return _("typed name, none of your children: %(who)s") % {"who": child.not_ours}


def absent(line: DayLine) -> str:
    """The absence told of a day, in words."""
    return away(line.absence) if line.absence else ""

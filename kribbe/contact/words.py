"""Names and moments as conversations, visits and notices show them."""

from datetime import datetime

from django.utils.formats import time_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from kribbe.contact.access import Seat
from kribbe.contact.models import Side, Thread, VisitMoment
from kribbe.people.models import Household
from kribbe.web.dates import date_format


def moment(when: datetime) -> str:
    """Day and time in the reader's language."""
    here = localtime(when)
    return f"{date_format(here, 'DATE_FORMAT')} {date_format(here, 'TIME_FORMAT')}"


def family(household: Household) -> str:
    """The family as staff call it; its adults come with the household, the applicant first."""
    adults = list(household.adults.all())
    return _("Family %s") % adults[0].last_name if adults else household.reference


def discreetly(household: Household) -> str:
    """The family as a location that didn't meet it yet may know it: by the first letter of its name."""
    adults = list(household.adults.all())
    return _("Family %s") % f"{adults[0].last_name[:1]}." if adults else household.reference


def others(thread: Thread, seat: Seat) -> list[str]:
    """The other sides of a conversation, in words."""
    found = []
    if thread.household is not None and seat.side is not Side.HOUSEHOLD:
        named = discreetly if seat.side is Side.LOCATION else family
        found.append(named(thread.household))
    if thread.location is not None and seat.side is not Side.LOCATION:
        found.append(thread.location.name)
    if thread.with_desk and seat.side is not Side.DESK:
        found.append(_("Desk %s") % thread.desk.shown_name)
    return found


def moment_words(moment: VisitMoment) -> str:
    """ "Saturday 4 April 2026, 10:00–11:30"."""
    starts, ends = localtime(moment.starts_at), localtime(moment.ends_at)
    return f"{date_format(starts, 'l j F Y')}, {time_format(starts.time())}–{time_format(ends.time())}"

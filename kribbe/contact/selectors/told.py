"""Who was told what and when: at a desk, or about one location."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from kribbe.contact.access import Seat
from kribbe.contact.models import Letter, Mail, MailState, Notice
from kribbe.people.models import HouseholdKeys
from kribbe.people.search_keys import quoted
from kribbe.people.selectors import adults_first
from kribbe.people.services import refresh_keys
from kribbe.places.models import Location
from kribbe.trust.keyset import Page, page
from kribbe.trust.text import fold

SHOWN = 25
FRESH = 200
"""Households that changed since, whose keys are made before a search by name."""

MAILS = {
    "waiting": (MailState.QUEUED, MailState.SENDING),
    "sent": (MailState.SENT,),
    "failed": (MailState.FAILED, MailState.BOUNCED),
    "doubtful": (MailState.DOUBTFUL,),
}
"""States to choose from, and which mails are in them; letters have their own: "to_post" and "posted"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is looked for; what is empty leaves it open. The days are those of Brussels, the last one included."""

    name: str = ""
    household: str = ""
    kind: str = ""
    state: str = ""
    first: date | None = None
    last: date | None = None


def told_at(seat: Seat) -> "QuerySet[Notice]":
    """What the desk told; at a location what it was told itself, and what families were told about it."""
    if seat.location is not None:
        return Notice.objects.filter(location_id=seat.location.pk)
    return Notice.objects.filter(desk=seat.desk)


def told_page(
    seat: Seat, asked: Asked, *, after: Notice | None = None, before: Notice | None = None
) -> Page[Notice]:
    """What was told, the latest first, with families, mails and letters; a fixed number of queries."""
    found = (
        _asked(told_at(seat), asked)
        .select_related("household", "letter")
        .prefetch_related("mails", adults_first("household__"))
    )
    return page(found, by="created_at", size=SHOWN, descending=True, after=after, before=before)


def _asked(found: "QuerySet[Notice]", asked: Asked) -> "QuerySet[Notice]":
    conditions = {
        "kind": asked.kind,
        "household__reference": asked.household,
        "created_at__gte": _midnight(asked.first) if asked.first else None,
        "created_at__lt": _midnight(asked.last + timedelta(days=1)) if asked.last else None,
    }
    found = found.filter(**{name: value for name, value in conditions.items() if value})
    return _of_state(_named(found, asked.name), asked.state)


def _named(found: "QuerySet[Notice]", name: str) -> "QuerySet[Notice]":
    """Of families with all of these names, or of locations with that name."""
    words = fold(name).split()
    if not words:
        return found
    refresh_keys(at_most=FRESH)
    keys = " & ".join(f"{quoted(f'n.{word}')}:*" for word in words)
    families = HouseholdKeys.objects.filter(keys__holds=keys).values("household")
    locations = Location.objects.filter(name__icontains=name.strip()).values("pk")
    return found.filter(Q(household__in=families) | Q(household=None, location_id__in=locations))


def _of_state(found: "QuerySet[Notice]", state: str) -> "QuerySet[Notice]":
    if state in MAILS:
        return found.filter(Exists(Mail.objects.filter(notice=OuterRef("pk"), state__in=MAILS[state])))
    if state in {"to_post", "posted"}:
        letters = Letter.objects.filter(notice=OuterRef("pk"), posted_at__isnull=state == "to_post")
        return found.filter(Exists(letters))
    return found


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))

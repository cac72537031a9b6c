"""Notices of this room: messages and visits."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.utils.timezone import get_default_timezone, localtime
from django.utils.translation import gettext_lazy as _

from kribbe.contact.kinds import Context, Kind, Place, Recipient, register_kind
from kribbe.contact.models import VisitMoment
from kribbe.contact.templatetags.contact import visit_day
from kribbe.places.models import Location
from kribbe.web.dates import date_format

POST = {
    "sender": Place(_("who wrote"), lambda context: str(context["sender"])),
    "subject": Place(_("the subject"), lambda context: str(context["subject"])),
    "text": Place(_("the words, where mails may hold them"), lambda context: str(context["text"])),
}
VISIT = {
    "location": Place(_("the name of the location"), lambda context: context["location"].name),
    "day": Place(_("the day of the visit"), lambda context: visit_day(context["moment"].starts_at)),
    "from": Place(_("when it begins"), lambda context: _clock(context["moment"].starts_at)),
    "until": Place(_("when it ends"), lambda context: _clock(context["moment"].ends_at)),
    "address": Place(_("the address of the location"), lambda context: _address(context["location"])),
    "note": Place(_("what the location wants families to know"), lambda context: context["moment"].note),
}
FAMILY_VISIT = {key: VISIT[key] for key in ("day", "from", "until")} | {
    "family": Place(_("the family's name"), lambda context: str(context["family"]))
}

FAMILY_KINDS = (
    ("visit_booked", _("A visit is booked"), "As soon as a family books a visit; with a calendar file."),
    ("visit_moved", _("A visit is moved"), "As soon as a visit gets another moment; with a calendar file."),
    ("visit_cancelled", _("A family cancels its visit"), "As soon as a family cancels its visit."),
    (
        "visit_moved_by_location",
        _("A location moves a visit"),
        "As soon as a location moves a moment for visits; with a calendar file.",
    ),
    (
        "visit_cancelled_by_location",
        _("A location calls a visit off"),
        "As soon as a location calls a visit off.",
    ),
    (
        "visit_proposed",
        _("A location proposes a visit"),
        "As soon as a location proposes a moment to one family.",
    ),
    ("visit_tomorrow", _("A visit is tomorrow"), "On the morning of the day before; once."),
)
LOCATION_KINDS = (
    ("visit_booked_location", _("To the location: a visit is booked"), "As soon as a family books a visit."),
    ("visit_moved_location", _("To the location: a visit is moved"), "As soon as a family moves its visit."),
    (
        "visit_cancelled_location",
        _("To the location: a visit is cancelled"),
        "As soon as a family cancels its visit.",
    ),
)


def register_own_kinds() -> None:
    """Offer them to the desks; a second call changes nothing."""
    when = "As soon as somebody else writes in a conversation."
    for name, label, to in (
        ("post_household", _("A message to a family"), Recipient.FAMILY),
        ("post_location", _("A message to a location"), Recipient.LOCATION),
    ):
        register_kind(
            Kind(name=f"contact/{name}", label=label, when=when, places=POST, sample=_post_sample, to=to)
        )
    for name, label, when in FAMILY_KINDS:
        register_kind(
            Kind(name=f"contact/{name}", label=label, when=when, places=VISIT, sample=_visit_sample)
        )
    for name, label, when in LOCATION_KINDS:
        register_kind(
            Kind(
                name=f"contact/{name}",
                label=label,
                when=when,
                places=FAMILY_VISIT,
                sample=_visit_sample,
                to=Recipient.LOCATION,
            )
        )


def _post_sample() -> Mapping[str, Any]:
    return {"sender": "De Voorbeeldboom (Bea)", "subject": "Slaapzak", "text": "Breng er gerust een mee."}


def _visit_sample() -> Context:
    starts = datetime(2027, 4, 3, 10, 15, tzinfo=get_default_timezone())
    moment = VisitMoment(starts_at=starts, ends_at=starts + timedelta(minutes=90), note="Bel aan de zijdeur.")
    location = Location(name="De Voorbeeldboom", street="Lindestraat 9", postcode="3999", city="Voorbeeld")
    return {"moment": moment, "location": location, "family": "Voorbeelds"}


def _address(location: Location) -> str:
    return f"{location.street}, {location.postcode} {location.city}"


def _clock(moment: datetime) -> str:
    return date_format(localtime(moment), "TIME_FORMAT")

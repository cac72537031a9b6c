"""Notices of this room whose words a desk may choose: messages and visits."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from kribbe.contact.kinds import Kind, register_kind
from kribbe.contact.models import VisitMoment
from kribbe.contact.templatetags.contact import visit_day
from kribbe.places.models import Location

POST = {
    "sender": _("who wrote"),
    "subject": _("the subject"),
    "text": _("the words, where mails may hold them"),
}
VISIT = {
    "location": _("the name of the location"),
    "day": _("the day of the visit"),
    "from": _("when it begins"),
    "until": _("when it ends"),
    "address": _("the address of the location"),
    "note": _("what the location wants families to know"),
}
FAMILY_VISIT = {key: VISIT[key] for key in ("day", "from", "until")} | {"family": _("the family's name")}

VISIT_KINDS = (
    ("visit_booked", _("A visit is booked"), False),
    ("visit_moved", _("A visit is moved"), False),
    ("visit_cancelled", _("A family cancels its visit"), False),
    ("visit_cancelled_by_location", _("A location calls a visit off"), False),
    ("visit_proposed", _("A location proposes a visit"), False),
    ("visit_tomorrow", _("A visit is tomorrow"), False),
    ("visit_booked_location", _("To the location: a visit is booked"), True),
    ("visit_moved_location", _("To the location: a visit is moved"), True),
    ("visit_cancelled_location", _("To the location: a visit is cancelled"), True),
)


def register_own_kinds() -> None:
    """Offer them to the desks; a second call changes nothing."""
    register_kind(Kind("contact/post_household", _("A message to a family"), POST, _post, _post_sample))
    register_kind(
        Kind(
            "contact/post_location", _("A message to a location"), POST, _post, _post_sample, to_location=True
        )
    )
    for name, label, to_location in VISIT_KINDS:
        places = FAMILY_VISIT if to_location else VISIT
        register_kind(Kind(f"contact/{name}", label, places, _visit, _visit_sample, to_location))


def _post(context: Mapping[str, Any]) -> Mapping[str, str]:
    return {name: str(context[name]) for name in POST}


def _post_sample() -> Mapping[str, Any]:
    return {"sender": "De Voorbeeldboom (Bea)", "subject": "Slaapzak", "text": "Breng er gerust een mee."}


def _visit(context: Mapping[str, Any]) -> Mapping[str, str]:
    moment, location = context["moment"], context["location"]
    return {
        "location": location.name,
        "day": visit_day(moment.starts_at),
        "from": _clock(moment.starts_at),
        "until": _clock(moment.ends_at),
        "address": f"{location.street}, {location.postcode} {location.city}",
        "note": moment.note,
        "family": str(context.get("family", "")),
    }


def _visit_sample() -> Mapping[str, Any]:
    starts = timezone.make_aware(datetime(2027, 4, 3, 10, 15))  # noqa: DTZ001  made aware at once
    moment = VisitMoment(starts_at=starts, ends_at=starts + timedelta(minutes=90), note="Bel aan de zijdeur.")
    location = Location(name="De Voorbeeldboom", street="Lindestraat 9", postcode="3999", city="Voorbeeld")
    return {"moment": moment, "location": location, "family": "Voorbeelds"}


def _clock(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "TIME_FORMAT")

"""Licences of a desk's locations, the one that was checked longest ago first."""

from datetime import date
from typing import Any

from django.db.models import QuerySet, Value
from django.db.models.functions import Coalesce

from kribbe.places.models import LicenceState, Location
from kribbe.region.models import Desk
from kribbe.trust.text import sort_key

NEVER = date(1900, 1, 1)
"""Sorts before every check."""


def licences_of(desk: Desk, *, query: str = "", state: str = "") -> "QuerySet[Any]":
    """The desk's locations in use, with `checked`: the day of the last check, or NEVER."""
    found = desk.locations.filter(active=True).annotate(checked=Coalesce("licence_checked_on", Value(NEVER)))
    if sort_key(query):
        found = found.filter(name_key__contains=sort_key(query))
    return found.filter(licence_state=state) if state in LicenceState.values else found


def licence_history(location: Location) -> "QuerySet[Any]":
    """What was noted of a location's licence, the last first."""
    return location.licence_checks.order_by("-noted_at", "-pk")

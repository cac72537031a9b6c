"""Asking families to renew their fee certificate when fees are indexed, each once."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction

from kribbe.billing.models import Books
from kribbe.billing.selectors.renewals import once_of
from kribbe.contact.services import tell_household
from kribbe.enrolment.models import Placement
from kribbe.trust.audit import record
from kribbe.trust.principal import Principal


def ask_to_renew(
    *, principal: Principal, books: Books, placements: Iterable[Placement], on: date, now: datetime
) -> int:
    """Mail the families of these places that fees are indexed on a day; each is told once. Returns how many."""
    return sum(_asked(principal, books, each, on, now) for each in placements)


def _asked(principal: Principal, books: Books, placement: Placement, on: date, now: datetime) -> bool:
    household = placement.child.household_id
    with transaction.atomic():
        told = tell_household(
            household_id=household,
            kind="billing/renewal",
            context={"sender": books.name, "day": on},
            now=now,
            about=f"placement:{placement.pk}",
            location_id=placement.group.location_id,
            once=once_of(books, household, on),
        )
        if told is None:
            return False
        record(
            principal=principal,
            action="billing.renewal",
            subject=placement,
            now=now,
            household_id=household,
            desk_id=placement.group.location.desk_id,
        )
    return True

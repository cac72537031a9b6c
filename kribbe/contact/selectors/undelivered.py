"""Mails that didn't arrive."""

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Lower

from kribbe.contact.models import Mail, MailState
from kribbe.people.models import Adult, Household, RoleGrant
from kribbe.people.selectors import adults_first
from kribbe.region.models import Desk
from kribbe.trust.principal import Scope


def undelivered_at(desk: Desk) -> QuerySet[Mail]:
    """What came back or was refused and nobody dealt with yet, the oldest first."""
    return (
        _waiting(desk.pk)
        .select_related("notice__household__desk")
        .prefetch_related(adults_first("notice__household__"))
        .order_by("created_at", "pk")
    )


def undelivered_waiting(desk_id: int, _now: datetime) -> QuerySet[Mail]:
    """Those that wait for a clerk."""
    return _waiting(desk_id)


def households_of(mails: Collection[Mail], desk: Desk) -> Mapping[int, Household]:
    """Whom each mail was for, by the mail's key; a location's are left out. Four queries at most."""
    found = {each.pk: each.notice.household for each in mails if each.notice and each.notice.household}
    by_address = _by_address({each.address.lower() for each in mails if each.notice is None}, desk)
    households = desk.households.prefetch_related(adults_first()).in_bulk(set(by_address.values()))
    for each in mails:
        household_id = by_address.get(each.address.lower()) if each.notice is None else None
        if household_id is not None:
            found[each.pk] = households[household_id]
    return found


def _by_address(addresses: Collection[str], desk: Desk) -> Mapping[str, int]:
    """The household of the desk with this address, of an adult or else of an account."""
    if not addresses:
        return {}
    accounts = RoleGrant.objects.filter(
        scope=Scope.HOUSEHOLD, scope_id__in=desk.households.values("pk"), user__email__in=addresses
    )
    adults = Adult.objects.filter(household__desk=desk).annotate(address=Lower("email"))
    return {
        **dict(accounts.values_list("user__email", "scope_id").order_by("-pk")),
        **dict(adults.filter(address__in=addresses).values_list("address", "household").order_by("-pk")),
    }


def _waiting(desk_id: int) -> QuerySet[Mail]:
    """Those of its notices, and those without a notice to an address of a household of the desk."""
    adults = Adult.objects.filter(household__desk=desk_id, email__iexact=OuterRef("address"))
    accounts = RoleGrant.objects.filter(
        scope=Scope.HOUSEHOLD,
        scope_id__in=Household.objects.filter(desk=desk_id).values("pk"),
        user__email__iexact=OuterRef("address"),
    )
    here = Q(notice__desk=desk_id) | Q(Exists(adults) | Exists(accounts), notice=None)
    return Mail.objects.filter(here, state__in=[MailState.FAILED, MailState.BOUNCED], handled_at=None)

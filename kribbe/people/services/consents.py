"""Referrers: organisations that act for families, and the families' consent."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext_lazy as _

from kribbe.people.models import Consent, Consented, Household, ReferrerOrganisation
from kribbe.region.models import Desk
from kribbe.trust import audit
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal
from kribbe.trust.watching import consent_given

LONGEST = timedelta(days=366)
"""For how long a consent stands at most; then it is asked again."""


@transaction.atomic
def add_organisation(
    *, desk: Desk, name: str, principal: Principal, now: datetime, phone: str = "", email: str = ""
) -> ReferrerOrganisation:
    """Let an organisation act for families of the desk that agree. Raises RefusedError where it is known."""
    lock_rows((Desk, desk.pk))
    if desk.referrers.filter(name=name).exists():
        raise RefusedError(_("This organisation is known already."), field="name", code="known-referrer")
    made = ReferrerOrganisation.objects.create(desk=desk, name=name, phone=phone, email=email)
    audit.record(principal=principal, action="referrer.add", subject=made, now=now, desk_id=desk.pk)
    return made


@transaction.atomic
def give_consent(
    *,
    household: Household,
    organisation: ReferrerOrganisation,
    what: Collection[Consented],
    until: date,
    on_paper: bool,
    principal: Principal,
    today: date,
    now: datetime,
) -> Consent:
    """The household lets the organisation do this up to and with `until`; it replaces what it agreed to before.

    Raises RefusedError for nothing at all, a day that has passed, or more than a year.
    """
    if not what:
        raise RefusedError(_("Choose what the organisation may do."), field="what")
    if not today <= until <= today + LONGEST:
        raise RefusedError(_("Choose a day within a year from now."), field="until")
    lock_rows((Household, household.pk))
    Consent.objects.filter(household=household, organisation=organisation, withdrawn_at=None).update(
        withdrawn_at=now, withdrawn_by=principal.user_id
    )
    given = Consent.objects.create(
        household=household,
        organisation=organisation,
        what=sorted(what),
        during=DateRange(today, until + timedelta(days=1)),
        on_paper=on_paper,
        given_at=now,
        given_by=principal.user_id,
    )
    _record("consent.given", given, principal, now, what=sorted(what), until=str(until), on_paper=on_paper)
    consent_given(given.pk, now)
    return given


@transaction.atomic
def withdraw_consent(*, consent: Consent, principal: Principal, now: datetime) -> None:
    """The organisation acts no longer, from this moment on; a second time changes nothing."""
    lock_rows((Household, consent.household_id))
    standing = Consent.objects.filter(pk=consent.pk, withdrawn_at=None)
    if standing.update(withdrawn_at=now, withdrawn_by=principal.user_id):
        _record("consent.withdrawn", consent, principal, now)


def _record(action: str, consent: Consent, principal: Principal, now: datetime, **data: Any) -> None:
    audit.record(
        principal=principal,
        action=action,
        subject=consent,
        now=now,
        household_id=consent.household_id,
        desk_id=consent.household.desk_id,
        organisation=consent.organisation_id,
        **data,
    )

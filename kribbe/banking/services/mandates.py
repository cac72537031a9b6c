"""A payer's leave to collect: signed by the parent alone, and taken back as easily."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from schwifty import IBAN
from schwifty.exceptions import SchwiftyException

from kribbe.banking.models import Mandate
from kribbe.banking.services.dropping import drop_revoked
from kribbe.billing.models import Books, Payer
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal


def sign(
    *,
    principal: Principal,
    payer: Payer,
    iban: str,
    holder: str,
    text: str,
    signed_name: str,
    on: date,
    now: datetime,
) -> Mandate:
    """Sign a mandate for an account; `text` is what was read. Raises RefusedError for a wrong account or a second."""
    account = checked_iban(iban)
    with transaction.atomic():
        lock_rows((Payer, payer.pk))
        if payer.mandates.filter(revoked_at=None).exists():
            raise RefusedError(_("There is a mandate already. Take it back first."), code="twice")
        mandate = Mandate.objects.create(
            payer=payer,
            iban=account,
            holder=holder,
            text=text,
            signed_name=signed_name,
            signed_on=on,
            signed_at=now,
            signed_by=principal.user_id,
        )
        _note(principal, "mandate.sign", mandate, now)
    return mandate


def revoke(*, principal: Principal, payer: Payer, now: datetime) -> None:
    """Take the mandate back: nothing more is collected, nor what was announced and isn't paid. A second call changes
    nothing."""
    with transaction.atomic():
        lock_rows((Books, payer.books_id), (Payer, payer.pk))
        mandate = payer.mandates.filter(revoked_at=None).first()
        if mandate is None:
            return
        mandate.revoked_at = now
        mandate.save(update_fields=["revoked_at"])
        drop_revoked(principal=principal, mandate=mandate, now=now)
        _note(principal, "mandate.revoke", mandate, now)


def checked_iban(text: str) -> str:
    """An account number without spaces. Raises RefusedError where its check digits or its bank's form are wrong."""
    try:
        return str(IBAN(text))
    except SchwiftyException:
        raise RefusedError(
            _("Check the account number: it isn't right."), field="iban", code="iban"
        ) from None


def _note(principal: Principal, action: str, mandate: Mandate, now: datetime) -> None:
    adult = mandate.payer.adult
    household = adult.household_id if adult else None
    record(principal=principal, action=action, subject=mandate, now=now, household_id=household)

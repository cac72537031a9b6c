"""Mails that didn't arrive: noted when they come back, and what a clerk does about them."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from kribbe.contact import outbox
from kribbe.contact.addressing import message_id
from kribbe.contact.bounces import Bounce
from kribbe.contact.models import Letter, Mail, MailState
from kribbe.contact.on_paper import on_paper, words_again
from kribbe.people.models import Adult, Household
from kribbe.people.selectors import user_by_email
from kribbe.people.services import AdultData, change_adult
from kribbe.trust import audit
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import SYSTEM, Principal

RECENT = timedelta(days=7)
"""How far back a mail is looked for by its address, where a server doesn't say which one came back."""


def note_bounces(bounces: Iterable[Bounce], *, now: datetime) -> int:
    """Mark the mails that came back. Returns how many; one that is marked already, or that isn't ours, counts not."""
    return sum(_note(each, now) for each in bounces)


def send_again(
    *, mail: Mail, address: str, principal: Principal, now: datetime, household: Household | None = None
) -> Mail:
    """Send what the mail said once more; to another address where that was wrong, which the adult then keeps.

    What has a term says the new one (see `contact.on_paper`).

    Raises RefusedError where somebody dealt with the mail already, or its personal link isn't kept. `household` is
    whose address it is of a mail without a notice.
    """
    if mail.is_secret:
        raise RefusedError(
            _("This mail held a personal link, which is not kept. The family can ask for a new one."),
            code="secret",
        )
    with transaction.atomic():
        household_id, _desk_id = _whose(mail, household)
        _lock_open(mail, *([(Household, household_id)] if household_id else []))
        corrected = address.strip().lower()
        if corrected != mail.address and household_id:
            _correct(household_id, mail.address, corrected, principal, now)
        words = words_again(mail.notice, now=now) if mail.notice else None
        again = outbox.put(
            notice=mail.notice,
            user=mail.user and user_by_email(corrected),
            address=corrected,
            subject=words.subject if words else mail.subject,
            body=words.body if words else mail.body,
            message_id=message_id(f"again.{mail.pk}.{now:%Y%m%d%H%M%S%f}", corrected),
            now=now,
        )
        _handled(mail, principal, "mail.sent_again", now, household)
    return again


def post_instead(*, mail: Mail, principal: Principal, now: datetime) -> None:
    """Put a letter among those to post, with the same words or those of its kind on paper (see `contact.on_paper`).

    Where there is one already it stays as it is.

    Raises RefusedError where somebody dealt with the mail already.
    """
    with transaction.atomic():
        _lock_open(mail)
        if mail.notice and mail.notice.household_id:
            Letter.objects.get_or_create(notice=on_paper(mail.notice, now=now))
        _handled(mail, principal, "mail.posted_instead", now)


def set_aside(*, mail: Mail, principal: Principal, now: datetime, household: Household | None = None) -> None:
    """The clerk told the family otherwise, by telephone for one. Raises RefusedError where it was dealt with."""
    with transaction.atomic():
        _lock_open(mail)
        _handled(mail, principal, "mail.set_aside", now, household)


def _note(bounce: Bounce, now: datetime) -> bool:
    with transaction.atomic():
        mail = _mail_of(bounce, now).select_for_update().first()
        if mail is None:
            return False
        mail.state, mail.last_error = MailState.BOUNCED, bounce.reason[:300]
        mail.save(update_fields=["state", "last_error"])
        _record(mail, SYSTEM, "mail.bounced", now)
    return True


def _mail_of(bounce: Bounce, now: datetime) -> QuerySet[Mail]:
    """The mail by its Message-ID, which nobody else can guess; without one the latest to that address."""
    left = Mail.objects.filter(state__in=[MailState.SENT, MailState.DOUBTFUL])
    if bounce.message_id:
        return left.filter(message_id=bounce.message_id)
    return left.filter(address=bounce.address, created_at__gt=now - RECENT).order_by("-created_at", "-pk")


def _lock_open(mail: Mail, *rows: tuple[type[Household], int]) -> None:
    lock_rows((Mail, mail.pk), *rows)
    if not Mail.objects.filter(pk=mail.pk, handled_at=None).exists():
        raise RefusedError(_("Somebody dealt with this mail already."), code="handled")


def _correct(household_id: int, wrong: str, right: str, principal: Principal, now: datetime) -> None:
    adults = Adult.objects.select_related("household", "work_municipality")
    for adult in adults.filter(household=household_id, email__iexact=wrong):
        data = AdultData(
            first_name=adult.first_name,
            last_name=adult.last_name,
            email=right,
            phone=adult.phone,
            other_street=adult.other_street,
            other_postcode=adult.other_postcode,
            other_city=adult.other_city,
            work_municipality=adult.work_municipality,
        )
        change_adult(adult=adult, data=data, principal=principal, now=now)


def _handled(
    mail: Mail, principal: Principal, action: str, now: datetime, household: Household | None = None
) -> None:
    Mail.objects.filter(pk=mail.pk).update(handled_at=now, handled_by=principal.user_id)
    _record(mail, principal, action, now, household)


def _record(
    mail: Mail, principal: Principal, action: str, now: datetime, household: Household | None = None
) -> None:
    household_id, desk_id = _whose(mail, household)
    audit.record(
        principal=principal,
        action=action,
        subject=mail,
        now=now,
        household_id=household_id,
        desk_id=desk_id,
    )


def _whose(mail: Mail, household: Household | None) -> tuple[int | None, int | None]:
    """The household and the desk of a mail, by its notice or else by the household that was found."""
    if mail.notice is not None:
        return mail.notice.household_id, mail.notice.desk_id
    return (household.pk, household.desk_id) if household else (None, None)

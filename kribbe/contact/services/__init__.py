"""Telling households and locations what happened, and posting letters."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from kribbe.contact import outbox
from kribbe.contact.addressing import message_id
from kribbe.contact.invitations import Invitation
from kribbe.contact.models import Letter, Notice
from kribbe.contact.selectors.policy import quiet_hours
from kribbe.contact.writing import BINDING_LANGUAGE, allowed_language, compose
from kribbe.people.selectors import household_with_adults
from kribbe.region.models import Desk
from kribbe.rules.quiet import leaves_at
from kribbe.trust import audit
from kribbe.trust.principal import Principal

ACCOUNT_PAGES = "/my/"
"""Where these pages begin; who has no mail address can't log in, and a letter doesn't send them there."""


@transaction.atomic
def tell_household(
    *,
    household_id: int,
    kind: str,
    context: Mapping[str, Any],
    now: datetime,
    link: str = "",
    about: str = "",
    location_id: int | None = None,
    calendar: Invitation | None = None,
    once: str | None = None,
    awaited: bool = False,
    by_letter: bool = False,
) -> Notice | None:
    """Tell a household: a notice in the desk, a mail to each adult with an address, a letter where none has one.

    `kind` names the template (see `writing.compose`); `link` is a path, `about` what the notice is of
    ("offer:12"), `location_id` the location that it is about, which then sees that it was told. What is told but
    `once` has a name of its own; told before, nothing happens and None comes back. Mails leave after the caller's
    transaction commits, with the calendar file where there is one; what isn't `awaited` (the answer to what somebody
    just did) stays behind during the desk's quiet hours. `by_letter` makes it a letter whatever addresses are known.
    """
    if once and Notice.objects.filter(once=once).exists():
        return None
    household = household_with_adults(household_id)
    adults = list(household.adults.all())
    language = allowed_language(household.desk, household.language)
    known = [] if by_letter else [adult.email.lower() for adult in adults if adult.email]
    addresses = list(dict.fromkeys(known))
    text = compose(
        kind,
        {**context, "on_paper": not addresses},
        desk=household.desk,
        language=language,
        names=", ".join(adult.first_name for adult in adults),
        link=link if addresses or not link.startswith(ACCOUNT_PAGES) else "",
        reader=household.language,
    )
    notice = Notice.objects.create(
        desk=household.desk,
        household=household,
        location_id=location_id,
        kind=kind,
        language=language,
        subject=text.subject,
        body=text.body,
        link=link,
        about=about,
        once=once,
        created_at=now,
    )
    _mail(notice, addresses, now=now, calendar=calendar, awaited=awaited)
    if not addresses:
        Letter.objects.create(notice=notice)
    return notice


@transaction.atomic
def tell_one(
    *,
    desk: Desk,
    household_id: int | None,
    name: str,
    address: str,
    language: str,
    kind: str,
    context: Mapping[str, Any],
    now: datetime,
    link: str = "",
    about: str,
    once: str,
) -> Notice | None:
    """Tell one person or organisation by mail, in its own language; a household then sees the notice in the desk.

    Told before, nothing happens and None comes back. A file that goes along comes of `about`
    (see `contact.attachments`). The mail stays behind during the desk's quiet hours.
    """
    if Notice.objects.filter(once=once).exists():
        return None
    text = compose(kind, context, desk=desk, language=language, names=name, link=link, reader=language)
    notice = Notice.objects.create(
        desk=desk,
        household_id=household_id,
        kind=kind,
        language=language,
        subject=text.subject,
        body=text.body,
        link=link,
        about=about,
        once=once,
        created_at=now,
    )
    _mail(notice, [address.lower()], now=now)
    return notice


@transaction.atomic
def tell_location(
    *,
    location_id: int,
    desk: Desk,
    kind: str,
    context: Mapping[str, Any],
    now: datetime,
    link: str = "",
    about: str = "",
    addresses: list[str],
) -> Notice:
    """Tell a location, in Dutch: a notice in the desk and a mail to each of the addresses."""
    text = compose(kind, context, desk=desk, language=BINDING_LANGUAGE, names="", link=link)
    notice = Notice.objects.create(
        desk=desk,
        location_id=location_id,
        kind=kind,
        language=BINDING_LANGUAGE,
        subject=text.subject,
        body=text.body,
        link=link,
        about=about,
        created_at=now,
    )
    _mail(notice, list(dict.fromkeys(address.lower() for address in addresses)), now=now)
    return notice


def _mail(
    notice: Notice,
    addresses: list[str],
    *,
    now: datetime,
    calendar: Invitation | None = None,
    awaited: bool = False,
) -> None:
    if not addresses:
        return
    due_at = now if awaited else leaves_at(now, quiet_hours(notice.desk))
    for address in addresses:
        outbox.put(
            notice=notice,
            address=address,
            subject=notice.subject,
            body=notice.body,
            message_id=message_id(notice.reference, address),
            now=now,
            calendar=calendar,
            due_at=due_at,
        )


def mark_read(*, notice: Notice, now: datetime) -> None:
    """Remember when the household first opened a notice."""
    Notice.objects.filter(pk=notice.pk, read_at=None).update(read_at=now)


def mark_posted(*, letter: Letter, principal: Principal, now: datetime) -> None:
    """A clerk posted this letter; a second time changes nothing."""
    _set_posted(letter, now, principal=principal, now=now, action="letter.posted")


def drop_unposted(*, household_id: int, kind: str) -> None:
    """A later letter of this kind makes those that nobody posted worthless; what they said stays on the page."""
    Letter.objects.filter(notice__household=household_id, notice__kind=kind, posted_at=None).delete()


def undo_posted(*, letter: Letter, principal: Principal, now: datetime) -> None:
    """It wasn't posted after all."""
    _set_posted(letter, None, principal=principal, now=now, action="letter.posted_undone")


@transaction.atomic
def _set_posted(
    letter: Letter, posted_at: datetime | None, *, principal: Principal, now: datetime, action: str
) -> None:
    changed = Letter.objects.filter(pk=letter.pk, posted_at__isnull=posted_at is not None).update(
        posted_at=posted_at, posted_by=principal.user_id if posted_at else None
    )
    if changed:
        audit.record(
            principal=principal,
            action=action,
            subject=letter,
            now=now,
            household_id=letter.notice.household_id,
            desk_id=letter.notice.desk_id,
        )

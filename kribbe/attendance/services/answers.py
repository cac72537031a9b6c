"""What a family says of the register: that a day is wrong, and its signature; and what the location answers."""

from datetime import date, datetime

from django.db import transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from kribbe.attendance.models import Confirmation, Dispute
from kribbe.attendance.selectors.months import Month, signed_lines
from kribbe.attendance.services.telling import tell_asked, tell_family
from kribbe.enrolment.models import Placement
from kribbe.planning.access import check_acts
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal
from kribbe.trust.typed import is_seen


def dispute(*, principal: Principal, placement: Placement, day: date, words: str, now: datetime) -> Dispute:
    """The family says what is wrong with a day; the location is told.

    Raises RefusedError for another parent, on a day to come or asked already.
    """
    if not words.strip():
        raise RefusedError(_("Say what is wrong."), field="words")
    if day > localtime(now).date() or day not in placement.during:
        raise RefusedError(_("Choose a day of the register."), field="day")
    check_acts(principal, placement)
    with transaction.atomic():
        lock_rows((Placement, placement.pk))
        if Dispute.objects.filter(placement=placement, day=day, answered_at=None).exists():
            raise RefusedError(_("You asked this already. The location will answer."), field="words")
        made = Dispute.objects.create(
            placement=placement,
            day=day,
            words=words.strip(),
            raised_at=now,
            raised_by=principal.user_id,
        )
        _record(principal, placement, "register.dispute", now, day)
        tell_asked(placement, day, made.words, now)
    return made


def answer(*, principal: Principal, placement: Placement, day: date, words: str, now: datetime) -> None:
    """The location answers what a family said of a day; the family is told.

    Raises RefusedError without words or with nothing asked.
    """
    if not words.strip():
        raise RefusedError(_("Write an answer. The family reads it."), field="answer")
    with transaction.atomic():
        lock_rows((Placement, placement.pk))
        asked = Dispute.objects.filter(placement=placement, day=day, answered_at=None).first()
        if asked is None:
            raise RefusedError(_("Nothing waits for an answer."), field="answer")
        asked.answer, asked.answered_at, asked.answered_by = words.strip(), now, principal.user_id
        asked.save(update_fields=["answer", "answered_at", "answered_by"])
        _record(principal, placement, "register.answer", now, day)
        tell_family(placement, "day_answered", day, asked.answer, now)


def confirm(
    *, principal: Principal, placement: Placement, month: Month, name: str, now: datetime
) -> Confirmation:
    """The family signs for the days of a month that are over, as they stand.

    Days of which it asked something that isn't answered yet are left out. Raises RefusedError without a name, for
    another parent, or where nothing is to be signed.
    """
    if not is_seen(name):
        raise RefusedError(_("Type your name, as signature."), field="name")
    check_acts(principal, placement)
    with transaction.atomic():
        lock_rows((Placement, placement.pk))
        lines = signed_lines(placement, month, today=localtime(now).date())
        if not lines:
            raise RefusedError(_("There is nothing to confirm in this month yet."), field="name")
        made = Confirmation.objects.create(
            placement=placement,
            first=date.fromisoformat(min(lines)),
            last=date.fromisoformat(max(lines)),
            lines=lines,
            name=name.strip(),
            made_at=now,
            made_by=principal.user_id,
        )
        _record(principal, placement, "register.confirm", now, made.first)
    return made


def _record(principal: Principal, placement: Placement, action: str, now: datetime, day: date) -> None:
    record(
        principal=principal,
        action=action,
        subject=placement,
        now=now,
        household_id=placement.child.household_id,
        desk_id=placement.group.location.desk_id,
        day=f"{day}",
    )

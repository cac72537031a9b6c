"""Deposits: asked within the law, paid in, set off against an invoice, or paid back."""

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from kribbe.billing.models import (
    Account,
    Books,
    Deposit,
    DepositMove,
    EntryKind,
    Invoice,
    JournalEntry,
    Payer,
)
from kribbe.billing.selectors.accounts import with_open
from kribbe.billing.services.journal import Side, post, settle
from kribbe.billing.services.payers import payer_for
from kribbe.billing.services.sending import household_of
from kribbe.enrolment.models import Placement, PlacementState
from kribbe.enrolment.services.sign import record_deposit
from kribbe.region.selectors import policy_on
from kribbe.rules.packs import load_pack
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal

NOUGHT = Decimal(0)


def ceiling(placement: Placement, *, low_income: bool, on: date) -> Decimal:
    """The most that the law lets a location ask as a deposit on a day, in euros."""
    pack = load_pack(policy_on(placement.group.location.desk, on).rule_pack)
    return pack.decimal("deposit.maximum_low_income" if low_income else "deposit.maximum", on)


def ask_deposit(
    *,
    principal: Principal,
    placement: Placement,
    payer: Payer,
    euros: Decimal,
    low_income: bool,
    on: date,
    now: datetime,
) -> Deposit:
    """Ask a deposit for a place. Raises RefusedError above the law's ceiling, or where one was asked already."""
    most = ceiling(placement, low_income=low_income, on=on)
    if not 0 < euros <= most:
        raise RefusedError(
            _("The law allows a deposit of %(most)s euros at most.") % {"most": most}, code="ceiling"
        )
    with transaction.atomic():
        lock_rows((Placement, placement.pk))
        if Deposit.objects.filter(placement=placement).exists():
            raise RefusedError(_("A deposit was asked for this place already."), code="asked")
        deposit = Deposit.objects.create(
            placement=placement,
            payer=payer,
            asked=euros,
            low_income=low_income,
            asked_on=on,
            made_at=now,
            made_by=principal.user_id,
        )
        _recorded(principal, deposit, "deposit.ask", now)
    return deposit


def ask_agreed(
    *,
    principal: Principal,
    books: Books,
    placement: Placement,
    low_income: bool,
    on: date,
    now: datetime,
) -> Deposit:
    """Ask the deposit of a place's agreement. Raises RefusedError as `ask_deposit`, or without a payer."""
    with transaction.atomic():
        payer = payer_for(books=books, placement=placement, now=now)
        if payer is None:
            raise RefusedError(_("Nobody pays for this place yet: choose who does first."), code="no_payer")
        return ask_deposit(
            principal=principal,
            placement=placement,
            payer=payer,
            euros=placement.deposit_asked,
            low_income=low_income,
            on=on,
            now=now,
        )


def kept(deposit: Deposit) -> Decimal:
    """What is kept of a deposit, in euros."""
    return Decimal(deposit.moves.aggregate(sum=Coalesce(Sum("amount"), NOUGHT))["sum"])


def receive(
    *, principal: Principal, deposit: Deposit, euros: Decimal, on: date, key: str, now: datetime
) -> DepositMove:
    """A deposit, or a part of it, came in on the bank; once all of it is in, the place knows.

    `key` names the payment, so that it is never entered twice. Raises RefusedError beyond what was asked.
    """
    with transaction.atomic():
        lock_rows((Deposit, deposit.pk))
        now_kept = kept(deposit) + euros
        if euros <= 0 or now_kept > deposit.asked:
            raise RefusedError(_("That is more than the deposit that was asked."), code="too_much")
        sides = [Side(Account.BANK, euros), Side(Account.DEPOSITS, -euros, deposit.payer)]
        move = _moved(principal, deposit, euros, sides, f"deposit:{key}", on, now)
        if now_kept == deposit.asked and deposit.placement.state == PlacementState.TO_SIGN:
            record_deposit(principal=principal, placement_id=deposit.placement_id, now=now)
        _recorded(principal, deposit, "deposit.receive", now)
    return move


def set_off(
    *, principal: Principal, deposit: Deposit, invoice: Invoice, on: date, now: datetime
) -> DepositMove:
    """Pay an invoice of the same payer with what is kept, as far as it goes. RefusedError where nothing can be."""
    with transaction.atomic():
        lock_rows((Deposit, deposit.pk), (Payer, deposit.payer_id))
        left = with_open(Invoice.objects.filter(pk=invoice.pk, payer=deposit.payer)).first()
        euros = min(kept(deposit), left.open) if left else NOUGHT
        if euros <= 0:
            raise RefusedError(_("There is nothing to set off."), code="nothing")
        sides = [
            Side(Account.DEPOSITS, euros, deposit.payer),
            Side(Account.RECEIVABLE, -euros, deposit.payer),
        ]
        key = f"deposit_set_off:{deposit.pk}:{invoice.pk}"
        move = _moved(principal, deposit, -euros, sides, key, on, now)
        settle(entry=move.entry, payer=deposit.payer, amount=euros, first=[invoice])
        _recorded(principal, deposit, "deposit.set_off", now)
    return move


def give_back(*, principal: Principal, deposit: Deposit, on: date, now: datetime) -> DepositMove:
    """All that is kept is to be paid back; the bank's room pays it. Raises RefusedError where nothing is kept."""
    with transaction.atomic():
        lock_rows((Deposit, deposit.pk))
        euros = kept(deposit)
        if not euros:
            raise RefusedError(_("Nothing is kept of this deposit."), code="nothing")
        sides = [
            Side(Account.DEPOSITS, euros, deposit.payer),
            Side(Account.TO_REFUND, -euros, deposit.payer),
        ]
        move = _moved(
            principal, deposit, -euros, sides, f"deposit_back:{deposit.pk}:{deposit.moves.count()}", on, now
        )
        _recorded(principal, deposit, "deposit.refund", now)
    return move


def _moved(
    principal: Principal,
    deposit: Deposit,
    euros: Decimal,
    sides: list[Side],
    key: str,
    on: date,
    now: datetime,
) -> DepositMove:
    entry: JournalEntry = post(
        principal=principal,
        books=deposit.payer.books,
        kind=EntryKind.DEPOSIT,
        on=on,
        key=key,
        sides=sides,
        now=now,
    )
    return DepositMove.objects.create(deposit=deposit, entry=entry, amount=euros)


def _recorded(principal: Principal, deposit: Deposit, action: str, now: datetime) -> None:
    record(
        principal=principal,
        action=action,
        subject=deposit,
        now=now,
        household_id=household_of(deposit.payer),
    )

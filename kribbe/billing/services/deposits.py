"""Deposits: asked within the law, paid in, set off against an invoice, or paid back."""

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum
from django.db.models.functions import Coalesce
from django.urls import reverse
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
from kribbe.billing.selectors.deposits import GIVEN_BACK, SET_OFF, held_of_child, missing
from kribbe.billing.selectors.low_income import low_incomes
from kribbe.billing.selectors.net import to_pay
from kribbe.billing.services.journal import Side, post
from kribbe.billing.services.numbers import deposit_reference
from kribbe.billing.services.payers import payer_for
from kribbe.billing.services.posting import pay
from kribbe.billing.services.sending import address_of, household_of
from kribbe.billing.words import printed_iban, printed_reference
from kribbe.contact.services import tell_one
from kribbe.enrolment.models import Placement, PlacementState
from kribbe.enrolment.selectors.stays import every_piece
from kribbe.enrolment.services.sign import record_deposit
from kribbe.people.models import Child
from kribbe.region.selectors import policy_on
from kribbe.rules.money import NOUGHT
from kribbe.rules.packs import load_pack
from kribbe.rules.priority import PriceKind
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal
from kribbe.web.templatetags.telling import amount

ASKED, WITHDRAWN = "deposit", "deposit_withdrawn"
"""Kinds of the notices of a deposit."""


def ceiling(placement: Placement, *, low_income: bool, on: date) -> Decimal | None:
    """The most that the law lets a location ask as a deposit on a day, in euros; None for a place at a free price."""
    if placement.group.price_kind != PriceKind.INCOME:
        return None
    pack = load_pack(policy_on(placement.group.location.desk, on).rule_pack)
    return pack.decimal("deposit.maximum_low_income" if low_income else "deposit.maximum", on)


def ask_deposit(
    *,
    principal: Principal,
    placement: Placement,
    payer: Payer,
    euros: Decimal,
    low_income: bool | None = None,
    on: date,
    now: datetime,
) -> Deposit:
    """Ask a deposit for a place, and tell the payer how to pay it.

    `low_income` None is as it is known of the family. Raises RefusedError above the law's ceiling, which counts all
    that is asked or kept of the child at this organiser, or where one was asked for the stay already.
    """
    if low_income is None:
        low_income = placement.pk in low_incomes(payer.books, [placement], on)
    if euros <= 0:
        raise RefusedError(_("Type an amount."), code="ceiling")
    with transaction.atomic():
        lock_rows((Child, placement.child_id))
        if Deposit.objects.filter(placement__in=every_piece(placement)).exists():
            raise RefusedError(_("A deposit was asked for this place already."), code="asked")
        _check_ceiling(payer.books, placement, euros, low_income=low_income, on=on)
        deposit = Deposit.objects.create(
            placement=placement,
            payer=payer,
            asked=euros,
            low_income=low_income,
            asked_on=on,
            made_at=now,
            made_by=principal.user_id,
        )
        _tell(deposit, ASKED, now)
        _recorded(principal, deposit, "deposit.ask", now)
    return deposit


def _check_ceiling(books: Books, placement: Placement, euros: Decimal, *, low_income: bool, on: date) -> None:
    most = ceiling(placement, low_income=low_income, on=on)
    if most is None:
        return
    if euros > most:
        said = (
            _("Of a family with a low income the law allows a deposit of %(most)s euros at most.")
            if low_income
            else _("The law allows a deposit of %(most)s euros at most.")
        )
        raise RefusedError(said % {"most": most}, code="ceiling")
    held = held_of_child(books, placement.child_id)
    if euros + held > most:
        raise RefusedError(
            _(
                "For this child %(held)s euros are kept or asked already, and the law allows %(most)s euros at most. "
                "Ask less, or pay the other deposit back first."
            )
            % {"held": held, "most": most},
            code="ceiling",
        )


def withdraw_deposit(*, principal: Principal, deposit: Deposit, now: datetime) -> None:
    """A deposit that was asked wrongly isn't asked any more, and its payer is told; its history stays.

    Raises RefusedError once any of it was paid.
    """
    with transaction.atomic():
        lock_rows((Deposit, deposit.pk))
        if deposit.moves.exists():
            raise RefusedError(
                _("Something of this deposit was paid already. Pay it back instead."), code="paid"
            )
        _tell(deposit, WITHDRAWN, now)
        _recorded(principal, deposit, "deposit.withdraw", now)
        deposit.delete()


def ask_agreed(
    *,
    principal: Principal,
    books: Books,
    placement: Placement,
    low_income: bool | None = None,
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
    """Say by hand that a deposit, or a part of it, came in; once all of it is in, the place knows.

    The money is to be found among the payments to look at, until its transfer is put aside as entered already: the
    bank's account has only what its statements tell. `key` names the payment, so that it is never entered twice.
    Raises RefusedError beyond what was asked.
    """
    with transaction.atomic():
        lock_rows((Deposit, deposit.pk))
        refuse_beyond(deposit, euros)
        sides = [Side(Account.PARKED, euros), Side(Account.DEPOSITS, -euros, deposit.payer)]
        entry = _posted(principal, deposit, sides, f"deposit:{key}", on, now)
        return enter_received(principal=principal, deposit=deposit, entry=entry, euros=euros, now=now)


def enter_received(
    *, principal: Principal, deposit: Deposit, entry: JournalEntry, euros: Decimal, now: datetime
) -> DepositMove:
    """An entry brought in a deposit or a part of it: what is kept grows, and once all is in, the place knows.

    In the transaction of the entry, with the deposit locked and `refuse_beyond` asked.
    """
    move = DepositMove.objects.create(deposit=deposit, entry=entry, amount=euros)
    is_whole = kept(deposit) == deposit.asked
    if is_whole and deposit.placement.state == PlacementState.TO_SIGN:
        record_deposit(principal=principal, placement_id=deposit.placement_id, now=now)
    _recorded(principal, deposit, "deposit.receive", now)
    return move


def take_received_back(
    *, principal: Principal, received: DepositMove, entry: JournalEntry, now: datetime
) -> DepositMove:
    """A payment wasn't of a deposit after all: `entry` is its contrary. RefusedError where it was used since."""
    lock_rows((Deposit, received.deposit_id))
    if kept(received.deposit) < received.amount:
        raise RefusedError(_("This deposit was set off or paid back since."), code="used")
    move = DepositMove.objects.create(deposit=received.deposit, entry=entry, amount=-received.amount)
    _recorded(principal, received.deposit, "deposit.take_back", now)
    return move


def refuse_beyond(deposit: Deposit, euros: Decimal) -> None:
    """Raises RefusedError where these euros aren't above nought, or more than can still come in."""
    if not 0 < euros <= missing(deposit):
        raise RefusedError(_("That is more than the deposit that was asked."), code="too_much")


def set_off(
    *, principal: Principal, deposit: Deposit, invoice: Invoice, on: date, now: datetime
) -> DepositMove:
    """Pay an invoice of the same payer, and costs of its reminders, with what is kept, as far as it goes.

    RefusedError where nothing can be.
    """
    with transaction.atomic():
        lock_rows((Deposit, deposit.pk), (Payer, deposit.payer_id))
        is_own = invoice.payer_id == deposit.payer_id
        euros = min(kept(deposit), to_pay(invoice).total) if is_own else NOUGHT
        if euros <= 0:
            raise RefusedError(_("There is nothing to set off."), code="nothing")
        entry = pay(
            principal=principal,
            payer=deposit.payer,
            source=(Account.DEPOSITS, euros, deposit.payer_id),
            kind=EntryKind.DEPOSIT,
            on=on,
            key=f"{SET_OFF}{deposit.pk}:{deposit.moves.count()}",
            now=now,
            first=[invoice],
        )
        move = DepositMove.objects.create(deposit=deposit, entry=entry, amount=-euros)
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
        key = f"{GIVEN_BACK}{deposit.pk}:{deposit.moves.count()}"
        entry = _posted(principal, deposit, sides, key, on, now)
        move = DepositMove.objects.create(deposit=deposit, entry=entry, amount=-euros)
        _recorded(principal, deposit, "deposit.refund", now)
    return move


def _posted(
    principal: Principal, deposit: Deposit, sides: list[Side], key: str, on: date, now: datetime
) -> JournalEntry:
    return post(
        principal=principal,
        books=deposit.payer.books,
        kind=EntryKind.DEPOSIT,
        on=on,
        key=key,
        sides=sides,
        now=now,
    )


def _tell(deposit: Deposit, kind: str, now: datetime) -> None:
    """By mail; whoever has no address sees it on its own page, or hears it from the location."""
    payer, place = deposit.payer, deposit.placement
    address = address_of(payer)
    if not address:
        return
    household = household_of(payer)
    tell_one(
        desk=place.group.location.desk,
        household_id=household,
        name=payer.name,
        address=address,
        language=payer.language,
        kind=f"billing/{kind}",
        context={
            "sender": payer.books.name,
            "child": str(place.child),
            "amount": amount(deposit.asked),
            "iban": printed_iban(payer.books.iban),
            "reference": printed_reference(deposit_reference(deposit.pk)),
        },
        now=now,
        link=reverse("billing:my_invoices") if household else "",
        about=f"deposit:{deposit.pk}",
        once=f"{kind}:{deposit.pk}",
    )


def _recorded(principal: Principal, deposit: Deposit, action: str, now: datetime) -> None:
    record(
        principal=principal,
        action=action,
        subject=deposit,
        now=now,
        household_id=household_of(deposit.payer),
    )

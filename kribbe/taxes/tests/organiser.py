"""A small organiser over months: all that happens to its money, drawn from a seed, and what must be true after it.

Four children, six payers. What each payer paid is written down here as it is sent, beside the ledger.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from django.db import transaction

from kribbe.banking.services.debits import set_creditor
from kribbe.billing.models import (
    Deposit,
    Invoice,
    WriteOff,
)
from kribbe.billing.selectors.accounts import with_open
from kribbe.billing.selectors.late import late
from kribbe.billing.selectors.net import net_of
from kribbe.billing.services.closing import close_month, next_to_close
from kribbe.billing.services.deposits import ask_deposit, give_back
from kribbe.billing.services.deposits import set_off as set_deposit_off
from kribbe.billing.services.numbers import deposit_reference
from kribbe.billing.services.plans import end_plan, make_plan, monthly
from kribbe.billing.services.reminders import remind
from kribbe.billing.services.run import start_run, work_off
from kribbe.billing.services.write_offs import undo_write_off, write_off, write_off_costs
from kribbe.billing.tests.month import house_rules
from kribbe.billing.tests.scene import with_books
from kribbe.rules.calendar import add_months
from kribbe.taxes.services.certificates import issue_year
from kribbe.taxes.tests.organiser_bank import Bank
from kribbe.taxes.tests.organiser_care import Care
from kribbe.trust.errors import RefusedError
from kribbe.trust.principal import SYSTEM

DAY = timedelta(days=1)
FIRST = date(2026, 1, 1)


class Organiser(Care, Bank):
    """`paid` is what came in from each payer, less what went back to it, deposits apart; `deposits` what is kept of
    those; `parked` what nobody said yet whose it is; `other` what is of no payer. All euros.
    """

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)  # noqa: S311  the same months each time
        self.today = FIRST
        self.kept = with_books(now=self.now, start=date(2026, 1, 5))
        self.books = self.kept.books
        self.begin_care()
        house_rules(self.kept, told_by=time(9), ill_days=2)
        set_creditor(
            principal=SYSTEM, books=self.books, identifier="BE50ZZZ0403019261", notice_days=1, now=self.now
        )
        self.paid: dict[int, Decimal] = defaultdict(Decimal)
        self.deposits: dict[int, Decimal] = defaultdict(Decimal)
        self.parked: dict[int, Decimal] = {}
        self.matched: dict[int, tuple[int, Decimal]] = {}
        self.other = self.bank = Decimal(0)
        self.statements = 0
        self.ran: list[date] = []
        self.given_back = False

    @property
    def now(self) -> datetime:
        return datetime.combine(self.today, time(9), UTC)

    @property
    def by(self) -> dict[str, Any]:
        return {"principal": SYSTEM, "now": self.now}

    def step(self) -> str:
        """Something that happens; its name. What a service refuses changes nothing."""
        name, deed = self.random.choice(DEEDS)
        try:
            with transaction.atomic():
                deed(self)
        except RefusedError as refused:
            return f"{name}: {refused.message}"
        return name

    def euros(self, least: int, most: int) -> Decimal:
        return Decimal(self.random.randint(least * 100, most * 100)).scaleb(-2)

    def invoice(self, month: date) -> None:
        run = start_run(books=self.books, month=month, on=self.today, **self.by)
        work_off(run.pk, now=self.now)
        self.ran.append(month)

    def settle_all(self) -> None:
        """Everybody pays all that is open, and what was given up is paid too."""
        for made in WriteOff.objects.filter(undone=None):
            undo_write_off(made=made, today=self.today, **self.by)
        rows = with_open(Invoice.objects.filter(total__gt=0).order_by("pk"))
        due = [each for each in rows if each.open > 0]
        moved = self.told(*((each.open, {"ogm": each.ogm}) for each in due)) if due else []
        for one, each in zip(moved, due, strict=True):
            self._in(one, each.payer_id, each.open)

    def run_again(self) -> None:
        months = (self.today.year - 2026) * 12 + self.today.month - 1
        if months:
            self.invoice(add_months(FIRST, self.random.randrange(months)))

    def close(self) -> None:
        month = next_to_close(self.books)
        if month and self.random.random() < 0.4:
            close_month(books=self.books, month=month, today=self.today, **self.by)
            self.books.refresh_from_db()

    # Deposits, reminders, plans, what is given up

    def deposit(self) -> None:
        place, payer = self.places[0], self.payers[0]
        asked = Deposit.objects.filter(placement=place).first() or ask_deposit(
            placement=place,
            payer=payer,
            euros=self.euros(20, 250),
            low_income=False,
            on=self.today,
            **self.by,
        )
        euros = self._some(asked.asked)
        room = Decimal(0) if self.given_back else asked.asked - self.deposits[payer.pk]
        part = min(euros, room)
        self.told((euros, {"ogm": deposit_reference(asked.pk)}))
        self.deposits[payer.pk] += part
        self.paid[payer.pk] += euros - part

    def deposit_goes_off(self) -> None:
        asked = Deposit.objects.first()
        invoices = list(Invoice.objects.filter(payer=self.payers[0], total__gt=0))
        if asked and invoices:
            self._from_deposit(
                set_deposit_off(deposit=asked, invoice=self.random.choice(invoices), on=self.today, **self.by)
            )

    def deposit_goes_back(self) -> None:
        asked = Deposit.objects.first()
        if asked:
            self._from_deposit(give_back(deposit=asked, on=self.today, **self.by))
            self.given_back = True

    def _from_deposit(self, move: Any) -> None:
        payer = move.deposit.payer_id
        self.deposits[payer] += move.amount
        self.paid[payer] -= move.amount

    def reminds(self) -> None:
        due = [(each.next, each.invoice.pk) for each in late(self.books, self.today) if each.next]
        for step, invoice in sorted(due, reverse=True)[:4]:
            remind(invoice_id=invoice, step=step, today=self.today, **self.by)

    def gives_up(self) -> None:
        rows = [each for each in with_open(Invoice.objects.filter(total__gt=0)) if each.open > 0]
        if rows and self.random.random() < 0.5:
            write_off(invoice=self.random.choice(rows), reason="Weg", today=self.today, **self.by)
        else:
            write_off_costs(payer=self.random.choice(self.payers), reason="Weg", today=self.today, **self.by)

    def asks_again(self) -> None:
        rows = list(WriteOff.objects.filter(undone=None))
        if rows:
            undo_write_off(made=self.random.choice(rows), today=self.today, **self.by)

    def plans(self) -> None:
        payer = self.random.choice(self.payers)
        if running := payer.plans.filter(ended_at=None).first():
            end_plan(plan=running, **self.by)
            return
        owed = net_of(payer.pk).owed
        if owed > 1:
            parts = monthly(owed, self.random.randint(2, 5), self.today)
            make_plan(payer=payer, parts=parts, today=self.today, **self.by)

    def certifies(self) -> None:
        issue_year(books=self.books, year=self.random.choice((2026, self.today.year)), **self.by)


def _deeds(**often: int) -> Sequence[tuple[str, Callable[[Organiser], None]]]:
    return [(name, getattr(Organiser, name)) for name, times in often.items() for _each in range(times)]


DEEDS = _deeds(
    other_weeks=1, absence=4, absence_taken_back=1, other_day=2, stay=2, stay_corrected=1, club_stay=3, certificate=3,
    certificate_withdrawn=1, charge=2, charge_taken_back=1, other_payers=1, other_prices=1, leaves=1, run_again=4,
    close=1, pays=10, pays_unknown=2, matches=3, unmatches=3, puts_aside=1, goes_back_by_hand=1, pays_back=3,
    bank_pays_back=3, uses_kept=2, signs=2, collects=3, collection_returns=2, deposit=2, deposit_goes_off=1,
    deposit_goes_back=1, reminds=6, gives_up=2, asks_again=2, plans=2, certifies=1,
)  # fmt: skip

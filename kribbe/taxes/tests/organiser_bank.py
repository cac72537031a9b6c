"""The bank of a small organiser that is lived through: payments, what is unknown, what goes back, collections."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from kribbe.banking.models import Collection, Mandate, Movement, Refund
from kribbe.banking.services.booking import book_file
from kribbe.banking.services.debits import make_file
from kribbe.banking.services.dropping import drop_stale, withdraw_debits
from kribbe.banking.services.files import take_in
from kribbe.banking.services.mandates import revoke, sign
from kribbe.banking.services.matching import match, put_aside, undo
from kribbe.banking.services.matching import set_off as use_kept
from kribbe.banking.services.refunds import refund, withdraw_refunds
from kribbe.billing.models import Invoice
from kribbe.billing.selectors.accounts import with_open
from kribbe.billing.selectors.net import to_pay
from kribbe.billing.services.posting import Share
from kribbe.rules.bank.coda_writing import write_coda
from kribbe.rules.tests.bank.drawn import movement, statement

DAY = timedelta(days=1)
ACCOUNT = "BE71096123456769"


class Bank:
    """What happens at the bank of an organiser (see `organiser.Organiser`, which is one)."""

    def told(self, *rows: tuple[Decimal, dict[str, Any]]) -> list[Movement]:
        """A statement of today with these movements, booked."""
        self.statements += 1
        days = {"value_on": self.today, "entered_on": self.today}
        made = [movement(number, str(euros), **(days | how)) for number, (euros, how) in enumerate(rows, 1)]
        old = str(Decimal(1000) + self.bank)
        data = write_coda([statement(*made, number=self.statements, old=old, on=self.today)])
        file = take_in(books=self.books, data=data, name="x.cod", **self.by)
        book_file(file=file, **self.by)
        self.bank += sum(euros for euros, _how in rows)
        return list(Movement.objects.filter(statement__file=file).order_by("number"))

    def pays(self) -> None:
        rows = list(with_open(Invoice.objects.filter(total__gt=0)).order_by("pk"))
        if not rows:
            return
        asked = [each for each in rows if each.open > 0] or rows
        chosen = self.random.sample(asked, min(len(asked), self.random.randint(1, 3)))
        euros = [self._some(max(each.open, to_pay(each).total) or each.total) for each in chosen]
        moved = self.told(*((part, {"ogm": each.ogm}) for part, each in zip(euros, chosen, strict=True)))
        for one, each, part in zip(moved, chosen, euros, strict=True):
            self._in(one, each.payer_id, part)

    def _some(self, euros: Decimal) -> Decimal:
        half = max((euros / 2).quantize(Decimal("0.01")), Decimal("0.01"))
        return self.random.choice((euros, euros, euros, half, euros + self.euros(1, 90)))

    def _in(self, one: Movement, payer: int, euros: Decimal) -> None:
        self.paid[payer] += euros
        self.matched[one.pk] = payer, euros

    def pays_unknown(self) -> None:
        euros = self.euros(1, 200)
        (one,) = self.told((euros, {"text": "opvang"}))
        self.parked[one.pk] = euros

    def matches(self) -> None:
        if self.parked:
            key = self.random.choice(list(self.parked))
            payer = self.random.choice(self.payers)
            one = Movement.objects.get(pk=key)
            match(movement=one, shares=[Share(payer.pk, abs(self.parked[key]))], **self.by)
            self._in(one, payer.pk, self.parked.pop(key))

    def unmatches(self) -> None:
        if self.matched:
            key = self.random.choice(list(self.matched))
            undo(movement=Movement.objects.get(pk=key), **self.by)
            payer, euros = self.matched.pop(key)
            self.paid[payer] -= euros
            self.parked[key] = euros

    def puts_aside(self) -> None:
        if self.parked:
            key = self.random.choice(list(self.parked))
            put_aside(movement=Movement.objects.get(pk=key), aside=True, **self.by)
            self.other += self.parked.pop(key)

    def goes_back_by_hand(self) -> None:
        (one,) = self.told((-self.euros(1, 60), {"text": "terug"}))
        self.parked[one.pk] = one.amount

    def pays_back(self) -> None:
        payer = self.random.choice(self.payers)
        row = refund(payer=payer, iban=ACCOUNT, pay_on=self.today, **self.by)
        if self.random.random() < 0.2:
            withdraw_refunds(file=row.file, **self.by)

    def bank_pays_back(self) -> None:
        row = Refund.objects.filter(paid_by=None, withdrawn_at=None).first()
        if row:
            self.told((-row.amount, {"client_reference": row.reference}))
            self.paid[row.payer_id] -= row.amount

    def uses_kept(self) -> None:
        use_kept(payer=self.random.choice(self.payers), on=self.today, **self.by)

    def signs(self) -> None:
        payer = self.random.choice(self.adults)
        if Mandate.objects.filter(payer=payer, revoked_at=None).exists():
            if self.random.random() < 0.2:
                revoke(payer=payer, **self.by)
            return
        sign(
            payer=payer, iban=ACCOUNT, holder=payer.name, text="…", signed_name=payer.name, on=self.today, **self.by
        )  # fmt: skip

    def collects(self) -> None:
        file = make_file(books=self.books, collect_on=self.today + DAY, today=self.today, **self.by)
        drop_stale(file=file, **self.by)
        rows = list(file.collections.filter(dropped_at=None).select_related("invoice").order_by("pk"))
        if self.random.random() < 0.15:
            withdraw_debits(file=file, **self.by)
            return
        singly = [(each.amount, {"client_reference": each.reference}) for each in rows]
        whole = [(sum((each.amount for each in rows), Decimal(0)), {"client_reference": file.reference})]
        moved = self.told(*self.random.choice((singly, whole)))
        for each in rows:
            self.paid[each.invoice.payer_id] += each.amount
        if len(moved) == len(rows):
            self.matched |= {
                one.pk: (each.invoice.payer_id, each.amount) for one, each in zip(moved, rows, strict=True)
            }

    def collection_returns(self) -> None:
        rows = list(
            Collection.objects.exclude(paid_by=None).filter(returned_by=None).select_related("invoice")
        )
        if rows:
            each = self.random.choice(rows)
            (one,) = self.told((-each.amount, {"client_reference": each.reference, "return_reason": "MS03"}))
            self._in(one, each.invoice.payer_id, -each.amount)

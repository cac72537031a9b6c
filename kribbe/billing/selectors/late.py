"""Invoices that are paid late, and what may follow by law."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from kribbe.billing.models import Books, Invoice, InvoiceKind, Payer, PayerKind, PaymentPlan, Reminder, Step
from kribbe.billing.selectors.accounts import NOUGHT, with_open
from kribbe.rules.packs import Pack, load_pack
from kribbe.rules.reminders import Costs, costs
from kribbe.web.words import say

PACK = "reminders"


@dataclass(frozen=True, slots=True)
class Late:
    """An invoice that is late, with the reminder that may be sent on this day (None: its last term still runs)."""

    invoice: Invoice
    open: Decimal
    last: Reminder | None
    next: Step | None
    costs: Costs

    @property
    def why(self) -> list[str]:
        """The sum of the costs, and what of it isn't sure."""
        return [say(reason) for reason in (*self.costs.why, *self.costs.doubts)]


def pack() -> Pack:
    """The figures of the law."""
    return load_pack(PACK)


def late(books: Books, on: date) -> list[Late]:
    """Invoices past their day that no kept plan covers, the latest first."""
    kept = plans_kept(books, on)
    due = Invoice.objects.filter(books=books, kind=InvoiceKind.INVOICE, due_on__lt=on)
    found = with_open(due).filter(open__gt=0).select_related("payer__adult").prefetch_related("reminders")
    return [late_of(each, on) for each in found.order_by("due_on", "pk") if each.payer_id not in kept]


def late_of(invoice: Any, on: date) -> Late:
    """What may follow for one invoice that comes `with_open`, its payer and reminders."""
    reminders = list(invoice.reminders.all())
    last = reminders[-1] if reminders else None
    step = _next(invoice.payer, last, on)
    allowed = Costs(NOUGHT, NOUGHT, ())
    if step == Step.COSTS and last:
        allowed = costs(invoice.open, free_until=last.pay_by, on=on, pack=pack())
    return Late(invoice, invoice.open, last, step, allowed)


def _next(payer: Payer, last: Reminder | None, on: date) -> Step | None:
    if last is None:
        return Step.FREE
    is_consumer = payer.kind == PayerKind.ADULT
    return Step.COSTS if is_consumer and last.step == Step.FREE and on > last.pay_by else None


@dataclass(frozen=True, slots=True)
class PlanState:
    """How a plan goes: what was paid of it, and what should have been by now. Euros."""

    plan: PaymentPlan
    paid: Decimal
    due: Decimal

    @property
    def is_kept(self) -> bool:
        return self.paid >= self.due


def plan_states(plans: Sequence[PaymentPlan], on: date) -> list[PlanState]:
    """How these plans go at the end of a day. They come with their instalments and invoices."""
    keys = {each.invoice_id for plan in plans for each in plan.invoices.all()}
    left = {each.pk: each.open for each in with_open(Invoice.objects.filter(pk__in=keys))}
    return [
        PlanState(
            plan,
            sum(
                (each.amount - min(each.amount, left[each.invoice_id]) for each in plan.invoices.all()),
                NOUGHT,
            ),
            sum((each.amount for each in plan.instalments.all() if each.due_on < on), NOUGHT),
        )
        for plan in plans
    ]


def plans_kept(books: Books, on: date) -> frozenset[int]:
    """The payers (by primary key) who keep to a plan."""
    running = PaymentPlan.objects.filter(payer__books=books, ended_at=None)
    plans = list(running.prefetch_related("instalments", "invoices"))
    return frozenset(each.plan.payer_id for each in plan_states(plans, on) if each.is_kept)

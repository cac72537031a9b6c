"""Invoices that are paid late, and what may follow by law."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from kribbe.billing.models import (
    Books,
    Invoice,
    InvoiceKind,
    Payer,
    PayerKind,
    PaymentPlan,
    PlannedInvoice,
    Reminder,
    Step,
)
from kribbe.billing.selectors.accounts import with_open
from kribbe.billing.selectors.net import Net, asked_of, nets
from kribbe.rules.money import NOUGHT
from kribbe.rules.packs import Pack, load_pack
from kribbe.rules.reminders import Costs, costs
from kribbe.web.words import say

PACK = "reminders"


@dataclass(frozen=True, slots=True)
class Late:
    """An invoice that is late, with the reminder that may be sent on this day (None: its last term still runs).

    `asked` is what is to be paid of it, once all that is the payer's is set off.
    """

    invoice: Invoice
    asked: Decimal
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
    """Invoices past their day of which something is to be paid and that no kept plan covers, the latest first."""
    return late_among(Invoice.objects.filter(books=books), on)


def late_among(invoices: QuerySet[Invoice], on: date) -> list[Late]:
    """As `late`, among these invoices."""
    due = with_open(invoices.filter(kind=InvoiceKind.INVOICE, due_on__lt=on)).filter(open__gt=0)
    rows = due.select_related("payer__adult", "books").prefetch_related("reminders").order_by("due_on", "pk")
    found = list(rows)
    asked, covered = asked_of(found), covered_by_plans({each.payer_id for each in found}, on)
    return [_late_of(each, asked[each.pk], on) for each in found if asked[each.pk] and each.pk not in covered]


def _late_of(invoice: Any, asked: Decimal, on: date) -> Late:
    reminders = list(invoice.reminders.all())
    last = reminders[-1] if reminders else None
    step = _next(invoice.payer, last, on)
    allowed = Costs(NOUGHT, NOUGHT, ())
    if step == Step.COSTS and last:
        allowed = costs(asked, free_until=last.pay_by, on=on, pack=pack())
    return Late(invoice, asked, last, step, allowed)


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
    found = nets({plan.payer_id for plan in plans})
    return [
        PlanState(
            plan,
            plan.total - _left(plan, found[plan.payer_id]),
            sum((each.amount for each in plan.instalments.all() if each.due_on < on), NOUGHT),
        )
        for plan in plans
    ]


def _left(plan: PaymentPlan, net: Net) -> Decimal:
    """What of a plan isn't paid: of its invoices, and of the costs that it has beside them."""
    asked, planned = net.asked, list(plan.invoices.all())
    of_costs = plan.total - sum((each.amount for each in planned), NOUGHT)
    left = min(of_costs, net.costs_asked)
    return left + sum((min(each.amount, asked.get(each.invoice_id, NOUGHT)) for each in planned), NOUGHT)


def covered_by_plans(payers: Collection[int], on: date) -> frozenset[int]:
    """The invoices (by primary key) of these payers that a plan pays off which is kept."""
    running = PaymentPlan.objects.filter(payer__in=payers, ended_at=None)
    plans = list(running.prefetch_related("instalments", "invoices"))
    kept = [each.plan for each in plan_states(plans, on) if each.is_kept]
    return frozenset(each.invoice_id for plan in kept for each in plan.invoices.all())


def in_running_plans() -> QuerySet[PlannedInvoice]:
    """The invoices that a plan pays off, kept or not: they are paid as it says, and not collected at once."""
    return PlannedInvoice.objects.filter(plan__ended_at=None)

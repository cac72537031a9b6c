"""Payment plans: what is open, spread over days that payer and organiser agreed on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_DOWN, Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kribbe.billing.models import Instalment, Payer, PaymentPlan, PlannedInvoice
from kribbe.billing.selectors.net import net_of
from kribbe.billing.services.sending import household_of
from kribbe.rules.calendar import add_months
from kribbe.rules.money import CENT
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal


@dataclass(frozen=True, slots=True)
class Part:
    """An instalment: its day and its amount in euros."""

    due_on: date
    amount: Decimal


LATEST_BEGIN = 12
"""Months from today until the first part at the latest; no reminder leaves while a plan holds."""


def monthly(total: Decimal, count: int, first: date) -> list[Part]:
    """A total in euros in so many monthly parts, equal but for the last, which takes the cents that are left."""
    each = (total / count).quantize(CENT, ROUND_DOWN)
    amounts = [each] * (count - 1) + [total - each * (count - 1)]
    return [Part(add_months(first, number), euros) for number, euros in enumerate(amounts)]


def make_plan(
    *, principal: Principal, payer: Payer, parts: Sequence[Part], today: date, now: datetime
) -> PaymentPlan:
    """Agree on a plan for all that a payer owes: its open invoices and the costs of reminders, less what is kept.

    Raises RefusedError where the parts don't make what is owed, a day lies in the past or is there twice, the first
    is more than a year away, or the payer has a plan already.
    """
    with transaction.atomic():
        lock_rows((Payer, payer.pk))
        if payer.plans.filter(ended_at=None).exists():
            raise RefusedError(_("There is a payment plan already. End it first."), code="has_plan")
        net = net_of(payer.pk)
        total = net.owed
        _check(parts, total, today)
        plan = PaymentPlan.objects.create(payer=payer, total=total, made_at=now, made_by=principal.user_id)
        PlannedInvoice.objects.bulk_create(
            PlannedInvoice(plan=plan, invoice_id=invoice, amount=euros)
            for invoice, euros in net.asked.items()
            if euros
        )
        Instalment.objects.bulk_create(
            Instalment(plan=plan, due_on=part.due_on, amount=part.amount) for part in parts
        )
        _recorded(principal, plan, "plan.make", now)
    return plan


def end_plan(*, principal: Principal, plan: PaymentPlan, now: datetime) -> None:
    """The plan holds no longer; reminders go on. A second time changes nothing."""
    with transaction.atomic():
        if PaymentPlan.objects.filter(pk=plan.pk, ended_at=None).update(ended_at=now):
            _recorded(principal, plan, "plan.end", now)


def _check(parts: Sequence[Part], total: Decimal, today: date) -> None:
    days = [part.due_on for part in parts]
    if len(set(days)) != len(days) or any(day < today for day in days):
        raise RefusedError(_("Each part needs a day of its own, from today on."), code="days")
    if days and min(days) > add_months(today, LATEST_BEGIN):
        raise RefusedError(_("The first part is due within a year. Choose an earlier day."), code="late")
    if not parts or any(part.amount <= 0 for part in parts) or sum(part.amount for part in parts) != total:
        raise RefusedError(_("The parts don't make what is open."), code="sum")


def _recorded(principal: Principal, plan: PaymentPlan, action: str, now: datetime) -> None:
    record(principal=principal, action=action, subject=plan, now=now, household_id=household_of(plan.payer))

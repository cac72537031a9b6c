"""Reminders and statements of account as documents. They are made of rows that never change."""

from datetime import date
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from kribbe.billing.models import Reminder, Step
from kribbe.billing.papers import buyer_lines, face_of, seller_lines
from kribbe.billing.qr import payment_svg
from kribbe.billing.selectors.accounts import Statement
from kribbe.billing.selectors.late import pack
from kribbe.billing.services.issue import BUYER, SELLER
from kribbe.billing.services.sending import desk_of
from kribbe.billing.words import printed_iban, printed_reference
from kribbe.region.models import Desk
from kribbe.rules.reminders import costs
from kribbe.web.documents import pdf
from kribbe.web.templatetags.telling import amount, long_date, month_name, short_date
from kribbe.web.words import say


def reminder_pdf(reminder: Reminder) -> bytes:
    """A tagged PDF of a reminder, in the language of its invoice; the same bytes each time."""
    invoice = reminder.invoice
    seller, buyer = invoice.parties["seller"], invoice.parties["buyer"]
    with translation.override(invoice.language):
        total = reminder.asked + reminder.costs
        payment = {"name": seller["name"], "iban": seller["iban"], "bic": seller["bic"], "ogm": invoice.ogm}
        return pdf(
            "billing/reminder",
            {
                "language": invoice.language,
                "seller": seller_lines(seller),
                "buyer": buyer_lines(buyer),
                "about": _about(reminder),
                "text": _open(reminder)
                + "\n\n"
                + _("Did you pay in the last days? Then there is nothing to do."),
                "asked": amount(total),
                "payment": [
                    [_("Pay before or on"), long_date(reminder.pay_by)],
                    [_("Account"), printed_iban(seller["iban"])],
                    [_("In the name of"), seller["name"]],
                    [_("Reference"), printed_reference(invoice.ogm)],
                ],
                "qr": payment_svg(amount=total, **payment),
                "after": _after(reminder),
                "words": {
                    "to_pay": _("To pay"),
                    "qr": _("Pay with your bank's app"),
                    "qr_alt": _("QR code to pay %(amount)s with reference %(reference)s")
                    % {"amount": amount(total), "reference": printed_reference(invoice.ogm)},
                },
            },
            title=_("%(step)s: invoice %(number)s")
            % {"step": reminder.get_step_display(), "number": invoice},
            brand=face_of(desk_of(invoice), seller),
            language=invoice.language,
        )


def _about(reminder: Reminder) -> list[list[str]]:
    invoice = reminder.invoice
    rows = [
        [_("Date"), long_date(reminder.on)],
        [_("Invoice"), f"{invoice}, {long_date(invoice.issued_on)}"],
        [_("For childcare in"), month_name(invoice.month)],
        [_("Due on"), long_date(invoice.due_on)],
        [_("Open of it"), amount(reminder.asked)],
    ]
    if reminder.step == Step.COSTS:
        rows += [[_("Interest"), amount(reminder.interest)], [_("Lump sum"), amount(reminder.lump)]]
    return rows


def _open(reminder: Reminder) -> str:
    if reminder.asked < reminder.invoice.total:
        return _("Part of this invoice isn't paid yet, as far as we can see.")
    return _("This invoice isn't paid yet, as far as we can see.")


def _after(reminder: Reminder) -> str:
    hard = _("Is paying at once hard? Tell us: we can spread it over several months.")
    if reminder.step == Step.FREE:
        later = _later(reminder)
        return f"{later}\n\n{hard}" if later else hard
    first = reminder.invoice.reminders.get(step=Step.FREE)
    why = costs(reminder.asked, free_until=first.pay_by, on=reminder.on, pack=pack()).why
    because = " ".join(say(reason) for reason in why)
    return _("Why these costs: %s") % because + "\n\n" + hard


def _later(reminder: Reminder) -> str:
    """What may be asked after the free term, as the law wants it said; nothing to an organisation."""
    if reminder.invoice.parties["buyer"]["enterprise_number"]:
        return ""
    day_after = reminder.pay_by.fromordinal(reminder.pay_by.toordinal() + 1)
    lump = costs(reminder.asked, free_until=reminder.pay_by, on=day_after, pack=pack()).lump
    return _(
        "This reminder is free. If the amount isn't paid by %(day)s, we may ask a lump sum of %(lump)s and interest, "
        "by Book XIX of the Code of Economic Law."
    ) % {"day": long_date(reminder.pay_by), "lump": amount(lump)}


def statement_pdf(found: Statement, *, desk: Desk, language: str) -> bytes:
    """A tagged PDF of a payer's account over some days."""
    payer = found.payer
    seller: dict[str, Any] = {name: getattr(payer.books, name) for name in SELLER}
    buyer: dict[str, Any] = {name: getattr(payer, name) for name in BUYER}
    with translation.override(language):
        return pdf(
            "billing/statement",
            {
                "language": language,
                "seller": seller_lines(seller),
                "buyer": buyer_lines(buyer),
                "about": [
                    [_("From"), long_date(found.first)],
                    [_("Until"), long_date(found.last)],
                    [_("Open at the end"), amount(found.after)],
                ],
                "lines": statement_lines(found),
                "words": {"columns": [_("Day"), _("What"), _("Amount"), _("Open after it")]},
            },
            title=_("Statement of account"),
            brand=face_of(desk, seller),
            language=language,
        )


def statement_lines(found: Statement) -> list[list[str]]:
    """The rows of a statement in the active language: day, what, amount, what is open after it."""
    rows = [[_short(found.first), _("Open before"), "", amount(found.before)]]
    for each in found.movements:
        what = " ".join(filter(None, (each.entry.get_kind_display(), each.entry.note)))
        rows.append([_short(each.entry.on), what, amount(each.amount), amount(each.after)])
    return rows


def _short(day: date) -> str:
    return short_date(day)

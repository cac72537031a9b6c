"""Every notice of billing: whom it tells, when, and what it can say."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from kribbe.contact.kinds import Place, Recipient
from kribbe.enrolment.notice_kinds import register_all
from kribbe.web.templatetags.telling import long_date, month_name

COMMON = {
    "sender": Place(_("the organiser's name"), lambda context: str(context["sender"])),
    "number": Place(_("the number of the invoice"), lambda context: str(context["number"])),
    "amount": Place(_("the amount"), lambda context: str(context["amount"])),
    "iban": Place(_("the account to pay on"), lambda context: str(context["iban"])),
    "reference": Place(_("the reference for the bank"), lambda context: str(context["reference"])),
}
INVOICE = {
    "month": Place(_("the month of care"), lambda context: month_name(context["month"])),
    "day": Place(_("the last day to pay"), lambda context: long_date(context["due_on"])),
}
REMINDER = {"day": Place(_("the last day to pay"), lambda context: long_date(context["pay_by"]))}


def register_kinds() -> None:
    """Offer them to the desks; a second call changes nothing."""
    register_all("billing", Recipient.FAMILY, KINDS)


def _sample() -> dict[str, Any]:
    return {
        "sender": "De Voorbeeldboom",
        "number": "2027-00012",
        "amount": "€ 245,60",
        "total": Decimal("245.60"),
        "iban": "BE68 5390 0754 7034",
        "reference": "+++090/9337/55493+++",
        "month": date(2027, 3, 1),
        "due_on": date(2027, 4, 16),
        "pay_by": date(2027, 5, 7),
    }


KINDS = (
    (
        "invoice",
        _("An invoice or credit note"),
        "When an organiser sends its invoices; to the payer alone, with the document as a file.",
        COMMON | INVOICE,
        _sample,
    ),
    (
        "reminder",
        _("A reminder of an invoice"),
        "When an organiser sends its reminders; to the payer alone, with the document as a file.",
        COMMON | REMINDER,
        _sample,
    ),
    (
        "deposit",
        _("A deposit that is asked"),
        "When an organiser asks a deposit for a place; to the payer alone, once.",
        {name: COMMON[name] for name in ("sender", "amount", "iban", "reference")}
        | {"child": Place(_("the child's name"), lambda context: str(context["child"]))},
        lambda: _sample() | {"child": "Noor Maes", "reference": "+++900/0000/01226+++"},
    ),
    (
        "deposit_withdrawn",
        _("A deposit that isn't asked any more"),
        "When an organiser withdraws a deposit of which nothing was paid; to the payer alone, once.",
        {name: COMMON[name] for name in ("sender", "amount", "reference")}
        | {"child": Place(_("the child's name"), lambda context: str(context["child"]))},
        lambda: _sample() | {"child": "Noor Maes", "reference": "+++900/0000/01226+++"},
    ),
    (
        "renewal",
        _("A fee certificate to renew"),
        "When an organiser asks the families whose certificate wasn't renewed since fees were indexed; once.",
        {
            "sender": Place(_("the organiser's name"), lambda context: str(context["sender"])),
            "day": Place(_("the day on which fees are indexed"), lambda context: long_date(context["day"])),
        },
        lambda: {"sender": "De Voorbeeldboom", "day": date(2026, 10, 1)},
    ),
)

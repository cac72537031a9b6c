"""What hangs in the shell of what follows an invoice: navigation, notices, files of mails, the family's own file."""

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kribbe.contact.attachments import Attachment, register_attachment
from kribbe.people.navigation import own_household_only
from kribbe.places.access import place_where
from kribbe.trust.export import export
from kribbe.trust.permissions import Action
from kribbe.web.navigation import NavItem, register

PDF = "application/pdf"
PAGES = (
    (_("Post"), "billing:post", "send", 51),
    (_("Reminders"), "billing:reminders", "bell", 52),
    (_("Accounts"), "billing:accounts", "scale", 53),
    (_("Deposits"), "billing:deposits", "piggy-bank", 54),
)

_at_place = place_where(Action.BILLING_READ)


def register_after() -> None:
    """Hang it all; a second call changes nothing."""
    from kribbe.billing.notice_kinds import register_kinds
    from kribbe.billing.online import register_provider
    from kribbe.billing.online.demo import DemoProvider

    for label, name, icon, order in PAGES:
        register(NavItem(label, name, icon, "location", order=order, arguments=_at_place, group="billing"))
    register(
        NavItem(
            _("Invoices"), "billing:my_invoices", "receipt", "parent", order=16, arguments=own_household_only
        )
    )
    register_kinds()
    register_attachment("invoice", _invoice_file)
    register_attachment("reminder", _reminder_file)
    if settings.DEMO:
        register_provider(DemoProvider())
    _tell_families()


def _invoice_file(key: int) -> Attachment | None:
    from kribbe.billing.models import Invoice
    from kribbe.billing.papers import invoice_pdf

    invoice = Invoice.objects.filter(pk=key).first()
    return Attachment(f"{invoice}.pdf", invoice_pdf(invoice, now=timezone.now()), PDF) if invoice else None


def _reminder_file(key: int) -> Attachment | None:
    from kribbe.billing.account_papers import reminder_pdf
    from kribbe.billing.models import Reminder

    reminder = Reminder.objects.filter(pk=key).select_related("invoice").first()
    return (
        Attachment(f"{reminder.invoice}-{reminder.step}.pdf", reminder_pdf(reminder), PDF)
        if reminder
        else None
    )


def _tell_families() -> None:
    household = "payer__adult__household"
    export("billing.InvoicePaper", f"invoice__{household}", but=("pdf",))
    export("billing.Sending", f"invoice__{household}")
    export("billing.Reminder", f"invoice__{household}", but=("made_by",))
    export("billing.PaymentPlan", household, but=("made_by",))
    export("billing.PlannedInvoice", f"plan__{household}")
    export("billing.Instalment", f"plan__{household}")
    export("billing.WriteOff", f"invoice__{household}")
    export("billing.Deposit", household, but=("made_by",))
    export("billing.DepositMove", f"deposit__{household}")
    export("billing.OnlinePayment", f"invoice__{household}")

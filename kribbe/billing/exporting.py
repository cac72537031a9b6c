"""What this room tells in a family's own file."""

from django.db.models import Q

from kribbe.trust.export import export

PAYER = "adult__household"
PLACE = "placement__child__household"


def tell_families() -> None:
    """The fees and charges of a family's children, and what its adults were asked and paid."""
    export("billing.FeeCertificate", "child__household", but=("recorded_by",))
    export("billing.ImportedCertificate", "certificate__child__household")
    export(
        "billing.OneCharge",
        lambda household: Q(**{PLACE: household}) | Q(care__child__household=household),
        but=("made_by",),
    )
    export("billing.Payer", PAYER)
    export("billing.Share", f"payer__{PAYER}")
    export("billing.UnplacedCare", "child__household")
    export("billing.ShareChange", PLACE, but=("made_by", "before"))
    export("billing.Invoice", f"payer__{PAYER}")
    for table in ("InvoiceLine", "Settlement", "Sending", "WriteOff", "OnlinePayment"):
        export(f"billing.{table}", f"invoice__payer__{PAYER}")
    export(
        "billing.Stuck",
        lambda household: Q(**{f"invoice__payer__{PAYER}": household}) | Q(**{PLACE: household}),
        but=("detail",),
    )
    export("billing.InvoicePaper", f"invoice__payer__{PAYER}", but=("pdf",))
    export("billing.Reminder", f"invoice__payer__{PAYER}", but=("made_by",))
    export("billing.JournalLine", f"payer__{PAYER}")
    export("billing.PaymentPlan", f"payer__{PAYER}", but=("made_by",))
    export("billing.PlannedInvoice", f"plan__payer__{PAYER}")
    export("billing.Instalment", f"plan__payer__{PAYER}")
    export("billing.Deposit", f"payer__{PAYER}", but=("made_by",))
    export("billing.DepositMove", f"deposit__payer__{PAYER}")

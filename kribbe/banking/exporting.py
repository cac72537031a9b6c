"""What this room tells in a family's own file."""

from kribbe.trust.export import export

PAYER = "payer__adult__household"


def tell_families() -> None:
    """The mandates of a family's adults, what was collected by them, and what was paid back."""
    export("banking.Mandate", PAYER, but=("signed_by",))
    export("banking.Collection", f"mandate__{PAYER}")
    export("banking.Refund", PAYER)

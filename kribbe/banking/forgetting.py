"""What becomes of a family's account numbers."""

from kribbe.trust.forgetting import GONE, forget

NO_IBAN = "XX00000000000000"
"""Where the database asks for the form of a number."""


def forget_families() -> None:
    """The accounts and the signatures of mandates, and accounts to which was paid back."""
    payer = "payer__adult__household"
    forget("banking.Mandate", payer, iban=NO_IBAN, holder=GONE, text="", signed_name=GONE)
    forget("banking.Refund", payer, iban=NO_IBAN)
    paid = "matches__entry__lines__payer__adult__household"
    forget("banking.Movement", paid, text="", iban="", name="", client_reference="")

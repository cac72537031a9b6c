"""What becomes of a family's account numbers, and of what the bank wrote of its payments."""

from collections.abc import Iterator

from django.db.models import Q

from kribbe.banking.models import Mandate, Movement, Refund
from kribbe.billing.models import Invoice, Payer
from kribbe.people.models import Adult
from kribbe.trust.forgetting import GONE, forget, forget_first

NO_IBAN = "XX00000000000000"
"""Where the database asks for the form of a number."""
PAID = "matches__entry__lines__payer__adult__household"


def forget_families() -> None:
    """The accounts, the signatures of mandates, and what stands with payments, matched or not."""
    payer = "payer__adult__household"
    told = {"text": "", "iban": "", "name": "", "client_reference": ""}
    forget_first("banking.Movement", unmatched_of, **told)
    forget("banking.Mandate", payer, iban=NO_IBAN, holder=GONE, text="", signed_name=GONE)
    forget("banking.Refund", payer, iban=NO_IBAN)
    forget("banking.Movement", PAID, **told)


def unmatched_of(household_id: int) -> Q:
    """The movements that nobody matched, at organisers that a household paid: from an account of it, with the
    reference of an invoice of it, or under the name of one of its adults.

    What may be another payer's stays, since somebody has to find out whose it is: from an account that pays for
    others too, or under a name that a parent of another family there has.
    """
    payers = Payer.objects.filter(adult__household=household_id)
    of_its = Q(iban__in=_accounts(household_id)) | Q(
        ogm__in=Invoice.objects.filter(payer__in=payers).values("ogm")
    )
    beside = Adult.objects.filter(payers__books__in=payers.values("books")).exclude(household=household_id)
    for first, last in Adult.objects.filter(household=household_id).values_list("first_name", "last_name"):
        if not beside.filter(first_name__iexact=first, last_name__iexact=last).exists():
            of_its |= Q(name__iexact=f"{first} {last}") | Q(name__iexact=f"{last} {first}")
    return Q(of_its, matches=None, statement__books__in=payers.values("books"))


def _accounts(household_id: int) -> set[str]:
    """From which it paid, to which it was paid back, or from which is collected; none that paid for others too."""

    def found() -> Iterator[str]:
        yield from Mandate.objects.filter(payer__adult__household=household_id).values_list("iban", flat=True)
        yield from Refund.objects.filter(payer__adult__household=household_id).values_list("iban", flat=True)
        yield from Movement.objects.filter(**{PAID: household_id}).values_list("iban", flat=True)

    own = set(found()) - {"", NO_IBAN}
    others = Payer.objects.exclude(adult__household=household_id)
    shared = Movement.objects.filter(iban__in=own, matches__entry__lines__payer__in=others)
    return own - set(shared.values_list("iban", flat=True))

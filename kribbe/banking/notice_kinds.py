"""The notice of banking: a collection is announced with its day and amount."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from kribbe.banking.models import Collection, DebitFile, Mandate
from kribbe.billing.models import Books, Invoice
from kribbe.contact.kinds import Place, Recipient
from kribbe.enrolment.notice_kinds import register_all
from kribbe.web.templatetags.telling import amount, long_date

PLACES = {
    "amount": Place(_("the amount that is collected"), lambda context: amount(context["collection"].amount)),
    "day": Place(_("the day of the collection"), lambda context: long_date(context["file"].collect_on)),
}


def _sample() -> dict[str, Any]:
    mandate = Mandate(reference="ABCD2345", iban="BE68539007547034")
    return {
        "books": Books(name="De Voorbeelden vzw"),
        "file": DebitFile(collect_on=date(2027, 4, 20)),
        "collection": Collection(
            amount=Decimal("123.40"), mandate=mandate, invoice=Invoice(year=2027, number=12)
        ),
    }


def register_kinds() -> None:
    """Offer it to the desks; a second call changes nothing."""
    register_all("banking", Recipient.FAMILY, FAMILY)


FAMILY = (
    (
        "collection",
        _("An invoice will be collected from the account"),
        "As soon as the file of collections is made, the agreed number of days before the collection; once.",
        PLACES,
        _sample,
        "amount",
        "day",
    ),
)

"""A file of the tax office after another: what was corrected twice since, and what was cancelled after that."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from defusedxml.ElementTree import fromstring

from kribbe.billing.tests.scene import with_books
from kribbe.taxes.models import TaxCertificate
from kribbe.taxes.services.certificates import issue_year
from kribbe.taxes.services.files import make_belcotax, mark_sent
from kribbe.taxes.services.identities import give_identity
from kribbe.taxes.tests.scene import PARENT_NUMBER, child_number, invoice, pay, stay
from kribbe.taxes.writing.belcotax import Treatment
from kribbe.taxes.writing.check_belcotax import faults
from kribbe.testing.worlds import built_once
from kribbe.trust.principal import SYSTEM

pytestmark = pytest.mark.django_db
NOW = datetime(2027, 1, 20, 9, tzinfo=UTC)
DAYS = [date(2026, 3, day) for day in (2, 9, 16)]


@built_once
def kept():
    made = with_books(now=NOW, start=date(2025, 9, 1))
    made.books.email = "info@notelaar.example"
    made.books.save()
    child = made.scene.noor.child
    for person, number in ((child.household.adults.get(), PARENT_NUMBER), (child, child_number(child.born))):
        give_identity(principal=SYSTEM, person=person, number=number, now=NOW)
    return made


def care(kept, *parts):
    """Care asked and paid on one of the last days of the year, or given back, and what that certifies."""
    on = date(2026, 12, 30)
    invoice(kept, [stay(kept.scene.noor, day, price) for price, day in parts], on=on, now=NOW)
    total = sum(Decimal(price) for price, _day in parts)
    if total > 0:
        pay(kept, f"{total}", on=on, now=NOW)
    issue_year(principal=SYSTEM, books=kept.books, year=2026, now=NOW)


def sent(kept, answer):
    """The fiches of the file that is made now, and sent: reference, treatment and total in cents."""
    made = make_belcotax(principal=SYSTEM, books=kept.books, year=2026, now=NOW)
    assert made.file is not None and faults(made.data) == []
    mark_sent(principal=SYSTEM, file=made.file, answer=answer, now=NOW)
    slips = fromstring(made.data).iter("Fiche28186")
    names = ("f2010_referentie", "f2028_typetraitement", "f86_2064_totalamount")
    return [tuple(slip.findtext(name) for name in names) for slip in slips]


def kinds():
    return list(TaxCertificate.objects.order_by("number").values_list("kind", flat=True))


def test_the_correction_of_a_correction_changes_what_was_sent(kept):
    care(kept, ("10.00", DAYS[0]))
    assert sent(kept, "000001") == [("2026-00001", Treatment.NORMAL, "1000")]
    care(kept, ("11.00", DAYS[1]))
    care(kept, ("12.00", DAYS[2]))
    assert kinds() == ["original", "change", "change"]
    assert sent(kept, "000002") == [("2026-00003", Treatment.CHANGE, "3300")]
    assert sent(kept, "000003") == [("2026-00003", Treatment.NORMAL, "3300")]


def test_what_was_cancelled_after_a_correction_is_told_as_cancelled(kept):
    care(kept, ("10.00", DAYS[0]))
    sent(kept, "000001")
    care(kept, ("11.00", DAYS[1]))
    care(kept, ("-10.00", DAYS[0]), ("-11.00", DAYS[1]))
    assert kinds() == ["original", "change", "cancel"]
    assert sent(kept, "000002") == [("2026-00001", Treatment.CANCEL, "1000")]


def test_what_was_never_sent_is_added_and_its_end_not_told(kept):
    care(kept, ("10.00", DAYS[0]))
    care(kept, ("11.00", DAYS[1]))
    assert sent(kept, "000001") == [("2026-00002", Treatment.NORMAL, "2100")]

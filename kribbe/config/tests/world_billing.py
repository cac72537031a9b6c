"""What stands behind the doors of invoices and of tax certificates."""

from datetime import date, timedelta
from decimal import Decimal

from kribbe.billing.models import Books, CertificateImport, OnlinePayment, Payer, Reminder
from kribbe.billing.services.issue import DraftLine, issue
from kribbe.taxes.models import AuthorityFile, FileKind, TaxCertificate
from kribbe.trust.principal import SYSTEM


def after_invoices(location, placement, adult, now):
    """A parent's invoice with a reminder and an online payment, and an electronic one."""
    books = Books.objects.filter(organiser=location.organiser).first() or Books.objects.create(
        organiser=location.organiser,
        name=location.name,
        street="Markt 1",
        postcode="3999",
        city="Dorp",
        iban="BE68539007547034",
        started_on=now.date(),
    )
    Books.objects.filter(pk=books.pk).update(enterprise_number="0403019261")
    books.refresh_from_db()
    own = Payer.objects.filter(books=books, adult=adult).first() or _payer(
        books, now, kind="adult", name="Anna Maes", adult=adult
    )
    theirs = _payer(books, now, kind="organisation", name="OCMW", enterprise_number="0212214125")
    invoice, electronic = (_issued(books, payer, placement, now) for payer in (own, theirs))
    today = now.date()
    Reminder.objects.create(
        invoice=invoice, step=1, on=today, pay_by=today + timedelta(days=18), asked=Decimal(1), made_at=now
    )
    payment = OnlinePayment.objects.create(
        books=books, invoice=invoice, provider="none", amount=Decimal(1), begun_at=now
    )
    listed = CertificateImport.objects.create(books=books, file_name="attesten.csv", given_at=now)
    return {
        "certificate_list": listed.reference,
        "own_invoice": invoice.reference,
        "electronic": electronic.reference,
        "payer": own.reference,
        "online": payment.reference,
        "export": "journal",
        "table": "csv",
    }


def _payer(books, now, **fields):
    return Payer.objects.create(
        books=books, street="Markt 2", postcode="3999", city="Dorp", made_at=now, **fields
    )


def _issued(books, payer, placement, now):
    month, euro = now.date().replace(day=1), Decimal("1.00")
    line = DraftLine(placement.pk, month, month, "stay.full", Decimal(1), euro, Decimal(100), euro)
    return issue(
        principal=SYSTEM, books=books, payer=payer, month=month, lines=[line], on=now.date(), now=now
    )


def taxed(location, placement, now):
    """Books with a parent who pays, her tax certificate of this year, and its file."""
    books, _made = Books.objects.get_or_create(
        organiser=location.organiser,
        defaults={"name": "Notelaar vzw", "street": "Markt 1", "postcode": "3000", "city": "Leuven",
                  "iban": "BE68539007547034", "started_on": now.date()},
    )  # fmt: skip
    adult = placement.child.household.adults.order_by("pk").first()
    payer, _made = Payer.objects.get_or_create(
        books=books,
        adult=adult,
        defaults={"kind": "adult", "name": f"{adult}", "street": "Markt 2", "postcode": "3000", "city": "Leuven",
                  "made_at": now},
    )  # fmt: skip
    year = now.date().year
    line = {"first": f"{year}-01-02", "last": f"{year}-01-02", "days": 1, "price": None, "amount": "12.00"}
    address = {"name": "An", "street": "Markt 1", "postcode": "3000", "city": "Leuven"}
    certificate = TaxCertificate.objects.create(
        books=books,
        payer=payer,
        child=placement.child,
        year=year,
        number=1,
        lines=[line],
        days=1,
        total=12,
        parties={
            "organiser": {**address, "enterprise_number": ""},
            "certifier": {**address, "enterprise_number": "", "code": "1"},
            "payer": {**address, "country": "BE", "first_name": "An", "last_name": "Maes"},
            "child": {**address, "first_name": "Zeger", "last_name": "Maes", "born": "2026-01-05"},
        },
        language="nl",
        issued_on=now.date(),
        issued_at=now,
    )
    file = AuthorityFile.objects.create(
        books=books, kind=FileKind.BELCOTAX, period=date(year, 1, 1), rows=1, digest="0" * 64, made_at=now
    )
    return {
        "tax_certificate": certificate.reference,
        "authority_file": file.reference,
        "tax_payer": payer.reference,
        "report_kind": "income",
    }

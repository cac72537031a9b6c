"""Months set right after they were invoiced, with the sums written out; Noor's days as in `test_month`."""

from datetime import date
from decimal import Decimal

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from kribbe.billing.models import CertificateKind, Invoice, InvoiceKind
from kribbe.billing.reasons import from_json
from kribbe.billing.services.fees import add_certificate
from kribbe.billing.services.payers import Part, share_out
from kribbe.billing.tests.marched import FEE, NEW_YEAR, NOW, THE_2ND, THE_20TH, euros, march
from kribbe.billing.tests.month import (
    APRIL,
    MARCH,
    absent,
    came,
    day_change,
    house_rules,
    lines_of,
    run,
)
from kribbe.billing.tests.scene import make_payer
from kribbe.places.models import ClosingDay
from kribbe.planning.models import Absence, DayChange
from kribbe.planning.tests.scene import MONDAY
from kribbe.trust.principal import SYSTEM

pytestmark = pytest.mark.django_db


def true_fee(kept, noor, fee):
    """A certificate comes that holds from New Year on, in place of the one that was written down."""
    add_certificate(
        principal=SYSTEM, books=kept.books, placement=noor, first=NEW_YEAR, last=None, day_fee=euros(fee),
        kind=CertificateKind.INCOME, code="", alone=False, now=NOW, replaces=True,
    )  # fmt: skip


def test_a_retroactive_certificate_over_a_closed_month(kept, noor, fee):
    run(kept, MARCH, THE_2ND)
    true_fee(kept, noor, "10.00")
    # 10 days x (10.00 - 12.34)
    assert run(kept, MARCH, THE_20TH) == {"An Maes": euros("-23.40")}
    first, credit = Invoice.objects.all()
    assert (credit.kind, credit.corrects, credit.lines.count()) == (InvoiceKind.CREDIT, first, 20)
    taken, asked = credit.lines.filter(day=march(2))
    assert (taken.quantity, taken.unit_price, taken.amount) == (-1, euros("12.34"), euros("-12.34"))
    assert (asked.quantity, asked.unit_price, asked.amount) == (1, euros("10.00"), euros("10.00"))
    assert [each.english() for each in from_json(taken.why)] == ["Differs from document 2026-00001."]


def test_set_right_twice(kept, noor, fee):
    run(kept, MARCH, THE_2ND)
    true_fee(kept, noor, "10.00")
    run(kept, MARCH, date(2026, 4, 10))
    true_fee(kept, noor, "11.00")
    # 10 days x (11.00 - 10.00)
    assert run(kept, MARCH, THE_20TH) == {"An Maes": euros("10.00")}


def test_another_payer_told_after_the_invoice(kept, noor, fee):
    run(kept, MARCH, THE_2ND)
    father = make_payer(kept.books, "Bram", now=NOW)
    parts = [Part(father, Decimal(100))]
    share_out(principal=SYSTEM, placement=noor, parts=parts, first=march(30), now=NOW)
    # the 30th and 31st go over: 2 x 12.34
    assert run(kept, MARCH, THE_20TH) == {"An Maes": euros("-24.68"), "Bram": euros("24.68")}


def test_a_swap_agreed_after_the_invoice_costs_nothing(kept, noor, fee):
    run(kept, MARCH, THE_2ND)
    day_change(noor, march(12), instead_of=march(10))
    assert run(kept, MARCH, THE_20TH) == {"An Maes": euros("0.00")}
    credited = [line for line in lines_of("An Maes") if line[0] in (march(10), march(12))]
    assert [amount for _day, _what, amount in credited] == [euros(FEE), euros(f"-{FEE}"), euros(FEE)]


def test_a_late_correction_of_attendance(kept, noor, fee):
    run(kept, MARCH, THE_2ND)
    came(noor, march(12), "08:00", "12:00")
    # four hours on a Thursday that wasn't reserved: 60% of 12.34 = 7.404
    assert run(kept, MARCH, THE_20TH) == {"An Maes": euros("7.40")}


def test_an_agreement_changed_after_the_invoice(kept, noor, fee):
    run(kept, MARCH, THE_2ND)
    noor.pattern = MONDAY.mask
    noor.save()
    # the five Tuesdays go: 5 x 12.34
    assert run(kept, MARCH, THE_20TH) == {"An Maes": euros("-61.70")}


def test_a_credit_over_the_turn_of_the_year(kept, noor, fee):
    december = date(2026, 12, 1)
    # Mondays 7, 14, 21, 28; Tuesdays 1, 8, 15, 22, 29: 9 x 12.34
    assert run(kept, december, date(2026, 12, 31)) == {"An Maes": euros("111.06")}
    true_fee(kept, noor, "10.00")
    # 9 x (10.00 - 12.34)
    assert run(kept, december, date(2027, 1, 15)) == {"An Maes": euros("-21.06")}
    assert [str(each) for each in Invoice.objects.all()] == ["2026-00001", "2027-00001"]
    assert Invoice.objects.get(year=2027).corrects == Invoice.objects.get(year=2026)


def test_a_closing_day_announced_later(kept, noor, fee):
    run(kept, MARCH, THE_2ND)
    ClosingDay.objects.create(location=kept.scene.location, during=DateRange(march(16), march(17)))
    assert run(kept, MARCH, THE_20TH) == {"An Maes": euros("-12.34")}


def test_an_absence_told_after_the_invoice(kept, noor, fee):
    house_rules(kept)
    run(kept, MARCH, THE_2ND)
    absent(noor, march(31))
    assert run(kept, MARCH, THE_20TH) == {"An Maes": euros("-12.34")}
    Absence.objects.update(taken_back_at=NOW)
    assert run(kept, MARCH, date(2026, 4, 25)) == {"An Maes": euros("12.34")}


def test_part_of_a_month_and_an_end_told_later(kept, noor, fee):
    run(kept, MARCH, THE_2ND)
    noor.during = DateRange(noor.during.lower, march(16))
    noor.save()
    # the 2nd, 3rd, 9th and 10th stay; 6 x 12.34 go back
    assert run(kept, MARCH, THE_20TH) == {"An Maes": euros("-74.04")}


def test_a_child_of_two_payers_leaves(kept, noor, fee):
    father = make_payer(kept.books, "Bram", now=NOW)
    parts = [Part(kept.payer, Decimal(60)), Part(father, Decimal(40))]
    share_out(principal=SYSTEM, placement=noor, parts=parts, first=march(1), now=NOW)
    # of each day 60% and 40% of 12.34, the odd cent with the first: 7.41 and 4.93; 10 days
    assert run(kept, MARCH, THE_2ND) == {"An Maes": euros("74.10"), "Bram": euros("49.30")}
    noor.during = DateRange(noor.during.lower, march(16))
    noor.save()
    # 6 days go back to each in its part: 6 x 7.41 and 6 x 4.93; April has no day of the child
    assert run(kept, MARCH, THE_20TH) == {"An Maes": euros("-44.46"), "Bram": euros("-29.58")}
    assert run(kept, APRIL, date(2026, 5, 2)) == {}
    assert [each.corrects.payer for each in Invoice.objects.filter(kind=InvoiceKind.CREDIT)] == [
        kept.payer,
        father,
    ]


def test_an_extra_day_taken_back_after_the_invoice(kept, noor, fee):
    day_change(noor, march(11))
    run(kept, MARCH, THE_2ND)
    DayChange.objects.update(state="withdrawn")
    assert run(kept, MARCH, THE_20TH) == {"An Maes": euros("-12.34")}

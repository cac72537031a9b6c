"""Out-of-school care on the tax certificate: days that were used and paid, as the bank told."""

from datetime import date

import pytest

from kribbe.banking.models import Match
from kribbe.banking.services.booking import book_file
from kribbe.banking.services.files import take_in
from kribbe.banking.tests.scene import open_of, paid_in
from kribbe.billing.models import Invoice
from kribbe.billing.tests.club_scene import club_of, payer_of, stay
from kribbe.billing.tests.issued import paid
from kribbe.billing.tests.marched import NOW, THE_2ND, euros
from kribbe.billing.tests.month import MARCH, run
from kribbe.billing.tests.scene import with_books
from kribbe.outofschool.models import ClubRules, HolidayPlace
from kribbe.outofschool.tests.scene import make_week
from kribbe.rules.bank.coda_writing import write_coda
from kribbe.rules.tests.bank.drawn import statement
from kribbe.taxes.selectors.paid import paid_by
from kribbe.testing.worlds import built_once
from kribbe.trust.principal import SYSTEM

pytestmark = pytest.mark.django_db
MONDAY, TUESDAY = date(2026, 3, 2), date(2026, 3, 3)


@built_once
def kept():
    return with_books(now=NOW, start=date(2026, 1, 5))


@pytest.fixture
def club(kept):
    return club_of(kept)


def test_a_payment_of_the_bank_settles_it_and_the_certificate_counts_the_days(kept, club):
    stay(club, MONDAY)
    stay(club, TUESDAY, "07:15", "08:30", part="before")
    run(kept, MARCH, THE_2ND)
    asked = Invoice.objects.get()
    data = write_coda([statement(paid_in(1, str(asked.total), ogm=asked.ogm, name="FAMILIE"))])
    file = take_in(principal=SYSTEM, books=kept.books, name="april.cod", data=data, now=NOW)
    book_file(principal=SYSTEM, file=file, now=NOW)
    assert open_of(asked) == 0
    assert Match.objects.count() == 1
    year = Match.objects.get().movement.on.year
    (found,) = paid_by([asked.payer], year, today=THE_2ND)
    assert [(day.day, day.price) for day in found.days] == [(MONDAY, euros("4.80")), (TUESDAY, euros("4.00"))]


def test_a_day_that_nobody_used_is_no_care_for_the_tax_office(kept, club):
    ClubRules.objects.create(
        desk=kept.scene.desk, during=(date(2025, 9, 1), None), criteria=[], unused_percent=100
    )
    week = make_week(club.club, opens_at=NOW, first=MONDAY, name="Krokus")
    for child in club.children:
        HolidayPlace.objects.create(week=week, child=child, state="taken", state_at=NOW, asked_at=NOW)
    stay(club, MONDAY, "08:00", "16:00", part="holiday")
    run(kept, MARCH, THE_2ND)
    for number in (0, 1):
        paid(
            kept,
            "14.00",
            payer=payer_of(club, number),
            first=[Invoice.objects.get(payer=payer_of(club, number))],
        )
    found = paid_by([payer_of(club, 0), payer_of(club, 1)], 2026, today=THE_2ND)
    assert [(each.child, len(each.days)) for each in found if each.days] == [(club.children[0], 1)]

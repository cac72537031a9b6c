"""Packages of days on the tax certificate: each day that the child came is an equal part of its package's price.

Noor comes on full Mondays and Tuesdays: 8 in February 2026, 10 in March. De Notelaar sells ten days for 300.00, so a
day is 30.00. The package of 2 February pays for all of February and for 2 and 3 March; the next is bought on 9 March.
"""

from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest
from defusedxml.ElementTree import fromstring
from django.db.backends.postgresql.psycopg_any import DateRange

from kribbe.billing.models import Invoice, Share
from kribbe.billing.services.run import start_run, work_off
from kribbe.billing.tests.marched import euros, march
from kribbe.billing.tests.month import MARCH, absent, house_rules, price_list, run
from kribbe.billing.tests.scene import make_payer, share, with_books
from kribbe.taxes.models import TaxCertificate
from kribbe.taxes.papers import certificate_pdf
from kribbe.taxes.selectors.paid import paid_by
from kribbe.taxes.services.certificates import Issued, issue_year
from kribbe.taxes.services.files import make_belcotax
from kribbe.taxes.services.identities import give_identity
from kribbe.taxes.tests.scene import PARENT_NUMBER, child_number, pay
from kribbe.taxes.tests.test_certificates import text_of
from kribbe.taxes.writing.check_belcotax import faults
from kribbe.testing.worlds import built_once
from kribbe.trust.principal import SYSTEM

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 1, 2, 9, tzinfo=UTC)
SPRING = datetime(2026, 4, 20, 9, tzinfo=UTC)
FEBRUARY, DECEMBER = date(2026, 2, 1), date(2026, 12, 1)
THE_10TH = date(2026, 3, 10)
TEN = {"package_name": "Tienbeurtenkaart", "package_size": 10, "package_price": Decimal("300.00")}


@built_once
def kept():
    made = with_books(now=NOW, start=date(2026, 1, 5))
    made.scene.group.price_kind = "free"
    made.scene.group.save()
    return made


@pytest.fixture
def sold(kept):
    price_list(kept, FEBRUARY, **TEN)
    run(kept, FEBRUARY, date(2026, 3, 2))
    return kept


def asked_too(kept, month: date, on: date) -> None:
    """A run after money came in."""
    now = datetime(on.year, on.month, on.day, 9, tzinfo=UTC)
    work_off(start_run(principal=SYSTEM, books=kept.books, month=month, on=on, now=now).pk, now=now)


def certified(kept, year: int = 2026, now: datetime = SPRING) -> list[tuple[str, str, int, str | None, str]]:
    """First and last day, days, price and amount of the lines that hold for a year, of all payers."""
    issue_year(principal=SYSTEM, books=kept.books, year=year, now=now)
    standing = TaxCertificate.objects.filter(year=year, replaced_by=None).order_by("payer", "number")
    names = ("first", "last", "days", "price", "amount")
    return [tuple(told[name] for name in names) for each in standing for told in each.lines]


def line(first: date, last: date, days: int, price: str | None, amount: str):
    return (f"{first}", f"{last}", days, price, amount)


def test_every_day_that_a_package_paid_for_is_a_tenth_of_its_price(sold):
    assert certified(sold) == []
    pay(sold, "300.00", on=THE_10TH, now=SPRING)
    # 8 days of February and 2 of March: 10 x 30.00; a price above the most a day stands on a line of its own
    assert certified(sold) == [line(date(2026, 2, 2), march(3), 10, "30.00", "300.00")]
    asked_too(sold, MARCH, date(2026, 4, 2))
    # 8 days of March were had of the next one, and two are left for April
    assert certified(sold) == [line(date(2026, 2, 2), march(3), 10, "30.00", "300.00")]
    pay(sold, "300.00", on=date(2026, 4, 15), now=SPRING)
    # until 20 April: 8 days of March, 7 and 13 April
    assert certified(sold) == [line(date(2026, 2, 2), date(2026, 4, 13), 20, "30.00", "600.00")]


def test_a_price_that_makes_no_whole_cents_sums_to_it(kept):
    price_list(kept, FEBRUARY, **{**TEN, "package_size": 3, "package_price": Decimal("50.00")})
    run(kept, FEBRUARY, date(2026, 3, 2))
    # 3 packages: 50.00 each, days of 16.67, 16.66 and 16.67; 9 bought, 8 had in February and the ninth on 2 March
    pay(kept, "150.00", on=THE_10TH, now=SPRING)
    assert certified(kept) == [line(date(2026, 2, 2), march(2), 9, None, "150.00")]


def test_a_part_payment_pays_the_first_days_of_the_package(sold):
    pay(sold, "100.00", on=THE_10TH, now=SPRING)
    # 100.00 : 30.00 is three whole days: 2, 3 and 9 February
    assert certified(sold) == [line(date(2026, 2, 2), date(2026, 2, 9), 3, "30.00", "90.00")]
    pay(sold, "200.00", on=date(2027, 1, 8), now=datetime(2027, 2, 1, 9, tzinfo=UTC))
    winter = datetime(2027, 2, 1, 9, tzinfo=UTC)
    assert certified(sold, now=winter) == [line(date(2026, 2, 2), date(2026, 2, 9), 3, "30.00", "90.00")]
    # the other seven had their last cent in 2027
    assert certified(sold, 2027, winter) == [line(date(2026, 2, 10), march(3), 7, "30.00", "210.00")]


def test_an_absence_takes_its_day_of_the_package_and_is_no_care(kept):
    house_rules(kept, told_by=time(7, 30))
    absent(kept.scene.noor, date(2026, 2, 9), kind="untold")
    price_list(kept, FEBRUARY, **TEN)
    run(kept, FEBRUARY, date(2026, 3, 2))
    pay(kept, "300.00", on=THE_10TH, now=SPRING)
    # 10 days less that of the absence
    assert certified(kept) == [line(date(2026, 2, 2), march(3), 9, "30.00", "270.00")]


def test_what_lapses_unused_is_on_no_certificate(sold):
    noor = sold.scene.noor
    noor.during = DateRange(noor.during.lower, march(1))
    noor.save()
    pay(sold, "300.00", on=THE_10TH, now=SPRING)
    # 8 days had in February; the two left, 60.00, were no care
    assert certified(sold) == [line(date(2026, 2, 2), date(2026, 2, 24), 8, "30.00", "240.00")]


def test_a_list_without_packages_makes_the_rest_lapse(sold):
    price_list(sold, MARCH, full=Decimal("16.00"))
    run(sold, MARCH, date(2026, 4, 2))
    pay(sold, "460.00", on=THE_10TH, now=SPRING)
    # 8 x 30.00 of the package, and 10 days of March by the new list at 16.00
    assert certified(sold) == [
        line(date(2026, 2, 2), date(2026, 2, 24), 8, "30.00", "240.00"),
        line(march(2), march(31), 10, "16.00", "160.00"),
    ]


def test_an_absence_told_after_the_invoice_moves_the_package(sold):
    run(sold, MARCH, date(2026, 4, 2))
    pay(sold, "600.00", on=date(2026, 4, 9), now=SPRING)
    absent(sold.scene.noor, date(2026, 2, 9))
    asked_too(sold, MARCH, date(2026, 4, 10))
    # that absence was free: the first package goes on to 9 March and the second is bought on the 10th, by a credit
    # note of 300.00 for the 9th and 300.00 asked for the 10th. 9 days of February and 2, 3 and 9 March: 10 x 30.00;
    # of the next one 7 days of March, 7, 13 and 14 April: 10 x 30.00
    assert Invoice.objects.filter(payer=sold.payer).count() == 3
    assert certified(sold) == [line(date(2026, 2, 2), date(2026, 4, 14), 20, "30.00", "600.00")]


def test_days_paid_ahead_count_in_the_year_in_which_the_child_came(kept):
    price_list(kept, DECEMBER, **TEN)
    run(kept, DECEMBER, date(2026, 12, 15))
    pay(kept, "300.00", on=date(2026, 12, 20), now=datetime(2026, 12, 20, 9, tzinfo=UTC))
    # 9 days of December, from Tuesday the 1st to Tuesday the 29th; the tenth is Monday 4 January
    told = [line(DECEMBER, date(2026, 12, 29), 9, "30.00", "270.00")]
    assert certified(kept, 2026, datetime(2027, 2, 1, 9, tzinfo=UTC)) == told
    later = datetime(2028, 2, 1, 9, tzinfo=UTC)
    day = date(2027, 1, 4)
    assert certified(kept, 2027, later) == [line(day, day, 1, "30.00", "30.00")]
    assert issue_year(principal=SYSTEM, books=kept.books, year=2026, now=later) == Issued()


def test_days_to_come_are_not_certified(sold):
    pay(sold, "300.00", on=date(2026, 2, 11), now=NOW)
    # on 12 February 2, 3, 9 and 10 February are had
    found = certified(sold, now=datetime(2026, 2, 12, 9, tzinfo=UTC))
    assert found == [line(date(2026, 2, 2), date(2026, 2, 10), 4, "30.00", "120.00")]


def test_each_payer_has_its_share_of_the_day(kept):
    Share.objects.all().delete()
    bob = kept.scene.noor.child.household.adults.create(
        first_name="Bob", last_name="Maes", is_applicant=False
    )
    other = make_payer(kept.books, "Bob Maes", adult=bob, now=NOW)
    share(kept.scene.noor, kept.payer, "60")
    share(kept.scene.noor, other, "40")
    price_list(kept, FEBRUARY, **TEN)
    run(kept, FEBRUARY, date(2026, 3, 2))
    pay(kept, "180.00", on=THE_10TH, now=SPRING)
    pay(kept, "120.00", on=THE_10TH, now=SPRING, payer=other)
    # 60 % of 30.00 is above the most a day and has its price; 40 % is 12.00 and has none
    assert certified(kept) == [
        line(date(2026, 2, 2), march(3), 10, "18.00", "180.00"),
        line(date(2026, 2, 2), march(3), 10, None, "120.00"),
    ]


def test_paper_and_file_tie_out(sold):
    child = sold.scene.noor.child
    sold.books.email = "info@notelaar.example"
    sold.books.save()
    for person, number in ((child.household.adults.get(), PARENT_NUMBER), (child, child_number(child.born))):
        give_identity(principal=SYSTEM, person=person, number=number, now=NOW)
    pay(sold, "300.00", on=THE_10TH, now=SPRING)
    certified(sold)
    text = text_of(certificate_pdf(TaxCertificate.objects.get(), duplicate=False))
    assert "300,00" in text
    assert "30,00" in text
    made = make_belcotax(principal=SYSTEM, books=sold.books, year=2026, now=SPRING)
    assert faults(made.data) == []
    told = {each.tag.split("_")[1]: each.text for each in fromstring(made.data).iter() if "f86_" in each.tag}
    assert (told["2064"], told["2059"]) == ("30000", "60000")


def test_so_many_queries_whatever_the_number_of_months(sold, django_assert_max_num_queries):
    pay(sold, "300.00", on=THE_10TH, now=SPRING)
    with django_assert_max_num_queries(40) as few:
        paid_by([sold.payer], 2026, today=march(10))
    with django_assert_max_num_queries(len(few.captured_queries)):
        (found,) = paid_by([sold.payer], 2026, today=date(2026, 11, 30))
    assert sum(each.price for each in found.days) == euros("300.00")

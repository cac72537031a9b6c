"""Packages of days: bought when the last one is used up, carried from month to month, with the sums written out.

Noor has full Mondays and Tuesdays at a free price: 8 days in February 2026, 10 in March, 8 in April (without Easter
Monday, the 6th), each a day of a package of ten at 300.00. De Notelaar sells them from February on.
"""

from datetime import date
from decimal import Decimal

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from django.urls import reverse

from kribbe.billing.models import Books, Invoice, PriceList
from kribbe.billing.selectors.expected import expected
from kribbe.billing.tests.marched import THE_2ND, THE_20TH, euros, march
from kribbe.billing.tests.month import APRIL, MARCH, absent, came, lines_of, price_list, run
from kribbe.enrolment.tests.location_scene import client_of
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing import cast
from kribbe.trust.principal import Role, Scope

pytestmark = pytest.mark.django_db
FEBRUARY = date(2026, 2, 1)
TEN = {"package_name": "Tienbeurtenkaart", "package_size": 10, "package_price": Decimal("300.00")}


@pytest.fixture
def sold(kept):
    kept.scene.group.price_kind = "free"
    kept.scene.group.save()
    price_list(kept, FEBRUARY, **TEN)
    return kept


def bought(kept, month, on=THE_2ND):
    """The days on which a package was bought in a month, by the run of it."""
    run(kept, month, on)
    return [day for day, what, _amount in lines_of("An Maes") if what == "package" and day >= month]


def test_what_is_left_goes_on_to_the_next_months(sold):
    # 8 of ten used: 2 left
    assert bought(sold, FEBRUARY, date(2026, 3, 2)) == [date(2026, 2, 2)]
    # the 2nd and 3rd of March take these two, the 9th buys the next one: 2 left of it again
    assert bought(sold, MARCH) == [march(9)]
    assert {invoice.total for invoice in Invoice.objects.all()} == {euros("300.00")}


def test_the_preview_is_what_the_run_asks(sold):
    household = sold.scene.noor.child.household_id
    (foreseen,) = expected(sold.books, MARCH, [household])
    assert [(line.on, line.amount) for line in foreseen.result.lines] == [(march(9), euros("300.00"))]
    assert run(sold, MARCH, THE_2ND)["An Maes"] == foreseen.result.total


def test_a_month_can_be_asked_before_the_one_before_it(sold):
    """What is left follows from the days alone, not from what was invoiced when."""
    assert bought(sold, MARCH) == [march(9)]
    assert run(sold, FEBRUARY, THE_2ND)["An Maes"] == euros("300.00")
    assert run(sold, MARCH, THE_20TH) == {}


def test_free_days_of_absence_take_nothing_off_it(sold):
    absent(sold.scene.noor, date(2026, 2, 9), date(2026, 2, 10))
    # 6 used in February: 4 left, for the 2nd, 3rd, 9th and 10th
    assert bought(sold, MARCH) == [march(16)]


def test_half_days_count_half_of_a_package_by_halves(sold):
    PriceList.objects.update(package_half_days=True)
    came(sold.scene.noor, march(4), "08:00", "12:00")
    # February: 8 x 2 = 16 of 2 x 10, 4 left: the 2nd and 3rd; the 4th buys the third, 9 left;
    # the 9th to 17th take 8 (1 left); the 17th was the 4th of them; the 23rd buys the next one
    assert bought(sold, MARCH) == [march(4), march(23)]


def test_a_list_with_another_size_goes_on_with_what_is_left(sold):
    price_list(sold, MARCH, **{**TEN, "package_size": 20, "package_price": Decimal("550.00")})
    run(sold, MARCH, THE_2ND)
    assert [line for line in lines_of("An Maes") if line[1] == "package"] == [
        (march(9), "package", euros("550.00"))
    ]


def test_packages_of_before_the_books_are_not_counted(sold):
    Books.objects.update(started_on=MARCH)
    sold.books.refresh_from_db()
    # nothing is left of February, which other books asked: the 2nd of March buys the first one
    assert bought(sold, MARCH) == [march(2)]


def test_the_first_list_of_a_location_in_mid_month_sells_in_its_month(kept):
    kept.scene.group.price_kind = "free"
    kept.scene.group.save()
    price_list(kept, date(2026, 2, 16), **TEN)
    # the list holds for all of February: 8 days of ten, and what is left is for the 2nd and 3rd of March
    assert bought(kept, FEBRUARY, date(2026, 3, 2)) == [date(2026, 2, 2)]
    assert bought(kept, MARCH) == [march(9)]
    # 20 days until 31 March less 10 of each: 2 left, for the 7th and 13th of April
    assert bought(kept, APRIL, date(2026, 5, 4)) == [date(2026, 4, 14)]


def test_a_later_list_in_mid_month_sells_from_the_next_month_on(kept):
    kept.scene.group.price_kind = "free"
    kept.scene.group.save()
    price_list(kept, full=Decimal("40.00"))
    price_list(kept, date(2026, 2, 16), **TEN)
    run(kept, FEBRUARY, date(2026, 3, 2))
    assert {what for _day, what, _amount in lines_of("An Maes")} == {"stay.full"}
    # nothing is left of February: ten days of March from the 2nd on, and none is left for April
    assert bought(kept, MARCH) == [march(2)]
    assert bought(kept, APRIL, date(2026, 5, 4)) == [date(2026, 4, 7)]


def test_a_list_that_never_held_on_a_first_day_of_a_month_ends_nothing(sold):
    price_list(sold, date(2026, 2, 10), full=Decimal("40.00"))
    price_list(sold, date(2026, 2, 20), **TEN)
    assert bought(sold, FEBRUARY, date(2026, 3, 2)) == [date(2026, 2, 2)]
    assert bought(sold, MARCH) == [march(9)]


def test_a_list_without_packages_ends_them(sold):
    price_list(sold, MARCH, full=Decimal("40.00"))
    assert run(sold, MARCH, THE_2ND)["An Maes"] == euros("400.00")


def test_a_move_to_the_next_group_takes_the_rest_along(sold):
    noor = sold.scene.noor
    noor.during = DateRange(noor.during.lower, march(16))
    noor.save()
    later = cast.make_placement(
        noor.child, sold.scene.group, start=march(16), end=date(2028, 1, 5),
        pattern=WeekPattern(noor.pattern), now=sold.scene.now,
    )  # fmt: skip
    later.replaces = noor
    later.save()
    result = expected(sold.books, APRIL, [noor.child.household_id])
    # 18 days used until the end of March: 2 left, for the 7th and 13th of April
    assert [line.on for each in result for line in each.result.lines] == [date(2026, 4, 14)]


def test_so_many_queries_whatever_the_number_of_months(sold, django_assert_max_num_queries):
    with django_assert_max_num_queries(60) as few:
        expected(sold.books, MARCH, [sold.scene.noor.child.household_id])
    with django_assert_max_num_queries(len(few.captured_queries)):
        expected(sold.books, date(2026, 11, 1), [sold.scene.noor.child.household_id])


def test_a_package_is_typed_in_a_price_list_and_shown(kept):
    user = cast.make_user(
        "m@notelaar.example", role=Role.ORGANISER, scope=Scope.ORGANISER,
        scope_id=kept.books.organiser_id, now=kept.scene.now,
    )  # fmt: skip
    client, address = client_of(user), reverse("billing:prices", args=[kept.scene.location.slug])
    half = client.post(address, {"from_day": "2026-02-01", "package_name": "Kaart", "month": "500"})
    assert half.status_code == 422
    assert set(half.context["form"].errors) == {"package_size", "package_price", "month"}
    typed = {
        "package_name": "Kaart",
        "package_size": "10",
        "package_unit": "half_day",
        "package_price": "160",
    }
    assert client.post(address, {"from_day": "2026-02-01", **typed}).status_code == 302
    made = PriceList.objects.get()
    assert (made.package_size, made.package_half_days, made.package_price) == (10, True, euros("160"))
    assert "Kaart: 10 half-days" in client.get(address).content.decode()

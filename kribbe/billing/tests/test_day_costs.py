"""What an extra day costs, or one day for another, told before it is asked, is what the run asks for it.

Noor has full Mondays and Tuesdays, ten days in March 2026, at 12.34.
"""

from datetime import date
from decimal import Decimal

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from kribbe.billing.models import FeeCertificate
from kribbe.billing.selectors.expected import expected
from kribbe.billing.tests.marched import FEE, NEW_YEAR, THE_2ND, THE_20TH, euros, march
from kribbe.billing.tests.month import (
    APRIL,
    MARCH,
    absent,
    certificate,
    day_change,
    house_rules,
    price_list,
    run,
)
from kribbe.billing.tests.scene import share
from kribbe.enrolment.models import Placement
from kribbe.places.models import Organiser
from kribbe.planning.models import CareAgreement, DayChange
from kribbe.planning.pages.my_extra import _costs
from kribbe.planning.selectors.allowance import stated
from kribbe.planning.selectors.days import day_cost
from kribbe.planning.tests.scene import MONDAY
from kribbe.testing import cast

pytestmark = pytest.mark.django_db
TODAY = date(2026, 2, 20)


def told(kept, day, *, halves=3, instead_of=None):
    placement = Placement.objects.select_related("child", "group__location__desk").get(pk=kept.scene.noor.pk)
    change = DayChange(placement=placement, day=day, halves=halves, instead_of=instead_of)
    return day_cost(stated(placement, day.year, today=TODAY), change)


def asked(kept, *months):
    household = [kept.scene.noor.child.household_id]
    return sum(each.result.total for month in months for each in expected(kept.books, month, household))


def alike(kept, day, *, months=(MARCH,), halves=3, instead_of=None):
    """What is told, once it is what the months are asked more with the day than without."""
    found = told(kept, day, halves=halves, instead_of=instead_of)
    before = asked(kept, *months)
    day_change(kept.scene.noor, day, halves=halves, instead_of=instead_of)
    assert found.amount == asked(kept, *months) - before
    return found


@pytest.fixture
def agreed_at_another_price(kept, fee):
    """The paper says 30.00; the certificate, 12.34, is what counts."""
    CareAgreement.objects.create(placement=kept.scene.noor, day_fee=Decimal(30), made_at=kept.scene.now)


@pytest.fixture
def free(kept):
    kept.scene.group.price_kind = "free"
    kept.scene.group.save()
    CareAgreement.objects.create(placement=kept.scene.noor, day_fee=Decimal(30), made_at=kept.scene.now)
    return kept


@pytest.mark.usefixtures("agreed_at_another_price")
class TestByIncome:
    def test_the_certificate_counts_and_not_the_paper(self, kept):
        found = alike(kept, march(4))
        assert (found.amount, found.elsewhere) == (euros(FEE), 0)
        assert [(line.what, line.amount) for line in found.lines] == [("extra_day.full", euros(FEE))]

    def test_a_half_day(self, kept):
        # 12.34 x 60 % = 7.404
        assert alike(kept, march(4), halves=1).amount == euros("7.40")

    def test_a_certificate_that_begins_in_the_month(self, kept):
        FeeCertificate.objects.filter(child=kept.scene.noor.child).update(
            during=DateRange(NEW_YEAR, march(10))
        )
        certificate(kept, kept.scene.noor, "20.00", march(10))
        assert alike(kept, march(11)).amount == euros("20.00")

    def test_the_invoice_asks_it(self, kept):
        found = told(kept, march(4))
        before = run(kept, MARCH, THE_2ND)["An Maes"]
        day_change(kept.scene.noor, march(4))
        assert run(kept, MARCH, THE_20TH)["An Maes"] == found.amount == euros("12.34")
        assert before == euros("123.40")

    def test_a_day_without_a_certificate_is_not_known_and_says_why(self, kept):
        FeeCertificate.objects.update(during=DateRange(NEW_YEAR, march(10)))
        found = told(kept, march(11))
        assert (found.amount, [held.on for held in found.held]) == (None, [march(11)])
        words = _costs(found)
        assert words["amount"] == "" and "geen attest inkomenstarief" in words["unknown"]
        assert words["elsewhere"] == ""

    def test_once_a_certificate_comes_afterwards_it_is_known(self, kept):
        FeeCertificate.objects.update(during=DateRange(NEW_YEAR, march(10)))
        certificate(kept, kept.scene.noor, "15.00", march(10))
        assert alike(kept, march(11)).amount == euros("15.00")

    def test_an_absence_of_the_month_is_charged_as_it_was(self, kept):
        house_rules(kept)
        absent(kept.scene.noor, march(9), kind="untold")
        assert alike(kept, march(4)).amount == euros(FEE)

    def test_one_day_for_another_costs_nothing(self, kept):
        assert alike(kept, march(4), instead_of=march(9)).amount == 0
        assert _costs(told(kept, march(5), instead_of=march(10)))["is_free"]

    def test_one_day_for_another_of_the_next_month_costs_nothing(self, kept):
        found = alike(kept, date(2026, 4, 1), instead_of=march(31), months=(MARCH, APRIL))
        assert found.amount == 0

    def test_one_day_for_another_at_the_fee_of_the_new_day(self, kept):
        FeeCertificate.objects.update(during=DateRange(NEW_YEAR, APRIL))
        certificate(kept, kept.scene.noor, "20.00", APRIL)
        # 20.00 - 12.34
        found = alike(kept, date(2026, 4, 1), instead_of=march(31), months=(MARCH, APRIL))
        assert found.amount == euros("7.66")

    def test_one_day_for_another_that_has_no_certificate_is_not_known(self, kept):
        FeeCertificate.objects.update(during=DateRange(march(10), None))
        assert told(kept, march(11), instead_of=march(9)).amount is None


def test_a_day_of_the_price_list(free):
    price_list(free, full=Decimal("40.00"), half=Decimal("24.00"))
    assert alike(free, march(4)).amount == euros("40.00")
    assert alike(free, march(5), halves=2).amount == euros("24.00")


def test_an_extra_day_beside_the_price_of_a_month(free):
    price_list(free, month=Decimal(600), full=Decimal(40))
    assert alike(free, march(4)).amount == euros("40.00")


def test_a_day_of_a_package_is_paid_already(free):
    # ten days of 300.00: 10 of March buy one on the 2nd; eleven buy a second one
    price_list(free, march(1), package_name="Tien", package_size=10, package_price=Decimal("300.00"))
    found = alike(free, march(4))
    # the day itself takes the third of ten; the 31st buys the second package
    assert (found.amount, found.elsewhere, found.lines) == (euros("300.00"), euros("300.00"), ())
    # nine are left of it
    after = told(free, march(5))
    assert (after.amount, after.elsewhere) == (0, 0) and _costs(after)["is_free"]


def test_a_day_whose_package_is_bought_in_the_next_month_is_not_free(free):
    """Seven of seventeen are left after the ten days of March, as many as April has; an extra day leaves six."""
    price_list(free, march(1), package_name="Veel", package_size=17, package_price=Decimal("340.00"))
    april = asked(free, APRIL)
    found = alike(free, march(4))
    assert (found.amount, found.later) == (0, asked(free, APRIL) - april)
    words = _costs(found)
    assert found.later == 340 and "€\xa0340" in words["later"] and not words["is_free"]


def test_a_discount_that_moves_to_another_child(free):
    """Mil has full Mondays, five in March, and Noor about as many days, as some of hers are free."""
    price_list(free, full=Decimal("40.00"), sibling_discount=Decimal("0.100"))
    brother = cast.make_child(free.scene.noor.child.household, "Mil", born=date(2025, 1, 1))
    made = cast.make_placement(
        brother, free.scene.group, start=date(2026, 1, 5), end=date(2028, 1, 5), pattern=MONDAY,
        now=free.scene.now,
    )  # fmt: skip
    share(made, free.payer)
    absent(free.scene.noor, *(march(day) for day in (2, 3, 9, 10, 16)))
    # before 5 x 40 and 5 x 36 (Noor is longer known, so Mil has the discount); after 6 x 40 and 5 x 36
    assert alike(free, march(4)).amount == euros("40.00")
    absent(free.scene.noor, march(17), march(23))
    # before 4 x 36 and 5 x 40 = 344; after 5 x 40 and 5 x 36 = 380: the discount goes from Noor to Mil
    found = alike(free, march(5))
    assert (found.amount, found.elsewhere) == (euros("36.00"), euros("-4.00"))
    assert "€\xa04 " in _costs(found)["elsewhere"]


def test_a_location_without_books_tells_the_agreed_price(free, fee):
    free.scene.location.organiser = Organiser.objects.create(name="Elders vzw", name_key="elders vzw")
    free.scene.location.save()
    assert told(free, march(4)).amount == euros("30.00")
    assert told(free, march(4), instead_of=march(9)).amount == 0

"""Months invoiced and set right, with the sums written out.

In March 2026 Noor has the Mondays 2, 9, 16, 23, 30 and the Tuesdays 3, 10, 17, 24, 31, each a full day.
"""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from kribbe.billing.models import Invoice, InvoiceKind, OneCharge, Share
from kribbe.billing.selectors.drafts import drafted
from kribbe.billing.services.payers import Part, share_out
from kribbe.billing.tests.marched import FEE, NEW_YEAR, NOW, THE_2ND, THE_20TH, euros, march
from kribbe.billing.tests.month import (
    APRIL,
    MARCH,
    absent,
    came,
    certificate,
    day_change,
    house_rules,
    lines_of,
    price_list,
    run,
)
from kribbe.billing.tests.scene import make_payer, share, with_books
from kribbe.planning.tests.scene import MONDAY, place
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing import cast
from kribbe.trust.errors import RefusedError
from kribbe.trust.principal import SYSTEM

pytestmark = pytest.mark.django_db


def free(kept, **prices):
    kept.scene.group.price_kind = "free"
    kept.scene.group.save()
    return price_list(kept, **{name: Decimal(value) for name, value in prices.items()})


def sibling(kept, first_name="Mil", pattern=MONDAY):
    """A brother of Noor, whom her mother pays for too."""
    child = cast.make_child(kept.scene.noor.child.household, first_name, born=date(2025, 1, 1))
    made = cast.make_placement(
        child, kept.scene.group, start=date(2026, 1, 5), end=date(2028, 1, 5), pattern=pattern, now=NOW
    )
    share(made, kept.payer)
    return made


def test_a_month_as_agreed(kept, fee):
    # 10 days x 12.34
    assert run(kept, MARCH, THE_2ND) == {"An Maes": euros("123.40")}
    invoice = Invoice.objects.get()
    assert (str(invoice), invoice.kind, invoice.lines.count()) == ("2026-00001", InvoiceKind.INVOICE, 10)


def test_the_same_run_again_asks_nothing_new(kept, fee):
    run(kept, MARCH, THE_2ND)
    assert run(kept, MARCH, THE_20TH) == {}
    assert Invoice.objects.count() == 1


def test_a_month_without_a_certificate_is_held_then_billed(kept, noor):
    assert run(kept, MARCH, THE_2ND) == {}
    assert len([each for each in drafted(kept.books, MARCH).held if each.about == noor]) == 10
    certificate(kept, noor, FEE, NEW_YEAR)
    assert run(kept, MARCH, THE_20TH) == {"An Maes": euros("123.40")}


def test_the_days_of_a_gap_follow_when_the_certificate_comes(kept, noor):
    certificate(kept, noor, FEE, march(16))
    # the 16th, 17th, 23rd, 24th, 30th and 31st: 6 x 12.34
    assert run(kept, MARCH, THE_2ND) == {"An Maes": euros("74.04")}
    certificate(kept, noor, "20.00", NEW_YEAR, march(16))
    # the 2nd, 3rd, 9th and 10th: 4 x 20.00
    assert run(kept, MARCH, THE_20TH) == {"An Maes": euros("80.00")}


def test_a_certificate_changes_in_mid_month(kept, noor):
    certificate(kept, noor, FEE, NEW_YEAR, march(10))
    certificate(kept, noor, "9.00", march(10))
    # 2nd, 3rd, 9th: 3 x 12.34 = 37.02; seven days x 9.00 = 63.00
    assert run(kept, MARCH, THE_2ND) == {"An Maes": euros("100.02")}


def test_co_parents_with_two_certificates(kept, noor):
    with_father = cast.make_placement(
        noor.child, kept.scene.group, start=date(2026, 1, 5), end=date(2028, 1, 5),
        pattern=WeekPattern.from_text("wed"), now=NOW,
    )  # fmt: skip
    share(with_father, make_payer(kept.books, "Bram Claes", now=NOW))
    certificate(kept, noor, FEE, NEW_YEAR, own=True)
    certificate(kept, with_father, "8.00", NEW_YEAR, own=True)
    # mother: 10 x 12.34; father: the Wednesdays 4, 11, 18, 25: 4 x 8.00
    assert run(kept, MARCH, THE_2ND) == {"An Maes": euros("123.40"), "Bram Claes": euros("32.00")}


def test_the_certificate_of_a_place_goes_before_that_of_the_child(kept, noor, fee):
    certificate(kept, noor, "5.00", march(1), march(10), own=True)
    # 2nd, 3rd, 9th: 3 x 5.00 = 15.00; seven days x 12.34 = 86.38
    assert run(kept, MARCH, THE_2ND) == {"An Maes": euros("101.38")}


def test_halves_of_an_odd_cent_still_make_the_price(kept, noor):
    certificate(kept, noor, "12.35", NEW_YEAR)
    share_out(
        principal=SYSTEM, placement=noor, first=date(2026, 1, 5), now=NOW,
        parts=[Part(kept.payer, Decimal(50)), Part(make_payer(kept.books, "Bram", now=NOW), Decimal(50))],
    )  # fmt: skip
    # 12.35 / 2 = 6.175: the first pays 6.18, the other 6.17, on each of 10 days
    assert run(kept, MARCH, THE_2ND) == {"An Maes": euros("61.80"), "Bram": euros("61.70")}


def test_the_social_service_pays_thirty_percent(kept, noor, fee):
    share_out(
        principal=SYSTEM, placement=noor, first=date(2026, 1, 5), now=NOW,
        parts=[Part(kept.payer, Decimal(70)), Part(make_payer(kept.books, "OCMW", now=NOW), Decimal(30))],
    )  # fmt: skip
    # 12.34 x 30% = 3.702, cut off 3.70; the mother 12.34 - 3.70 = 8.64; each x 10
    assert run(kept, MARCH, THE_2ND) == {"An Maes": euros("86.40"), "OCMW": euros("37.00")}


def test_another_payer_from_mid_month(kept, noor, fee):
    father = make_payer(kept.books, "Bram", now=NOW)
    parts = [Part(father, Decimal(100))]
    share_out(principal=SYSTEM, placement=noor, parts=parts, first=march(16), now=NOW)
    # mother: 2nd, 3rd, 9th, 10th: 4 x 12.34; father the other 6
    assert run(kept, MARCH, THE_2ND) == {"An Maes": euros("49.36"), "Bram": euros("74.04")}


def test_shares_that_do_not_make_a_hundred_are_refused_and_held(kept, noor, fee):
    with pytest.raises(RefusedError):
        share_out(
            principal=SYSTEM, placement=noor, parts=[Part(kept.payer, Decimal(90))], first=march(1), now=NOW
        )
    Share.objects.update(percent=Decimal(90))
    held = drafted(kept.books, MARCH).held
    assert run(kept, MARCH, THE_2ND) == {}
    assert {each.why[0].code for each in held if each.about == noor} == {"billing.held.payer"}


def test_a_family_without_a_payer_pays_itself(kept, noor, fee):
    Share.objects.all().delete()
    assert run(kept, MARCH, THE_2ND) == {"An Maes": euros("123.40")}


def test_a_sibling_leaves(kept):
    free(kept, full="30.00", sibling_discount="0.100")
    mil = sibling(kept)
    mil.during = DateRange(mil.during.lower, APRIL)
    mil.save()
    # March: Noor 10 x 30.00 = 300.00, Mil 5 Mondays x 27.00 = 135.00
    assert run(kept, MARCH, THE_2ND)["An Maes"] == euros("435.00")
    # April: Noor Mondays 13, 20, 27 (Easter Monday closed), Tuesdays 7, 14, 21, 28: 7 x 30.00
    assert run(kept, APRIL, date(2026, 5, 2))["An Maes"] == euros("210.00")


def test_the_child_with_the_most_to_pay_has_no_discount(kept):
    free(kept, full="30.00", sibling_discount="0.200")
    sibling(kept, pattern=WeekPattern.from_text("wed thu fri"))
    # Mil: 4 Wednesdays, 4 Thursdays, 4 Fridays = 12 x 30.00 = 360.00; Noor 10 x 24.00 = 240.00
    assert run(kept, MARCH, THE_2ND)["An Maes"] == euros("600.00")


def test_a_day_for_another_is_charged_once(kept, noor, fee):
    day_change(noor, march(11), instead_of=march(9))
    assert run(kept, MARCH, THE_2ND) == {"An Maes": euros("123.40")}
    days = [day for day, _what, _amount in lines_of("An Maes")]
    assert march(11) in days and march(9) not in days


def test_a_day_for_one_of_the_next_month_is_charged_there(kept, noor, fee):
    day_change(noor, date(2026, 4, 1), instead_of=march(31))
    # March: 9 x 12.34; April: 7 days of the weeks and the 1st, 8 x 12.34
    assert run(kept, MARCH, THE_2ND) == {"An Maes": euros("111.06")}
    assert run(kept, APRIL, date(2026, 5, 2)) == {"An Maes": euros("98.72")}


def test_an_extra_day(kept, noor, fee):
    day_change(noor, march(11))
    # 11 x 12.34
    assert run(kept, MARCH, THE_2ND) == {"An Maes": euros("135.74")}
    assert (march(11), "extra_day.full", euros(FEE)) in lines_of("An Maes")


@pytest.mark.parametrize("halves", [1, 2])
def test_an_extra_half_day_is_half_a_day(kept, noor, fee, halves):
    """The location is open from 7 to 18, noon is at 13: both halves last five hours and more.

    10 x 12.34 + 7.40
    """
    day_change(noor, march(11), halves=halves)
    assert run(kept, MARCH, THE_2ND) == {"An Maes": euros("130.80")}
    assert (march(11), "extra_day.half", euros("7.40")) in lines_of("An Maes")


def test_a_short_stay_on_an_extra_day_costs_what_was_reserved(kept, noor, fee):
    day_change(noor, march(11))
    came(noor, march(11), "08:00", "11:00")
    assert run(kept, MARCH, THE_2ND) == {"An Maes": euros("135.74")}


def test_an_extra_day_is_charged_beside_a_price_of_the_month(kept, noor):
    free(kept, month="500.00", full="30.00")
    day_change(noor, march(11))
    assert run(kept, MARCH, THE_2ND)["An Maes"] == euros("530.00")


def test_a_short_stay_on_a_reserved_day_costs_what_was_reserved(kept, noor, fee):
    came(noor, march(2), "08:00", "10:00")
    assert run(kept, MARCH, THE_2ND) == {"An Maes": euros("123.40")}
    found = drafted(kept.books, MARCH)
    assert found.unregistered == [(kept.scene.lou, march(2))]


def test_the_29th_of_february():
    kept = with_books(now=NOW, start=date(2027, 1, 4))
    certificate(kept, kept.scene.noor, FEE, NEW_YEAR)
    # 2028: Mondays 7, 14, 21, 28; Tuesdays 1, 8, 15, 22, 29: 9 x 12.34
    assert run(kept, date(2028, 2, 1), date(2028, 3, 1)) == {"An Maes": euros("111.06")}
    assert lines_of("An Maes")[-1][0] == date(2028, 2, 29)


def test_a_month_in_which_the_location_took_nobody(kept, noor, fee):
    days = [march(day) for day in (2, 3, 9, 10, 16, 17, 23, 24, 30, 31)]
    absent(noor, *days, kind="location")
    assert run(kept, MARCH, THE_2ND) == {}
    assert not Invoice.objects.exists()


def test_absences_beyond_the_allowance_cost_what_the_house_rules_ask(kept, noor, fee):
    house_rules(kept)
    # 18 days x 2/5 of a week x 361/365 of 2026 = 7.12, rounded up 8; all used in January and February
    january = [date(2026, 1, day) for day in (5, 6, 12, 13)]
    absent(noor, *january, *(date(2026, 2, day) for day in (2, 3, 9, 10)))
    absent(noor, march(30), march(31))
    # 8 x 12.34 = 98.72; 2 x 15.00 = 30.00
    assert run(kept, MARCH, THE_2ND) == {"An Maes": euros("128.72")}


def test_part_of_a_month_at_a_price_of_the_month(kept, noor):
    free(kept, month="310.00")
    noor.during = DateRange(noor.during.lower, march(16))
    noor.save()
    # 15 of the 31 days: 310.00 x 15 / 31
    assert run(kept, MARCH, THE_2ND)["An Maes"] == euros("150.00")


def test_charges_of_one_day(kept, noor, fee):
    late = OneCharge.objects.create(
        placement=noor, day=march(12), name="Late", amount=euros("10.00"), made_at=NOW
    )
    assert run(kept, MARCH, THE_2ND) == {"An Maes": euros("133.40")}
    late.taken_back_at = NOW
    late.save()
    assert run(kept, MARCH, THE_20TH) == {"An Maes": euros("-10.00")}


def test_a_month_below_nought_is_a_credit_note(kept, noor, fee):
    OneCharge.objects.create(
        placement=noor, day=march(12), name="Given back", amount=euros("-200.00"), made_at=NOW
    )
    # 123.40 - 200.00
    assert run(kept, MARCH, THE_2ND) == {"An Maes": euros("-76.60")}
    assert Invoice.objects.get().kind == InvoiceKind.CREDIT


def test_extras_for_each_stay(kept, noor, fee):
    price_list(kept, extras=[{"name": "nappies", "full": "1.00", "half": "0.50"}])
    # 10 x (12.34 + 1.00)
    assert run(kept, MARCH, THE_2ND) == {"An Maes": euros("133.40")}


def test_a_new_price_list_from_april(kept):
    free(kept, full="30.00")
    price_list(kept, APRIL, full=Decimal("32.00"))
    assert run(kept, MARCH, THE_2ND)["An Maes"] == euros("300.00")
    # 7 x 32.00
    assert run(kept, APRIL, date(2026, 5, 2))["An Maes"] == euros("224.00")


def test_a_month_to_come_is_refused(kept, fee):
    with pytest.raises(RefusedError):
        run(kept, APRIL, march(20))


def test_queries_do_not_grow_with_children(kept, fee, django_assert_max_num_queries):
    def count() -> int:
        with django_assert_max_num_queries(40) as counted:
            drafted(kept.books, MARCH)
        return len(counted.captured_queries)

    before = count()
    for name in ("Peeters", "Janssens", "Smets"):
        group = cast.make_group(kept.scene.location, 3, now=NOW, name=name)
        made = place(kept.scene.desk, group, name, "Mo", MONDAY, date(2026, 1, 5), NOW)
        certificate(kept, made, FEE, NEW_YEAR)
        share(made, make_payer(kept.books, name, now=NOW))
    assert count() == before


def test_a_visit_before_the_first_day_costs_nothing(kept, noor, fee):
    noor.during = DateRange(march(16), noor.during.upper)
    noor.save()
    came(noor, march(9), "09:00", "10:30")
    # from the 16th on, six days x 12.34
    assert run(kept, MARCH, THE_2ND) == {"An Maes": euros("74.04")}


def test_a_group_that_is_closed_costs_nothing_and_the_other_group_does(kept, noor, fee):
    scene = kept.scene
    kevers = cast.make_group(scene.location, 4, now=NOW, name="Kevers")
    mil = sibling(kept)
    mil.group = kevers
    mil.save()
    certificate(kept, mil, "10.00", NEW_YEAR)
    closings = scene.location.closing_days
    # the Vlinders on Monday 16 and Tuesday 17, the Kevers on Monday 23, everybody on Monday 30
    closings.create(group=scene.group, during=DateRange(march(16), march(18)))
    closings.create(group=kevers, during=DateRange(march(23), march(24)))
    closings.create(during=DateRange(march(30), march(31)))
    # Noor: 10 days less three, 7 x 12.34 = 86.38; Mil: 5 Mondays less two, 3 x 10.00
    assert run(kept, MARCH, THE_2ND) == {"An Maes": euros("116.38")}
    days = sorted((day.day, amount) for day, _what, amount in lines_of("An Maes"))
    assert days == [
        *((2, euros(amount)) for amount in ("10.00", FEE)),
        (3, euros(FEE)),
        *((9, euros(amount)) for amount in ("10.00", FEE)),
        (10, euros(FEE)),
        (16, euros("10.00")),
        *((day, euros(FEE)) for day in (23, 24, 31)),
    ]


def test_a_child_that_moved_pays_by_the_closing_days_of_its_group_of_each_day(kept, noor, fee):
    scene = kept.scene
    kevers = cast.make_group(scene.location, 4, now=NOW, name="Kevers")
    noor.during = DateRange(noor.during.lower, march(16))
    noor.save()
    later = cast.make_placement(
        noor.child, kevers, start=march(16), end=date(2028, 1, 5), pattern=WeekPattern(noor.pattern), now=NOW
    )
    later.replaces = noor
    later.save()
    share(later, kept.payer)
    closings = scene.location.closing_days
    # of the Vlinders, who have her until the 15th: 10 and 17 March; of the Kevers: 9 and 31 March
    for group, days in ((scene.group, (10, 17)), (kevers, (9, 31))):
        for day in days:
            closings.create(group=group, during=DateRange(march(day), march(day) + timedelta(days=1)))
    # 10 days less the 10th and the 31st: 8 x 12.34
    assert run(kept, MARCH, THE_2ND) == {"An Maes": euros("98.72")}
    assert {day.day for day, _what, _amount in lines_of("An Maes")} == {2, 3, 9, 16, 17, 23, 24, 30}

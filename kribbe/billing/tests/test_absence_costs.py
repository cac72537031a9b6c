"""What an absence costs, told before it is reported, is what the run asks. Full Mondays and Tuesdays at 12.34."""

from datetime import date, time, timedelta
from decimal import Decimal
from itertools import islice

import pytest

from kribbe.billing.models import FeeCertificate
from kribbe.billing.selectors.expected import expected
from kribbe.billing.selectors.foretold import Foretold
from kribbe.billing.tests.marched import NEW_YEAR, NOW, march
from kribbe.billing.tests.month import MARCH, absent, house_rules, price_list
from kribbe.billing.tests.scene import share
from kribbe.enrolment.models import Placement, PlacementState
from kribbe.enrolment.selectors.stays import stay_of
from kribbe.places.models import Organiser
from kribbe.planning.models import Absence, CareAgreement, TellingSide
from kribbe.planning.pages.my_absence import costs
from kribbe.planning.selectors.absence_parts import Part, parts_of, priced, uses
from kribbe.planning.selectors.allowance import cost, stated
from kribbe.planning.services.absences import report_absence
from kribbe.planning.services.papers import send_paper, sign_paper
from kribbe.planning.services.terms import Terms
from kribbe.planning.tests.scene import MONDAY
from kribbe.rules.billing.case import Absent
from kribbe.testing import cast
from kribbe.trust.errors import RefusedError
from kribbe.trust.principal import SYSTEM

pytestmark = pytest.mark.django_db
TODAY = date(2026, 2, 20)


def placed(kept):
    return Placement.objects.select_related("child", "group__location__desk").get(pk=kept.scene.noor.pk)


def told(kept, days):
    return cost(stated(placed(kept), 2026, today=TODAY), days)


def by_the_run(kept, days, month=MARCH):
    """The lines of these days of Noor, and the total of the household, once the absences are reported."""
    household = [kept.scene.noor.child.household_id]
    before = sum(each.result.total for each in expected(kept.books, month, household))
    for day, why in days.items():
        absent(kept.scene.noor, day, kind=why)
    after = expected(kept.books, month, household)
    (noor,) = (each for each in after if each.placement == kept.scene.noor)
    lines = [line for line in noor.result.lines if line.on in days]
    more = sum(each.result.total for each in after) - before
    return [(line.on, line.what, line.amount) for line in lines], more, noor.result.allowance_left


def alike(kept, days, month=MARCH):
    (found,) = told(kept, days)
    lines = [(line.on, line.what, line.amount) for line in found.lines]
    assert (lines, found.more, found.left) == by_the_run(kept, days, month)
    return found


@pytest.fixture
def agreed_at_another_price(kept, fee):
    """The paper says 30.00; the certificate, 12.34, is what counts."""
    CareAgreement.objects.create(placement=kept.scene.noor, day_fee=Decimal(30), made_at=kept.scene.now)


@pytest.mark.usefixtures("agreed_at_another_price")
class TestByIncome:
    def test_the_certificate_counts_and_not_the_paper(self, kept):
        house_rules(kept, told_by=time(9), absence_full=None, absence_half=None)
        found = alike(kept, {march(9): Absent.UNTOLD})
        assert (found.amount, found.more) == (Decimal("12.34"), 0)

    def test_the_own_fee_with_the_minimum_of_the_house_rules(self, kept):
        house_rules(kept, told_by=time(9))
        price_list(kept, own_fee=True)
        # 12.34 is less than the 15.00 of the house rules
        assert alike(kept, {march(9): Absent.UNTOLD}).amount == Decimal("15.00")

    def test_a_certificate_that_ends_in_the_month(self, kept):
        house_rules(kept, told_by=time(9), absence_full=None, absence_half=None)
        FeeCertificate.objects.filter(child=kept.scene.noor.child).update(during=(NEW_YEAR, march(10)))
        found = alike(kept, {march(9): Absent.UNTOLD, march(10): Absent.UNTOLD})
        assert (found.amount, [held.on for held in found.held]) == (Decimal("12.34"), [march(10)])

    def test_a_long_day_where_the_location_may_ask_it(self, kept):
        price_list(kept, flex=True)
        # open for eleven hours, so each day is a long one: 12.34 x 160 % = 19.744, and the 9th takes a free day
        found = alike(kept, {march(9): Absent.TOLD})
        assert (found.amount, found.more, found.uses) == (0, Decimal("-19.74"), 1)

    def test_the_days_of_two_months_use_one_allowance(self, kept):
        days = {date(2026, month, day): Absent.TOLD for month, day in ((3, 30), (3, 31), (4, 7))}
        found = told(kept, days)
        assert [each.uses for each in found] == [2, 1]
        assert found[1].left == found[0].left - 1


@pytest.mark.usefixtures("agreed_at_another_price")
def test_a_free_day_that_a_later_absence_loses_is_told(kept):
    """Of eight free days seven are used and the last is told for April: 15.00 are asked for it then."""
    house_rules(kept, told_by=time(9))
    earlier = (date(2026, 1, 5) + timedelta(weeks=week, days=day) for week in range(4) for day in (0, 1))
    absent(kept.scene.noor, *islice(earlier, 7), date(2026, 4, 13))
    found = costs([Part(stated(placed(kept), 2026, today=TODAY), [march(9)])], NOW)
    assert "€\xa015" in found["later"] and not found["elsewhere"] and not found["lines"]


def test_a_discount_that_moves_to_another_child(kept):
    """Noor's absence makes her month the cheaper one of the two, so the discount changes sides."""
    kept.scene.group.price_kind = "free"
    kept.scene.group.save()
    price_list(kept, full=Decimal("40.00"), sibling_discount=Decimal("0.100"))
    brother = cast.make_child(kept.scene.noor.child.household, "Mil", born=date(2025, 1, 1))
    made = cast.make_placement(
        brother, kept.scene.group, start=date(2026, 1, 5), end=date(2028, 1, 5), pattern=MONDAY,
        now=kept.scene.now,
    )  # fmt: skip
    share(made, kept.payer)
    days = {march(day): Absent.TOLD for day in (2, 3, 9, 10, 16, 17)}
    # before 10 x 40 and 5 x 36; after 4 x 36 and 5 x 40
    assert alike(kept, days).more == Decimal("344.00") - Decimal("580.00")


def in_pieces(noor):
    """Full Mondays and Tuesdays; from 16 to 29 March full Wednesdays and Thursdays: the three pieces of the stay."""
    full = ((420, 1080),)
    for terms in (
        Terms(first=date(2026, 1, 5), weeks=({0: full, 1: full},)),
        Terms(first=march(16), last=march(29), weeks=({2: full, 3: full},)),
    ):
        paper = send_paper(principal=SYSTEM, placement_id=noor.pk, name="Mia", now=NOW, terms=terms)
        sign_paper(principal=SYSTEM, paper_id=paper.pk, name="An Maes", now=NOW)
    return stay_of(noor)


def test_an_absence_that_takes_the_last_free_day_of_the_next_piece_of_the_stay(kept, fee):
    """Noor has 8 days (18 x 4/10 x 361/365 = 7.12, up). Six are used, and the 18th, told already, takes the next one:
    once the 9th and the 10th are free, the 18th costs 15.00."""
    house_rules(kept)
    first, second, _third = in_pieces(kept.scene.noor)
    absent(first, *(date(2026, 2, day) for day in (2, 3, 9, 10, 16, 17)))
    absent(second, march(18))
    before = sum(each.result.total for each in expected(kept.books, MARCH, [first.child.household_id]))
    (found,) = told(kept, {march(9): Absent.TOLD, march(10): Absent.TOLD})
    assert (found.uses, found.more) == (2, 2 * -Decimal("12.34") + Decimal("15.00"))
    absent(first, march(9), march(10))
    after = sum(each.result.total for each in expected(kept.books, MARCH, [first.child.household_id]))
    assert after - before == found.more


def test_days_of_two_pieces_cost_together_what_the_run_asks(kept, fee):
    """Six of eight free days are used; of four more, two in each piece, the last two cost 15.00 each."""
    house_rules(kept)
    first, second, _third = in_pieces(kept.scene.noor)
    absent(first, *(date(2026, 2, day) for day in (2, 3, 9, 10, 16, 17)))
    household = [first.child.household_id]
    before = sum(each.result.total for each in expected(kept.books, MARCH, household))
    parts = parts_of(first, march(9), march(19), today=TODAY)
    assert [(part.told.placement, part.days) for part in parts] == [
        (first, [march(9), march(10)]),
        (second, [march(18), march(19)]),
    ]
    days = [day for part in parts for day in part.days]
    found = priced(parts, dict.fromkeys(days, Absent.TOLD), ill=False)
    (use,) = uses(found)
    assert (use.uses, use.left) == (2, 0)
    assert sum(cost.amount for each in found for cost in each.costs) == Decimal("30.00")
    for part in parts:
        absent(part.told.placement, *part.days)
    after = sum(each.result.total for each in expected(kept.books, MARCH, household))
    assert after - before == sum(cost.more for each in found for cost in each.costs)


def test_a_place_that_is_not_certain_has_no_bill_and_no_absence_to_report(kept, fee):
    kept.scene.noor.state, kept.scene.noor.sign_by = PlacementState.TO_SIGN, NOW
    kept.scene.noor.save()
    placement = Placement.objects.select_related("child", "group__location").get(pk=kept.scene.noor.pk)
    assert Foretold().absences(placement, [Absence(placement=placement, day=march(9), kind="told")]) is None
    with pytest.raises(RefusedError) as refused:
        report_absence(
            principal=SYSTEM, placement_id=placement.pk, days=[march(9)], side=TellingSide.LOCATION, now=NOW,
        )  # fmt: skip
    assert refused.value.field == "first"


def test_a_location_without_books_tells_by_what_was_agreed(kept, fee):
    kept.scene.location.organiser = Organiser.objects.create(name="Elders vzw", name_key="elders vzw")
    kept.scene.location.save()
    placement = Placement.objects.select_related("child", "group__location").get(pk=kept.scene.noor.pk)
    assert Foretold().absences(placement, []) is None
    (found,) = told(kept, {march(9): Absent.TOLD})
    assert found.uses == 1

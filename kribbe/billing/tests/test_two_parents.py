"""Parents who live apart: each invoice carries that parent's own weeks, and together they are the month.

From 5 January 2026 on Noor comes every other week on Monday and Tuesday by the agreement with her mother, and in the
weeks between on Monday, Tuesday and Wednesday by that with her father.
"""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from kribbe.billing.models import Share
from kribbe.billing.selectors.cases import cases_of
from kribbe.billing.selectors.drafts import drafted
from kribbe.billing.selectors.ending import ending_certificates
from kribbe.billing.selectors.facts import facts_of
from kribbe.billing.selectors.renewals import to_renew
from kribbe.billing.tests.marched import NEW_YEAR, NOW, THE_2ND, euros, march
from kribbe.billing.tests.month import MARCH, absent, certificate, house_rules, lines_of, run
from kribbe.billing.tests.scene import make_payer
from kribbe.enrolment.models import Placement
from kribbe.enrolment.selectors.stays import stay_of
from kribbe.enrolment.services.stays import change_days
from kribbe.people.models import Adult
from kribbe.planning.selectors.allowance import stated, year_of
from kribbe.planning.services.papers import send_paper, sign_paper
from kribbe.planning.services.second import send_second
from kribbe.planning.services.terms import Terms
from kribbe.rules.halfdays import WeekPattern
from kribbe.trust.principal import SYSTEM

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
FULL = ((8 * 60, 17 * 60),)
START = date(2026, 1, 5)


@pytest.fixture
def with_father(kept, noor):
    """The father's place; both agreements are signed."""
    father = Adult.objects.create(
        household=noor.child.household, first_name="Bram", last_name="Claes", name_key="claes bram",
        other_street="Kaai 3", other_postcode="2000", other_city="Antwerpen",
    )  # fmt: skip
    mine = send_paper(
        principal=SYSTEM, placement_id=noor.pk, name="Mia", now=NOW,
        terms=Terms(first=START, weeks=({0: FULL, 1: FULL}, {})),
    )  # fmt: skip
    sign_paper(principal=SYSTEM, paper_id=mine.pk, name="An Maes", now=NOW)
    theirs = send_second(
        principal=SYSTEM, placement_id=noor.pk, parent_id=father.pk, name="Mia", now=NOW,
        terms=Terms(first=START, weeks=({}, {0: FULL, 1: FULL, 2: FULL})),
    )  # fmt: skip
    sign_paper(principal=SYSTEM, paper_id=theirs.pk, name="Bram Claes", now=NOW)
    return Placement.objects.get(parent=father)


def test_each_parent_is_asked_its_own_weeks(kept, noor, with_father):
    certificate(kept, noor, "12.34", NEW_YEAR, own=True)
    certificate(kept, with_father, "8.00", NEW_YEAR, own=True)
    # mother: 2, 3, 16, 17, 30 and 31 March, 6 x 12.34 = 74.04
    # father: 9, 10, 11, 23, 24 and 25 March, 6 x 8.00 = 48.00
    assert run(kept, MARCH, THE_2ND) == {"An Maes": euros("74.04"), "Bram Claes": euros("48.00")}
    mine, theirs = ({day for day, _what, _amount in lines_of(name)} for name in ("An Maes", "Bram Claes"))
    assert mine == {march(day) for day in (2, 3, 16, 17, 30, 31)}
    assert theirs == {march(day) for day in (9, 10, 11, 23, 24, 25)}
    assert Share.objects.get(placement=with_father).payer.city == "Antwerpen"


def test_a_certificate_that_one_parent_renewed_leaves_the_other_on_both_lists(kept, noor, with_father):
    october, until = date(2026, 10, 1), date(2026, 9, 30)
    for place in (noor, with_father):
        certificate(kept, place, "12.34", NEW_YEAR, october, own=True)

    def expiring():
        found = ending_certificates([kept.scene.location], date(2026, 9, 1), until)
        return {each.url.rstrip("/").rsplit("/", 1)[-1] for each in found}

    def waiting():
        return {each for each in to_renew(kept.books, october) if each.child_id == noor.child_id}

    assert (expiring(), waiting()) == ({noor.reference, with_father.reference}, {noor, with_father})
    certificate(kept, noor, "12.60", october, own=True)
    assert (expiring(), waiting()) == ({with_father.reference}, {with_father})
    certificate(kept, noor, "12.60", october)
    assert (expiring(), waiting()) == (set(), set())


def test_a_certificate_of_the_child_does_not_renew_an_own_one_that_goes_on(kept, noor, with_father):
    october = date(2026, 10, 1)
    certificate(kept, with_father, "8.00", NEW_YEAR, own=True)
    certificate(kept, noor, "12.60", october)
    waiting = [each for each in to_renew(kept.books, october) if each.child_id == noor.child_id]
    assert waiting == [with_father]


def test_one_fee_of_the_child_holds_for_both(kept, noor, with_father, fee):
    # the same twelve days at 12.34: 148.08, half each
    assert run(kept, MARCH, THE_2ND) == {"An Maes": euros("74.04"), "Bram Claes": euros("74.04")}


def test_each_agreement_has_its_own_allowance(kept, noor, with_father, fee):
    """18 days x 2/10 for the mother, x 3/10 for the father, from 5 January on x 361/365: 3.56 and 5.34, both up."""
    house_rules(kept)
    absent(noor, march(2))
    absent(with_father, march(9), march(10))
    today = date(2026, 3, 31)
    mother = year_of(stated(noor, 2026, today=today), 2026)
    father = year_of(stated(with_father, 2026, today=today), 2026)
    assert (mother.now.balance.entitled, mother.now.balance.left) == (4, 3)
    assert (father.now.balance.entitled, father.now.balance.left) == (6, 4)
    # 5 x 12.34 and 4 x 12.34: the days of absence are free
    assert run(kept, MARCH, THE_2ND) == {"An Maes": euros("61.70"), "Bram Claes": euros("49.36")}


def test_payers_and_certificates_go_with_a_stay_on_other_days(kept, noor):
    Share.objects.filter(placement=noor).update(percent=Decimal(70))
    Share.objects.create(
        placement=noor, payer=make_payer(kept.books, "OCMW", now=NOW),
        during=Share.objects.get(placement=noor).during, percent=Decimal(30),
    )  # fmt: skip
    certificate(kept, noor, "10.00", NEW_YEAR, own=True)
    change_days(
        principal=SYSTEM, placement_id=noor.pk, pattern=WeekPattern.from_text("mon wed"),
        first=march(16), last=None, now=NOW,
    )  # fmt: skip
    # 2, 3, 9, 10 and then the Mondays 16, 23, 30 and Wednesdays 18, 25: 9 x 7.00 and 9 x 3.00
    assert run(kept, MARCH, THE_2ND) == {"An Maes": euros("63.00"), "OCMW": euros("27.00")}
    assert {each.about for each in drafted(kept.books, MARCH).held} == {kept.scene.lou}


def test_one_allowance_for_all_pieces_of_a_stay(kept, noor, fee):
    """Other half-days for two weeks in April cut the stay in three: still 18 x 4/10 x 361/365 = 7.12, up to 8.

    Three absences in March leave five for every piece, and count before those of May.
    """
    house_rules(kept)
    first = send_paper(
        principal=SYSTEM, placement_id=noor.pk, name="Mia", now=NOW,
        terms=Terms(first=START, weeks=({0: FULL, 1: FULL},)),
    )  # fmt: skip
    sign_paper(principal=SYSTEM, paper_id=first.pk, name="An Maes", now=NOW)
    absent(noor, march(2), march(3), march(9))
    for_a_time = send_paper(
        principal=SYSTEM, placement_id=noor.pk, name="Mia", now=NOW,
        terms=Terms(first=date(2026, 4, 6), last=date(2026, 4, 19), weeks=({2: FULL, 3: FULL},)),
    )  # fmt: skip
    sign_paper(principal=SYSTEM, paper_id=for_a_time.pk, name="An Maes", now=NOW)
    *_before, last = stay_of(noor)
    for piece in stay_of(noor):
        found = year_of(stated(piece, 2026, today=march(31)), 2026)
        assert (found.now.balance.entitled, found.now.balance.left) == (8, 5)
    absent(last, date(2026, 5, 4), date(2026, 5, 5))
    facts = facts_of(kept.books, date(2026, 5, 1))
    case = next(each.case for each in cases_of(facts) if each.placement == last)
    assert (case.allowance.entitled, case.allowance.used_before) == (8, 3)

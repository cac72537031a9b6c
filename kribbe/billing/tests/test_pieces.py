"""Who pays, and a place's own certificate, go on over the later pieces of the stay, signed before or after."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from kribbe.billing.models import CertificateKind, FeeCertificate, Share
from kribbe.billing.selectors.drafts import drafted
from kribbe.billing.selectors.shares import months_asked
from kribbe.billing.services.fees import add_certificate, withdraw_certificate
from kribbe.billing.services.payers import Part, share_out, undo_shares
from kribbe.billing.tests.marched import NEW_YEAR, NOW, THE_2ND, euros, march
from kribbe.billing.tests.month import APRIL, MARCH, certificate, run
from kribbe.billing.tests.scene import make_payer
from kribbe.enrolment.services.stays import change_days
from kribbe.rules.halfdays import WeekPattern
from kribbe.trust.errors import RefusedError
from kribbe.trust.principal import SYSTEM

pytestmark = pytest.mark.django_db
MAY = date(2026, 5, 1)
IN_MAY = date(2026, 5, 2)
LATER = datetime(2026, 2, 20, 9, tzinfo=UTC)


def other_days(placement, first, last=None, days="mon wed"):
    return change_days(
        principal=SYSTEM, placement_id=placement.pk, pattern=WeekPattern.from_text(days), first=first, last=last,
        now=NOW,
    )  # fmt: skip


def pays(placement, *parts, first, now=NOW):
    return share_out(
        principal=SYSTEM, placement=placement, first=first, now=now,
        parts=[Part(payer, Decimal(percent)) for payer, percent in parts],
    )  # fmt: skip


def on(placement, day):
    """Who pays for a day of a place, in percent."""
    rows = Share.objects.filter(placement=placement, during__contains=day).order_by("payer__name")
    return {each.payer.name: int(each.percent) for each in rows}


def own_fee(kept, placement, fee, first, last=None, **fields):
    return add_certificate(
        principal=SYSTEM, books=kept.books, placement=placement, first=first, last=last, day_fee=Decimal(fee),
        kind=CertificateKind.INCOME, code="", alone=True, now=LATER, **fields,
    )  # fmt: skip


def fees(placement):
    rows = FeeCertificate.objects.filter(placement=placement).order_by("during")
    return [(each.day_fee, each.during.lower, each.during.upper) for each in rows]


@pytest.fixture
def ocmw(kept):
    return make_payer(kept.books, "OCMW", now=NOW)


def test_payers_of_before_hold_for_days_signed_for_later(kept, noor, fee, ocmw):
    other_days(noor, APRIL)
    pays(noor, (ocmw, 100), first=MARCH)
    # 2, 3, 9, 10, 16, 17, 23, 24, 30, 31 March; 1, 8, 13, 15, 20, 22, 27, 29 April and Easter Monday the 6th
    assert run(kept, MARCH, THE_2ND) == {"OCMW": euros("123.40")}
    assert set(run(kept, APRIL, IN_MAY)) == {"OCMW"}


def test_two_payers_over_three_pieces_and_undone(kept, noor, ocmw):
    for_a_time, after = other_days(noor, APRIL, date(2026, 4, 30))
    employer = make_payer(kept.books, "Bakkerij", now=NOW)
    days = [(noor, MARCH), (for_a_time, APRIL), (after, MAY)]
    pays(noor, (kept.payer, 50), (ocmw, 50), first=MARCH)
    change = pays(noor, (employer, 25), (kept.payer, 75), first=date(2026, 4, 15), now=LATER)
    assert [on(*each) for each in days] == [
        {"An Maes": 50, "OCMW": 50}, {"An Maes": 50, "OCMW": 50}, {"An Maes": 75, "Bakkerij": 25},
    ]  # fmt: skip
    assert on(for_a_time, date(2026, 4, 15)) == {"An Maes": 75, "Bakkerij": 25}
    undo_shares(principal=SYSTEM, placement=noor, change_id=change.pk, now=LATER)
    assert [on(*each) for each in days] == [{"An Maes": 50, "OCMW": 50}] * 3


def test_a_change_that_was_made_first_is_undone_for_days_signed_since(noor, ocmw):
    change = pays(noor, (ocmw, 100), first=MARCH)
    (since,) = other_days(noor, APRIL)
    assert on(since, APRIL) == {"OCMW": 100}
    undo_shares(principal=SYSTEM, placement=noor, change_id=change.pk, now=LATER)
    assert (on(noor, MARCH), on(since, APRIL)) == ({"An Maes": 100}, {"An Maes": 100})


def test_a_change_on_a_later_piece_leaves_the_earlier_ones(kept, noor, fee, ocmw):
    (since,) = other_days(noor, APRIL)
    before = list(Share.objects.filter(placement=noor).values_list("payer", "during", "percent"))
    pays(since, (ocmw, 100), first=MARCH)
    assert list(Share.objects.filter(placement=noor).values_list("payer", "during", "percent")) == before
    assert run(kept, MARCH, THE_2ND) == {"An Maes": euros("123.40")}


def test_what_was_changed_since_for_later_days_is_undone_first(kept, noor, ocmw):
    (since,) = other_days(noor, APRIL)
    first = pays(noor, (ocmw, 100), first=MARCH)
    second = pays(since, (kept.payer, 100), first=MAY, now=LATER)
    with pytest.raises(RefusedError):
        undo_shares(principal=SYSTEM, placement=noor, change_id=first.pk, now=LATER)
    assert (on(noor, MARCH), on(since, MAY)) == ({"OCMW": 100}, {"An Maes": 100})
    undo_shares(principal=SYSTEM, placement=since, change_id=second.pk, now=LATER)
    undo_shares(principal=SYSTEM, placement=noor, change_id=first.pk, now=LATER)
    assert (on(noor, MARCH), on(since, MAY)) == ({"An Maes": 100}, {"An Maes": 100})


def test_a_day_after_this_piece_is_a_day_of_the_stay(kept, noor, ocmw):
    (since,) = other_days(noor, APRIL)
    pays(noor, (ocmw, 100), first=MAY)
    assert (on(since, MAY - timedelta(days=1)), on(since, MAY)) == ({"An Maes": 100}, {"OCMW": 100})


def test_months_of_later_pieces_are_named(kept, noor, fee):
    other_days(noor, march(16))
    run(kept, MARCH, THE_2ND)
    run(kept, APRIL, IN_MAY)
    assert months_asked(noor, MARCH) == [MARCH, APRIL]


def test_an_own_certificate_holds_for_days_signed_for_later(kept, noor):
    certificate(kept, noor, "10.00", NEW_YEAR, own=True)
    (since,) = other_days(noor, APRIL)
    own_fee(kept, noor, "12.34", MARCH)
    assert fees(since) == [(Decimal("10.00"), NEW_YEAR, MARCH), (Decimal("12.34"), MARCH, None)]
    assert fees(noor) == fees(since)
    assert kept.scene.noor not in [each.about for each in drafted(kept.books, APRIL).held]


def test_a_certificate_on_a_later_piece_leaves_the_earlier_ones(kept, noor):
    certificate(kept, noor, "10.00", NEW_YEAR, own=True)
    for_a_time, after = other_days(noor, APRIL, date(2026, 4, 30))
    own_fee(kept, for_a_time, "12.34", APRIL)
    assert fees(noor) == [(Decimal("10.00"), NEW_YEAR, None)]
    assert fees(after) == [(Decimal("10.00"), NEW_YEAR, APRIL), (Decimal("12.34"), APRIL, None)]


def test_a_certificate_that_another_begins_within_is_refused_for_the_whole_stay(kept, noor):
    (since,) = other_days(noor, APRIL)
    own_fee(kept, since, "8.00", MAY)
    with pytest.raises(RefusedError):
        own_fee(kept, noor, "12.34", MARCH)
    assert fees(noor) == []
    own_fee(kept, noor, "12.34", MARCH, replaces=True)
    assert fees(noor) == fees(since) == [(Decimal("12.34"), MARCH, None)]


def test_a_certificate_withdrawn_goes_from_the_later_pieces_and_no_other_does(kept, noor):
    own_fee(kept, noor, "10.00", NEW_YEAR, date(2026, 2, 28))
    (since,) = other_days(noor, APRIL)
    made = own_fee(kept, noor, "12.34", MARCH, date(2026, 6, 30))
    own_fee(kept, since, "8.00", date(2026, 7, 1))
    withdraw_certificate(
        principal=SYSTEM, books=kept.books, placement=noor, certificate_id=made.pk, now=LATER
    )
    assert fees(noor) == [(Decimal("10.00"), NEW_YEAR, MARCH)]
    assert fees(since) == [(Decimal("8.00"), date(2026, 7, 1), None)]

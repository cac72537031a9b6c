"""Charges of one day for out-of-school care: on the invoice of its payer, taken back, foreseen. An hour is 3.20."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError
from django.urls import reverse

from kribbe.billing.forgetting import _invoiced
from kribbe.billing.models import OneCharge, Payer, PayerKind, UnplacedCare
from kribbe.billing.selectors.drafts import drafted, parties
from kribbe.billing.services.fees import add_charge, take_back_charge
from kribbe.billing.tests.club_scene import club_of, payer_of, stay
from kribbe.billing.tests.marched import NOW, THE_2ND, THE_20TH, euros
from kribbe.billing.tests.month import APRIL, MARCH, lines_of, run
from kribbe.enrolment.tests.location_scene import client_of
from kribbe.testing import cast
from kribbe.trust.errors import RefusedError
from kribbe.trust.forgetting import rules
from kribbe.trust.models import AuditEntry
from kribbe.trust.principal import SYSTEM, Role, Scope

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 3, 2)
LATE = {"name": "Laat opgehaald", "amount": Decimal("10.00")}


@pytest.fixture
def club(kept):
    return club_of(kept)


@pytest.fixture
def care(kept, club):
    """March is invoiced once: 90 minutes, 4.80."""
    stay(club, MONDAY)
    run(kept, MARCH, THE_2ND)
    return UnplacedCare.objects.get()


def charge(care, day=MONDAY, **fields):
    return add_charge(principal=SYSTEM, charged=care, day=day, now=NOW, **(LATE | fields))


def test_it_is_asked_with_the_stays_of_its_month_and_once(kept, club, care):
    charge(care)
    assert run(kept, MARCH, THE_20TH) == {payer_of(club).name: euros("10.00")}
    assert lines_of(payer_of(club).name)[-1] == (MONDAY, "Laat opgehaald", euros("10.00"))
    assert run(kept, MARCH, THE_20TH) == {}


def test_a_month_with_a_charge_alone_is_asked_too(kept, club, care):
    household = care.child.household_id
    charge(care, date(2026, 4, 7))
    assert household in parties(kept.books, APRIL, size=50)[0]
    assert household in {each for part in parties(kept.books, APRIL, size=1) for each in part}
    (draft,) = [each for each in drafted(kept.books, APRIL).drafts if each.payer == payer_of(club)]
    assert draft.total == euros("10.00")
    assert run(kept, APRIL, date(2026, 5, 2)) == {payer_of(club).name: euros("10.00")}


def test_what_is_taken_back_goes_back(kept, club, care):
    made = charge(care)
    run(kept, MARCH, THE_20TH)
    take_back_charge(principal=SYSTEM, charged=care, charge_id=made.pk, now=NOW)
    assert run(kept, MARCH, THE_20TH) == {payer_of(club).name: euros("-10.00")}


def test_its_name_is_forgotten_and_its_invoice_keeps_the_childs_family(care):
    made, household = charge(care), care.child.household_id
    (rule,) = [each for each in rules() if each.label == "billing.OneCharge"]
    assert list(OneCharge.objects.filter(rule.find(household))) == [made]
    Payer.objects.update(adult=None, kind=PayerKind.ORGANISATION)
    assert {each.household_id for each in _invoiced([household], MONDAY)} == {household}


def test_nought_and_a_day_before_the_care_are_refused(care):
    with pytest.raises(RefusedError) as refused:
        charge(care, amount=Decimal(0))
    assert refused.value.field == "amount"
    with pytest.raises(RefusedError) as refused:
        charge(care, date(2024, 1, 1))
    assert refused.value.field == "day"
    with pytest.raises(IntegrityError):
        OneCharge.objects.create(day=MONDAY, made_at=NOW, **LATE)


def test_the_organiser_charges_and_takes_back_on_a_page(kept, care):
    user = cast.make_user(
        "m@notelaar.example", role=Role.ORGANISER, scope=Scope.ORGANISER,
        scope_id=kept.books.organiser_id, now=NOW,
    )  # fmt: skip
    client, slug = client_of(user), kept.scene.location.slug
    page = reverse("billing:charges", args=[slug, care.reference])
    assert page in client.get(reverse("billing:club_payers", args=[slug])).content.decode()
    wrong = client.post(page, {"do": "charge", "day": "2024-01-01", "name": "Laat", "amount": "10"})
    assert wrong.status_code == 422 and list(wrong.context["form"].errors) == ["day"]
    client.post(page, {"do": "charge", "day": "2026-03-02", "name": "Laat", "amount": "10"})
    assert "Laat" in client.get(page).content.decode()
    client.post(page, {"do": "take_back", "charge": OneCharge.objects.get().pk})
    assert OneCharge.objects.get().taken_back_at is not None
    actions = AuditEntry.objects.filter(action__startswith="billing.charge").order_by("pk")
    assert [each.action for each in actions] == ["billing.charge", "billing.charge_back"]

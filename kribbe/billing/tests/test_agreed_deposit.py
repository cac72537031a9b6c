"""The deposit that stands in an agreement: asked once, within the law, of who pays, and known to the place."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from kribbe.billing.models import CertificateKind, Deposit, FeeCertificate, Payer, Share
from kribbe.billing.selectors.low_income import low_incomes
from kribbe.billing.services.deposits import ask_agreed
from kribbe.billing.tests.club_scene import club_of
from kribbe.billing.tests.issued import NOW, ON
from kribbe.billing.tests.scene import make_payer, organiser_of, with_books
from kribbe.enrolment.tests.location_scene import client_of
from kribbe.outofschool.models import SocialTariff
from kribbe.people.models import FactKind, HouseholdFact
from kribbe.testing.worlds import built_once
from kribbe.trust.errors import RefusedError
from kribbe.trust.principal import SYSTEM

pytestmark = pytest.mark.django_db


@built_once
def kept():
    found = with_books(now=NOW, start=date(2026, 3, 2))
    found.scene.noor.deposit_asked = Decimal("150.00")
    found.scene.noor.save(update_fields=["deposit_asked"])
    return found


def ask(kept, low_income=False):
    place = kept.scene.noor
    return ask_agreed(
        principal=SYSTEM, books=kept.books, placement=place, low_income=low_income, on=ON, now=NOW
    )


def test_it_is_asked_of_who_pays_and_once(kept):
    assert (ask(kept).payer, Deposit.objects.get().asked) == (kept.payer, Decimal("150.00"))
    with pytest.raises(RefusedError):
        ask(kept)


def test_a_place_that_nobody_pays_for_yet_asks_the_parent(kept):
    Share.objects.all().delete()
    Payer.objects.all().delete()
    assert ask(kept).payer.adult == kept.scene.noor.child.household.adults.get()


def test_an_agreement_beyond_the_law_is_refused(kept):
    kept.scene.noor.deposit_asked = Decimal("250.01")
    with pytest.raises(RefusedError, match="250"):
        ask(kept)
    assert not Deposit.objects.exists()


def test_a_low_income_has_its_own_ceiling(kept):
    with pytest.raises(RefusedError, match="50"):
        ask(kept, low_income=True)
    assert not Deposit.objects.exists()


def told_low(kept):
    HouseholdFact.objects.create(
        household=kept.scene.noor.child.household, kind=FactKind.LOW_INCOME, during=(date(2026, 1, 1), None),
        recorded_at=NOW,
    )  # fmt: skip


def reduced(kept):
    kind = {"kind": CertificateKind.REDUCED}
    FeeCertificate.objects.create(
        books=kept.books, child=kept.scene.noor.child, during=(date(2026, 1, 1), None), day_fee=3, recorded_at=NOW,
        **kind,
    )  # fmt: skip


def social(kept):
    SocialTariff.objects.create(
        club=club_of(kept).club, household=kept.scene.noor.child.household, during=(date(2026, 1, 1), None),
        recorded_at=NOW,
    )  # fmt: skip


@pytest.mark.parametrize("knows", [told_low, reduced, social])
def test_a_low_income_that_is_known_sets_the_ceiling_unless_the_manager_says_otherwise(kept, knows):
    knows(kept)
    assert low_incomes(kept.books, [kept.scene.noor, kept.scene.lou], ON) == {kept.scene.noor.pk}
    with pytest.raises(RefusedError, match="50"):
        ask(kept, low_income=None)
    assert not ask(kept, low_income=False).low_income


def test_what_held_before_is_not_known_any_more(kept):
    told_low(kept)
    HouseholdFact.objects.update(during=(date(2025, 1, 1), date(2026, 1, 1)))
    assert not ask(kept, low_income=None).low_income


def test_the_page_fills_in_what_is_known(kept):
    manager = organiser_of(kept.books, now=NOW)
    client, page = client_of(manager), reverse("billing:deposits", args=[kept.scene.location.slug])
    assert 'name="low_income" checked' not in client.get(page).content.decode()
    told_low(kept)
    HouseholdFact.objects.update(during=(date(2026, 1, 1), None))
    assert 'name="low_income" checked' in client.get(page).content.decode()
    sent = {"do": "ask", "placement": kept.scene.noor.pk, "euros": "100"}
    assert "low income the law allows" in client.post(page, sent).content.decode()
    client.post(page, sent | {"low_income": "above"})
    assert Deposit.objects.get().asked == 100


def test_a_place_at_a_free_price_has_no_ceiling_by_this_law(kept):
    kept.scene.group.price_kind = "free"
    kept.scene.group.save()
    kept.scene.noor.deposit_asked = Decimal("400.00")
    kept.scene.noor.group.refresh_from_db()
    assert ask(kept, low_income=True).asked == Decimal("400.00")


def test_it_is_asked_of_who_pays_since_the_last_change(kept):
    Share.objects.filter(placement=kept.scene.noor).update(during=(date(2026, 3, 2), date(2026, 3, 9)))
    father = make_payer(kept.books, "Vader", now=NOW)
    Share.objects.create(
        placement=kept.scene.noor, payer=father, during=(date(2026, 3, 9), None), percent=Decimal(60)
    )
    assert ask(kept).payer == father


def test_a_manager_asks_it_from_the_page_and_a_second_tab_asks_nothing(kept):
    manager = organiser_of(kept.books, now=NOW)
    client, page = client_of(manager), reverse("billing:deposits", args=[kept.scene.location.slug])
    assert "Agreed, not asked yet" in client.get(page).content.decode()
    sent = {"do": "ask_agreed", "place": kept.scene.noor.reference}
    for _tab in range(2):
        client.post(page, sent)
    assert Deposit.objects.count() == 1
    assert "Agreed, not asked yet" not in client.get(page).content.decode()

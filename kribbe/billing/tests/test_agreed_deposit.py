"""The deposit that stands in an agreement: asked once, within the law, of who pays, and known to the place."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from kribbe.billing.models import Deposit, Payer, Share
from kribbe.billing.services.deposits import ask_agreed
from kribbe.billing.tests.issued import NOW, ON
from kribbe.billing.tests.scene import make_payer, with_books
from kribbe.enrolment.tests.location_scene import client_of
from kribbe.testing import cast
from kribbe.trust.errors import RefusedError
from kribbe.trust.principal import SYSTEM, Role, Scope

pytestmark = pytest.mark.django_db


@pytest.fixture
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


def test_it_is_asked_of_who_pays_since_the_last_change(kept):
    Share.objects.filter(placement=kept.scene.noor).update(during=(date(2026, 3, 2), date(2026, 3, 9)))
    father = make_payer(kept.books, "Vader", now=NOW)
    Share.objects.create(
        placement=kept.scene.noor, payer=father, during=(date(2026, 3, 9), None), percent=Decimal(60)
    )
    assert ask(kept).payer == father


def test_a_manager_asks_it_from_the_page_and_a_second_tab_asks_nothing(kept):
    manager = cast.make_user(
        "rik@notelaar.example", role=Role.ORGANISER, scope=Scope.ORGANISER, scope_id=kept.books.organiser_id,
        now=NOW,
    )  # fmt: skip
    client, page = client_of(manager), reverse("billing:deposits", args=[kept.scene.location.slug])
    assert "Agreed, not asked yet" in client.get(page).content.decode()
    sent = {"do": "ask_agreed", "place": kept.scene.noor.reference}
    for _tab in range(2):
        client.post(page, sent)
    assert Deposit.objects.count() == 1
    assert "Agreed, not asked yet" not in client.get(page).content.decode()

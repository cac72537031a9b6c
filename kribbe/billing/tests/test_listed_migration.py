"""An upgrade of filled tables: a charge whose name clearly is a listed kind gets it, and keeps its name; others stay
without, and nothing counts as changed.
"""

import pytest
from django.core.management import call_command
from django.utils import timezone

from kribbe.billing.models import OneCharge, PriceList
from kribbe.billing.selectors.changed import changes_since
from kribbe.billing.selectors.listed import outside_the_list
from kribbe.billing.tests.marched import NOW, march
from kribbe.billing.tests.month import price_list
from kribbe.billing.tests.scene import with_books

pytestmark = [pytest.mark.long, pytest.mark.django_db(transaction=True)]
BEFORE = "0019_unplaced_care"


@pytest.fixture
def before():
    """Whatever goes wrong, the tables are those of today again."""
    yield
    call_command("migrate", verbosity=0)


def test_clear_names_get_their_kind_and_keep_their_words(before):
    kept = with_books(now=NOW, start=march(2))
    written = [{"name": name, "full": "1.00", "half": "0.50"} for name in ("Luiers", "Maaltijden")]
    prices = price_list(kept, extras=written)
    for name, amount in (
        ("Te laat opgehaald", 10),
        ("Uitstap", 5),
        ("Luiers", -2),
        ("Verspätete Abholung", 8),
    ):
        OneCharge.objects.create(
            placement=kept.scene.noor, day=march(5), name=name, amount=amount, made_at=NOW
        )
    call_command("migrate", "billing", BEFORE, verbosity=0)
    began = timezone.now()

    call_command("migrate", verbosity=0)

    prices.refresh_from_db()
    assert prices.extras == [{"kind": "nappies", **written[0]}, written[1]]
    assert dict(OneCharge.objects.values_list("name", "kind")) == {
        "Te laat opgehaald": "late_pick_up", "Uitstap": "", "Luiers": "", "Verspätete Abholung": "late_pick_up",
    }  # fmt: skip
    assert changes_since(began, before=march(31)) == [], "no month of it is to be set right"
    assert OneCharge.events.rel.related_model.objects.count() == 4
    assert outside_the_list(kept.scene.location, march(20)) == ["Maaltijden", "Uitstap"]
    PriceList.objects.update(flex=True)
    assert len(changes_since(began, before=march(31))) == 1, "its history is written again"

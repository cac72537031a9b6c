"""Fee certificates among the papers that end: shown to who keeps the books, and to nobody who can't open them."""

from datetime import date
from functools import partial

import pytest

from kribbe.billing.tests.marched import NEW_YEAR
from kribbe.billing.tests.month import certificate
from kribbe.places.models import Location
from kribbe.testing import cast
from kribbe.trust.principal import Role, Scope
from kribbe.web.expiring import ending

pytestmark = pytest.mark.django_db
OCTOBER, DAY_AFTER = date(2026, 9, 30), date(2026, 10, 1)


@pytest.fixture
def seen(kept, noor):
    """Whose papers somebody sees at De Notelaar."""
    certificate(kept, noor, "12.34", NEW_YEAR, DAY_AFTER)
    look = partial(ending, [kept.scene.location], today=date(2026, 9, 1), until=OCTOBER)
    return lambda reader: [
        each.who for each in look(reader=reader) if each.key.startswith("fee_certificate:")
    ]


def test_who_bills_for_the_organiser_sees_the_certificate(kept, seen):
    assert seen(cast.acting(Role.ORGANISER, Scope.ORGANISER, kept.books.organiser_id)) == ["Noor Maes"]
    assert seen(kept.scene.manager) == ["Noor Maes"], "the only location of its organiser"


def test_who_bills_for_a_sister_only_sees_no_link_that_it_cannot_open(kept, seen):
    own = kept.scene.location
    cast.make_location(own.desk, "De Beuk", organiser=own.organiser)
    assert Location.objects.filter(organiser=own.organiser).count() == 2
    assert seen(kept.scene.manager) == []


def test_a_warning_by_mail_counts_all_of_them(seen):
    assert seen(None) == ["Noor Maes"]

"""A stay whose days change within a month is one row where fees are looked at, and is asked once for a new one."""

from datetime import UTC, date, datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from kribbe.billing.selectors.renewals import to_renew
from kribbe.billing.tests.scene import organiser_of, with_books
from kribbe.enrolment.tests.location_scene import client_of
from kribbe.planning.tests.scene import MONDAY
from kribbe.testing import cast
from kribbe.testing.worlds import built_once

pytestmark = pytest.mark.django_db
START, CHANGE, END = date(2026, 1, 5), date(2026, 6, 15), date(2028, 1, 1)
NOW = datetime(2026, 6, 10, 8, tzinfo=UTC)


@built_once
def kept():
    """Noor comes on other days from 15 June on."""
    kept = with_books(now=NOW, start=START)
    noor = kept.scene.noor
    type(noor).objects.filter(pk=noor.pk).update(during=(START, CHANGE))
    kept.later = cast.make_placement(
        noor.child, kept.scene.group, start=CHANGE, end=END, pattern=MONDAY, now=NOW
    )
    type(noor).objects.filter(pk=kept.later.pk).update(replaces=noor)
    return kept


@pytest.mark.parametrize(("day", "is_later"), [(10, False), (15, True), (30, True)])
def test_fees_list_the_piece_of_today(kept, monkeypatch, day, is_later):
    monkeypatch.setattr(timezone, "now", lambda: NOW.replace(day=day))
    client = client_of(organiser_of(kept.books, now=NOW))
    page = client.get(reverse("billing:fees", args=[kept.scene.location.slug])).content.decode()
    assert page.count("Noor Maes") == 1
    assert (kept.later.reference in page, kept.scene.noor.reference in page) == (is_later, not is_later)


@pytest.mark.parametrize("on", [date(2026, 6, 1), date(2027, 1, 1)])
def test_a_certificate_is_asked_once(kept, on):
    assert [f"{each.child}" for each in to_renew(kept.books, on)].count("Noor Maes") == 1

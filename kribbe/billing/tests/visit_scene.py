"""Noor begins on Monday 6 April 2026 and visits the group in March; a day costs 12.34, nappies 1.00 or 0.50."""

from __future__ import annotations

from datetime import date, datetime

from kribbe.billing.tests.marched import FEE, NEW_YEAR
from kribbe.billing.tests.month import certificate, house_rules, price_list
from kribbe.billing.tests.scene import Kept, with_books
from kribbe.planning.models import GettingUsedDay
from kribbe.planning.services.getting_used import agree_visit
from kribbe.rules.getting_used import Visit
from kribbe.testing.clock import BRUSSELS

BEGINS = date(2026, 4, 6)
AGREED = datetime(2026, 3, 2, 9, tzinfo=BRUSSELS)
TWO_HOURS, SIX_HOURS = (9 * 60, 11 * 60), (9 * 60, 15 * 60)


def visited(*, charged: bool = True) -> Kept:
    kept = with_books(now=datetime(2026, 1, 2, 9, tzinfo=BRUSSELS), start=BEGINS)
    certificate(kept, kept.scene.noor, FEE, NEW_YEAR)
    price_list(kept, extras=[{"name": "Luiers", "full": "1.00", "half": "0.50"}])
    house_rules(kept, visits_charged=charged)
    return kept


def agree(kept: Kept, day: date, hours: tuple[int, int] = TWO_HOURS, placement=None) -> GettingUsedDay:
    return agree_visit(
        principal=kept.scene.manager, placement_id=(placement or kept.scene.noor).pk,
        visit=Visit(day, *hours), now=AGREED,
    )  # fmt: skip

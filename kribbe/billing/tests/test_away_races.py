"""House rules and prices that are taken away by two at once, or while a month begins to be invoiced."""

from contextlib import suppress
from datetime import date, timedelta
from threading import Barrier, BrokenBarrierError, Event

import pytest

from kribbe.billing.models import PriceList, Run
from kribbe.billing.services import prices_back
from kribbe.billing.services.run import start_run
from kribbe.billing.tests.test_prices_back import AUGUST, MAY, NOW, away, clock, kept
from kribbe.planning.models import HouseRules
from kribbe.planning.services import house_rules_back
from kribbe.planning.services.house_rules import Rules, publish_house_rules
from kribbe.planning.services.house_rules_back import take_away_house_rules
from kribbe.testing.races import side_by_side
from kribbe.trust import locks
from kribbe.trust.errors import RefusedError
from kribbe.trust.models import AuditEntry

__all__ = ["clock", "kept"]
pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def rules(kept):
    """House rules that begin within the month that can be invoiced."""
    return publish_house_rules(
        principal=kept.scene.manager,
        location=kept.scene.location,
        rules=Rules(from_day=date(2026, 5, 15)),
        now=NOW - timedelta(days=1),
    )


def rules_away(kept, rules):
    take_away_house_rules(
        principal=kept.scene.manager, location=kept.scene.location, version=rules.version, now=NOW
    )


@pytest.mark.parametrize("locked", [True, False])
def test_two_people_take_house_rules_away_at_once(kept, rules, monkeypatch, locked):
    """The second is told that they are gone; with the locks off both are said to have done it."""
    monkeypatch.setattr(locks, "ENABLED", locked)
    together(monkeypatch, house_rules_back)
    is_right = one_is_told(side_by_side([lambda: rules_away(kept, rules)] * 2), house_rules_back.ACT)
    assert not HouseRules.objects.filter(pk=rules.pk).exists()
    assert is_right is locked


@pytest.mark.parametrize("locked", [True, False])
def test_two_people_take_a_price_list_away_at_once(kept, monkeypatch, locked):
    monkeypatch.setattr(locks, "ENABLED", locked)
    together(monkeypatch, prices_back)
    is_right = one_is_told(side_by_side([lambda: away(kept)] * 2), prices_back.ACT)
    assert list(PriceList.objects.values_list("from_day", flat=True)) == [MAY]
    assert is_right is locked


@pytest.mark.parametrize("locked", [True, False])
@pytest.mark.parametrize("module", [house_rules_back, prices_back])
def test_no_run_begins_while_what_prices_its_month_is_taken_away(kept, rules, monkeypatch, module, locked):
    """It begins once that is gone; with the locks off it begins with rules or prices that go under its hands."""
    monkeypatch.setattr(locks, "ENABLED", locked)
    month = MAY if module is house_rules_back else AUGUST
    deed = (lambda: rules_away(kept, rules)) if module is house_rules_back else (lambda: away(kept))
    looked, begun, was_begun = Event(), Event(), []
    is_billed = module.is_billed

    def slowly(*asked):
        found = is_billed(*asked)
        looked.set()
        was_begun.append(begun.wait(timeout=2))
        return found

    def begin():
        looked.wait(timeout=5)
        start_run(principal=kept.scene.manager, books=kept.books, month=month, on=month, now=NOW)
        begun.set()

    monkeypatch.setattr(module, "is_billed", slowly)
    assert side_by_side([deed, begin]) == [None, None]
    assert Run.objects.count() == 1
    assert was_begun == [not locked]


def together(monkeypatch, module):
    """Both look whether a month is billed before one of them goes on, unless one of them waits for a lock."""
    both = Barrier(2, timeout=2)
    is_billed = module.is_billed

    def looked(*asked):
        with suppress(BrokenBarrierError):
            both.wait()
        return is_billed(*asked)

    monkeypatch.setattr(module, "is_billed", looked)


def one_is_told(answers, action):
    refused = [each.code for each in answers if isinstance(each, RefusedError)]
    return refused == ["gone"] and AuditEntry.objects.filter(action=action).count() == 1

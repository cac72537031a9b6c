"""Two workers at one year: every certificate once, numbers without a gap; and a job that is interrupted."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from kribbe.billing.tests.scene import make_payer, with_books
from kribbe.contact.models import Notice
from kribbe.people.models import Adult
from kribbe.taxes.models import TaxCertificate, YearRun
from kribbe.taxes.services import certificates, year_runs
from kribbe.taxes.services.year_runs import start_year, work_off_year
from kribbe.taxes.tests.scene import invoice, pay, stay
from kribbe.testing.kills import killed_inside
from kribbe.testing.races import side_by_side
from kribbe.trust import locks
from kribbe.trust.errors import RefusedError
from kribbe.trust.principal import SYSTEM

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
NOW = datetime(2026, 4, 2, 9, tzinfo=UTC)
PARENTS = 6
WORKERS = 4
WORK = """
from datetime import UTC, datetime
from kribbe.taxes.services import year_runs
year_runs.AT_ONCE = 2
year_runs.work_off_year({run}, now=datetime(2026, 4, 2, 9, tzinfo=UTC))
"""


@pytest.fixture
def kept(monkeypatch):
    monkeypatch.setattr(year_runs, "AT_ONCE", 2)
    found = with_books(now=NOW, start=date(2025, 9, 1))
    home = found.scene.noor.child.household
    for number in range(PARENTS):
        adult = Adult.objects.create(
            household=home, first_name="Ouder", last_name=f"{number}", name_key=f"{number}"
        )
        payer = make_payer(found.books, f"Ouder {number}", adult=adult, now=NOW)
        invoice(
            found, [stay(found.scene.noor, date(2026, 3, 2), "12.34")], on=NOW.date(), now=NOW, payer=payer
        )
        pay(found, "12.34", on=NOW.date(), now=NOW, payer=payer)
    return found


def begun(kept) -> YearRun:
    return start_year(principal=SYSTEM, books=kept.books, year=2026, now=NOW)


def at_once(run):
    return side_by_side([lambda: work_off_year(run.pk, now=NOW) for _ in range(WORKERS)])


def numbers():
    return list(TaxCertificate.objects.order_by("number").values_list("number", flat=True))


def test_workers_at_one_year_give_each_number_once(kept):
    run = begun(kept)
    outcomes = at_once(run)
    assert [each for each in outcomes if isinstance(each, Exception)] == []
    run.refresh_from_db()
    assert numbers() == list(range(1, PARENTS + 1))
    assert (run.new, run.changed, run.done, run.payers) == (PARENTS, 0, PARENTS, PARENTS)
    assert TaxCertificate.objects.filter(total=Decimal("12.34")).count() == PARENTS


def test_control_without_locks_the_database_must_refuse_a_number_twice(kept, monkeypatch):
    monkeypatch.setattr(locks, "ENABLED", False)
    outcomes = at_once(begun(kept))
    assert any(isinstance(each, Exception) for each in outcomes), outcomes
    assert numbers() == list(range(1, len(numbers()) + 1)), "no gap even then"


def test_a_year_is_begun_once(kept):
    outcomes = side_by_side([lambda: begun(kept) for _ in range(WORKERS)])
    assert sum(isinstance(each, YearRun) for each in outcomes) == 1, outcomes
    assert {type(each) for each in outcomes} == {YearRun, RefusedError}


def test_a_job_that_is_cut_off_goes_on_where_it_was(kept, monkeypatch):
    run = begun(kept)
    parts = []

    def cut_off(**given):
        parts.append(given["keys"])
        if len(parts) == 2:
            raise OSError
        return certificates.issue_part(**given)

    with monkeypatch.context() as broken:
        broken.setattr(year_runs, "issue_part", cut_off)
        with pytest.raises(OSError):
            work_off_year(run.pk, now=NOW)
    run.refresh_from_db()
    assert (run.done, run.new, run.done_at) == (2, 2, None)
    assert year_runs.work_off_waiting(now=NOW) == 1
    run.refresh_from_db()
    assert (numbers(), run.new) == (list(range(1, PARENTS + 1)), PARENTS)


def test_a_year_that_is_killed_within_a_part_goes_on_without_a_gap(kept):
    """Parts of two payers; the process dies in the second part, once both its certificates are written."""
    run = begun(kept)
    killed_inside(WORK.format(run=run.pk), point="kribbe.taxes.services.certificates.tell_payer", times=4)
    run.refresh_from_db()
    assert (numbers(), run.done, run.new, run.done_at) == ([1, 2], 2, 2, None)
    assert year_runs.work_off_waiting(now=NOW) == 1
    run.refresh_from_db()
    assert (numbers(), run.new) == (list(range(1, PARENTS + 1)), PARENTS)
    told = Notice.objects.filter(kind="taxes/certificate").values_list("about", flat=True)
    assert len(told) == len(set(told)) == PARENTS

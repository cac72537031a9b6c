"""An upgrade of filled tables: care without a placement keeps its rows and their history under its new name, and days
that were taken before they were written down are.
"""

from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from kribbe.billing.models import InvoiceLine, OneCharge, Share, UnplacedCare
from kribbe.billing.services.fees import add_charge
from kribbe.billing.tests.marched import NOW, THE_2ND, THE_20TH, euros, march
from kribbe.billing.tests.month import MARCH, run
from kribbe.billing.tests.one_day_scene import fee_of, kim_of, name_of, takes
from kribbe.billing.tests.scene import with_books
from kribbe.testing.worlds import built_once
from kribbe.trust.principal import SYSTEM

pytestmark = [pytest.mark.long, pytest.mark.django_db(transaction=True)]
BEFORE = "0017_stuck"
EVENT = UnplacedCare.events.rel.related_model


@built_once
def kept():
    return with_books(now=NOW, start=march(2))


@pytest.fixture
def before() -> Iterator[None]:
    """Whatever goes wrong, the tables are those of today again."""
    yield
    call_command("migrate", verbosity=0)


def all_of(model):
    return list(model.objects.order_by("pk").values())


def test_rows_and_history_stay_and_what_was_taken_before_is_written_down(kept, before):
    first, second = kim_of(kept), kim_of(kept)
    fee_of(kept, first)
    fee_of(kept, second)
    takes(kept, first, march(11))
    care = UnplacedCare.objects.get(child=first.child)
    add_charge(principal=SYSTEM, charged=care, day=march(11), name="Laat", amount=euros("-5.00"), now=NOW)
    care.during = DateRange(march(1), march(31))
    care.save()
    run(kept, MARCH, THE_2ND)
    takes(kept, second, march(18))
    UnplacedCare.objects.filter(child=second.child).delete()
    tables = (UnplacedCare, EVENT, Share, OneCharge, InvoiceLine)
    standing = [all_of(each) for each in tables]
    assert all(standing)

    call_command("migrate", "billing", BEFORE, verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM billing_clubcare")
        assert cursor.fetchone() == (1,)
    call_command("migrate", verbosity=0)

    made = UnplacedCare.objects.get(child=second.child)
    assert (made.location, made.during.lower, made.during.upper) == (kept.scene.location, MARCH, None)
    assert len({made.reference, care.reference, ""}) == 3
    now_standing = [
        [
            row
            for row in all_of(each)
            if made.pk not in (row["id"], row.get("pgh_obj_id")) or each in tables[2:]
        ]
        for each in tables
    ]
    assert now_standing == standing
    assert [each.pgh_label for each in EVENT.objects.filter(pgh_obj_id=made.pk)] == ["insert"]
    made.during = DateRange(march(1), march(30))
    made.save()
    assert [each.pgh_label for each in EVENT.objects.filter(pgh_obj_id=made.pk)] == ["insert", "update"]
    with pytest.raises(IntegrityError), transaction.atomic():
        UnplacedCare.objects.create(location=made.location, child=made.child, during=made.during)
    # 20.00 for the day that was never written down, by the certificate of its child
    assert run(kept, MARCH, THE_20TH) == {name_of(second): euros("20.00")}

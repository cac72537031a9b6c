"""Pages of a long list: nothing left out, nothing twice, and a far page begins in the index where it begins."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.utils.timezone import get_default_timezone

from kribbe.trust.keyset import page
from kribbe.trust.models import AuditEntry

pytestmark = pytest.mark.django_db

SIZE = 4
DESK = 7
FIRST = datetime(2026, 3, 2, 9, tzinfo=get_default_timezone())


@pytest.fixture
def entries():
    """Thirty rows, three at each moment."""
    AuditEntry.objects.bulk_create(
        AuditEntry(
            at=FIRST + timedelta(minutes=n // 3), actor_name="An", action="x", subject="y", desk_id=DESK
        )
        for n in range(30)
    )
    return AuditEntry.objects.filter(desk_id=DESK)


@pytest.mark.parametrize("descending", [False, True])
def test_pages_forth_and_back_show_every_row_once(entries, descending):
    sign = "-" if descending else ""
    keys = list(entries.order_by(f"{sign}at", f"{sign}pk").values_list("pk", flat=True))
    forth, here = [], page(entries, by="at", size=SIZE, descending=descending)
    assert not here.has_previous
    forth += here.rows
    while here.has_next:
        here = page(entries, by="at", size=SIZE, descending=descending, after=here.rows[-1])
        forth += here.rows
    assert [row.pk for row in forth] == keys
    back = list(here.rows)
    while here.has_previous:
        here = page(entries, by="at", size=SIZE, descending=descending, before=here.rows[0])
        back = [*here.rows, *back]
    assert [row.pk for row in back] == keys


def test_a_far_page_begins_in_the_index(entries, django_assert_num_queries):
    middle = entries.order_by("-at", "-pk")[15]
    with django_assert_num_queries(1) as asked:
        page(entries, by="at", size=SIZE, descending=True, after=middle)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        cursor.execute(f"EXPLAIN {asked.captured_queries[0]['sql']}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    begins = next(line for line in plan.splitlines() if "Index Cond" in line)
    assert "desk_id = 7" in begins
    assert "at <= " in begins

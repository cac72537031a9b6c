"""A row that others hold too long is told as busy, whichever time-out of the database ends the wait."""

import psycopg
import pytest
from django.db import connection, transaction

from kribbe.region.models import Desk
from kribbe.testing import cast
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows

WAITS = ("SET LOCAL lock_timeout = 100", "SET LOCAL lock_timeout = 0; SET LOCAL statement_timeout = 100")


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("wait", WAITS)
def test_a_wait_that_takes_too_long_is_told_as_busy(wait):
    desk = cast.make_desk()
    with psycopg.connect(**connection.get_connection_params()) as holder:
        holder.execute("SELECT 1 FROM region_desk WHERE id = %s FOR UPDATE", [desk.pk])
        with pytest.raises(RefusedError) as refused, transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(wait)
            lock_rows((Desk, desk.pk))
    assert refused.value.code == "busy"

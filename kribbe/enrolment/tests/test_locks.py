"""Row locks: one fixed order, whatever order the caller names."""

import re

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from kribbe.enrolment.models import CareRequest, Placement
from kribbe.people.models import Household
from kribbe.places.models import Group
from kribbe.trust.locks import lock_rows

pytestmark = pytest.mark.django_db


def test_rows_are_locked_by_table_and_key_whatever_the_order_asked():
    with CaptureQueriesContext(
        connection,
    ) as queries:
        lock_rows((Household, 3), (Group, 9), (Placement, 2), (Group, 4), (CareRequest, 7), (Group, 9))
    asked = [query["sql"] for query in queries if "FOR NO KEY UPDATE" in query["sql"]]
    assert [re.search(r'FROM "(\w+)"', sql)[1] for sql in asked] == [
        model._meta.db_table for model in (CareRequest, Placement, Household, Group)
    ]
    assert all("ORDER BY" in sql for sql in asked)
    assert "IN (4, 9)" in asked[-1]


@pytest.mark.django_db(transaction=True)
def test_a_lock_needs_a_transaction():
    with pytest.raises(transaction.TransactionManagementError):
        lock_rows((Household, 1))

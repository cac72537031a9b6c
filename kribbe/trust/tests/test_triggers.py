"""Connections say that no trigger is left out; who says nothing, or otherwise for a while, is held all the same."""

import pgtrigger
import psycopg
import pytest
from django.db import ProgrammingError, connection, transaction
from django.utils import timezone

from kribbe.trust.models import AuditEntry

pytestmark = pytest.mark.django_db
REFUSED = "Cannot update or delete rows from trust_auditentry"


def said() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('pgtrigger.ignore')")
        (found,) = cursor.fetchone()
    return found


def rewrite() -> None:
    with transaction.atomic():
        AuditEntry.objects.update(action="other")


@pytest.fixture
def entry() -> AuditEntry:
    return AuditEntry.objects.create(at=timezone.now(), action="a.deed", subject="nothing")


def test_a_connection_says_that_no_trigger_is_left_out(entry):
    assert said() == "{}"
    with pytest.raises(ProgrammingError, match="never_change"):
        rewrite()


def test_what_was_left_out_for_a_while_holds_again(entry):
    with pgtrigger.ignore("trust.AuditEntry:never_change"):
        rewrite()
    assert said() == "{}"
    with pytest.raises(ProgrammingError, match="never_change"):
        rewrite()


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_says_nothing_is_held_too(entry):
    with (
        psycopg.connect(**_other()) as raw,
        pytest.raises(psycopg.Error, match=REFUSED),
    ):
        raw.execute("UPDATE trust_auditentry SET action = 'other'")


def _other() -> dict[str, object]:
    known = connection.get_connection_params()
    return {name: known[name] for name in ("dbname", "user", "host", "port", "password") if name in known}

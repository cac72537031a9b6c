"""Whether the process lives, and what it says of each thing that it needs."""

from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from kribbe.api import health
from kribbe.contact.models import Mail

pytestmark = pytest.mark.django_db


def beat(at) -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (%s)", [at])


def queue(due_at) -> None:
    Mail.objects.create(
        address="an@ouders.example",
        subject="Dag",
        body="Dag",
        message_id="1",
        created_at=due_at,
        due_at=due_at,
    )


def test_alive(client):
    assert client.get("/livez").content == b"ok\n"


def test_ready_with_everything_named(client):
    beat(timezone.now())
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["ready"] is True
    assert {name: check["ok"] for name, check in answer.json()["checks"].items()} == {
        "database": True,
        "migrations": True,
        "worker": True,
        "mail": True,
    }
    assert "no-store" in answer["Cache-Control"]


def test_a_quiet_worker_and_stuck_mail_are_told_but_pages_are_served(client):
    now = timezone.now()
    beat(now - timedelta(hours=1))
    queue(now - timedelta(hours=2))
    answer = client.get("/readyz")
    assert answer.status_code == 200
    checks = answer.json()["checks"]
    assert (checks["worker"]["ok"], checks["mail"]["ok"]) == (False, False)
    assert "120 minutes" in checks["mail"]["detail"]


def test_without_a_worker_ever(client):
    assert client.get("/readyz").json()["checks"]["worker"]["ok"] is False


def test_mail_that_is_planned_for_later_is_not_late(client):
    queue(timezone.now() + timedelta(hours=5))
    assert client.get("/readyz").json()["checks"]["mail"]["ok"] is True


def test_not_ready_before_the_tables_are_up_to_date(client):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'api'")
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["migrations"]["detail"] == "1 to apply: run kribbe migrate"


def test_not_ready_without_the_database(client, monkeypatch):
    def fails(_now):
        raise OperationalError("gone")

    monkeypatch.setattr(health, "_database", fails)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {
        "ready": False,
        "checks": {"database": {"ok": False, "detail": "does not answer (OperationalError)", "needed": True}},
    }

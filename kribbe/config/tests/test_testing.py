"""The tests' own machinery: databases, flush, mail."""

from email.message import EmailMessage
from smtplib import SMTP
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from kribbe.testing.clock import Clock
from kribbe.testing.databases import RUNS
from kribbe.testing.fixtures import pytest_collection_modifyitems
from kribbe.testing.mail import MailServer
from kribbe.testing.races import side_by_side


class Collected:
    """A test as far as its order goes."""

    def __init__(self, name: str, *marks: str) -> None:
        self.name, self._marks = name, marks

    def get_closest_marker(self, mark: str) -> object:
        return mark if mark in self._marks else None


def test_long_ones_begin_first_and_the_others_keep_their_order() -> None:
    tests = [
        Collected("b"),
        Collected("a"),
        Collected("d", "long"),
        Collected("e", "race"),
        Collected("c", "long"),
    ]
    pytest_collection_modifyitems(tests)  # type: ignore[arg-type]  stands for a test
    assert [each.name for each in tests] == ["d", "c", "b", "a", "e"]


@pytest.mark.django_db
def test_each_process_has_a_migrated_database_of_its_own() -> None:
    assert connection.settings_dict["NAME"].startswith(RUNS)
    assert {"django_migrations", "procrastinate_jobs"} <= set(connection.introspection.table_names())


def _insert_job() -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_jobs (queue_name, task_name, args) VALUES ('q', 't', '{}')")


def _jobs() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs")
        return int(cursor.fetchone()[0])


@pytest.mark.parametrize("attempt", [1, 2])
@pytest.mark.django_db(transaction=True)
def test_what_a_test_commits_is_gone_in_the_next(attempt: int) -> None:
    assert _jobs() == 0
    assert side_by_side([_insert_job] * 4) == [None] * 4
    assert _jobs() == 4


@pytest.mark.django_db(transaction=True)
def test_takers_side_by_side_report_what_they_raise() -> None:
    def fail() -> None:
        raise LookupError("gone")

    outcome = side_by_side([fail])[0]
    assert isinstance(outcome, LookupError)


def test_the_mail_server_keeps_what_it_receives_and_can_refuse(smtp: MailServer) -> None:
    message = EmailMessage()
    message["Subject"] = "Plaats voor Lien"
    message["From"], message["To"] = "loket@example.be", "ouder@example.be"
    message.set_content("Dag Élise")
    host, port = smtp.url.removeprefix("smtp://").split(":")
    with SMTP(host, int(port)) as client:
        client.send_message(message)
    assert [kept["Subject"] for kept in smtp.messages] == ["Plaats voor Lien"]
    assert smtp.messages[0].get_content().strip() == "Dag Élise"


def test_the_clock_moves_only_when_told(clock: Clock) -> None:
    assert clock.today.isoformat() == "2026-03-02"
    clock.advance(days=28)
    assert clock.now.isoformat() == "2026-03-30T09:00:00+02:00"
    assert clock.now.tzinfo == ZoneInfo("Europe/Brussels")

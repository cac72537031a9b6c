"""Duties: each room's are known to the command and to the schedule."""

import pytest
from django.utils import timezone
from procrastinate.contrib.django import app
from typer.testing import CliRunner

from kribbe.config.cli import app as cli
from kribbe.trust.duties import duties, duty


def test_every_duty_is_scheduled_once() -> None:
    scheduled = {periodic.periodic_id for periodic in app.periodic_registry.periodic_tasks.values()}
    assert {each.name for each in duties()} <= scheduled


def test_a_scheduled_duty_runs_at_the_present_time() -> None:
    moments = []

    @duty("trust.try_out", cron="0 0 1 1 *", told="tries")
    def run(now):
        moments.append(now)
        return 1

    before = timezone.now()
    app.tasks["trust.try_out"].func(timestamp=0)
    assert before <= moments[0] <= timezone.now()


@pytest.mark.django_db
def test_tick_does_every_duty_and_tells_of_it() -> None:
    told = CliRunner().invoke(cli, ["tick"]).output
    assert all(f"{each.told}: " in told for each in duties())

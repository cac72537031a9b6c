"""What tests of pages share: addresses, a day to come, and an agreement that is signed."""

import re
from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kribbe.planning.services.papers import send_paper, sign_paper
from kribbe.planning.services.terms import Terms
from kribbe.rules.calendar import monday_of, public_holidays

DAY = timedelta(days=1)


def at(scene, name, *more):
    return reverse(f"planning:{name}", args=[scene.location.slug, *more])


def queries(client, address):
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(address)
    assert answer.status_code == 200
    return len(captured), answer.content.decode()


def looked_of(answer):
    """What a page keeps of the terms whose effect it shows."""
    return re.search('name="looked" value="([^"]+)"', answer.text).group(1)


def open_day(scene, *, weekday=0):
    """A day to come on which children are planned."""
    day = monday_of(scene.now.date()) + (7 + weekday) * DAY
    while day in public_holidays(day.year):
        day += 7 * DAY
    return day


def signed(scene, weeks=None):
    paper = send_paper(
        principal=scene.manager,
        placement_id=scene.noor.pk,
        terms=Terms(first=scene.noor.during.lower, weeks=weeks or ({0: ((480, 1020),), 1: ((480, 1020),)},)),
        name="Mia",
        now=scene.now,
    )
    return sign_paper(principal=scene.parent, paper_id=paper.pk, name="An Maes", now=scene.now)

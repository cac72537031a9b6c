"""Noor, her agreement, and schedules of the school holidays to lay over it."""

from datetime import UTC, date, datetime, timedelta

from kribbe.enrolment.models import Placement
from kribbe.places import ledger
from kribbe.places.models import LedgerTake
from kribbe.planning.selectors.planned import planned_of
from kribbe.planning.services.papers import send_paper, sign_paper
from kribbe.planning.services.terms import Terms
from kribbe.planning.tests.scene import notelaar
from kribbe.rules.packs import load_pack
from kribbe.rules.school import PACK, Community, Schedule, schedule

DAY = timedelta(days=1)
FULL = ((8 * 60, 17 * 60),)
MONDAY_TUESDAY = {0: FULL, 1: FULL}
NOW = datetime(2026, 8, 3, 8, tzinfo=UTC)
START = date(2026, 9, 7)
AUTUMN, CHRISTMAS = date(2026, 11, 2), date(2026, 12, 21)
"""Mondays: the first of the autumn holidays, and of those of Christmas, by the pack."""


def holiday_scene():
    """Noor comes on Mondays and Tuesdays of two years from 7 September 2026 on, by an agreement that is signed."""
    made = notelaar(now=NOW, places=2, start=START)
    sign(made, send(made, Terms(first=START, weeks=(MONDAY_TUESDAY,))))
    return made


def send(scene, terms, placement=None):
    return send_paper(
        principal=scene.manager, placement_id=(placement or scene.noor).pk, terms=terms, name="Mia",
        now=scene.now,
    )  # fmt: skip


def sign(scene, paper):
    return sign_paper(principal=scene.parent, paper_id=paper.pk, name="An Maes", now=scene.now)


def holidays(*weeks, first=START, outside=False):
    found = schedule(load_pack(PACK), Community.DUTCH, first, date(2028, 9, 6), outside=outside)
    return Terms(first=first, weeks=weeks or ({},), schedule=found)


NO_LONGER = Schedule(Community.DUTCH, False, ())


def days_of(scene, monday, weeks=1):
    """The weekdays on which Noor is planned, by all of her places."""
    found = []
    for place_ in Placement.objects.filter(child=scene.noor.child, state="final"):
        plan = planned_of(place_)
        days = (monday + n * DAY for n in range(7 * weeks))
        found += [(day - monday).days for day in days if plan.parts(day, frozenset())]
    return sorted(found)


def counted_right(scene):
    return ledger.miscounted(group_ids=[scene.group.pk], today=NOW.date()) == []


def taken(scene, day):
    """Who holds something of a day, by the ledger."""
    rows = LedgerTake.objects.filter(group=scene.group, during__contains=day)
    return sum(row.pattern >> 2 * day.weekday() & 3 != 0 for row in rows)

"""De Notelaar with children on Mondays and Tuesdays, and carers with hours of work."""

from datetime import date, timedelta

from kribbe.planning.tests.scene import Scene, notelaar, place
from kribbe.rules.calendar import monday_of, public_holidays
from kribbe.rules.halfdays import WeekPattern
from kribbe.staff.models import Carer
from kribbe.staff.services.carers import Person, add_carer
from kribbe.staff.services.contracts import Work, agree_work
from kribbe.trust.principal import SYSTEM

DAY = timedelta(days=1)
TIMES = dict.fromkeys(range(5), (14, 36))
"""From 7:00 to 18:00."""


def open_monday(first: date) -> date:
    """The first Monday from a day on whose week has no public holiday."""
    monday = monday_of(first)
    while monday < first or any(
        monday + n * DAY in public_holidays((monday + n * DAY).year) for n in range(5)
    ):
        monday += 7 * DAY
    return monday


def hire(scene: Scene, name: str, *, week: int = 76, **more) -> Carer:
    """A carer with a contract of `week` half-hours from long ago on."""
    first = scene.now.date() - 60 * DAY
    carer = add_carer(
        principal=SYSTEM, location=scene.location, person=Person(name=name, first=first), now=scene.now
    )
    work = Work(first=first, week=week, **({"available": TIMES} | more))
    agree_work(principal=SYSTEM, location=scene.location, carer=carer, work=work, now=scene.now)
    return carer


def busy(now, *, children: int = 10, start: date | None = None) -> Scene:
    """Children from Monday to Thursday, mixed, in one group."""
    scene = notelaar(now=now, places=children + 2, start=start or monday_of(now.date()) - 28 * DAY)
    for number in range(children - 2):
        place(
            scene.desk,
            scene.group,
            f"Vos {number}",
            "Kim",
            WeekPattern.from_text("mon tue wed thu"),
            scene.start,
            now,
        )
    return scene

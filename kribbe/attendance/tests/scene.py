"""De Notelaar on a day on which Noor and Lou are planned from the opening to closing time, and taps for them."""

from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from django.utils.timezone import get_default_timezone

from kribbe.attendance.attendee import Attendee, Who
from kribbe.attendance.models import Device, Pressed
from kribbe.attendance.services.devices import enrol, offer_code
from kribbe.attendance.services.register import Press, Source, take
from kribbe.enrolment.models import DirectChild
from kribbe.planning.tests.scene import Scene, notelaar
from kribbe.rules.attendance import moment
from kribbe.rules.calendar import monday_of, public_holidays
from kribbe.staff.models import Carer
from kribbe.trust.principal import Principal

DAY = timedelta(days=1)
TABLET = Principal(name="Keuken")


def open_monday(day: date) -> date:
    """The last Monday until this day that is no public holiday."""
    monday = monday_of(day)
    while monday in public_holidays(monday.year):
        monday -= 7 * DAY
    return monday


def monday_scene(**fields) -> tuple[Scene, date]:
    """The scene and the Monday of it, at noon; the children began four weeks before."""
    day = open_monday(date(2026, 3, 9))
    scene = notelaar(now=at(day, "12:00"), start=day - 28 * DAY, **fields)
    return scene, day


def at(day: date, text: str) -> datetime:
    hour, minute = map(int, text.split(":"))
    return moment(day, 60 * hour + minute, get_default_timezone())


def who(child) -> Who:
    """Of a place, or of a child that was taken outside the desk."""
    return Attendee(direct=child).who if isinstance(child, DirectChild) else Attendee(child).who


def press(placement, pressed, told_at, *, key: UUID | None = None, **more) -> Press:
    return Press(key=key or uuid4(), who=who(placement), pressed=Pressed(pressed), told_at=told_at, **more)


def tap(scene, placement, pressed, told_at, *, now=None, device=None, offset=timedelta(0), **more):
    """One tap, kept."""
    return take(
        principal=TABLET,
        source=Source(location=scene.location, device=device, offset=offset),
        presses=[press(placement, pressed, told_at, **more)],
        now=now or told_at,
    )


def tablet(scene, *, now, name: str = "Keuken") -> tuple[Device, str]:
    """A device that was let in, and its token."""
    _device, code = offer_code(principal=scene.manager, location=scene.location, name=name, now=now)
    return enrol(location=scene.location, code=code, now=now)


def carer(scene, name: str = "Sofie", *, during=None) -> Carer:
    made = Carer.objects.create(
        location=scene.location,
        name=name,
        initials=name[:2],
        during=during or (date(2020, 1, 1), None),
        made_at=scene.now,
    )
    made.refresh_from_db()
    return made

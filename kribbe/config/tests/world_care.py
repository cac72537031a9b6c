"""What stands behind the doors of rosters, out-of-school care and sick-child care."""

from datetime import time, timedelta
from uuid import uuid4

from kribbe.attendance.models import TypedChild
from kribbe.outofschool.models import HolidayPlace, Registration, Stay
from kribbe.outofschool.tests.scene import make_week, speelvogel
from kribbe.planning.models import Ending
from kribbe.planning.services.telling import location_about_ending
from kribbe.rules.calendar import monday_of
from kribbe.sickcare.models import Proposal, SickCall
from kribbe.sickcare.tests.scene import on_call
from kribbe.sickcare.tokens import ANSWER, DAYS
from kribbe.staff.models import DocumentKind, Replacement, RosterProposal, StandIn
from kribbe.staff.services.carers import Person, add_carer
from kribbe.staff.services.documents import Held, add_document
from kribbe.staff.services.feeds import make_feed as make_shift_feed
from kribbe.staff.services.feeds import token_of as shift_token
from kribbe.staff.services.telling import arranged
from kribbe.trust.principal import SYSTEM
from kribbe.trust.tokens import make_token


def roster_of(location, placement, now):
    """Somebody who cares for the children here, with a calendar, a roster that was asked, and another carer."""
    carer = add_carer(
        principal=SYSTEM, location=location, person=Person(name="Rik Wauters", first=now.date()), now=now
    )
    feed = make_shift_feed(principal=SYSTEM, location=location, carer=carer, now=now)
    asked = RosterProposal.objects.create(
        location=location, first=monday_of(now.date()), weeks=1, asked_at=now
    )
    held = Held(kind=DocumentKind.FIRST_AID, last=now.date() + timedelta(days=20), carer=carer)
    document = add_document(principal=SYSTEM, location=location, held=held, now=now)
    act = Replacement.objects.create(location=location, made_at=now)
    stand_in = StandIn.objects.create(
        replacement=act,
        placement=placement,
        day=placement.during.lower + timedelta(days=2),
        group=placement.group,
        halves=1,
        state="told",
        state_at=now,
    )
    arranged(act, [stand_in], now)
    typed = TypedChild.objects.create(
        key=uuid4(), location=location, group=placement.group, name="Nichtje", day=now.date(), made_at=now
    )
    return {
        "typed_name": typed.key,
        "carer": carer.reference,
        "document": document.reference,
        "shifts": shift_token(feed),
        "proposal": asked.reference,
        "replacement": act.reference,
        "day_on": f"{now.date()}",
    }


def ending_of(placement, start, now):
    """An agreement that both sides ended, of which the location was told."""
    last = start + timedelta(days=60)
    made = Ending.objects.create(
        placement=placement, side="family", ground="notice", notice_days=60, term=last, last=last,
        reason="Xanthe verhuist", name="An Maes", other_name="Maes", agreed_at=now, told_at=now,
    )  # fmt: skip
    location_about_ending(made, placement, "ending_told_location", now=now)
    return made


def club_of(desk, child, now):
    """An out-of-school location where a child of the family has a place, a turn in a holiday week and hours."""
    made = speelvogel(now=now, desk=desk, families=0)
    registered = {"year": made.year, "child": child, "school": made.school, "pattern": 1023, "held": 1023}
    Registration.objects.create(
        **registered, first=now.date(), state="granted", state_at=now, registered_at=now
    )
    week = make_week(made.club, opens_at=now)
    HolidayPlace.objects.create(week=week, child=child, state="taken", state_at=now, asked_at=now)
    Stay.objects.create(
        club=made.club, child=child, day=now.date(), part="after", came_at=time(15), noted_at=now
    )
    return {
        "club": made.club.slug,
        "holiday": week.reference,
        "club_day": week.first,
        "club_month": f"{now:%Y-%m}",
    }


def sick_of(desk, child, now):
    """A carer who is asked for a child of the family."""
    made = on_call(now=now, desk=desk, carers=1)
    call = SickCall.objects.create(
        service=made.service, child=child, day=now.date(), begins=time(8), ends=time(17), street="Dorpsstraat 5",
        postcode="3999", city="Dorp", longitude=4.7, latitude=50.88, asked_at=now,
    )  # fmt: skip
    proposal = Proposal.objects.create(
        call=call, carer=made.carers[0], day=call.day, km=1, asked_at=now, state_at=now,
        answer_by=now + timedelta(minutes=20),
    )  # fmt: skip
    return {
        "sick_answer": make_token(ANSWER, proposal.pk),
        "sick_days": make_token(DAYS, made.carers[0].pk),
    }

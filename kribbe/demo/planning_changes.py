"""At the locations of the log-ins: a holiday schedule that is signed, one that waits, days that were moved, and a
group that closes on a day of its own."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from kribbe.demo.book import Book
from kribbe.demo.logins import logins
from kribbe.enrolment.models import Placement, PlacementState
from kribbe.people.models import RoleGrant
from kribbe.places.models import Group, Location
from kribbe.places.selectors.closed import closed_days_of_group
from kribbe.places.services.closing_days import add_closing
from kribbe.planning.models import AgreedWeeks
from kribbe.planning.services.days import Wish
from kribbe.planning.services.moving_days import look_at_move, move_day
from kribbe.planning.services.papers import send_paper, sign_paper
from kribbe.planning.services.terms import Terms
from kribbe.rules.calendar import is_working_day, monday_of
from kribbe.rules.closing import Closing
from kribbe.rules.halfdays import WeekPattern
from kribbe.rules.packs import load_pack
from kribbe.rules.school import PACK, Community, schedule
from kribbe.trust.errors import RefusedError
from kribbe.trust.principal import SYSTEM, Grant, Principal, Role, Scope

DAY = timedelta(days=1)
SCHEDULES = 2
MOVED = 2
CLOSED_AHEAD = 45 * DAY
CLOSED_WITHIN = 30


def change_plans(book: Book) -> None:
    """By the services themselves, once the half-days are counted."""
    emails = [login.email for login in logins()]
    grants = RoleGrant.objects.filter(user__email__in=emails, role=Role.MANAGER, scope=Scope.LOCATION)
    for grant in grants.order_by("pk"):
        location = Location.objects.get(pk=grant.scope_id)
        principal = Principal(
            name="", grants=(Grant(Role.MANAGER, Scope.LOCATION, location.pk),), verified=True
        )
        places = _places(location, book.today)
        _write_holidays(principal, places, book.now, book.today)
        _move_days(principal, places, book.now, book.today)
        _close_a_group(principal, location, book.now, book.today)


def _close_a_group(principal: Principal, location: Location, now: datetime, today: date) -> None:
    """The carers of the oldest children have a study day; the other groups are open on it."""
    groups = Group.objects.filter(location=location, active=True).order_by("-from_months", "name")
    if len(groups) < 2:
        return
    group, first = groups[0], today + CLOSED_AHEAD
    days = [first + n * DAY for n in range(CLOSED_WITHIN)]
    closed = closed_days_of_group(group, first, days[-1])
    day = next(each for each in days if is_working_day(each) and each not in closed)
    closing = Closing(day, day, "Studiedag van deze groep")
    add_closing(principal=principal, location_id=location.pk, group_id=group.pk, closing=closing, now=now)


def _places(location: Location, today: date) -> Sequence[Placement]:
    """Children with signed weeks that go on for half a year, each with one agreement."""
    agreed = AgreedWeeks.objects.values("placement")
    found = Placement.objects.filter(
        pk__in=agreed,
        group__location=location,
        state=PlacementState.FINAL,
        in_turn=None,
        during__contains=today,
        during__endswith__gt=today + 180 * DAY,
    )
    return list(found.select_related("child__household", "group__location").order_by("pk"))


def _write_holidays(principal: Principal, places: Sequence[Placement], now: datetime, today: date) -> None:
    """No care in school holidays: the first family signed it, the second still has to."""
    pack, first = load_pack(PACK), today + 7 * DAY
    for number, place in enumerate(places[:SCHEDULES]):
        days = schedule(pack, Community.DUTCH, first, place.during.upper - DAY)
        terms = Terms(first=first, weeks=({},), schedule=days)
        sent = now - timedelta(hours=20)
        paper = send_paper(
            principal=principal, placement_id=place.pk, terms=terms, name=place.group.location.name, now=sent
        )
        if number == 0:
            sign_paper(
                principal=SYSTEM,
                paper_id=paper.pk,
                name=f"{place.child.last_name}",
                now=now - timedelta(hours=3),
            )


def _move_days(principal: Principal, places: Sequence[Placement], now: datetime, today: date) -> None:
    """Some children come on another day of next week than agreed, where there is room."""
    moved = 0
    for place in places[SCHEDULES:]:
        wish = next(_possible(place, monday_of(today) + 7 * DAY, today), None)
        if wish is None:
            continue
        try:
            move_day(principal=principal, placement_id=place.pk, wish=wish, now=now - timedelta(hours=2))
        except RefusedError:
            continue
        moved += 1
        if moved == MOVED:
            return


def _possible(place: Placement, monday: date, today: date) -> Iterator[Wish]:
    """Whole days of a week that can be had for one of the child's own."""
    pattern = WeekPattern(place.pattern)
    own = [monday + day * DAY for day in pattern.days()]
    for given in own:
        halves = pattern.mask >> 2 * given.weekday() & 3
        for day in (monday + n * DAY for n in range(5)):
            wish = Wish(day=day, halves=halves, instead_of=given)
            if day not in own and is_working_day(day) and not look_at_move(place, wish, today=today)[0]:
                yield wish

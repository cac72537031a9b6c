"""A family asks moments of a school year: granted at once, or waiting until a place is offered."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from kribbe.contact.services import tell_household
from kribbe.outofschool.models import (
    LIVE,
    Club,
    ClubYear,
    Pickup,
    Registration,
    RegistrationState,
)
from kribbe.outofschool.selectors.order import line, rules_on
from kribbe.people.models import Child
from kribbe.rules.calendar import age_in_months
from kribbe.rules.outofschool import first_that_fit, fits, free_numbers, moments_of
from kribbe.rules.school import year_bounds
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import SYSTEM, Principal

State = RegistrationState
DAY = timedelta(days=1)


def register(
    *,
    principal: Principal,
    year_id: int,
    child_id: int,
    school_id: int,
    pattern: int,
    first: date,
    now: datetime,
) -> Registration:
    """Ask moments from a day on until the school year ends.

    Granted at once where all are free, a place kept for each who waits for one of them; otherwise it waits. Raises
    RefusedError on a school that the club doesn't fetch from, an age or a day that doesn't fit, closed moments, or a
    child asked for already.
    """
    with transaction.atomic():
        year = _locked(year_id)
        child = Child.objects.select_related("household").get(pk=child_id)
        _check(year, child, school_id, pattern, first, localtime(now).date())
        is_free = _has_room(year, pattern)
        made = Registration.objects.create(
            year=year,
            child=child,
            school_id=school_id,
            pattern=pattern,
            held=pattern if is_free else 0,
            first=first,
            state=State.GRANTED if is_free else State.WAITING,
            state_at=now,
            registered_at=now,
            registered_by=principal.user_id,
        )
        _told(made, year.club, "club_granted" if is_free else "club_waiting", now, awaited=True)
        _record(principal, "club.register", made, year.club, now)
    return made


def answer(*, principal: Principal, registration_id: int, accepts: bool, now: datetime) -> Registration:
    """The family says yes or no to an offer. Raises RefusedError where none is open."""
    with transaction.atomic():
        found = _locked_registration(registration_id)
        _check_open(found, now)
        _move(found, State.GRANTED if accepts else State.DECLINED, now)
        _record(principal, "club.accept" if accepts else "club.decline", found, found.year.club, now)
        if not accepts:
            offer_free(year_id=found.year_id, now=now)
    return found


def stop(*, principal: Principal, registration_id: int, now: datetime) -> Registration:
    """The family no longer needs it: today is the last day of a place that began. What it held is offered on."""
    with transaction.atomic():
        found = _locked_registration(registration_id)
        if found.state not in LIVE:
            raise RefusedError(_("This request has ended already."), code="ended")
        today = localtime(now).date()
        found.last = today if found.state == State.GRANTED and found.first <= today else None
        _move(found, State.ENDED, now)
        _record(principal, "club.stop", found, found.year.club, now)
        offer_free(year_id=found.year_id, now=now)
    return found


def undo_stop(*, principal: Principal, registration_id: int, now: datetime) -> Registration:
    """It is needed after all: its places are back where they are still free; otherwise it waits in its old turn."""
    with transaction.atomic():
        found = _locked_registration(registration_id)
        if found.state != State.ENDED:
            raise RefusedError(_("There is nothing to undo."), code="not-ended")
        if Registration.objects.filter(year=found.year_id, child=found.child_id, state__in=LIVE).exists():
            raise RefusedError(_("This child has another request here."), code="twice")
        year = found.year
        _move(found, State.GRANTED if _has_room(year, found.pattern) else State.WAITING, now)
        _record(principal, "club.stop_undone", found, year.club, now)
    return found


def set_places(*, principal: Principal, club: Club, year: int, places: list[int], now: datetime) -> ClubYear:
    """The places of a school year by moment. What came free is offered.

    Fewer than are taken is allowed: nobody loses a place, and none is given until enough have left.
    """
    with transaction.atomic():
        lock_rows((Club, club.pk))
        made, _created = ClubYear.objects.get_or_create(
            club=club, year=year, defaults={"places": places, "taken": [0] * len(places)}
        )
        lock_rows((ClubYear, made.pk))
        ClubYear.objects.filter(pk=made.pk).update(places=places)
        record(
            principal=principal,
            action="club.places",
            subject=made,
            now=now,
            desk_id=club.desk_id,
            places=places,
        )
        offer_free(year_id=made.pk, now=now)
        made.refresh_from_db()
    return made


def offer_free(*, year_id: int, now: datetime) -> int:
    """Offer what is free to who waits, in the desk's order: to the first whose moments are all free, and so on."""
    with transaction.atomic():
        year = _locked(year_id)
        today = localtime(now).date()
        if year_bounds(year.year)[1] <= today:
            return 0
        rules = rules_on(year.club.desk, today)
        standing = [each.id for each in line(year, year.club, rules.criteria, today=today)]
        waiting = Registration.objects.select_related("child__household", "year__club").in_bulk(standing)
        chosen = first_that_fit(
            standing,
            {key: each.pattern for key, each in waiting.items()},
            free_numbers(year.places, year.taken),
        )
        for key in chosen:
            _offer(waiting[key], today + rules.answer_days * DAY, now)
    return len(chosen)


def lapse_due(*, now: datetime) -> int:
    """Offers that nobody answered in time end, and what they held is offered on."""
    today = localtime(now).date()
    due = Registration.objects.filter(state=State.OFFERED, answer_by__lt=today)
    return sum(_lapsed(key, today, now) for key in due.order_by("pk").values_list("pk", flat=True))


def _lapsed(registration_id: int, today: date, now: datetime) -> bool:
    with transaction.atomic():
        found = _locked_registration(registration_id)
        if found.state != State.OFFERED or found.answer_by is None or found.answer_by >= today:
            return False
        _move(found, State.LAPSED, now)
        _told(found, found.year.club, "club_lapsed", now)
        _record(SYSTEM, "club.lapse", found, found.year.club, now)
        offer_free(year_id=found.year_id, now=now)
    return True


def _offer(found: Registration, answer_by: date, now: datetime) -> None:
    found.answer_by = answer_by
    _move(found, State.OFFERED, now)
    _told(found, found.year.club, "club_offered", now)
    _record(SYSTEM, "club.offer", found, found.year.club, now)


def _move(found: Registration, state: RegistrationState, now: datetime) -> None:
    found.state, found.state_at = state, now
    found.held = found.pattern if state in {State.GRANTED, State.OFFERED} else 0
    if state is not State.OFFERED:
        found.answer_by = None
    if state is not State.ENDED:
        found.last = None
    found.save(update_fields=["state", "state_at", "held", "answer_by", "last"])


def _check(year: ClubYear, child: Child, school_id: int, pattern: int, first: date, today: date) -> None:
    begins, ends = year_bounds(year.year)
    if not max(begins, today) <= first <= ends:
        raise RefusedError(_("Choose a day of this school year that is still to come."), field="first")
    open_ = sum(1 << slot for slot, number in enumerate(year.places) if number)
    if not pattern or pattern & ~open_:
        raise RefusedError(_("Choose moments at which this location is open."), field="pattern")
    if not Pickup.objects.filter(club=year.club, school=school_id, school__active=True).exists():
        raise RefusedError(_("This location doesn't fetch children from that school."), field="school")
    check_age(year.club, child, first)
    if Registration.objects.filter(year=year, child=child, state__in=LIVE).exists():
        raise RefusedError(_("This child has a request here already."), field="child", code="twice")


def check_age(club: Club, child: Child, on: date) -> None:
    """Raises RefusedError where the child isn't of the age that the club takes."""
    age = age_in_months(child.born, on) if child.born else -1
    if not club.from_months <= age < club.to_months:
        raise RefusedError(
            _("This location takes children from %(low)d to %(high)d years.")
            % {"low": club.from_months // 12, "high": club.to_months // 12},
            field="child",
            code="age",
        )


def _check_open(found: Registration, now: datetime) -> None:
    if found.state != State.OFFERED or found.answer_by is None or found.answer_by < localtime(now).date():
        raise RefusedError(_("This offer is no longer open."), code="answered")


def _has_room(year: ClubYear, pattern: int) -> bool:
    """Whether these moments are free also once everybody who waits for one of them has it: nobody is passed."""
    promised = list(year.taken)
    line = Registration.objects.filter(year=year, state=State.WAITING).values_list("pattern", flat=True)
    for slot in (slot for each in line for slot in moments_of(each)):
        promised[slot] += 1
    return fits(pattern, free_numbers(year.places, promised))


def _locked(year_id: int) -> ClubYear:
    lock_rows((ClubYear, year_id))
    return ClubYear.objects.select_related("club__desk").get(pk=year_id)


def _locked_registration(registration_id: int) -> Registration:
    year_id = Registration.objects.values_list("year_id", flat=True).get(pk=registration_id)
    lock_rows((ClubYear, year_id), (Registration, registration_id))
    return Registration.objects.select_related("child__household", "year__club__desk").get(pk=registration_id)


def _told(found: Registration, club: Club, kind: str, now: datetime, *, awaited: bool = False) -> None:
    household = found.child.household
    tell_household(
        household_id=household.pk,
        kind=f"outofschool/{kind}",
        context={"child": found.child, "club": club, "registration": found},
        now=now,
        link=reverse("outofschool:family", args=[household.reference]),
        about=f"club:{found.pk}",
        awaited=awaited,
    )


def _record(principal: Principal, action: str, found: Registration, club: Club, now: datetime) -> None:
    record(
        principal=principal,
        action=action,
        subject=found,
        now=now,
        household_id=found.child.household_id,
        desk_id=club.desk_id,
        club=club.pk,
    )

"""A family that chose a location, a stranger that did not, and everybody's way in."""

from dataclasses import dataclass
from datetime import timedelta

from django.test import Client

from kribbe.contact.access import Seat
from kribbe.contact.models import Side
from kribbe.people.models import Household
from kribbe.places.models import Location
from kribbe.region.models import Desk
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing.cast import (
    make_child,
    make_desk,
    make_household,
    make_location,
    make_request,
    make_user,
)
from kribbe.testing.clock import Clock
from kribbe.testing.sessions import log_in
from kribbe.trust.principal import Grant, Principal, Role, Scope


@dataclass(frozen=True)
class Scene:
    desk: Desk
    location: Location
    elsewhere: Location
    maes: Household
    peeters: Household
    an: Principal
    bea: Principal
    cleo: Principal

    @property
    def home(self) -> Seat:
        return Seat(Side.HOUSEHOLD, self.desk, household=self.maes)

    @property
    def nursery(self) -> Seat:
        return Seat(Side.LOCATION, self.desk, location=self.location)

    @property
    def office(self) -> Seat:
        return Seat(Side.DESK, self.desk)

    def client(self, who: Principal) -> Client:
        from kribbe.people.models import User

        user = User.objects.get(pk=who.user_id)
        return log_in(Client(), user, second_factor=who is not self.an)


def set_scene(clock: Clock) -> Scene:
    """An Maes chose De Notelaar; Peeters chose nothing."""
    desk = make_desk()
    location = make_location(desk, "De Notelaar")
    maes = make_household(desk, "Maes", now=clock.now, email="an.maes@example.org")
    choose(maes, location, clock)

    def person(name: str, role: Role, scope: Scope, scope_id: int) -> Principal:
        user = make_user(f"{name}@example.org", role=role, scope=scope, scope_id=scope_id, now=clock.now)
        return Principal(user.pk, name.capitalize(), (Grant(role, scope, scope_id),), verified=True)

    return Scene(
        desk=desk,
        location=location,
        elsewhere=make_location(desk, "Elders"),
        maes=maes,
        peeters=make_household(desk, "Peeters", now=clock.now, email="charlie@example.org"),
        an=person("an", Role.PARENT, Scope.HOUSEHOLD, maes.pk),
        bea=person("bea", Role.MANAGER, Scope.LOCATION, location.pk),
        cleo=person("cleo", Role.CLERK, Scope.DESK, desk.pk),
    )


def choose(household: Household, location: Location, clock: Clock) -> None:
    """A request of a new child of the household that names the location."""
    child = make_child(household, "Noor", born=clock.today - timedelta(days=30))
    start = clock.today + timedelta(days=120)
    make_request(child, [location], start=start, pattern=WeekPattern.from_text("mon tue"), now=clock.now)

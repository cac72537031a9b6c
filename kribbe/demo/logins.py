"""Somebody to log in as for each role, and the second factors of staff."""

import base64
import hashlib
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import hypot

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.mfa.utils import encrypt
from django.contrib.auth.hashers import make_password
from django.utils.text import slugify

from kribbe.demo.book import Book
from kribbe.demo.desk_work import give_work
from kribbe.demo.families import CAPITAL
from kribbe.demo.tables import table
from kribbe.enrolment.models import (
    CareRequest,
    Offer,
    OfferKind,
    OfferState,
    Placement,
    PlacementState,
    Preference,
    PreferenceState,
    Price,
)
from kribbe.people.models import Adult, Child, Household, RoleGrant, User
from kribbe.places.models import Favourite, Group, Kind, LicenceState, Location
from kribbe.region.models import Desk, Region
from kribbe.trust.fields import KM_PER_DEGREE_LATITUDE, KM_PER_DEGREE_LONGITUDE
from kribbe.trust.principal import Role, Scope
from kribbe.trust.text import sort_key

CARER_POSTCODE = "3010"
CARER_NAME = "Onthaalhuis Greet"
LEAST_WISHES = LEAST_LOCATIONS = 3
FAVOURITES = 4


@dataclass(frozen=True)
class Login:
    """One line of `logins.toml`."""

    who: str
    email: str
    name: str
    role: Role
    can: str

    @property
    def has_second_factor(self) -> bool:
        return self.role is not Role.PARENT

    @property
    def secret(self) -> str:
        """The second factor's secret, the same in every demo; it guards invented people only."""
        return base64.b32encode(hashlib.sha256(self.email.encode()).digest()[:20]).decode()


def logins() -> Sequence[Login]:
    """Everybody who can log in."""
    names = ("who", "email", "name", "can")
    return [
        Login(role=Role(row["role"]), **{name: row[name] for name in names})
        for row in table("logins")["login"]
    ]


def password() -> str:
    """The one password of the demo."""
    return str(table("logins")["password"])


def pin() -> str:
    """The one PIN of all carers of the demo."""
    return str(table("logins")["pin"])


def present_code(email: str) -> str:
    """The six digits of this moment; KeyError for an address without a second factor."""
    found = {login.email: login for login in logins() if login.has_second_factor}[email.lower()]
    counters = list(yield_hotp_counters_from_time())
    return str(format_hotp_value(hotp_value(found.secret, counters[len(counters) // 2])))


def seconds_left(period: int = 30) -> int:
    """How long the present code holds."""
    return period - int(time.time()) % period


def let_in(book: Book) -> None:
    """Add an account for everybody, and give it something to do."""
    hashed = make_password(password())
    users = {login.who: _account(book, login, hashed) for login in logins()}
    offer = _offer_to_show(book)
    _give_household(book, users["parent-offer"], offer)
    manager_of = offer.preference.location
    region, desk = book.rows(Region)[0], _desk(book, CAPITAL)
    grants = {
        "manager": (Scope.LOCATION, manager_of.pk),
        "carer": (Scope.LOCATION, _carers_place(book, users["carer"]).pk),
        "organiser": (Scope.ORGANISER, _small_organiser(book, manager_of)),
        "service": (Scope.ORGANISER, family_service(book)),
        "clerk": (Scope.DESK, desk.pk),
        "policy": (Scope.REGION, region.pk),
        "administrator": (Scope.REGION, region.pk),
    }
    _let_in_who_has_a_place(book, users["parent-care"], grants["organiser"][1])
    for login in logins():
        if login.who in grants:
            _grant(book, users[login.who], login.role, *grants[login.who])
    _registered_at_the_counter(book, users["clerk"])
    give_work(book, desk, users["clerk"], users["referrer"])
    _keep_favourites(book, users["parent-offer"], offer.preference.location)


def _account(book: Book, login: Login, hashed: str) -> User:
    user = book.add(
        User(email=login.email, name=login.name, language="nl", password=hashed, joined_at=book.now)
    )
    book.add(EmailAddress(user=user, email=login.email, verified=True, primary=True))
    if login.has_second_factor:
        book.add(
            Authenticator(
                user=user,
                type=Authenticator.Type.TOTP,
                data={"secret": encrypt(login.secret)},
                created_at=book.now,
            )
        )
    return user


def _grant(book: Book, user: User, role: Role, scope: Scope, scope_id: int) -> None:
    book.add(RoleGrant(user=user, role=role.value, scope=scope.value, scope_id=scope_id, granted_at=book.now))


def _desk(book: Book, slug: str) -> Desk:
    return next(desk for desk in book.rows(Desk) if desk.slug == slug)


def _offer_to_show(book: Book) -> Offer:
    """An open offer of a day-care centre in Leuven to a family there that waits elsewhere too."""
    waiting = Counter(p.request_id for p in book.rows(Preference) if p.state == PreferenceState.WAITING)
    requests = Counter(request.household_id for request in book.rows(CareRequest))
    desk = _desk(book, CAPITAL)
    fitting = [
        offer
        for offer in book.rows(Offer)
        if offer.state == OfferState.OPEN
        and offer.preference.location.kind == Kind.GROUP
        and offer.preference.location.desk_id == offer.preference.request.household.desk_id == desk.pk
        and requests[offer.preference.request.household_id] == 1
    ]
    return max(
        fitting,
        key=lambda offer: (
            waiting[offer.preference.request_id] >= LEAST_WISHES,
            offer.kind == OfferKind.SAME,
            -offer.pk,
        ),
    )


def _let_in_who_has_a_place(book: Book, user: User, organiser_id: int) -> None:
    """A parent becomes the applicant of the family that is longest in care at the organiser, with one child."""
    groups = {group.pk for group in book.rows(Group) if group.location.organiser_id == organiser_id}
    children = Counter(child.household_id for child in book.rows(Child))
    soon = book.today + timedelta(days=60)
    running = [
        placement
        for placement in book.rows(Placement)
        if placement.group_id in groups
        and placement.state == PlacementState.FINAL
        and placement.during[1] > soon
        and children[placement.child.household_id] == 1
    ]
    placement = min(running, key=lambda each: (each.during[0], each.pk))
    _become(book, user, placement.child.household)


def _give_household(book: Book, user: User, offer: Offer) -> None:
    """The parent of the demo becomes the applicant of the family with the offer."""
    offer.preference.request.price = Price.ANY
    _become(book, user, offer.preference.request.household)


def _become(book: Book, user: User, household: Household) -> None:
    household.language = "nl"
    first, last = user.name.split(" ", 1)
    for adult in book.rows(Adult):
        if adult.household_id == household.pk and adult.is_applicant:
            adult.user, adult.email = user, user.email
            adult.first_name, adult.last_name, adult.name_key = first, last, sort_key(last, first)
    for child in book.rows(Child):
        if child.household_id == household.pk:
            child.last_name, child.name_key = last, sort_key(last, child.first_name)
    _grant(book, user, Role.PARENT, Scope.HOUSEHOLD, household.pk)


def _carers_place(book: Book, user: User) -> Location:
    """The family carer's house that most families of Kessel-Lo wait for."""
    waiting = Counter(p.location_id for p in book.rows(Preference) if p.state == PreferenceState.WAITING)
    houses = [
        location
        for location in book.rows(Location)
        if location.kind == Kind.FAMILY
        and location.postcode == CARER_POSTCODE
        and location.licence_state == LicenceState.LICENSED
    ]
    house = max(houses, key=lambda location: (waiting[location.pk], -location.pk))
    house.name, house.name_key, house.email = CARER_NAME, sort_key(CARER_NAME), user.email
    house.slug = slugify(f"{house.name} {house.city}")
    house.website = f"https://{house.slug}.example/"
    return house


def family_service(book: Book) -> int:
    """The organiser of most family carers."""
    count = Counter(
        location.organiser_id
        for location in book.rows(Location)
        if location.kind == Kind.FAMILY and location.organiser_id is not None
    )
    return max(count, key=lambda key: (count[key], -key))


def _small_organiser(book: Book, other_than: Location) -> int:
    """The private organiser with several locations and the fewest places taken: its books are read at a glance."""
    count = Counter(
        location.organiser_id
        for location in book.rows(Location)
        if location.kind == Kind.GROUP and location.organiser is not None and not location.organiser.is_public
    )
    count.pop(other_than.organiser_id, None)
    organisers = {group.pk: group.location.organiser_id for group in book.rows(Group)}
    taken = Counter(organisers[placement.group_id] for placement in book.rows(Placement))
    several = [key for key, number in count.items() if key and number >= LEAST_LOCATIONS]
    return min(several, key=lambda key: (taken[key], key))


def _registered_at_the_counter(book: Book, clerk: User) -> None:
    """Families without a mail address came to the desk."""
    without = {adult.household_id for adult in book.rows(Adult) if adult.is_applicant and not adult.email}
    for request in book.rows(CareRequest):
        if request.household_id in without:
            request.registered_by = clerk.pk


def _keep_favourites(book: Book, user: User, near: Location) -> None:
    """The parent keeps the places nearest to the one that offers, one of them over the border."""
    by_distance = sorted(
        (location for location in book.rows(Location) if location.licence_state == LicenceState.LICENSED),
        key=lambda other: (
            hypot(
                (other.longitude - near.longitude) * KM_PER_DEGREE_LONGITUDE,
                (other.latitude - near.latitude) * KM_PER_DEGREE_LATITUDE,
            ),
            other.pk,
        ),
    )
    over_the_border = next(other for other in by_distance if other.desk_id != near.desk_id)
    for location in (*by_distance[: FAVOURITES - 1], over_the_border):
        book.add(Favourite(user=user, location=location, kept_at=book.now))

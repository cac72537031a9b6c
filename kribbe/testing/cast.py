"""Builders of small invented worlds for tests: a desk, its locations, and families that ask."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.timezone import localtime

from kribbe.enrolment.models import CareRequest, Placement, PlacementState, Preference
from kribbe.people.models import Adult, Child, FactKind, Household, HouseholdFact, RoleGrant, User
from kribbe.places import ledger
from kribbe.places.models import (
    Group,
    GroupCapacity,
    LicenceState,
    Location,
    LocationCriteria,
    Organiser,
    Street,
)
from kribbe.region.models import Desk, DeskPolicy, Municipality, PassOverReason, Region
from kribbe.rules.halfdays import WORK_WEEK, WeekPattern
from kribbe.trust.principal import Grant, Principal, Role, Scope
from kribbe.trust.text import sort_key

LONG_AGO = date(2015, 1, 1)


def make_desk(slug: str = "lindedaal", *, nis: str = "99001", **policy: Any) -> Desk:
    """A desk with a municipality of its own, a policy that always held and a list of reasons."""
    region, _ = Region.objects.get_or_create(slug="streek", defaults={"name": "Streek"})
    municipality = Municipality.objects.create(
        region=region,
        nis_code=nis,
        name_nl=slug.capitalize(),
        postcodes=["3999"],
        longitude=4.70,
        latitude=50.88,
    )
    desk = Desk.objects.create(
        region=region,
        municipality=municipality,
        slug=slug,
        name=slug.capitalize(),
        phone="02 555 01 10",
        email=f"loket@{slug}.example",
        public_languages=["nl", "en"],
        letter_languages=["nl"],
    )
    decided = {
        "max_wishes": 5,
        "earliest_answer_months": None,
        "answer_days": 21,
        "reaction_days": 10,
        "urgent_days": 30,
        "date_rule": "registered",
    }
    DeskPolicy.objects.create(desk=desk, during=DateRange(LONG_AGO, None), **(decided | policy))
    for code, refusal in (("group-balance", False), ("other-age", False), ("full", True)):
        PassOverReason.objects.create(desk=desk, code=code, text_nl=code, text_en=code, refusal=refusal)
    return desk


def make_street(desk: Desk, **fields: Any) -> Street:
    """Kerkstraat in the desk's municipality, or what `fields` say, for whoever types an address."""
    given: dict[str, Any] = {
        "name": "Kerkstraat",
        "postcode": "3999",
        "city": "Lindedaal",
        "longitude": 4.701,
        "latitude": 50.881,
    } | fields
    return Street.objects.create(municipality=desk.municipality, key=sort_key(given["name"]), **given)


def make_location(
    desk: Desk, name: str, *, criteria: Sequence[str] = ("sibling",), **fields: Any
) -> Location:
    """A licensed location in the desk's municipality with its published criteria."""
    slug = f"{desk.slug}-{name}".lower().replace(" ", "-")
    organiser, _ = Organiser.objects.get_or_create(
        name="Kinderhuis vzw", defaults={"name_key": "kinderhuisvzw"}
    )
    values = {
        "organiser": organiser,
        "kind": "group",
        "licence_state": LicenceState.LICENSED,
        "street": "Kerkstraat 1",
        "postcode": "3999",
        "city": desk.name,
        "longitude": 4.70,
        "latitude": 50.88,
        "email": f"info@{slug}.example",
    }
    location = Location.objects.create(
        desk=desk,
        municipality=desk.municipality,
        name=name,
        name_key=sort_key(name),
        slug=slug,
        **(values | fields),
    )
    LocationCriteria.objects.create(
        location=location,
        during=DateRange(LONG_AGO, None),
        names=list(criteria),
        recorded_at=datetime.fromisoformat("2015-01-01T00:00:00+00:00"),
    )
    return location


def make_group(
    location: Location,
    places: int,
    *,
    now: datetime,
    name: str = "Vlinders",
    price: str = "income",
    open_pattern: int = WORK_WEEK,
    **fields: Any,
) -> Group:
    """A group with so many places, all staffed and bookable, its weeks laid to the horizon."""
    group = Group.objects.create(location=location, name=name, price_kind=price, **fields)
    GroupCapacity.objects.create(
        group=group,
        during=DateRange(LONG_AGO, None),
        licensed_places=places,
        staffed_places=places,
        bookable_places=places,
        open_pattern=open_pattern,
    )
    ledger.recount(group_ids=[group.pk], today=localtime(now).date(), now=now)
    return group


def make_household(desk: Desk, last_name: str, *, now: datetime, email: str = "", **fields: Any) -> Household:
    """A household of one adult living in the desk's municipality."""
    household = Household.objects.create(
        desk=desk,
        **{
            "municipality": desk.municipality,
            "street": "Dorpsstraat 5",
            "postcode": "3999",
            "city": desk.name,
            "created_at": now,
            **fields,
        },
    )
    Adult.objects.create(
        household=household,
        is_applicant=True,
        first_name="An",
        last_name=last_name,
        name_key=sort_key(last_name, "An"),
        email=email,
    )
    return household


def make_child(household: Household, first_name: str, *, born: date, **fields: Any) -> Child:
    """A born child of the household, with its applicant's last name."""
    last_name = household.adults.get(is_applicant=True).last_name
    return Child.objects.create(
        household=household,
        first_name=first_name,
        last_name=last_name,
        name_key=sort_key(last_name, first_name),
        born=born,
        **fields,
    )


def make_fact(household: Household, kind: FactKind, *, since: date, now: datetime) -> HouseholdFact:
    """A fact of the household that holds from a day on."""
    return HouseholdFact.objects.create(
        household=household, kind=kind, during=DateRange(since, None), recorded_at=now
    )


def make_request(
    child: Child,
    locations: Sequence[Location],
    *,
    start: date,
    pattern: WeekPattern,
    now: datetime,
    latest: date | None = None,
    **fields: Any,
) -> CareRequest:
    """An open request with ranked locations, registered now."""
    request = CareRequest.objects.create(
        desk=child.household.desk,
        household=child.household,
        child=child,
        registered_at=now,
        wanted_start=start,
        latest_start=latest or start + timedelta(days=90),
        pattern=pattern.mask,
        **fields,
    )
    for rank, location in enumerate(locations, start=1):
        Preference.objects.create(
            request=request,
            location=location,
            rank=rank,
            registered_at=now,
            open_pattern=pattern.mask,
            state_at=now,
        )
    return request


def make_placement(
    child: Child, group: Group, *, start: date, end: date, pattern: WeekPattern, now: datetime
) -> Placement:
    """A final place that holds its half-days."""
    placement = Placement.objects.create(
        child=child,
        group=group,
        during=DateRange(start, end),
        pattern=pattern.mask,
        state=PlacementState.FINAL,
        reserved_at=now,
        final_at=now,
    )
    ledger.take(
        group_id=group.pk, start=start, end=end, pattern=pattern, holder=f"placement:{placement.pk}", now=now
    )
    return placement


def make_user(email: str, *, role: Role, scope: Scope, scope_id: int, now: datetime) -> User:
    """An account that holds one role."""
    user = User.objects.create_user(email, name=email.split("@")[0].capitalize())
    RoleGrant.objects.create(user=user, role=role, scope=scope, scope_id=scope_id, granted_at=now)
    return user


def acting(role: Role, scope: Scope, scope_id: int, *, user_id: int = 1, name: str = "Test") -> Principal:
    """A principal with one role and its second factor given, without an account."""
    return Principal(user_id=user_id, name=name, grants=(Grant(role, scope, scope_id),), verified=True)

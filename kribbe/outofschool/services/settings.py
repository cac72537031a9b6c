"""What desk and club decide: the published order, clubs with their schools, and the schools themselves."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.text import slugify
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from kribbe.outofschool.models import Club, ClubRules, ClubTariff, Community, Pickup, School
from kribbe.outofschool.selectors.order import CANCEL_DAYS
from kribbe.places.addresses import Precision, locate
from kribbe.places.models import Organiser
from kribbe.region.models import Desk, Municipality
from kribbe.rules.outofschool import Charge, Criterion
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal
from kribbe.trust.text import sort_key

EXACT = (Precision.ADDRESS, Precision.STREET)
PRICES = (
    "hour_price",
    "day_price",
    "half_day_price",
    "half_day_minutes",
    "sibling_discount",
    "every_sibling",
    "social_discount",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where something stands."""

    street: str
    postcode: str
    city: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClubData:
    """What a club says of itself."""

    name: str
    address: Address
    phone: str
    email: str
    about: str
    from_months: int
    to_months: int
    opens_at: time
    closes_at: time
    organiser: Organiser | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TariffData:
    """What a club asks from a day on; fields as `ClubTariff`."""

    from_day: date
    hour_price: Decimal
    day_price: Decimal
    half_day_price: Decimal | None = None
    half_day_minutes: int = 300
    sibling_discount: Decimal = Decimal(0)
    every_sibling: bool = False
    social_discount: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolData:
    """A school as it is typed or imported."""

    name: str
    address: Address
    community: Community
    begins_at: time
    ends_at: time
    wednesday_ends_at: time


def publish_rules(
    *,
    principal: Principal,
    desk: Desk,
    first: date,
    criteria: Sequence[Criterion],
    answer_days: int,
    charge: Charge,
    why: str,
    now: datetime,
    cancel_days: int = CANCEL_DAYS,
    unused_percent: int = 0,
) -> ClubRules:
    """From `first` on the desk gives places in this order; what was planned later goes.

    Raises RefusedError on a day that is over and on a criterion named twice.
    """
    if first < localtime(now).date():
        raise RefusedError(_("Rules can't begin on a day that is over."), field="first")
    if len(set(criteria)) < len(criteria):
        raise RefusedError(_("Name each criterion once."), field="c0")
    with transaction.atomic():
        lock_rows((Desk, desk.pk))
        ClubRules.objects.filter(desk=desk, during__startswith__gte=first).delete()
        for running in ClubRules.objects.filter(desk=desk, during__contains=first):
            running.during = DateRange(running.during.lower, first)
            running.save(update_fields=["during"])
        made = ClubRules.objects.create(
            desk=desk,
            during=DateRange(first, None),
            criteria=[each.value for each in criteria],
            answer_days=answer_days,
            step_minutes=charge.step,
            rounding=charge.rounding,
            least_minutes=charge.least,
            cancel_days=cancel_days,
            unused_percent=unused_percent,
            why=why,
        )
        record(principal=principal, action="club.rules", subject=made, now=now, desk_id=desk.pk)
    return made


def set_club(
    *,
    principal: Principal,
    desk: Desk,
    club: Club | None,
    data: ClubData,
    tariff: TariffData,
    pickups: Mapping[int, str],
    now: datetime,
) -> Club:
    """Make a club or change it, with its prices from a day on, and the schools it fetches from and how (school id to
    words).

    Raises RefusedError on an address that nobody knows, on ages or hours the wrong way round, and on half a day that
    costs more than a whole one.
    """
    if data.closes_at <= data.opens_at:
        raise RefusedError(_("It closes before it opens."), field="closes_at")
    if data.to_months <= data.from_months:
        raise RefusedError(_("The oldest age is below the youngest."), field="to_years")
    if tariff.half_day_price is not None and tariff.half_day_price > tariff.day_price:
        raise RefusedError(_("Half a day costs more than a whole one."), field="half_day_price")
    longitude, latitude, _municipality = _placed(data.address, desk)
    values: dict[str, Any] = {
        "name": data.name,
        "name_key": sort_key(data.name),
        "street": data.address.street,
        "postcode": data.address.postcode,
        "city": data.address.city,
        "longitude": longitude,
        "latitude": latitude,
        "phone": data.phone,
        "email": data.email,
        "about": data.about,
        "from_months": data.from_months,
        "to_months": data.to_months,
        "opens_at": data.opens_at,
        "closes_at": data.closes_at,
        **({"organiser": data.organiser} if data.organiser else {}),
    }
    with transaction.atomic():
        if club is None:
            club = Club.objects.create(desk=desk, slug=_free_slug(desk, data.name), **values)
        else:
            lock_rows((Club, club.pk))
            for name, value in values.items():
                setattr(club, name, value)
            club.save(update_fields=list(values))
        _set_tariff(club, tariff)
        _set_pickups(club, pickups)
        record(principal=principal, action="club.set", subject=club, now=now, desk_id=desk.pk)
    return club


def set_school(*, principal: Principal, desk: Desk, data: SchoolData, now: datetime) -> School:
    """Make a school, or change the one of that name and postcode. Raises RefusedError on an unknown address."""
    if not data.begins_at < min(data.ends_at, data.wednesday_ends_at):
        raise RefusedError(_("School ends before it begins."), field="ends_at")
    longitude, latitude, municipality_id = _placed(data.address, desk)
    with transaction.atomic():
        made, _created = School.objects.update_or_create(
            municipality_id=municipality_id,
            name_key=sort_key(data.name),
            postcode=data.address.postcode,
            defaults={
                "name": data.name,
                "community": data.community,
                "street": data.address.street,
                "city": data.address.city,
                "longitude": longitude,
                "latitude": latitude,
                "begins_at": data.begins_at,
                "ends_at": data.ends_at,
                "wednesday_ends_at": data.wednesday_ends_at,
            },
        )
        record(principal=principal, action="school.set", subject=made, now=now, desk_id=desk.pk)
    return made


def import_schools(*, principal: Principal, desk: Desk, rows: Collection[SchoolData], now: datetime) -> int:
    """Many schools, all or none; a school that is known is changed. Returns how many."""
    with transaction.atomic():
        for row in rows:
            set_school(principal=principal, desk=desk, data=row, now=now)
    return len(rows)


def _placed(address: Address, desk: Desk) -> tuple[float, float, int]:
    found = locate(f"{address.street}, {address.postcode} {address.city}")
    if found is None or found.precision not in EXACT:
        raise RefusedError(
            _("We don't know the address “%(street)s, %(postcode)s”. Check the street and the postcode.")
            % {"street": address.street, "postcode": address.postcode},
            field="street",
        )
    known = Municipality.objects.filter(region=desk.region_id, postcodes__contains=[address.postcode]).first()
    municipality = found.municipality_id or (known.pk if known else desk.municipality_id)
    return found.longitude, found.latitude, municipality


def _set_tariff(club: Club, data: TariffData) -> None:
    """Prices that are as those of the day before add nothing."""
    given = {name: getattr(data, name) for name in PRICES}
    holding = club.tariffs.filter(from_day__lte=data.from_day).last()
    if holding is None or any(getattr(holding, name) != value for name, value in given.items()):
        ClubTariff.objects.update_or_create(club=club, from_day=data.from_day, defaults=given)


def _set_pickups(club: Club, pickups: Mapping[int, str]) -> None:
    club.pickups.exclude(school__in=pickups).delete()
    for school_id, how in pickups.items():
        Pickup.objects.update_or_create(club=club, school_id=school_id, defaults={"how": how})


def _free_slug(desk: Desk, name: str) -> str:
    base = slugify(f"{desk.slug} {name}")[:70] or desk.slug
    taken = set(Club.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    names = (base, *(f"{base}-{number}" for number in range(2, len(taken) + 3)))
    return next(each for each in names if each not in taken)

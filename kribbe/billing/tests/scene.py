"""De Notelaar with its books: Noor's mother pays for Noor."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.backends.postgresql.psycopg_any import DateRange

from kribbe.billing.models import Books, Payer, PayerKind, Share
from kribbe.people.models import User
from kribbe.places.models import Organiser
from kribbe.planning.tests.scene import Scene, notelaar
from kribbe.testing import cast
from kribbe.trust.principal import Role, Scope

IBAN = "BE68539007547034"


@dataclass
class Kept:
    scene: Scene
    books: Books
    payer: Payer


def with_books(*, now: datetime, start: date | None = None, **fields) -> Kept:
    scene = notelaar(now=now, start=start, **fields)
    organiser = Organiser.objects.create(name="Notelaar vzw", name_key="notelaar vzw")
    scene.location.organiser = organiser
    scene.location.save()
    books = Books.objects.create(
        organiser=organiser,
        name="Notelaar vzw",
        street="Bondgenotenlaan 1",
        postcode="3000",
        city="Leuven",
        enterprise_number="0403019261",
        iban=IBAN,
        started_on=date(2026, 1, 1),
    )
    adult = scene.noor.child.household.adults.get()
    payer = make_payer(books, f"{adult.first_name} {adult.last_name}", adult=adult, now=now)
    share(scene.noor, payer)
    return Kept(scene, books, payer)


def organiser_of(books: Books, *, now: datetime) -> User:
    """Who keeps these books."""
    return cast.make_user(
        "rik@notelaar.example",
        role=Role.ORGANISER,
        scope=Scope.ORGANISER,
        scope_id=books.organiser_id,
        now=now,
    )


def make_payer(books: Books, name: str, *, now: datetime, adult=None, **fields) -> Payer:
    kind = PayerKind.ADULT if adult else PayerKind.ORGANISATION
    address = {"street": "Naamsestraat 2", "postcode": "3000", "city": "Leuven"}
    return Payer.objects.create(
        books=books, kind=kind, adult=adult, name=name, made_at=now, **(address | fields)
    )


def share(placement, payer: Payer, percent: str = "100") -> Share:
    return Share.objects.create(
        placement=placement,
        payer=payer,
        during=DateRange(placement.during.lower, None),
        percent=Decimal(percent),
    )

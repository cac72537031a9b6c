"""Books with so many children that a month can be invoiced and a file of the bank matched; all of it invented."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from bench.visits import DAYS, DESK

MARCH = date(2026, 3, 1)
BEGAN, ENDS = date(2025, 9, 1), date(2027, 9, 1)
BORN = date(2025, 4, 2)
DAY = timedelta(days=1)
CHARGED = 14
"""Mondays, Tuesdays and Thursdays of March 2026."""
A_LOCATION = 100
"""Children of one location."""
IBAN = "BE68539007547034"
STATEMENT = 5_000
"""Movements of one statement: numbers in it have four digits."""
EURO = Decimal(1)


@dataclass(frozen=True)
class Book:
    """Books, how many children they have, and what a month of them comes to in euros."""

    books: Any
    children: int
    owed: Decimal


def books_of(children: int) -> Book:
    """An organiser with locations of a hundred children, each child with a parent and a fee of its own."""
    from django.utils import timezone

    from kribbe.billing.models import Books
    from kribbe.places.models import Organiser

    name = f"Bench {children}"
    organiser = Organiser.objects.create(name=name, name_key=name.lower())
    books = Books.objects.create(
        organiser=organiser, name=name, street="Markt 1", postcode="3000", city="Leuven", iban=IBAN,
        enterprise_number="0403019261", started_on=BEGAN,
    )  # fmt: skip
    groups = list(_groups(organiser, children))
    owed = _children(books, groups, children, timezone.now())
    return Book(books, children, owed)


def _groups(organiser: Any, children: int) -> Iterator[Any]:
    from kribbe.places.models import Group, Location
    from kribbe.region.models import Desk
    from kribbe.rules.priority import PriceKind

    desk = Desk.objects.select_related("municipality").get(slug=DESK)
    for number in range(-(-children // A_LOCATION)):
        name = f"{organiser.name} {number}"
        location = Location.objects.create(
            desk=desk, municipality=desk.municipality, organiser=organiser, name=name, name_key=name.lower(),
            slug=name.lower().replace(" ", "-"), kind="group", licence_state="licensed", street="Markt 1",
            postcode="3000", city="Leuven", longitude=4.7, latitude=50.88, email="bench@bench.example",
        )  # fmt: skip
        yield Group.objects.create(location=location, name="Vlinders", price_kind=PriceKind.INCOME)


def _children(books: Any, groups: Sequence[Any], count: int, now: Any) -> Decimal:
    from django.db.backends.postgresql.psycopg_any import DateRange

    from kribbe.billing.models import FeeCertificate, Payer, Share
    from kribbe.enrolment.models import Placement, PlacementState
    from kribbe.people.models import Adult, Child, Household

    desk = groups[0].location.desk
    home = {"street": "Naamsestraat 2", "postcode": "3000", "city": "Leuven"}
    homes = Household.objects.bulk_create(
        (
            Household(desk=desk, municipality=desk.municipality, created_at=now, **home)
            for _number in range(count)
        ),
        batch_size=1000,
    )
    names = [f"{books.organiser.name} {number}" for number in range(count)]
    rows = list(zip(homes, names, strict=True))
    adults = Adult.objects.bulk_create(
        (
            Adult(
                household=each, is_applicant=True, first_name="Ouder", last_name=name, name_key=name.lower()
            )
            for each, name in rows
        ),
        batch_size=1000,
    )
    children = Child.objects.bulk_create(
        (
            Child(household=each, first_name="Kind", last_name=name, name_key=name.lower(), born=BORN)
            for each, name in rows
        ),
        batch_size=1000,
    )
    places = Placement.objects.bulk_create(
        (
            Placement(
                child=each, group=groups[number // A_LOCATION], during=DateRange(BEGAN, ENDS), pattern=DAYS,
                state=PlacementState.FINAL, reserved_at=now, final_at=now,
            )
            for number, each in enumerate(children)
        ),
        batch_size=1000,
    )  # fmt: skip
    payers = Payer.objects.bulk_create(
        (
            Payer(
                books=books, kind="adult", adult=each, name=f"{each}", made_at=now, delivery="paper", **home
            )
            for each in adults
        ),
        batch_size=1000,
    )
    during = DateRange(BEGAN, None)
    Share.objects.bulk_create(
        (
            Share(placement=place, payer=payer, during=during)
            for place, payer in zip(places, payers, strict=True)
        ),
        batch_size=1000,
    )
    fees = [Decimal(500 + number % 2500) / 100 for number in range(count)]
    FeeCertificate.objects.bulk_create(
        (
            FeeCertificate(books=books, child=child, during=during, day_fee=fee, recorded_at=now)
            for child, fee in zip(children, fees, strict=True)
        ),
        batch_size=1000,
    )
    return sum(fees, Decimal(0)) * CHARGED


def bank_file(book: Book, movements: int) -> tuple[bytes, int]:
    """A CODA file of so many payments of one euro, and how many name an invoice: four of five, by turns."""
    from kribbe.billing.models import Invoice
    from kribbe.rules.bank.coda_writing import write_coda
    from kribbe.rules.bank.statement import Movement, Statement

    told = list(Invoice.objects.filter(books=book.books).order_by("pk").values_list("ogm", flat=True))
    statements = []
    old = Decimal(0)
    named = 0
    for number, first in enumerate(range(0, movements, STATEMENT), 1):
        on = MARCH + number * DAY
        rows = []
        for place in range(first, min(first + STATEMENT, movements)):
            names = bool(place % 5)
            rows.append(
                Movement(
                    place - first + 1, EURO, value_on=on, entered_on=on, bank_reference=f"REF{place:08d}",
                    name=f"Ouder {place}", iban="BE71096123456769",
                    **({"ogm": told[named % len(told)]} if names else {"text": f"opvang {place}"}),
                )
            )  # fmt: skip
            named += names
        new = old + EURO * len(rows)
        statements.append(Statement(IBAN, str(number), old, on - DAY, new, on, tuple(rows)))
        old = new
    return write_coda(statements), named

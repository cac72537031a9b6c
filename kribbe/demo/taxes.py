"""Tax certificates of the last year in which somebody paid, and the invented numbers that most parents gave."""

from collections.abc import Iterator
from datetime import date

from django.db.models import Max

from kribbe.billing.models import Books, Payer, Settlement
from kribbe.demo.book import Book
from kribbe.demo.chance import Chance
from kribbe.people.models import Child
from kribbe.taxes.models import TaxIdentity
from kribbe.taxes.services.certificates import issue_year
from kribbe.trust.principal import SYSTEM

MOST_BOOKS = 2
KNOWN_SHARE = 0.85
OLDEST, YOUNGEST = 1980, 1999
LAST_OF_DAY = 997


def close_years(book: Book) -> None:
    """Issue the certificates of some organisers as their services do; nothing where none keeps books."""
    chance = Chance("taxes")
    for books in Books.objects.order_by("pk")[:MOST_BOOKS]:
        paid_on = Settlement.objects.filter(invoice__books=books).aggregate(last=Max("entry__on"))["last"]
        if paid_on is None:
            continue
        _know(books, book, chance)
        year = min(paid_on.year, book.today.year)
        issue_year(principal=SYSTEM, books=books, year=year, now=book.now)


def _know(books: Books, book: Book, chance: Chance) -> None:
    """Numbers of parents who pay, and of their children; in one statement each."""
    payers = Payer.objects.filter(books=books, adult__isnull=False, adult__tax_identity=None)
    adults = sorted({payer.adult_id for payer in payers if payer.adult_id})
    children = Child.objects.filter(
        placements__shares__payer__books=books, born__isnull=False, tax_identity=None
    ).distinct()
    TaxIdentity.objects.bulk_create(
        [
            *(
                TaxIdentity(adult_id=key, number=number_of(_birthday(chance), chance), given_at=book.now)
                for key in _some(adults, chance)
            ),
            *(
                TaxIdentity(child=child, number=number_of(child.born, chance), given_at=book.now)
                for child in children.order_by("pk")
                if child.born and chance.happens(KNOWN_SHARE)
            ),
        ]
    )


def number_of(born: date, chance: Chance) -> str:
    """An invented national number of somebody born on this day, with the check digits that fit."""
    digits = f"{born:%y%m%d}{chance.whole(1, LAST_OF_DAY):03d}"
    prefix = "2" if born.year >= 2000 else ""
    return f"{digits}{97 - int(prefix + digits) % 97:02d}"


def _birthday(chance: Chance) -> date:
    return date(chance.whole(OLDEST, YOUNGEST), chance.whole(1, 12), chance.whole(1, 28))


def _some(keys: list[int], chance: Chance) -> Iterator[int]:
    return (key for key in keys if chance.happens(KNOWN_SHARE))

"""The demo region of one day, from the tables and nothing else."""

from datetime import date

from kribbe.demo.book import Book
from kribbe.demo.clubs import care_after_school
from kribbe.demo.families import CAPITAL, Families, Nearby
from kribbe.demo.fresh import Fresh
from kribbe.demo.giving import give
from kribbe.demo.history import History
from kribbe.demo.occupancy import Rest
from kribbe.demo.officer import keep
from kribbe.demo.planning import plan
from kribbe.demo.shown import show
from kribbe.demo.staff import staff
from kribbe.demo.supply import furnish
from kribbe.demo.territory import lay_out
from kribbe.demo.waiting import Waiting
from kribbe.demo.weekend import open_saturdays
from kribbe.region.models import Desk


def imagine(today: date, *, waiting: float = 1.0) -> Book:
    """All rows of the demo as it stands on that day; the same rows for the same day.

    `waiting` times as many open requests as usual."""
    book = Book(today)
    lay_out(book)
    supply = furnish(book)
    families, nearby = Families(book, supply), Nearby(supply)
    stays = give(supply.rooms, History(book, families, nearby))
    rest = Rest(stays)
    Waiting(book, families, nearby, rest, waiting).tell()
    Fresh(book, supply, rest).tell()
    keep(book)
    show(book)
    open_saturdays(book)
    plan(book)
    staff(book)
    care_after_school(book, next(desk for desk in book.rows(Desk) if desk.slug == CAPITAL))
    return book

"""Building the demo region into an empty, migrated database."""

import hashlib
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path

from django.db import connection, transaction
from django.utils.timezone import get_default_timezone
from django.utils.timezone import now as this_moment
from psycopg import sql

from kribbe.demo import past
from kribbe.demo.attendance import attend
from kribbe.demo.banking import bank
from kribbe.demo.billing import keep_money, set_off_deposits
from kribbe.demo.book import Book
from kribbe.demo.families import CAPITAL
from kribbe.demo.fresh import list_last_thursday
from kribbe.demo.logins import let_in
from kribbe.demo.past import date_versions
from kribbe.demo.planning_changes import change_plans
from kribbe.demo.region import imagine
from kribbe.demo.rounds import hold_rounds
from kribbe.demo.shown import write_files
from kribbe.demo.stand_ins import stand_in
from kribbe.demo.tables import table
from kribbe.demo.talk import talk, tell_of_offers
from kribbe.demo.taxes import close_years
from kribbe.demo.territory import name_known_streets, opening
from kribbe.demo.upkeep import Upkeep
from kribbe.enrolment.models import ChanceLesson
from kribbe.enrolment.services.chances import count_chances
from kribbe.people.services import rebuild_keys
from kribbe.places import ledger
from kribbe.places.models import Group
from kribbe.places.services.names import learn_names
from kribbe.policy.services.snapshots import keep_counts
from kribbe.region.models import Desk, Region
from kribbe.upkeep.services.find_pairs import find_for

GROUPS_AT_ONCE = 60
ROOT = Path(__file__).resolve().parents[1]
SOURCES = ("demo/**/*.py", "demo/**/*.toml", "region/presets/*.toml", "*/migrations/*.py")

Told = Callable[[str, float], None]
"""Called with what begins now and how far the building is, from 0 to 1."""


def build(today: date, told: Told = lambda _what, _share: None, *, waiting: float = 1.0) -> Book:
    """Fill the database with the region as it stands on `today`, all or nothing.

    `waiting` times as many open requests as usual.
    """
    told("Imagining families and places", 0.0)
    book = imagine(today, waiting=waiting)
    let_in(book)
    attend(book)
    name_known_streets(book)
    talk(book)
    twice = Upkeep(book, _first_desk(book)).tell()
    with transaction.atomic():
        _without_time_limit()
        count = len(book.tables)
        for place, model in enumerate(book.tables):
            told(f"Writing {model._meta.verbose_name_plural}", 0.3 + 0.35 * place / count)
            book.save(model)
        write_files(book)
        _write_history(book, told)
        learn_names()
        _gather_statistics()
        _count_ledger(book, told)
        list_last_thursday(today)
        tell_of_offers(book)
        stand_in(book)
        change_plans(book)
        hold_rounds(_first_desk(book), book.now)
        money = keep_money(book)
        bank(book, money)
        set_off_deposits(money, book)
        close_years(book)
        date_versions(book.now)
        rebuild_keys()
        find_for(twice, book.now)
        keep_counts(now=this_moment())
        told("Counting chances", 0.97)
        _keep_lesson(book)
        count_chances(now=book.now)
        _leave_mark(today)
    told("Ready", 1.0)
    return book


def _first_desk(book: Book) -> Desk:
    return next(desk for desk in book.rows(Desk) if desk.slug == CAPITAL)


def _keep_lesson(book: Book) -> None:
    """What the past teaches is known beforehand: to learn it here would take minutes."""
    for region in book.rows(Region):
        for of, curve in table("chances").items():
            ChanceLesson.objects.create(region=region, at=book.now, is_any=of == "any", **curve)


def _without_time_limit() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")


def _gather_statistics() -> None:
    """The planner must know of rows that came a moment ago, or counting takes minutes.

    Of the own tables only: those of the whole server would stay locked until the building is through.
    """
    own = sql.SQL(", ").join(map(sql.Identifier, connection.introspection.table_names()))
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("ANALYZE {}").format(own))


def _write_history(book: Book, told: Told) -> None:
    begun = datetime.combine(opening(book.today), time(8), get_default_timezone())
    for place, model in enumerate(book.tables):
        told("Writing two years of history", 0.65 + 0.15 * place / len(book.tables))
        past.write(model, opening=begun)


def _count_ledger(book: Book, told: Told) -> None:
    groups = [group.pk for group in book.rows(Group)]
    for done in range(0, len(groups), GROUPS_AT_ONCE):
        told("Counting half-days", 0.8 + 0.2 * done / len(groups))
        ledger.recount(group_ids=groups[done : done + GROUPS_AT_ONCE], today=book.today, now=book.now)


def version() -> str:
    """Changes with everything from which the demo is made."""
    found = hashlib.sha256()
    for pattern in SOURCES:
        for source in sorted(ROOT.glob(pattern)):
            if "tests" not in source.parts:
                found.update(source.relative_to(ROOT).as_posix().encode() + b"\0" + source.read_bytes())
    return found.hexdigest()[:16]


def mark() -> tuple[str, date] | None:
    """The version and the day of the demo in this database, or None where there is none."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()"
        )
        (comment,) = cursor.fetchone() or (None,)
    parts = (comment or "").split()
    return (parts[1], date.fromisoformat(parts[2])) if parts[:1] == ["kribbe-demo"] else None


def _leave_mark(today: date) -> None:
    comment = sql.SQL("COMMENT ON DATABASE {} IS {}").format(
        sql.Identifier(str(connection.settings_dict["NAME"])), sql.Literal(f"kribbe-demo {version()} {today}")
    )
    with connection.cursor() as cursor:
        cursor.execute(comment)

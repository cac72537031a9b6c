"""Books of a few organisers: price lists, fee certificates, two months invoiced, a deposit, a mandate, a reminder."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.timezone import get_default_timezone
from psycopg import sql

from kribbe.billing.models import (
    Books,
    Delivery,
    FeeCertificate,
    Invoice,
    OneCharge,
    PriceList,
    Sending,
    charge_code,
)
from kribbe.billing.selectors.accounts import with_open
from kribbe.billing.selectors.facts import placements_of
from kribbe.billing.selectors.renewals import indexed_on, to_renew
from kribbe.billing.services.books import Seller, keep_books
from kribbe.billing.services.deposits import ask_agreed, ask_deposit, receive, set_off
from kribbe.billing.services.renewals import ask_to_renew
from kribbe.billing.services.run import start_run, work_off
from kribbe.billing.services.sending import way_of
from kribbe.demo.book import Book
from kribbe.demo.chance import Chance
from kribbe.demo.logins import logins
from kribbe.enrolment.models import Placement
from kribbe.outofschool.models import Club
from kribbe.people.models import RoleGrant
from kribbe.places.models import Location
from kribbe.planning.models import Paper
from kribbe.planning.selectors.paper_money import money_on
from kribbe.rules.bank.statement import belgian_iban
from kribbe.rules.calendar import add_months, first_of_month
from kribbe.rules.priority import PriceKind
from kribbe.trust.principal import SYSTEM, Role, Scope

DAY = timedelta(days=1)
ISSUED_AFTER = 1
"""Days after the first of the next month on which a month is invoiced."""

LEAST_FEE, MOST_FEE = 5.5, 30.0
CERTIFIED_SHARE = 0.97
LATE_PICK_UP, LATE_SHARE = Decimal(10), 0.06
DEPOSIT = Decimal(150)
CLUBS = 2
RENEWING = 18
"""Children of an organiser of whom every second one's family is asked to renew its certificate."""


@dataclass(frozen=True, slots=True)
class Issued:
    """The documents of a month of these books, and the day on which they were issued."""

    books: Books
    on: date
    invoices: list[Invoice]


def keep_money(book: Book) -> list[list[Issued]]:
    """By organiser, the months that were invoiced, the older one first."""
    chance = Chance("billing")
    found: list[list[Issued]] = []
    for location in list(_locations()):
        books = _books(location, chance, book)
        if not found:
            _run_clubs(books, location)
        _prices(books, book)
        months = [add_months(first_of_month(book.today), -back) for back in (2, 1)]
        _certify(books, months[0], chance, book)
        _charge(books, months, chance, book)
        _write_prices_down(books)
        found.append([_issue(books, month, book) for month in months])
        gather_statistics()
        _ask_deposit(books, months[0], book)
        _renew(books, book)
    _take_back_a_charge([months[0] for months in found], book)
    return found


def _run_clubs(books: Books, location: Location) -> None:
    """Two clubs of the desk are run by the first organiser: their stays are on its invoices."""
    clubs = Club.objects.filter(desk=location.desk_id).order_by("pk").values("pk")[:CLUBS]
    Club.objects.filter(pk__in=clubs).update(organiser=books.organiser)


def set_off_deposits(kept: Iterable[list[Issued]], book: Book) -> None:
    """For each organiser, an invoice that is still open is paid with the deposit of the place's agreement."""
    for months in kept:
        asked = Invoice.objects.filter(pk__in=[each.pk for each in months[-1].invoices], kind="invoice")
        unpaid = with_open(asked).filter(open__gt=0, payer__adult__user=None, lines__placement__deposit=None)
        invoice = unpaid.filter(lines__placement__isnull=False, reminders=None).order_by("-pk").first()
        if invoice is not None:
            _set_off_agreed(invoice, months[-1], book)


def _set_off_agreed(invoice: Invoice, month: Issued, book: Book) -> None:
    place = Placement.objects.filter(invoice_lines__invoice=invoice).order_by("pk")[0]
    place.deposit_asked = DEPOSIT
    place.save(update_fields=["deposit_asked"])
    first = place.during.lower
    now = moment(first)
    deposit = ask_agreed(
        principal=SYSTEM, books=month.books, placement=place, low_income=False, on=first, now=now
    )
    receive(
        principal=SYSTEM, deposit=deposit, euros=DEPOSIT, on=first + 9 * DAY, key=f"{deposit.pk}",
        now=moment(first + 9 * DAY),
    )  # fmt: skip
    set_off(principal=SYSTEM, deposit=deposit, invoice=invoice, on=book.today, now=book.now)


def gather_statistics() -> None:
    """The planner must know of the rows that came in this very transaction."""
    own = [
        name for name in connection.introspection.table_names() if name.startswith(("billing_", "banking_"))
    ]
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("ANALYZE {}").format(sql.SQL(", ").join(map(sql.Identifier, own))))


def moment(day: date, hour: int = 9) -> datetime:
    """An hour of a day."""
    return datetime.combine(day, time(hour), get_default_timezone())


def account(chance: Chance) -> str:
    """An invented account number whose check digits fit."""
    first = f"539{chance.whole(0, 9_999_999):07d}"
    return belgian_iban(f"{first}{int(first) % 97 or 97:02d}")


def enterprise(chance: Chance) -> str:
    """An invented enterprise number whose check digits fit."""
    first = f"0{chance.whole(4_000_000, 7_999_999):07d}"
    return f"{first}{97 - int(first) % 97:02d}"


def _locations() -> Iterable[Location]:
    """One of each organiser that a log-in may bill for: with all of its locations, or the only one."""
    staff = [login.email for login in logins() if login.role in (Role.ORGANISER, Role.MANAGER)]
    grants = RoleGrant.objects.filter(user__email__in=staff).order_by("scope_id")
    found = [(grant, _location(grant)) for grant in grants]
    for grant, location in sorted(found, key=lambda each: each[0].scope != Scope.ORGANISER):
        others = Location.objects.filter(organiser=location.organiser_id).exclude(pk=location.pk)
        if grant.scope == Scope.ORGANISER or location.organiser_id is None or not others.exists():
            yield location


def _location(grant: RoleGrant) -> Location:
    locations = Location.objects.select_related("organiser").order_by("pk")
    if grant.scope == Scope.ORGANISER:
        return locations.filter(organiser=grant.scope_id)[0]
    return locations.get(pk=grant.scope_id)


def _books(location: Location, chance: Chance, book: Book) -> Books:
    organiser = location.organiser
    name = organiser.name if organiser else location.name
    seller = Seller(
        name=name[:70],
        street=location.street,
        postcode=location.postcode,
        city=location.city,
        enterprise_number=(organiser and organiser.enterprise_number) or enterprise(chance),
        iban=account(chance),
        email=location.email,
        phone=location.phone,
    )
    return keep_books(principal=SYSTEM, location=location, seller=seller, now=book.now)


def _prices(books: Books, book: Book) -> None:
    """A list of each location, with nappies for each stay and something less for sisters and brothers."""
    nappies = {"kind": "nappies", "name": charge_code("nappies"), "full": "1.50", "half": "0.90"}
    PriceList.objects.bulk_create(
        PriceList(
            location=location,
            from_day=date(book.today.year - 1, 1, 1),
            full=location.day_price,
            half=location.day_price and (location.day_price * Decimal("0.6")).quantize(Decimal("0.1")),
            sibling_discount=Decimal("0.1"),
            extras=[nappies],
            deposit=DEPOSIT,
            made_at=book.now,
        )
        for location in Location.objects.filter(organiser=books.organiser_id).order_by("pk")
    )


def _certify(books: Books, first: date, chance: Chance, book: Book) -> None:
    """Certificates of the children who have a place by income, until the next indexation. A few families owe one."""
    until = indexed_on(add_months(book.today, 9))
    places = _places(books, (first, add_months(first, 1)))
    children = sorted({each.child_id for each in places if each.group.price_kind == PriceKind.INCOME})
    FeeCertificate.objects.bulk_create(
        FeeCertificate(
            books=books,
            child_id=child,
            during=DateRange(date(first.year - 1, 1, 1), until),
            day_fee=Decimal(f"{chance.between(LEAST_FEE, MOST_FEE):.2f}"),
            code=f"{chance.whole(10**10, 10**11 - 1)}",
            recorded_at=book.now,
        )
        for child in children
        if chance.happens(CERTIFIED_SHARE)
    )


def _write_prices_down(books: Books) -> None:
    """The papers that families still have to sign say what it costs, and ask receipt of the house rules."""
    waiting = Paper.objects.filter(
        signed_at=None,
        withdrawn_at=None,
        agreement__placement__group__location__organiser=books.organiser_id,
    )
    for paper in waiting.select_related("agreement__placement__group__location").order_by("pk"):
        paper.money = dict(money_on(paper.agreement.placement, paper.first))
        paper.receipt = paper.house_rules_id is not None
        paper.save(update_fields=["money", "receipt"])


def _charge(books: Books, months: list[date], chance: Chance, book: Book) -> None:
    """Some were picked up late, once in these months."""
    during = (months[0], add_months(months[-1], 1))
    OneCharge.objects.bulk_create(
        OneCharge(
            placement=place,
            day=day,
            kind="late_pick_up",
            name=charge_code("late_pick_up"),
            amount=LATE_PICK_UP,
            made_at=moment(day, 19),
        )
        for place in _places(books, during)
        if place.during.lower <= during[0] and chance.happens(LATE_SHARE)
        for day in [chance.day(during[0], during[1] - DAY)]
        if place.during.upper is None or day < place.during.upper
    )


def _renew(books: Books, book: Book) -> None:
    """Of the families whose certificate isn't renewed since fees were indexed, some are asked for it."""
    on = indexed_on(book.today)
    waiting = to_renew(books, on).order_by("pk")[:RENEWING]
    ask_to_renew(principal=SYSTEM, books=books, placements=waiting[::2], on=on, now=book.now)


def _take_back_a_charge(months: Iterable[Issued], book: Book) -> None:
    """A late charge of the first month was wrong: setting the month right gives a credit note, still to be sent."""
    for issued in sorted(months, key=lambda each: len(each.invoices)):
        month = issued.invoices[0].month if issued.invoices else issued.on
        wrong = OneCharge.objects.filter(
            placement__invoice_lines__invoice__in=issued.invoices,
            day__range=(month, add_months(month, 1) - DAY),
        ).order_by("pk")
        if first := wrong.first():
            OneCharge.objects.filter(pk=first.pk).update(taken_back_at=book.now)
            run = start_run(principal=SYSTEM, books=issued.books, month=month, on=book.today, now=book.now)
            work_off(run.pk, now=book.now)
            return


def _places(books: Books, during: tuple[date, date]) -> list[Placement]:
    places = {each.pk: each for month in during for each in placements_of(books, month)}
    return [places[key] for key in sorted(places)]


def _issue(books: Books, month: date, book: Book) -> Issued:
    """Invoice a month with the run of the room; those on paper of the last month wait on the pile."""
    on = min(add_months(month, 1) + ISSUED_AFTER * DAY, book.today)
    now = min(moment(on), book.now)
    run = start_run(principal=SYSTEM, books=books, month=month, on=on, now=now)
    work_off(run.pk, now=now)
    invoices = list(run.invoices.select_related("payer__adult").order_by("number"))
    is_last = add_months(month, 1) == first_of_month(book.today)
    Sending.objects.bulk_create(_sent(each, now, waits=is_last) for each in invoices)
    return Issued(books, on, invoices)


def _sent(invoice: Invoice, now: datetime, *, waits: bool) -> Sending:
    way = way_of(invoice.payer)
    return Sending(
        invoice=invoice, way=way, made_at=now, done_at=None if waits and way != Delivery.MAIL else now
    )


def _ask_deposit(books: Books, month: date, book: Book) -> None:
    """A deposit that came in, and one that didn't yet."""
    places = [
        each
        for each in _places(books, (month, add_months(month, 1)))
        if each.group.price_kind != PriceKind.INCOME
        or each.during.upper is None
        or each.during.upper > book.today
    ]
    for number, place in enumerate(places[:2]):
        payer = place.shares.select_related("payer").get().payer
        deposit = ask_deposit(
            principal=SYSTEM, placement=place, payer=payer, euros=DEPOSIT, low_income=False, on=month,
            now=moment(month),
        )  # fmt: skip
        if number == 0:
            receive(
                principal=SYSTEM, deposit=deposit, euros=DEPOSIT, on=month + 9 * DAY, key=f"{deposit.pk}",
                now=moment(month + 9 * DAY),
            )  # fmt: skip

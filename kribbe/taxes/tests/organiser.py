"""A small organiser over months: all that happens to its money, drawn from a seed, and what must be true after it.

Two children, four payers. What each payer paid is written down here as it is sent, beside the ledger.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from kribbe.banking.services.debits import set_creditor
from kribbe.billing.models import (
    CertificateKind,
    Deposit,
    FeeCertificate,
    Invoice,
    OneCharge,
    WriteOff,
)
from kribbe.billing.selectors.accounts import with_open
from kribbe.billing.selectors.late import late
from kribbe.billing.selectors.net import net_of
from kribbe.billing.services.closing import close_month, next_to_close
from kribbe.billing.services.deposits import ask_deposit, give_back
from kribbe.billing.services.deposits import set_off as set_deposit_off
from kribbe.billing.services.fees import add_certificate, add_charge, take_back_charge, withdraw_certificate
from kribbe.billing.services.numbers import deposit_reference
from kribbe.billing.services.payers import Part, share_out
from kribbe.billing.services.plans import end_plan, make_plan, monthly
from kribbe.billing.services.reminders import remind
from kribbe.billing.services.run import start_run, work_off
from kribbe.billing.services.write_offs import undo_write_off, write_off, write_off_costs
from kribbe.billing.tests.month import absent, came, day_change, house_rules, price_list
from kribbe.billing.tests.scene import make_payer, share, with_books
from kribbe.planning.models import Absence, AgreedWeeks, CareAgreement, DayChange, Paper
from kribbe.rules.calendar import add_months, monday_of
from kribbe.taxes.services.certificates import issue_year
from kribbe.taxes.tests.organiser_bank import Bank
from kribbe.trust.errors import RefusedError
from kribbe.trust.principal import SYSTEM

DAY = timedelta(days=1)
FIRST = date(2026, 1, 1)
WEEKS = (
    {"0": [[480, 1080]], "1": [[480, 1080]]},
    {"0": [[480, 750]], "3": [[480, 1020]]},
    {"1": [[420, 1110]], "2": [[480, 720]], "4": [[480, 1020]]},
)
KINDS = ("told", "told", "untold", "illness", "location", "force_majeure")


class Organiser(Bank):
    """`paid` is what came in from each payer, less what went back to it, deposits apart; `deposits` what is kept of
    those; `parked` what nobody said yet whose it is; `other` what is of no payer. All euros.
    """

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)  # noqa: S311  the same months each time
        self.today = FIRST
        self.kept = with_books(now=self.now, start=date(2026, 1, 5))
        self.books = self.kept.books
        self.places = [self.kept.scene.noor, self.kept.scene.lou]
        father = self.places[1].child.household.adults.get()
        self.payers = [
            self.kept.payer,
            make_payer(self.books, "Bo Claes", adult=father, now=self.now),
            make_payer(self.books, "OCMW Leuven", now=self.now),
        ]
        for payer, percent in zip(self.payers[1:], ("60", "40"), strict=True):
            share(self.places[1], payer, percent)
        extras = [{"kind": "nappies", "name": "extra.nappies", "full": "1.35", "half": "0.85"}]
        price_list(self.kept, extras=extras, flex=True, own_fee=self.random.random() < 0.5)
        house_rules(self.kept, told_by=time(9), ill_days=2)
        for place in self.places:
            self._agree(place)
        set_creditor(
            principal=SYSTEM, books=self.books, identifier="BE50ZZZ0403019261", notice_days=1, now=self.now
        )
        self.paid: dict[int, Decimal] = defaultdict(Decimal)
        self.deposits: dict[int, Decimal] = defaultdict(Decimal)
        self.parked: dict[int, Decimal] = {}
        self.matched: dict[int, tuple[int, Decimal]] = {}
        self.other = self.bank = Decimal(0)
        self.statements = 0
        self.given_back = False

    @property
    def now(self) -> datetime:
        return datetime.combine(self.today, time(9), UTC)

    @property
    def by(self) -> dict[str, Any]:
        return {"principal": SYSTEM, "now": self.now}

    def step(self) -> str:
        """Something that happens; its name. What a service refuses changes nothing."""
        name, deed = self.random.choice(DEEDS)
        try:
            with transaction.atomic():
                deed(self)
        except RefusedError as refused:
            return f"{name}: {refused.message}"
        return name

    def euros(self, least: int, most: int) -> Decimal:
        return Decimal(self.random.randint(least * 100, most * 100)).scaleb(-2)

    def invoice(self, month: date) -> None:
        run = start_run(books=self.books, month=month, on=self.today, **self.by)
        work_off(run.pk, now=self.now)

    def settle_all(self) -> None:
        """Everybody pays all that is open, and what was given up is paid too."""
        for made in WriteOff.objects.filter(undone=None):
            undo_write_off(made=made, today=self.today, **self.by)
        for each in with_open(Invoice.objects.filter(total__gt=0).order_by("pk")):
            if each.open > 0:
                (one,) = self.told((each.open, {"ogm": each.ogm}))
                self._in(one, each.payer_id, each.open)

    # What was agreed and what happened

    def _agree(self, place: Any) -> None:
        agreement = CareAgreement.objects.create(placement=place, made_at=self.now)
        paper = Paper.objects.create(
            agreement=agreement, number=0, first=self.kept.scene.start, weeks=[], pattern=1, notice_days=1,
            made_at=self.now, location_name="De Notelaar",
        )  # fmt: skip
        AgreedWeeks.objects.create(
            agreement=agreement, placement=place, paper=paper, during=DateRange(None, None), masks=[0],
            weeks=[WEEKS[0]], turns_from=self.kept.scene.start,
        )  # fmt: skip

    def other_weeks(self) -> None:
        last = AgreedWeeks.objects.filter(placement=self.random.choice(self.places)).order_by("-pk")[0]
        first = self.today + self.random.randint(-40, 20) * DAY
        if last.during.lower is not None and first <= last.during.lower:
            return
        last.during = DateRange(last.during.lower, first)
        last.save()
        last.pk, last.during = None, DateRange(first, None)
        last.weeks = self.random.sample(WEEKS, self.random.randint(1, 2))
        last.masks, last.turns_from = [0] * len(last.weeks), monday_of(first)
        last.save(force_insert=True)

    def a_day(self, back: int = 45) -> date:
        return max(self.kept.scene.start, self.today + self.random.randint(-back, 10) * DAY)

    def absence(self) -> None:
        place = self.random.choice(self.places)
        for _each in range(self.random.randint(1, 4)):
            day = self.a_day()
            if not Absence.objects.filter(placement=place, day=day, taken_back_at=None).exists():
                absent(place, day, kind=self.random.choice(KINDS))

    def absence_taken_back(self) -> None:
        for each in Absence.objects.filter(taken_back_at=None).order_by("-pk")[:2]:
            each.taken_back_at = self.now
            each.save()

    def other_day(self) -> None:
        place, day, old = self.random.choice(self.places), self.a_day(), self.a_day()
        taken = DayChange.objects.filter(placement=place)
        if (
            day == old
            or taken.filter(day__in=(day, old)).exists()
            or taken.filter(instead_of__in=(day, old)).exists()
        ):
            return
        day_change(place, day, instead_of=old if self.random.random() < 0.5 else None)

    def stay(self) -> None:
        place, day = self.random.choice(self.places), self.a_day()
        if day <= self.today and not place.presences.filter(day=day).exists():
            came(place, day, "08:00", self.random.choice(("11:30", "16:00", "19:30")))

    def certificate(self) -> None:
        first = self.a_day(120)
        last = self.random.choice((None, first + self.random.randint(20, 200) * DAY))
        add_certificate(
            books=self.books, placement=self.random.choice(self.places), first=first, last=last,
            day_fee=self.euros(2, 33), kind=CertificateKind.INCOME, code="", alone=False, replaces=True, **self.by,
        )  # fmt: skip

    def certificate_withdrawn(self) -> None:
        place = self.random.choice(self.places)
        rows = list(FeeCertificate.objects.filter(child=place.child).order_by("pk"))
        if len(rows) > 1:
            row = self.random.choice(rows)
            withdraw_certificate(books=self.books, placement=place, certificate_id=row.pk, **self.by)

    def charge(self) -> None:
        place = self.random.choice(self.places)
        asked = {"kind": "late_pick_up", "name": "extra.late_pick_up", "amount": self.euros(1, 20)}
        given = {"name": "Uitstap", "amount": -self.euros(1, 60)}
        add_charge(charged=place, day=self.a_day(), **self.random.choice((asked, given)), **self.by)

    def charge_taken_back(self) -> None:
        rows = list(OneCharge.objects.filter(taken_back_at=None).select_related("placement"))
        if rows:
            row = self.random.choice(rows)
            take_back_charge(charged=row.placement, charge_id=row.pk, **self.by)

    def other_payers(self) -> None:
        who = self.random.sample(self.payers, self.random.randint(1, 3))
        cuts = sorted(self.random.sample(range(1, 10000), len(who) - 1))
        parts = [end - start for start, end in zip([0, *cuts], [*cuts, 10000], strict=True)]
        share_out(
            placement=self.random.choice(self.places), first=self.a_day(),
            parts=[Part(payer, Decimal(part).scaleb(-2)) for payer, part in zip(who, parts, strict=True)], **self.by,
        )  # fmt: skip

    def leaves(self) -> None:
        place = self.places[1]
        if self.today < date(2026, 9, 1) or self.random.random() < 0.7:
            return
        place.refresh_from_db()
        place.during = DateRange(place.during.lower, self.today + self.random.randint(-20, 40) * DAY)
        place.save()

    def run_again(self) -> None:
        months = (self.today.year - 2026) * 12 + self.today.month - 1
        if months:
            self.invoice(add_months(FIRST, self.random.randrange(months)))

    def close(self) -> None:
        month = next_to_close(self.books)
        if month and self.random.random() < 0.4:
            close_month(books=self.books, month=month, today=self.today, **self.by)
            self.books.refresh_from_db()

    # Deposits, reminders, plans, what is given up

    def deposit(self) -> None:
        place, payer = self.places[0], self.payers[0]
        asked = Deposit.objects.filter(placement=place).first() or ask_deposit(
            placement=place,
            payer=payer,
            euros=self.euros(20, 250),
            low_income=False,
            on=self.today,
            **self.by,
        )
        euros = self._some(asked.asked)
        room = Decimal(0) if self.given_back else asked.asked - self.deposits[payer.pk]
        part = min(euros, room)
        self.told((euros, {"ogm": deposit_reference(asked.pk)}))
        self.deposits[payer.pk] += part
        self.paid[payer.pk] += euros - part

    def deposit_goes_off(self) -> None:
        asked = Deposit.objects.first()
        invoices = list(Invoice.objects.filter(payer=self.payers[0], total__gt=0))
        if asked and invoices:
            self._from_deposit(
                set_deposit_off(deposit=asked, invoice=self.random.choice(invoices), on=self.today, **self.by)
            )

    def deposit_goes_back(self) -> None:
        asked = Deposit.objects.first()
        if asked:
            self._from_deposit(give_back(deposit=asked, on=self.today, **self.by))
            self.given_back = True

    def _from_deposit(self, move: Any) -> None:
        payer = move.deposit.payer_id
        self.deposits[payer] += move.amount
        self.paid[payer] -= move.amount

    def reminds(self) -> None:
        for each in late(self.books, self.today):
            if each.next:
                remind(invoice_id=each.invoice.pk, step=each.next, today=self.today, **self.by)

    def gives_up(self) -> None:
        rows = [each for each in with_open(Invoice.objects.filter(total__gt=0)) if each.open > 0]
        if rows and self.random.random() < 0.5:
            write_off(invoice=self.random.choice(rows), reason="Weg", today=self.today, **self.by)
        else:
            write_off_costs(payer=self.random.choice(self.payers), reason="Weg", today=self.today, **self.by)

    def asks_again(self) -> None:
        rows = list(WriteOff.objects.filter(undone=None))
        if rows:
            undo_write_off(made=self.random.choice(rows), today=self.today, **self.by)

    def plans(self) -> None:
        payer = self.random.choice(self.payers)
        if running := payer.plans.filter(ended_at=None).first():
            end_plan(plan=running, **self.by)
            return
        owed = net_of(payer.pk).owed
        if owed > 1:
            parts = monthly(owed, self.random.randint(2, 5), self.today)
            make_plan(payer=payer, parts=parts, today=self.today, **self.by)

    def certifies(self) -> None:
        issue_year(books=self.books, year=self.random.choice((2026, self.today.year)), **self.by)


def _deeds(**often: int) -> Sequence[tuple[str, Callable[[Organiser], None]]]:
    return [(name, getattr(Organiser, name)) for name, times in often.items() for _each in range(times)]


DEEDS = _deeds(
    other_weeks=1, absence=4, absence_taken_back=1, other_day=2, stay=2, certificate=3, certificate_withdrawn=1,
    charge=2, charge_taken_back=1, other_payers=1, leaves=1, run_again=4, close=1, pays=10, pays_unknown=2,
    matches=3, unmatches=2, puts_aside=1, goes_back_by_hand=1, pays_back=3, bank_pays_back=3, uses_kept=2, signs=2,
    collects=3, collection_returns=2, deposit=2, deposit_goes_off=1, deposit_goes_back=1, reminds=2, gives_up=2,
    asks_again=2, plans=2, certifies=1,
)  # fmt: skip

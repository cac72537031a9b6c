"""The care of a small organiser that is lived through: weeks, absences, stays, fees, prices and who pays."""

from __future__ import annotations

from datetime import date, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange

from kribbe.attendance.models import Presence
from kribbe.billing.models import CertificateKind, FeeCertificate, OneCharge, Payer, UnplacedCare
from kribbe.billing.services.fees import add_certificate, add_charge, take_back_charge, withdraw_certificate
from kribbe.billing.services.payers import Part, share_out
from kribbe.billing.tests.club_scene import club_of, stay
from kribbe.billing.tests.month import absent, came, day_change, price_list
from kribbe.billing.tests.scene import Kept, make_payer, share
from kribbe.enrolment.models import Placement
from kribbe.outofschool.models import Stay
from kribbe.people.models import Adult
from kribbe.planning.models import Absence, AgreedWeeks, CareAgreement, DayChange, Paper
from kribbe.planning.tests.scene import place as make_place
from kribbe.rules.calendar import add_months, monday_of
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing import cast

DAY = timedelta(days=1)
WEEKS = (
    {"0": [[480, 1080]], "1": [[480, 1080]]},
    {"0": [[480, 750]], "3": [[480, 1020]]},
    {"1": [[420, 1110]], "2": [[480, 720]], "4": [[480, 1020]]},
)
KINDS = ("told", "told", "untold", "illness", "location", "force_majeure")
EXTRAS = [{"kind": "nappies", "name": "extra.nappies", "full": "1.35", "half": "0.85"}]
FREE = (
    {"full": Decimal("41.50"), "half": Decimal("24.75")},
    {"month": Decimal("433.33")},
    {"package_name": "Kaart", "package_size": 7, "package_price": Decimal("255.55")},
)
"""Free prices of a day, of a month, and of a package."""


class Care:
    """What is agreed and what happens at an organiser (see `organiser.Organiser`, which is one).

    Noor's parents live apart: each has an agreement, for every other week; `turn` says which, by place. Lou has two
    payers. Fien has a free price. Kas goes to school, and to the club.
    """

    kept: Kept
    random: Random
    today: date
    by: dict[str, Any]

    def begin_care(self) -> None:
        scene, now = self.kept.scene, self.kept.scene.now
        noor, lou = scene.noor, scene.lou
        bram = Adult.objects.create(
            household=noor.child.household, first_name="Bram", last_name="Maes", name_key="maes bram"
        )
        wednesday = {"start": scene.start, "end": noor.during.upper, "pattern": WeekPattern.from_text("wed")}
        second = cast.make_placement(noor.child, scene.group, now=now, **wednesday)
        free = cast.make_group(scene.location, 3, now=now, name="Beren", price="free")
        fien = make_place(scene.desk, free, "Peeters", "Fien", WeekPattern.from_text("mon"), scene.start, now)
        self.turn = {noor.pk: 0, second.pk: 1}
        Placement.objects.filter(pk=second.pk).update(parent=bram)
        Placement.objects.filter(pk=noor.pk).update(parent=self.kept.payer.adult)
        self.places = [noor, lou, second, fien]
        self.club = club_of(self.kept)
        self.begin_payers(bram)
        self.own_fee = self.random.random() < 0.5
        self.other_prices(date(2026, 1, 1))
        for place in self.places:
            self._agree(place)

    def begin_payers(self, bram: Adult) -> None:
        """A payer for each parent, and one that is none; who may pay for which place."""
        _noor, lou, second, fien = self.places
        books, now = self.kept.books, self.kept.scene.now
        made = [
            make_payer(books, f"{adult}", adult=adult, now=now)
            for adult in (
                lou.child.household.adults.get(),
                bram,
                fien.child.household.adults.get(),
                self.club.children[0].household.adults.get(),
            )
        ]
        bo, father, peeters, pupil = made
        office = make_payer(books, "OCMW Leuven", now=now)
        self.adults: list[Payer] = [self.kept.payer, *made]
        self.payers: list[Payer] = [*self.adults, office]
        self.circle = {place.pk: [self.kept.payer, bo, office] for place in self.places[:2]}
        self.circle |= {second.pk: [father, office], fien.pk: [peeters, office], 0: [pupil, office]}
        share(lou, bo, "60")
        share(lou, office, "40")
        share(second, father)
        share(fien, peeters)

    def _agree(self, place: Placement) -> None:
        agreement = CareAgreement.objects.create(placement=place, made_at=self.kept.scene.now)
        paper = Paper.objects.create(
            agreement=agreement, number=0, first=self.kept.scene.start, weeks=[], pattern=1, notice_days=1,
            made_at=self.kept.scene.now, location_name="De Notelaar",
        )  # fmt: skip
        weeks = self._in_turn(place, WEEKS[0])
        AgreedWeeks.objects.create(
            agreement=agreement, placement=place, paper=paper, during=DateRange(None, None),
            masks=[0] * len(weeks), weeks=weeks, turns_from=self.kept.scene.start,
        )  # fmt: skip

    def _in_turn(self, place: Placement, week: dict[str, Any]) -> list[dict[str, Any]]:
        if place.pk not in self.turn:
            return [week]
        return [week, {}] if self.turn[place.pk] == 0 else [{}, week]

    def other_weeks(self) -> None:
        place = self.random.choice(self.places)
        last = AgreedWeeks.objects.filter(placement=place).order_by("-pk")[0]
        first = self.today + self.random.randint(-40, 20) * DAY
        if last.during.lower is not None and first <= last.during.lower:
            return
        last.during = DateRange(last.during.lower, first)
        last.save()
        last.pk, last.during = None, DateRange(first, None)
        if place.pk in self.turn:
            last.weeks = self._in_turn(place, self.random.choice(WEEKS))
        else:
            last.weeks = self.random.sample(WEEKS, self.random.randint(1, 2))
            last.turns_from = monday_of(first)
        last.masks = [0] * len(last.weeks)
        last.save(force_insert=True)

    def a_day(self, place: Placement | None = None, back: int = 45) -> date:
        """A day of late or, seldom, of long ago, whose month and year are closed; in a week of this place."""
        long = self.random.random() < 0.15
        day = max(self.kept.scene.start, self.today + self.random.randint(-400 if long else -back, 10) * DAY)
        weeks = (monday_of(day) - self.kept.scene.start).days // 7
        if place is not None and weeks % 2 != self.turn.get(place.pk, weeks % 2):
            day += 7 * DAY
        return day

    def absence(self) -> None:
        place = self.random.choice(self.places)
        for _each in range(self.random.randint(1, 4)):
            day = self.a_day(place)
            if not Absence.objects.filter(placement=place, day=day, taken_back_at=None).exists():
                absent(place, day, kind=self.random.choice(KINDS))

    def absence_taken_back(self) -> None:
        for each in Absence.objects.filter(taken_back_at=None).order_by("-pk")[:2]:
            each.taken_back_at = self.now
            each.save()

    def other_day(self) -> None:
        place = self.random.choice(self.places)
        day, old = self.a_day(place), self.a_day(place)
        taken = DayChange.objects.filter(placement=place)
        if (
            day == old
            or taken.filter(day__in=(day, old)).exists()
            or taken.filter(instead_of__in=(day, old)).exists()
        ):
            return
        day_change(place, day, instead_of=old if self.random.random() < 0.5 else None)

    def stay(self) -> None:
        place = self.random.choice(self.places)
        day = self.a_day(place)
        if day <= self.today and not place.presences.filter(day=day).exists():
            came(place, day, "08:00", self.random.choice(("11:30", "16:00", "19:30")))

    def stay_corrected(self) -> None:
        rows = list(Presence.objects.order_by("pk"))
        if rows:
            row = self.random.choice(rows)
            row.end = row.start + self.random.randint(1, 11) * timedelta(hours=1)
            row.save()

    def club_stay(self) -> None:
        day = min(self.a_day(), self.today)
        rows = Stay.objects.filter(child=self.club.children[0], day=day)
        left = self.random.choice(("16:00", "17:10", "18:00"))
        if rows:
            rows.update(left_at=time.fromisoformat(left))
        elif day.weekday() < 5:
            stay(self.club, day, left=left)

    def certificate(self) -> None:
        place, first = self.random.choice(self.places), self.a_day(back=120)
        last = self.random.choice((None, first + self.random.randint(20, 200) * DAY))
        add_certificate(
            books=self.books, placement=place, first=first, last=last, day_fee=self.euros(2, 33),
            kind=CertificateKind.INCOME, code="", alone=place.pk in self.turn and self.random.random() < 0.5,
            replaces=True, **self.by,
        )  # fmt: skip

    def certificate_withdrawn(self) -> None:
        place = self.random.choice(self.places)
        rows = list(FeeCertificate.objects.filter(child=place.child).order_by("pk"))
        if len(rows) > 1:
            row = self.random.choice(rows)
            withdraw_certificate(books=self.books, placement=place, certificate_id=row.pk, **self.by)

    def charge(self) -> None:
        place = self.random.choice([*self.places, *UnplacedCare.objects.all()])
        asked = {"kind": "late_pick_up", "name": "extra.late_pick_up", "amount": self.euros(1, 20)}
        given = {"name": "Uitstap", "amount": -self.euros(1, 60)}
        add_charge(charged=place, day=self.a_day(), **self.random.choice((asked, given)), **self.by)

    def charge_taken_back(self) -> None:
        rows = list(OneCharge.objects.filter(taken_back_at=None).select_related("placement", "care"))
        if rows:
            row = self.random.choice(rows)
            take_back_charge(charged=row.placement or row.care, charge_id=row.pk, **self.by)

    def other_payers(self) -> None:
        charged = self.random.choice([*self.places, *UnplacedCare.objects.all()])
        circle = self.circle[charged.pk if isinstance(charged, Placement) else 0]
        who = self.random.sample(circle, self.random.randint(1, len(circle)))
        cuts = sorted(self.random.sample(range(1, 10000), len(who) - 1))
        parts = [end - start for start, end in zip([0, *cuts], [*cuts, 10000], strict=True)]
        share_out(
            placement=charged, first=self.a_day(),
            parts=[Part(payer, Decimal(part).scaleb(-2)) for payer, part in zip(who, parts, strict=True)], **self.by,
        )  # fmt: skip

    def other_prices(self, first: date | None = None) -> None:
        """Another free price, from a month on: of this one, or of the next."""
        first = first or add_months(self.today.replace(day=1), self.random.randint(0, 1))
        if not self.kept.scene.location.price_lists.filter(from_day=first).exists():
            free = self.random.choice(FREE)
            price_list(self.kept, first, extras=EXTRAS, flex=True, own_fee=self.own_fee, **free)

    def leaves(self) -> None:
        place = self.places[1]
        if self.today < date(2026, 9, 1) or self.random.random() < 0.7:
            return
        place.refresh_from_db()
        place.during = DateRange(place.during.lower, self.today + self.random.randint(-20, 40) * DAY)
        place.save()

"""Out-of-school and sick-child care of the demo: schools, six clubs that fill up, holiday weeks, carers on call."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.utils.timezone import get_default_timezone

from kribbe.demo.book import Book
from kribbe.demo.chance import Chance
from kribbe.outofschool.models import (
    Club,
    ClubRules,
    ClubTariff,
    ClubYear,
    HolidayPlace,
    HolidayWeek,
    Part,
    Pickup,
    Registration,
    School,
    Stay,
)
from kribbe.people.models import Adult, Child, Household
from kribbe.places.models import Organiser, Street
from kribbe.region.models import Desk
from kribbe.rules.outofschool import DEFAULT_ORDER, MOMENTS, fits, free_numbers, moments_of
from kribbe.rules.packs import load_pack
from kribbe.rules.school import PACK, Community, holidays_between, school_days, school_year_of
from kribbe.sickcare.models import (
    CallState,
    CarerDay,
    Proposal,
    ProposalState,
    SickCall,
    SickCarer,
    SickService,
)
from kribbe.trust.text import sort_key

DAY = timedelta(days=1)
SCHOOLS = (
    "De Linde",
    "De Zonnebloem",
    "Sint-Jan",
    "De Klimop",
    "Het Kompas",
    "De Wijngaard",
    "Ter Beuken",
    "Les Érables",
)
CLUBS = ("De Speelvogel", "De Boomhut", "Villa Kakelbont", "De Kriebel", "Het Nest", "De Springplank")
CARERS = ("Mieke Aerts", "Jos Wouters", "Leen Goossens", "Amina Zahri", "Piet Claes")
PATTERNS = (0b1010101010, 0b0010100010, 0b1111111111, 0b0000100000, 0b1000100010, 0b1010001010)
NAMES = ("Lotte", "Mats", "Fien", "Noor", "Stan", "Lina", "Wout", "Amira", "Jef", "Zoë", "Oscar", "Ilyas")
PUPILS_A_CLUB = 34
PLACES = 14
BACK = 45
"""School days before today with hours."""


def care_after_school(book: Book, desk: Desk) -> None:
    """Add it all at one desk: the clubs are full on some moments, and one holiday week opens within days."""
    chance = Chance("clubs")
    streets = [each for each in book.rows(Street) if each.municipality_id == desk.municipality_id]
    schools = [_school(book, desk, name, chance.pick(streets)) for name in SCHOOLS]
    opened = date(book.today.year - 1, 9, 1)
    book.add(
        ClubRules(desk=desk, during=(opened, None), criteria=[each.value for each in DEFAULT_ORDER],
                  answer_days=7, step_minutes=30, unused_percent=50, why="Beslist door de gemeenteraad.")
    )  # fmt: skip
    for number, name in enumerate(CLUBS):
        near = [schools[number], schools[(number + 1) % len(schools)]]
        _club(book, desk, name, near, streets, chance)
    _sick_care(book, desk, streets, chance)


def _school(book: Book, desk: Desk, name: str, street: Street) -> School:
    return book.add(
        School(
            reference=book.reference(), municipality=desk.municipality, name=name, name_key=sort_key(name),
            community="fr" if name.startswith("Les") else "nl", street=f"{street.name} 2",
            postcode=street.postcode, city=street.city, longitude=street.longitude, latitude=street.latitude,
            begins_at=time(8, 30), ends_at=time(15, 30), wednesday_ends_at=time(11, 50),
        )
    )  # fmt: skip


def _club(
    book: Book, desk: Desk, name: str, schools: Sequence[School], streets: Sequence[Street], chance: Chance
) -> None:
    street = chance.pick(streets)
    organiser = next((each for each in book.rows(Organiser) if each.is_public), book.rows(Organiser)[0])
    club = book.add(
        Club(
            desk=desk, organiser=organiser, name=name, name_key=sort_key(name),
            slug=f"{desk.slug}-{name.lower().replace(' ', '-')}", street=f"{street.name} 7",
            postcode=street.postcode, city=street.city, longitude=street.longitude, latitude=street.latitude,
            phone="016 55 01 10", email=f"{sort_key(name)}@bko.example", opens_at=time(7), closes_at=time(18),
            about="Spelen, een vieruurtje en tijd voor huiswerk.",
        )
    )  # fmt: skip
    book.add(
        ClubTariff(
            club=club, from_day=date(book.today.year - 2, 9, 1), hour_price=Decimal("3.20"),
            day_price=Decimal("14.00"), half_day_price=Decimal("8.50"), sibling_discount=Decimal("0.25"),
            social_discount=Decimal("0.5"),
        )
    )  # fmt: skip
    for school in schools:
        book.add(Pickup(club=club, school=school, how="te voet" if chance.happens(0.7) else "met de bus"))
    year = book.add(
        ClubYear(club=club, year=school_year_of(book.today), places=[PLACES] * MOMENTS, taken=[0] * MOMENTS)
    )
    children = [_pupil(book, desk, streets, number, chance) for number in range(PUPILS_A_CLUB)]
    placed = [each for each in children if _registered(book, year, each, chance.pick(schools), chance)]
    _stays(book, club, placed, chance)
    _weeks(book, club, children, chance)


def _pupil(book: Book, desk: Desk, streets: Sequence[Street], number: int, chance: Chance) -> Child:
    """A child of school age in a family of its own at the desk."""
    street = chance.pick(streets)
    made = book.now - timedelta(days=chance.whole(60, 400))
    last = chance.pick([each.last_name for each in book.rows(Adult)[:400]])
    household = book.add(
        Household(
            reference=book.reference(), desk=desk, municipality=desk.municipality,
            street=f"{street.name} {number + 11}", postcode=street.postcode, city=street.city,
            longitude=street.longitude, latitude=street.latitude, created_at=made,
        )
    )  # fmt: skip
    book.add(
        Adult(
            household=household, is_applicant=True, first_name=chance.pick(("Sofie", "Tom", "Hanne", "Karim")),
            last_name=last, name_key=sort_key(last, "s"), phone=f"0470 55 {chance.whole(10, 99)} {number:02d}",
        )
    )  # fmt: skip
    first = chance.pick(NAMES)
    born = chance.day(date(book.today.year - 11, 1, 1), date(book.today.year - 4, 8, 31))
    return book.add(
        Child(
            household=household, first_name=first, last_name=last, name_key=sort_key(last, first), born=born
        )
    )


def _registered(book: Book, year: ClubYear, child: Child, school: School, chance: Chance) -> bool:
    """Granted where all is free; whoever comes after that waits."""
    pattern = chance.pick(PATTERNS)
    is_free = fits(pattern, free_numbers(year.places, year.taken))
    if is_free:
        for slot in moments_of(pattern):
            year.taken[slot] += 1
    asked = book.now - timedelta(days=chance.whole(20, 180))
    book.add(
        Registration(
            reference=book.reference(), year=year, child=child, school=school, pattern=pattern,
            held=pattern if is_free else 0, first=date(year.year, 9, 1),
            state="granted" if is_free else "waiting", state_at=asked, registered_at=asked,
        )
    )  # fmt: skip
    return is_free


def _stays(book: Book, club: Club, children: Sequence[Child], chance: Chance) -> None:
    held = {each.child_id: each.held for each in book.rows(Registration)}
    days = school_days(load_pack(PACK), Community.DUTCH, book.today - 2 * BACK * DAY, book.today - DAY)
    for day in days[-BACK:]:
        slot = 2 * day.weekday() + 1
        came = time(11, 50) if slot == 5 else time(15, 30)
        for child in children:
            if held[child.pk] >> slot & 1 and chance.happens(0.9):
                left = time(chance.whole(16, 17), chance.pick((5, 12, 25, 40, 55)))
                noted = datetime.combine(day, left, get_default_timezone())
                book.add(
                    Stay(
                        club=club,
                        child=child,
                        day=day,
                        part=Part.AFTER,
                        came_at=came,
                        left_at=left,
                        noted_at=noted,
                    )
                )


def _weeks(book: Book, club: Club, children: Sequence[Child], chance: Chance) -> None:
    """The next holidays: the first week is nearly full, the second opens tomorrow evening, the others later."""
    found = holidays_between(load_pack(PACK), Community.DUTCH, book.today + 14 * DAY, book.today + 300 * DAY)
    names = {"christmas": "Kerstvakantie", "carnival": "Krokusvakantie", "easter": "Paasvakantie",
             "summer": "Zomervakantie", "autumn": "Herfstvakantie"}  # fmt: skip
    mondays = [
        (f"{names[each.name]}, week {week + 1}", monday)
        for each in found
        if each.name in names
        for week in range(((each.last - each.first).days + 1) // 7)
        if (monday := each.first + (7 - each.first.weekday()) % 7 * DAY + 7 * week * DAY) > book.today
    ]
    for number, (name, monday) in enumerate(mondays[:8]):
        opens = datetime.combine(book.today + (14 * number - 20) * DAY, time(19), get_default_timezone())
        if number == 1:
            opens = datetime.combine(book.today + DAY, time(19), get_default_timezone())
        _week(book, club, name, monday, opens, children, chance)


def _week(
    book: Book,
    club: Club,
    name: str,
    monday: date,
    opens: datetime,
    children: Sequence[Child],
    chance: Chance,
) -> None:
    comes = [child for child in children if opens < book.now and chance.happens(0.75)]
    taken = comes[:PLACES]
    week = book.add(
        HolidayWeek(
            reference=book.reference(), club=club, name=name, first=monday, last=monday + 4 * DAY, opens_at=opens,
            closes_at=datetime.combine(monday, time(0), get_default_timezone()), places=PLACES,
            taken=len(taken),
        )
    )  # fmt: skip
    for number, child in enumerate(comes):
        asked = opens + timedelta(seconds=3 * number)
        book.add(
            HolidayPlace(
                reference=book.reference(), week=week, child=child,
                state="taken" if number < len(taken) else "waiting", state_at=asked, asked_at=asked,
            )
        )  # fmt: skip


def _sick_care(book: Book, desk: Desk, streets: Sequence[Street], chance: Chance) -> None:
    service = book.add(
        SickService(desk=desk, name="Zieke kinderen thuis", phone="016 55 01 99", hour_price=Decimal("4.00"),
                    about="Een begeleider komt bij jou thuis, ook als je het pas 's avonds weet.")
    )  # fmt: skip
    carers = []
    for number, name in enumerate(CARERS):
        street = chance.pick(streets)
        carer = book.add(
            SickCarer(
                reference=book.reference(), service=service, name=name, email=f"{sort_key(name)}@thuis.example",
                phone=f"0470 55 02 0{number}", street=f"{street.name} 5", postcode=street.postcode,
                city=street.city, longitude=street.longitude, latitude=street.latitude, radius_km=8 + number,
            )
        )  # fmt: skip
        carers.append(carer)
        for ahead in range(8):
            day = book.today + ahead * DAY
            if day.weekday() < 5 and (number + ahead) % 4:
                book.add(CarerDay(carer=carer, day=day, begins=time(7), ends=time(18)))
    pupil = book.rows(Registration)[0].child
    home = pupil.household
    asked = book.now - timedelta(hours=10)
    call = book.add(
        SickCall(
            reference=book.reference(), service=service, child=pupil, day=book.today, begins=time(8),
            ends=time(16, 30), street=home.street, postcode=home.postcode, city=home.city,
            longitude=home.longitude or 0.0, latitude=home.latitude or 0.0, state=CallState.CONFIRMED, asked_at=asked,
            settled_at=asked + timedelta(minutes=31),
        )
    )  # fmt: skip
    for carer, state, after in ((carers[1], ProposalState.LAPSED, 0), (carers[2], ProposalState.YES, 20)):
        moment = asked + timedelta(minutes=after)
        book.add(
            Proposal(
                call=call, carer=carer, day=call.day, km=2.4, asked_at=moment,
                answer_by=moment + timedelta(minutes=20), state=state, state_at=moment + timedelta(minutes=11),
            )
        )  # fmt: skip

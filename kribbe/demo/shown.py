"""What locations of the demo show: rules that most agreed to, drawn photos, reports, open days, a proof."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from io import BytesIO

from django.utils.timezone import get_default_timezone
from PIL import Image, ImageDraw

from kribbe.demo.book import Book
from kribbe.demo.chance import Chance
from kribbe.demo.tables import table
from kribbe.enrolment.models import ProofRequest
from kribbe.people.models import Household
from kribbe.places.models import (
    Charter,
    CharterAgreement,
    Inspection,
    LicenceCheck,
    LicenceState,
    Location,
    OpenDay,
    Photo,
    WeekdayHours,
)
from kribbe.region.models import Desk
from kribbe.trust import files, pictures
from kribbe.trust.models import StoredFile

WIDTH, HEIGHT = 1000, 600
PHOTO_EVERY = 5
"""One location in five has photos, so that building stays quick."""

Colours = tuple[str, str, str]


def show(book: Book) -> None:
    """Add what locations show, and one proof that was asked."""
    chance, data = Chance("shown"), table("shown")
    _licences(book, data["licence_source"])
    charters = {desk.pk: _charter(book, desk, data["rules"]) for desk in book.rows(Desk)}
    scenes = [_drawn(tuple(scene["colours"])) for scene in data["scene"]]
    for place, location in enumerate(book.rows(Location)):
        if chance.happens(0.85):
            _agreed(book, charters[location.desk_id], location, chance)
        if place % PHOTO_EVERY == 0:
            _photos(book, location, data["scene"], scenes, chance)
        if chance.happens(0.4):
            _report(book, location, chance)
        if chance.happens(0.15):
            _open_day(book, location, chance)
    _proof(book, data["proof"])


def _licences(book: Book, source: str) -> None:
    """The last check of each licence, and for a suspended one the check before it."""
    chance = Chance("licences")
    for location in book.rows(Location):
        day = location.licence_checked_on
        if day is None:
            continue
        checks = [(location.licence_state, day)]
        if location.licence_state == LicenceState.SUSPENDED:
            checks = [(LicenceState.LICENSED, day - timedelta(days=150)), *checks]
        for state, checked in checks:
            book.add(
                LicenceCheck(
                    location=location,
                    state=state,
                    checked_on=checked,
                    source=source,
                    noted_at=chance.moment(checked),
                    noted_name=location.desk.name,
                )
            )


def write_files(book: Book) -> None:
    """Draw the photos of the book into the folder of files; each scene is drawn once."""
    scenes = [pictures.for_page(_drawn(tuple(scene["colours"]))) for scene in table("shown")["scene"]]
    for row in book.rows(StoredFile):
        place = files.folder(row.key)
        place.mkdir(parents=True, mode=0o700, exist_ok=True)
        for each in scenes[int(row.key[-2:], 16)].files:
            (place / each.name).write_bytes(each.data)


def _charter(book: Book, desk: Desk, texts: dict[str, str]) -> Charter:
    return book.add(
        Charter(
            desk=desk,
            version=1,
            texts=texts,
            from_day=book.today - timedelta(days=200),
            term_days=365,
            needed_to_offer=True,
            published_at=book.now - timedelta(days=210),
        )
    )


def _agreed(book: Book, charter: Charter, location: Location, chance: Chance) -> None:
    day = charter.from_day + timedelta(days=chance.whole(1, 60))
    name = location.organiser.name if location.organiser else location.name
    moment = chance.moment(day)
    book.add(CharterAgreement(charter=charter, location=location, agreed_at=moment, agreed_name=name))


def _photos(
    book: Book, location: Location, scenes: Sequence[dict[str, str]], drawn: Sequence[bytes], chance: Chance
) -> None:
    for position, number in enumerate(chance.shuffled(range(len(scenes)))[:3], start=1):
        file = book.add(
            StoredFile(
                key=f"{location.pk:026x}{position:04x}{number:02x}",
                space=f"location:{location.pk}",
                name=f"{scenes[number]['name']}.jpg",
                media_type="image/jpeg",
                size=len(drawn[number]),
                width=WIDTH,
                height=HEIGHT,
                widths=[width for width in pictures.WIDTHS if width < WIDTH] + [WIDTH],
                created_at=book.now,
            )
        )
        book.add(
            Photo(
                location=location, file=file, alt=scenes[number]["alt"], position=position, added_at=book.now
            )
        )


def _report(book: Book, location: Location, chance: Chance) -> None:
    day = book.today - timedelta(days=chance.whole(60, 900))
    url = f"https://inspectie.example/verslag/{location.licence_number}"
    book.add(Inspection(location=location, day=day, title=f"Inspectieverslag {day.year}", url=url))


def _open_day(book: Book, location: Location, chance: Chance) -> None:
    day = book.today + timedelta(days=chance.whole(10, 90))
    book.add(OpenDay(location=location, day=day, starts_at=time(10), ends_at=time(12), note=""))
    book.add(WeekdayHours(location=location, weekday=3, opens_at=location.opens_at, closes_at=time(20)))


def _proof(book: Book, said: dict[str, str]) -> None:
    household = book.rows(Household)[0]
    asked = datetime.combine(book.today - timedelta(days=2), time(10), get_default_timezone())
    book.add(
        ProofRequest(
            reference=book.reference(),
            household=household,
            what=said["what"],
            why=said["why"],
            until=book.today + timedelta(days=12),
            asked_at=asked,
        )
    )


def _drawn(colours: Colours) -> bytes:
    """An invented room or garden in three colours: sky or wall, floor or grass, and what stands there."""
    back, floor, things = colours
    image = Image.new("RGB", (WIDTH, HEIGHT), back)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, HEIGHT * 2 // 3, WIDTH, HEIGHT), fill=floor)
    draw.ellipse((680, 60, 820, 200), fill="#ffe8a3")
    draw.polygon([(120, 400), (300, 210), (480, 400)], fill=things)
    draw.rectangle((160, 400, 440, 520), fill="#fff7e8")
    draw.rectangle((270, 430, 330, 520), fill=things)
    for left in range(560, 940, 110):
        draw.rounded_rectangle((left, 420, left + 80, 500), radius=18, fill=things)
        draw.ellipse((left + 18, 370, left + 62, 414), fill="#fff7e8")
    out = BytesIO()
    image.save(out, "PNG")
    return out.getvalue()

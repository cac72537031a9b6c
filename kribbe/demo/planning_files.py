"""Files of the children who are cared for, and extra days that families ask."""

from collections.abc import Iterator
from datetime import timedelta

from kribbe.demo.book import Book
from kribbe.demo.chance import Chance
from kribbe.enrolment.models import Placement, PlacementState
from kribbe.places.models import Group, Location
from kribbe.planning.models import ChildFile, DayChange, DayRules, DayState, Severity, ShortNotice
from kribbe.planning.selectors.child_file import SHOWN_BEFORE
from kribbe.rules.calendar import monday_of
from kribbe.rules.halfdays import WeekPattern

DAY = timedelta(days=1)
FILLED_SHARE, ALLERGIC_SHARE, AT_ONCE_SHARE = 0.92, 0.12, 0.4
ASKED_SHARE, LISTENING_SHARE = 0.05, 0.04
ALLERGIES = (
    ("noten", Severity.LIFE, "EpiPen uit de rode tas, dan 112 bellen"),
    ("koemelk", Severity.SERIOUS, "Sojamelk in de flesjes, geen kaas"),
    ("ei", Severity.SERIOUS, "Geen wafels of pannenkoeken"),
    ("gras en pollen", Severity.MILD, ""),
    ("pleisters", Severity.MILD, "Gaasje met tape gebruiken"),
)
SLEEP = ("Een dutje om 10 uur en een om 14 uur", "Slaapt na het eten, met tutje", "Eén keer, om 12:30")
FOOD = ("Flesje van 180 ml om 10 uur", "Eet alles, liefst zelf", "Geen vlees", "Nog geen stukjes")
COMFORT = ("Het blauwe doekje", "Wiegen en zingen", "Even alleen laten", "Konijn Flap")
PEOPLE = (("Rita", "oma"), ("Walter", "opa"), ("Nele", "tante"), ("Jens", "buurman"), ("Fatima", "peettante"))


def add_files(book: Book) -> None:
    """Nearly every child that comes has its file; some were looked at too long ago."""
    chance = Chance("child files")
    seen = set()
    for placement in _running(book):
        if placement.child.pk in seen or not chance.happens(FILLED_SHARE):
            continue
        seen.add(placement.child.pk)
        first, relation = chance.pick(PEOPLE)
        person = {
            "name": f"{first} {placement.child.last_name}",
            "relation": relation,
            "phone": f"0470 00 {chance.whole(10, 99)} {chance.whole(10, 99)}",
        }
        book.add(
            ChildFile(
                child=placement.child,
                version=1,
                allergies=_allergies(chance),
                sleep=chance.pick(SLEEP),
                food=chance.pick(FOOD),
                comfort=chance.pick(COMFORT),
                vaccinations="Volgens het basisschema",
                doctor=f"Dr. {chance.pick(('Peers', 'Lambrechts', 'Yildiz', 'Claes'))}",
                doctor_phone="016 00 00 00",
                fetchers=[person],
                contacts=[person],
                checked_at=book.now - timedelta(days=chance.whole(3, 210)),
            )
        )


def add_days(book: Book) -> None:
    """What locations decided of extra days; families that wait for an answer, and some that hear of free places."""
    chance = Chance("extra days")
    rules = {
        location.pk: book.add(
            DayRules(
                location=location,
                at_once=chance.happens(AT_ONCE_SHARE),
                swap_weeks=chance.whole(0, 3),
                short_notice=chance.happens(AT_ONCE_SHARE),
            )
        )
        for location in book.rows(Location)
    }
    locations = {group.pk: group.location_id for group in book.rows(Group)}
    for placement in _running(book):
        if placement.during[0] > book.today:
            continue
        if rules[locations[placement.group_id]].short_notice and chance.happens(LISTENING_SHARE):
            book.add(ShortNotice(placement=placement, since=book.now - timedelta(days=chance.whole(1, 90))))
        free = [day for day in range(5) if day not in WeekPattern(placement.pattern).days()]
        if free and chance.happens(ASKED_SHARE):
            _ask(book, placement, chance.pick(free), chance)


def _ask(book: Book, placement: Placement, weekday: int, chance: Chance) -> None:
    day = monday_of(book.today) + timedelta(weeks=chance.whole(1, 4)) + weekday * DAY
    if day >= placement.during[1]:
        return
    refused = chance.happens(0.25)
    asked = book.now - timedelta(hours=chance.whole(2, 70))
    book.add(
        DayChange(
            reference=book.reference(),
            placement=placement,
            day=day,
            halves=chance.pick((1, 2, 3, 3)),
            state=DayState.REFUSED if refused else DayState.ASKED,
            asked_at=asked,
            answered_at=book.now - timedelta(hours=1) if refused else None,
            reason="Die dag zijn we met één begeleider minder." if refused else "",
        )
    )


def _allergies(chance: Chance) -> list[dict[str, str]]:
    if not chance.happens(ALLERGIC_SHARE):
        return []
    what, severity, to_do = chance.pick(ALLERGIES)
    return [{"what": what, "severity": severity.value, "to_do": to_do}]


def _running(book: Book) -> Iterator[Placement]:
    """Certain places that run, or begin within the weeks in which their file is shown."""
    for placement in book.rows(Placement):
        start, end = placement.during
        if (
            placement.state == PlacementState.FINAL
            and start <= book.today + SHOWN_BEFORE
            and end > book.today
        ):
            yield placement

"""What the policy officer keeps, one of each."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from kribbe.people.models import FactKind
from kribbe.places.importing.files import read_bytes
from kribbe.places.importing.mapping import known_words
from kribbe.places.models import Location
from kribbe.policy.models import ExpansionFile, FileKind, FileState
from kribbe.policy.services.expansion import FileFacts, GrantFacts, add_file, add_grant
from kribbe.policy.services.licences import check_list
from kribbe.policy.services.reports import fix_report
from kribbe.policy.territory import Territory
from kribbe.region.models import Desk, Municipality
from kribbe.rules.counting import RequestEnd
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing import cast
from kribbe.trust.principal import SYSTEM

WEEK = WeekPattern.from_text("mon tue")
VULNERABLE = (FactKind.SINGLE, FactKind.LOW_INCOME, FactKind.NO_DIPLOMA)
HEAD = "Naam;Dossiernummer;Straat;Postcode;Gemeente;Plaatsen;Soort;Lengtegraad;Breedtegraad\n"


def licences(*rows: str) -> bytes:
    """A list of licences as the authority gives it."""
    return (HEAD + "\n".join(rows)).encode()


def new_file(desk: Desk, now: datetime, **facts: Any) -> ExpansionFile:
    """An expansion file, planned."""
    given: dict[str, Any] = {
        "kind": FileKind.NEW_BUILDING,
        "title": "Nieuwbouw Lindeplein",
        "municipality": desk.municipality,
        "places_new": 21,
        "places_kept": 0,
        "expected_on": date(2027, 9, 1),
        "probability": 80,
    }
    return add_file(
        principal=SYSTEM,
        desk=desk,
        facts=FileFacts(**{**given, **facts}),
        state=FileState.PLANNED,
        on=date(2026, 1, 5),
        now=now,
    )


def year_of_families(location: Location, *, neighbour: Municipality, year: int) -> None:
    """35 families who asked in March of a year: none of the numbers of its report is small, so nothing is hidden."""
    desk = location.desk
    soon, later = date(year, 3, 22), date(year, 12, 1)
    asked = datetime(year, 3, 2, 9, tzinfo=UTC)
    for count, end, home, work, facts, start in (
        (6, RequestEnd.ANSWERED, desk.municipality, neighbour, (), later),
        (7, RequestEnd.UNANSWERED, desk.municipality, neighbour, VULNERABLE, later),
        (8, RequestEnd.UNANSWERED, desk.municipality, neighbour, (FactKind.SINGLE,), soon),
        (9, None, neighbour, desk.municipality, (), later),
        (5, RequestEnd.LAPSED_MISCARRIAGE, desk.municipality, neighbour, VULNERABLE, later),
    ):
        for number in range(count):
            name = f"{end}{number}{start:%m}"
            household = cast.make_household(desk, name, now=asked, municipality=home)
            household.adults.update(work_municipality=work)
            for kind in facts:
                cast.make_fact(household, kind, since=date(year - 1, 1, 1), now=asked)
            child = cast.make_child(household, name, born=date(year - 1, 12, 1 + number))
            made = cast.make_request(child, [location], start=start, pattern=WEEK, now=asked)
            if end is not None:
                made.state, made.ended_at, made.end = "ended", datetime(year, 11, 20, 9, tzinfo=UTC), end
                made.save()


def policy_rows(desk: Desk, location: Location, *, now: datetime) -> dict[str, object]:
    """Names of a fixed report, a file, a grant and a difference of the desk."""
    territory = Territory.of_desk(desk)
    report = fix_report(principal=SYSTEM, territory=territory, desk=desk, year=now.year - 1, now=now)
    file = new_file(desk, now)
    facts = GrantFacts(
        purpose="Premie",
        places=21,
        amount_a_place=Decimal("300.00"),
        expected_on=date(2027, 10, 1),
        file=file,
    )
    grant = add_grant(principal=SYSTEM, desk=desk, facts=facts, now=now)
    content = licences("Nieuw Huis;123;Kerkstraat 3;3999;Lindedaal;9;kinderdagverblijf;4,70;50,88")
    table = read_bytes(content, header_words=known_words)
    check = check_list(principal=SYSTEM, desk=desk, table=table, file_name="lijst.csv", now=now)
    return {
        "report": report.reference,
        "file": file.reference,
        "place_grant": grant.reference,
        "difference": check.differences.order_by("pk")[0].pk,
    }

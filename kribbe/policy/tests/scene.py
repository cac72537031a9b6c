"""What the policy officer keeps, one of each."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from kribbe.places.importing.files import read_bytes
from kribbe.places.importing.mapping import known_words
from kribbe.places.models import Location
from kribbe.policy.models import ExpansionFile, FileKind, FileState
from kribbe.policy.services.expansion import FileFacts, GrantFacts, add_file, add_grant
from kribbe.policy.services.licences import check_list
from kribbe.policy.services.reports import fix_report
from kribbe.policy.territory import Territory
from kribbe.region.models import Desk
from kribbe.trust.principal import SYSTEM

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

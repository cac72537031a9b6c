"""The files of the yearly report say what a count by hand over the raw rows gives: CSV and PDF, by category."""

import csv
import re
from collections import Counter
from datetime import UTC, datetime
from io import BytesIO, StringIO

import pytest
from django.urls import reverse
from pypdf import PdfReader

from kribbe.enrolment.models import CareRequest
from kribbe.enrolment.tests.location_scene import client_of
from kribbe.people.models import Adult, HouseholdFact
from kribbe.places.models import GroupCapacity
from kribbe.policy.services.reports import fix_report
from kribbe.policy.territory import Territory
from kribbe.policy.tests.scene import VULNERABLE, year_of_families
from kribbe.testing import cast
from kribbe.testing.worlds import built_once
from kribbe.trust.principal import SYSTEM, Role, Scope

pytestmark = pytest.mark.django_db

NOW = datetime(2027, 1, 11, 9, 0, tzinfo=UTC)
URGENT_DAYS = 30
HOW = ("total", "answered", "unanswered", "running", "otherwise")
"""How a request stands, in the order of the report's columns."""

CSV_NAMES = {
    "urgent": "Urgent",
    "vulnerable": "Vulnerable families",
    "resident": "Living here",
    "works_here": "A parent works here",
}
PDF_NAMES = {
    "urgent": "Dringend",
    "vulnerable": "Kwetsbare gezinnen",
    "resident": "Woont hier",
    "works_here": "Een ouder werkt hier",
}


@built_once
def desk():
    return cast.make_desk(urgent_days=URGENT_DAYS)


@pytest.fixture
def _families(desk):
    other = cast.make_desk("beukenrode", nis="99002")
    location = cast.make_location(desk, "De Notelaar")
    cast.make_group(location, 14, now=NOW)
    year_of_families(location, neighbour=other.municipality, year=2026)


def by_hand(desk):
    """Each raw row looked at once, with the rules in a few plain words and none of the product's counting."""
    found = {name: Counter() for name in ("all", *CSV_NAMES)}
    for row in CareRequest.objects.filter(desk=desk).select_related("household"):
        how = {"answered": "answered", "unanswered": "unanswered", "": "running"}.get(row.end, "otherwise")
        facts = set(HouseholdFact.objects.filter(household=row.household).values_list("kind", flat=True))
        works = Adult.objects.filter(household=row.household).values_list("work_municipality", flat=True)
        true = {
            "all": True,
            "urgent": (row.wanted_start - row.registered_at.date()).days <= URGENT_DAYS,
            "vulnerable": facts >= {str(kind) for kind in VULNERABLE},
            "resident": row.household.municipality_id == desk.municipality_id,
            "works_here": desk.municipality_id in works,
        }
        for name in found:
            if true[name]:
                found[name].update([how, "total"])
    return {name: tuple(counted[each] for each in HOW) for name, counted in found.items()}


def officer(desk):
    return client_of(
        cast.make_user(
            "joris@loket.example", role=Role.POLICY_OFFICER, scope=Scope.DESK, scope_id=desk.pk, now=NOW
        )
    )


def fixed(desk):
    report = fix_report(principal=SYSTEM, territory=Territory.of_desk(desk), desk=desk, year=2026, now=NOW)
    return reverse("policy:report", args=[desk.slug, report.reference])


@pytest.mark.usefixtures("_families")
def test_the_csv_is_what_a_count_by_hand_gives(desk):
    hand = by_hand(desk)
    assert hand["all"] == (35, 6, 15, 9, 5), "6 + (7 + 8) + 9 + 5"
    content = officer(desk).get(fixed(desk), {"download": "csv"}).content.decode("utf-8-sig")
    told = {}
    for row in csv.DictReader(StringIO(content), delimiter=";"):
        told.setdefault((row["Figure"], row["Part"]), []).append(row["Value"])
    answers = [told["Requests in 2026", part] for part in ("Total", "Answered", "Unanswered", "Still open")]
    assert answers == [[str(count)] for count in hand["all"][:4]]
    for name, label in CSV_NAMES.items():
        assert told["Requests in 2026, by category", label] == [str(count) for count in hand[name]]
    homes = Counter(CareRequest.objects.values_list("household__municipality__name_nl", flat=True))
    for home, count in homes.items():
        assert told["Requests in 2026, by where the family lives", home] == [str(count)]
    capacity = GroupCapacity.objects.get()
    assert told["Places on 31 December 2026", "Total"] == [
        str(count) for count in (capacity.licensed_places, capacity.staffed_places, capacity.bookable_places)
    ]


@pytest.mark.usefixtures("_families")
def test_the_pdf_is_what_a_count_by_hand_gives(desk):
    hand = by_hand(desk)
    content = officer(desk).get(fixed(desk), {"download": "pdf"}).content
    words = "\n".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)
    assert numbers_after("Totaal", words)[0] == hand["all"][:1]
    for count, label in zip(
        hand["all"][1:], ("Beantwoord", "Onbeantwoord", "Nog open", "Anders geëindigd"), strict=True
    ):
        assert numbers_after(label, words) == [(count,)]
    for name, label in PDF_NAMES.items():
        assert numbers_after(label, words) == [hand[name]]


def numbers_after(label, words):
    """The rows of the document that begin with this label and go on with numbers alone."""
    found = re.findall(rf"^{re.escape(label)}((?: \d+)+)$", words, re.MULTILINE)
    return [tuple(map(int, row.split())) for row in found]

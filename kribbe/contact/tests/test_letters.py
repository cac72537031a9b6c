"""Letters on paper: one and many, the address in the window, and nobody's text is markup."""

import io
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from kribbe.contact.models import Letter, Notice
from kribbe.contact.services import tell_household
from kribbe.people.models import Household
from kribbe.testing.cast import make_household, make_user
from kribbe.testing.clock import Clock
from kribbe.testing.sessions import log_in
from kribbe.trust.models import AuditEntry
from kribbe.trust.principal import Role, Scope

pytestmark = pytest.mark.django_db
PRINT = reverse("contact:print_letters", args=["lindedaal"])
POSTED = reverse("contact:post_letters", args=["lindedaal"])
MM = 72 / 25.4


@pytest.fixture
def cleo(household: Household, clock: Clock) -> Client:
    user = make_user(
        "cleo@desk.example", role=Role.CLERK, scope=Scope.DESK, scope_id=household.desk_id, now=clock.now
    )
    return log_in(Client(), user, second_factor=True)


def letter(household: Household, clock: Clock, child: str = "Noor") -> Notice:
    household.adults.update(email="")
    kind = "testing/place_offered"
    return tell_household(household_id=household.pk, kind=kind, context={"child": child}, now=clock.now)


def read(response: Any) -> PdfReader:
    assert response["Content-Type"] == "application/pdf"
    return PdfReader(io.BytesIO(response.content), strict=True)


def places_of(reader: PdfReader, words: str) -> list[tuple[float, float]]:
    """Where these words begin on the first page: millimetres from the left and from the top."""
    found = []

    def visit(text: str, matrix: Any, text_matrix: Any, _font: Any, _size: Any) -> None:
        if words in text:
            x = text_matrix[4] * matrix[0] + matrix[4]
            y = text_matrix[5] * matrix[3] + matrix[5]
            found.append((x / MM, 297 - y / MM))

    reader.pages[0].extract_text(visitor_text=visit)
    return found


def languages(node: Any) -> set[str]:
    """The languages that elements of the structure tree have of their own."""
    here = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(here, list):
        return set().union(*map(languages, here)) if here else set()
    if not isinstance(here, dict):
        return set()
    own = {str(here["/Lang"])} if "/Lang" in here else set()
    return own | languages(here.get("/K", []))


def test_one_letter_with_its_address_in_the_window(household: Household, clock: Clock, cleo: Client) -> None:
    notice = letter(household, clock)
    reader = read(cleo.get(PRINT, {"letter": notice.reference}))
    text = reader.pages[0].extract_text()
    assert "An Maes\nDorpsstraat 5\n3999 Lindedaal" in text
    assert "Lindedaal, 2 maart 2026" in text
    assert "<Noor> Wordt verzonden" in text
    assert reader.metadata is not None
    assert reader.metadata.title == notice.subject
    (place,) = places_of(reader, "An Maes")[:1]
    assert place == pytest.approx((110, 54), abs=4)
    assert AuditEntry.objects.get(action="letters.printed").data["households"] == [household.pk]


def test_many_letters_each_count_their_own_pages(household: Household, clock: Clock, cleo: Client) -> None:
    letter(household, clock)
    other = make_household(household.desk, "Peeters", now=clock.now)
    letter(other, clock, child="\n\n".join(["Een lange zin over Finn."] * 50))
    reader = read(cleo.get(PRINT))
    feet = [page.extract_text().split("agina ")[-1] for page in reader.pages]
    total = len(feet) - 1
    assert total > 1
    assert feet == ["1 van 1", *(f"{number} van {total}" for number in range(1, total + 1))]
    assert "An Peeters" in reader.pages[1].extract_text()


def test_a_translation_and_the_dutch_text_each_keep_their_language(
    household: Household, clock: Clock, cleo: Client
) -> None:
    household.desk.letter_languages = ["nl", "en"]
    household.desk.save()
    household.language = "en"
    household.save()
    letter(household, clock)
    reader = read(cleo.get(PRINT))
    text = reader.pages[0].extract_text()
    assert "The Dutch text below is the one that counts in law." in text
    assert "----" not in text
    root: Any = reader.trailer["/Root"]
    assert root["/Lang"] == "nl"
    assert "en" in languages(root["/StructTreeRoot"])


def test_letters_of_another_desk_are_not_printed(household: Household, clock: Clock, cleo: Client) -> None:
    from kribbe.testing.cast import make_desk

    stranger = make_household(make_desk("elders", nis="99002"), "Elders", now=clock.now)
    notice = letter(stranger, clock)
    answer = cleo.get(PRINT, {"letter": notice.reference})
    assert answer.status_code == 302
    cleo.post(POSTED, {"letter": notice.reference})
    assert Letter.objects.get().posted_at is None


def test_those_ticked_are_posted_in_one_go(household: Household, clock: Clock, cleo: Client) -> None:
    first, second, third = (letter(household, clock) for _ in range(3))
    cleo.post(POSTED, {"letter": [first.reference, third.reference]})
    assert list(Letter.objects.filter(posted_at=None)) == [second.letter]


@pytest.mark.parametrize("count", [2, 7])
def test_printing_costs_the_same_at_any_size(
    household: Household, clock: Clock, cleo: Client, django_assert_max_num_queries: Any, count: int
) -> None:
    for number in range(count):
        letter(make_household(household.desk, f"Gezin {number}", now=clock.now), clock)
    with django_assert_max_num_queries(9):
        assert cleo.get(PRINT).status_code == 200

"""A child taken directly beside requests: worked by hand, and what never can be."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kribbe.rules.duplicates import CERTAIN, Name, Person, weights
from kribbe.rules.taken import Asked, Taken, birth_window, compare_taken

MONTH, START = date(2026, 3, 1), date(2026, 11, 2)


def name(text: str) -> Name:
    """A name that sounds as it is written, but for what "kk" and "k" are."""
    return Name(text.lower(), text.lower().replace("kk", "k"))


def read(first: str, last: str = "") -> tuple[tuple[Name, Name], ...]:
    return ((name(first), name(last)), (name(last), name(first)))


def child(
    first: str = "Noor", last: str = "Dekker", born: date | None = date(2026, 3, 14), **known: object
) -> Person:
    return Person(first=name(first), last=name(last), born=born, **{"expected": None, **known})


TAKEN = Taken(readings=read("Noor", "Dekker"), month=MONTH, start=START, pattern=3, home="1")
ASKED = Asked(child=child(), start=START + timedelta(days=30), pattern=3, wished=True, home="1")

WORKED = [
    ("all the same", TAKEN, ASKED, 99),
    ("the whole name in another order and the month", replace(TAKEN, readings=read("Dekker", "Noor"), home=""),
     replace(ASKED, wished=False, pattern=5, start=date(2028, 1, 1)), 40 + 25),
    ("a slip in the name", replace(TAKEN, readings=read("Noor", "Deker"), home=""),
     replace(ASKED, wished=False, pattern=5), 32 + 25 + 10),
    ("a first name and a letter", replace(TAKEN, readings=read("Noor", "D"), home="2"),
     replace(ASKED, pattern=5), 28 + 25 + 20 - 15 + 10),
    ("letters at the chosen location", replace(TAKEN, readings=read("N", "D")), replace(ASKED, pattern=5),
     12 + 25 + 20 + 10 + 10),
    ("a first name only, elsewhere", replace(TAKEN, readings=read("Noor"), home=""),
     replace(ASKED, wished=False, pattern=5, start=date(2028, 1, 1)), 22 + 25),
    ("under the name of the other parent", replace(TAKEN, readings=read("Noor", "Claes"), home=""),
     replace(ASKED, child=child(adult_last_names=frozenset({name("Claes")})), pattern=5), 40 + 25 + 20 + 10),
    ("expected without a name", TAKEN,
     replace(ASKED, child=child("", born=None, expected=date(2026, 4, 10))), 18 + 14 + 20 + 10 + 10 + 10),
    ("another name at the chosen location", replace(TAKEN, readings=read("Lou", "Dekker")), ASKED,
     -60 + 25 + 20 + 10 + 10 + 10),
    ("born in another month", TAKEN, replace(ASKED, child=child(born=date(2026, 4, 1))), 0),
    ("expected half a year later", TAKEN, replace(ASKED, child=child(born=None, expected=date(2026, 9, 1))), 0),
]  # fmt: skip


@pytest.mark.parametrize(("what", "taken", "asked", "points"), WORKED, ids=[row[0] for row in WORKED])
def test_worked_by_hand(what: str, taken: Taken, asked: Asked, points: int) -> None:
    assert compare_taken(taken, asked).score == points, what


def test_what_a_clerk_is_asked_to_look_at() -> None:
    listed = [what for what, taken, asked, _ in WORKED if compare_taken(taken, asked).is_listed]
    assert listed == [row[0] for row in WORKED[:5]] + [row[0] for row in WORKED[6:8]]


@given(st.dates(date(2026, 1, 1), date(2026, 6, 30)), st.booleans())
def test_no_likeness_outside_the_window_in_which_is_looked(day: date, born: bool) -> None:
    one = child(born=day) if born else child(born=None, expected=day)
    first, last = birth_window(MONTH)
    found = compare_taken(TAKEN, replace(ASKED, child=one))
    assert 0 <= found.score < CERTAIN
    if found.signs:
        assert first <= day <= last
        assert [reason.code for reason in found.reasons] == [f"same.{sign}" for sign in found.signs]


def test_every_sign_has_its_points_and_words() -> None:
    from kribbe.rules.reasons import CODES

    signs = {sign for sign in weights()["points"] if sign.startswith("taken_")}
    assert signs == {code.removeprefix("same.") for code in CODES if code.startswith("same.taken_")}

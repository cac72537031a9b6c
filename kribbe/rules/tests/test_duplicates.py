import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kribbe.rules.duplicates import CERTAIN, Name, Person, compare, keys, weights

BORN = date(2026, 3, 14)


def name(text: str) -> Name:
    """A name with a sound of its own making: doubled letters are heard once."""
    plain = text.lower()
    return Name(plain, re.sub(r"(.)\1", r"\1", plain))


def person(first: str, last: str, born: date | None = BORN, **known: object) -> Person:
    values = {"expected": None, **known}
    return Person(first=name(first), last=name(last), born=born, **values)


NOOR = person(
    "Noor",
    "Janssens",
    emails=frozenset({"an@ouders.example"}),
    phones=frozenset({"470123456"}),
    adults=frozenset({name("Janssens An")}),
    adult_last_names=frozenset({name("Janssens")}),
    addresses=frozenset({"kerkstraat 12 3999"}),
)

WORKED = [
    ("all but a typing slip in the name", replace(NOOR, last=name("Jansens")), 25 + 12 + 25 + 25 + 20 + 15 + 15),
    ("two parents at two addresses", person("Noor", "Janssens"), 25 + 15 + 25),
    ("under the other parent's name", person("Noor", "Claes", adults=frozenset({name("Claes Jo")})), 25 - 10 + 25),
    ("expected, without a name, by the same parent",
     replace(NOOR, first=Name(), born=None, expected=BORN + timedelta(days=9)), 5 + 15 + 18 + 25 + 20 + 15 + 15),
    ("expected under another name", replace(NOOR, first=name("Robin"), born=None, expected=BORN), -10 + 15 + 18 + 75),
    ("day and month swapped", replace(NOOR, born=date(2026, 3, 13)), 25 + 15 + 12 + 75),
    ("a brother or sister of the same day, asked apart", replace(NOOR, first=name("Lou")), -60 + 15 + 25 + 75),
    ("another child of the same family", replace(NOOR, first=name("Lou"), born=date(2024, 1, 2)), 0),
    ("neighbours", person("Ilyas", "Vos", addresses=NOOR.addresses), 0),
]  # fmt: skip


@pytest.mark.parametrize(("what", "other", "points"), WORKED, ids=[row[0] for row in WORKED])
def test_worked_by_hand(what: str, other: Person, points: int) -> None:
    found = compare(NOOR, other)
    assert found.score == max(0, min(points, CERTAIN - 1)), what


def test_what_a_clerk_is_asked_to_look_at() -> None:
    listed = {what for what, other, _ in WORKED if compare(NOOR, other).is_listed}
    assert listed == {
        "all but a typing slip in the name",
        "two parents at two addresses",
        "expected, without a name, by the same parent",
        "expected under another name",
        "day and month swapped",
    }


def test_the_reasons_are_the_signs_the_heaviest_first() -> None:
    found = compare(NOOR, replace(NOOR, last=name("Jansens")))
    assert [reason.english() for reason in found.reasons][:2] == [
        "The date of birth is the same.",
        "The first name is the same.",
    ]
    points = [weights()["points"][sign] for sign in found.signs]
    assert points == sorted(points, reverse=True)


names = st.sampled_from(["Noor", "Nora", "Lou", "Émile", ""]).map(name)
lasts = st.sampled_from(["Janssens", "Jansens", "De Smet", "Vos"]).map(name)
days = st.dates(date(2026, 1, 1), date(2026, 12, 31))
people = st.builds(
    Person,
    first=names,
    last=lasts,
    born=st.none() | days,
    expected=days,
    number=st.sampled_from(["", "a", "b"]),
    made_together=st.sampled_from(["", "1", "2"]),
    emails=st.frozensets(st.sampled_from("xy")),
    phones=st.frozensets(st.sampled_from("pq")),
    adults=st.frozensets(lasts, max_size=2),
    adult_last_names=st.frozensets(lasts, max_size=2),
    addresses=st.frozensets(st.sampled_from("st")),
)


@given(people, people)
def test_it_is_the_same_from_both_sides_and_stays_within_bounds(one: Person, other: Person) -> None:
    found = compare(one, other)
    assert found == compare(other, one)
    assert 0 <= found.score <= CERTAIN
    assert len(found.reasons) == len(found.signs)


@given(people, people)
def test_twins_of_one_request_are_never_the_same(one: Person, other: Person) -> None:
    twins = replace(one, made_together="7"), replace(other, made_together="7")
    assert compare(*twins).score == 0


@given(people, people)
def test_numbers_decide_alone(one: Person, other: Person) -> None:
    one, other = replace(one, made_together="1"), replace(other, made_together="2")
    assert compare(replace(one, number="a"), replace(other, number="a")).score == CERTAIN
    assert compare(replace(one, number="a"), replace(other, number="b")).score == 0
    assert compare(replace(one, number=""), other).score < CERTAIN


@given(people, people)
def test_one_more_sign_never_makes_it_less_likely(one: Person, other: Person) -> None:
    more = replace(one, emails=one.emails | {"z"}), replace(other, emails=other.emails | {"z"})
    assert compare(*more).score >= compare(one, other).score


@given(people, people)
def test_who_is_listed_shares_a_key(one: Person, other: Person) -> None:
    if compare(one, other).is_listed:
        assert keys(one) & keys(other)

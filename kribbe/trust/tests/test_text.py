from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kribbe.trust.text import (
    LAST_DAY,
    begun_address,
    day_of,
    fold,
    phonetic_key,
    row_key,
    sort_key,
    whole_number,
)

ALIKE = [
    ("Janssens", "Jansens"),
    ("Maes", "Maas"),
    ("Claes", "Klaas"),
    ("De Smet", "Desmedt"),
    ("D'hondt", "Dhont"),
    ("Thys", "Thijs", "Tijs"),
    ("Van den Broucke", "Vandenbroecke"),
    ("De Cuyper", "Dekuiper", "Decuijper"),
    ("Wouters", "Wauters"),
    ("Gauthier", "Gautier"),
    ("Émile", "Emiel"),
    ("François", "Fransois"),
    ("Lefebvre", "Lefèvre"),
    ("Maya", "Maja", "Maia"),
    ("Yasmine", "Jasmien"),
    ("Philippe", "Filip"),
    ("Dupont", "Dupond"),
    ("Alexander", "Aleksander"),
    ("Naamsestraat", "Naamse straet"),
]
APART = [
    ("Janssens", "Jacobs"),
    ("Noor", "Nora"),
    ("Kerkstraat 1", "Kerkstraat 11"),
    ("Lucas", "Louise"),
    ("Naamsestraat", "Tiensestraat"),
]


@pytest.mark.parametrize("names", ALIKE, ids=lambda names: names[0])
def test_names_that_sound_alike_have_one_key(names: tuple[str, ...]) -> None:
    assert all(phonetic_key(one) == phonetic_key(other) for one, other in pairwise(names))


@pytest.mark.parametrize("names", APART, ids=lambda names: names[0])
def test_names_that_differ_have_different_keys(names: tuple[str, str]) -> None:
    assert phonetic_key(names[0]) != phonetic_key(names[1])


@given(st.text("abcdefghijklmnopqrstuvwxyzéèëïç -'"))
def test_a_phonetic_key_hears_no_case_accent_or_space(name: str) -> None:
    assert phonetic_key(name) == phonetic_key(f" {name.upper()} ") == phonetic_key(name.replace(" ", ""))


@given(st.text())
def test_a_phonetic_key_is_plain_and_never_twice_the_same_letter(text: str) -> None:
    key = phonetic_key(text)
    assert set(key) <= set("0123456789abdefghjklmnoprstw")
    assert all(one != other or one.isdigit() for one, other in pairwise(key))


def test_fold_and_sort_key() -> None:
    assert fold("Émile D'Hondt") == "emile d hondt"
    assert sort_key("Van Acker", "Émile") == "vanacker\x1femile"


@pytest.mark.parametrize("text", ["", "²", "٣", "-1", "1.0", " 1", "x", "9" * 19])
def test_what_is_no_key_of_a_row_is_read_as_none(text):
    assert row_key(text) == 0


def test_the_largest_key_of_a_row_is_read():
    assert row_key("9" * 18) == int("9" * 18)


@pytest.mark.parametrize("text", ["", "²", "٣", "-1", "1.5", " 7", "9" * 19, "\x00"])
def test_what_is_no_number_of_a_column_is_none(text):
    assert (whole_number(text, otherwise=-1), row_key(text)) == (-1, 0)
    assert (whole_number("0"), whole_number("017"), row_key("9" * 18)) == (0, 17, int("9" * 18))


@pytest.mark.parametrize(
    "text", ["", "2027-02-30", "9999-12-31", "0001-01-01", "1899-12-31", "tomorrow", None]
)
def test_a_day_lies_where_sums_with_days_can_be_made(text):
    assert day_of(text) is None
    assert day_of("2199-12-31") == LAST_DAY == day_of(LAST_DAY)


@pytest.mark.parametrize(
    "text, folded",
    [
        ("Łukasz", "lukasz"),
        ("Søren", "soren"),
        ("Đorđe", "dorde"),
        ("Işık", "isik"),
        ("Œuvre", "oeuvre"),
        ("Þór", "thor"),
    ],
)
def test_letters_that_are_no_letter_with_a_mark_are_kept(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(
    "typed, starts",
    [
        ("st", ["st", "sint"]),
        ("St.-J", ["sint j"]),
        ("kerkstr", ["kerkstr", "kerkstraat"]),
        ("Rue de l", ["rue de l", "rue de lieve"]),
        ("12", []),
    ],
)
def test_the_word_that_is_being_typed_may_be_whole_or_short(typed: str, starts: list[str]) -> None:
    assert begun_address(typed) == starts

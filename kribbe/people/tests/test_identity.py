import pytest

from kribbe.people.identity import national_number_hash
from kribbe.trust.errors import RefusedError

NATIONAL = "85.07.30-033 28"
"""97 - 850730033 % 97 = 28: the number that the public description of the check uses."""


def test_the_check_digits_of_the_examples() -> None:
    assert 97 - 850730033 % 97 == 28


def test_one_number_has_one_hash_however_it_is_written() -> None:
    first = national_number_hash(NATIONAL)
    assert len(first) == 64
    assert "85073003328" not in first
    assert first == national_number_hash(" 85073003328 ")


def test_a_number_for_those_without_one_is_taken_too() -> None:
    check = 97 - 854730033 % 97
    assert len(national_number_hash(f"854730033{check:02d}")) == 64


def test_without_the_key_the_hash_can_not_be_worked_out(settings: object) -> None:
    first = national_number_hash(NATIONAL)
    settings.NATIONAL_NUMBER_KEY = "another key of thirty-two characters"  # type: ignore[attr-defined]
    assert national_number_hash(NATIONAL) != first


def test_nothing_gives_nothing() -> None:
    assert national_number_hash("  ") == ""


@pytest.mark.parametrize("wrong", ["85073003329", "8507300332", "abc", "85.13.30-033 28"])
def test_a_wrong_number_is_refused_at_its_field(wrong: str) -> None:
    with pytest.raises(RefusedError) as refused:
        national_number_hash(wrong)
    assert refused.value.field == "national_number"
    assert "11" in str(refused.value.message)

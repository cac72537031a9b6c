"""Places in texts: filled once, unknown ones found, and no way to anything else."""

from hypothesis import given
from hypothesis import strategies as st

from kribbe.rules.placeholders import absent, fill, opened, stray, unknown


def test_places_are_filled_and_values_are_not_read_again() -> None:
    values = {"child": "{location}", "location": "De Notelaar"}
    assert fill("{child} bij {location}, {location}", values) == "{location} bij De Notelaar, De Notelaar"


def test_a_line_with_nothing_to_say_is_left_out() -> None:
    text = "Dag\n{name} zegt: {message}\nZe zegt: {message}\n\nTot dan"
    assert fill(text, {"name": "An", "message": ""}) == "Dag\nAn zegt: \n\nTot dan"
    assert fill(text, {"name": "", "message": ""}) == "Dag\n\nTot dan"


def test_needed_places_that_are_absent() -> None:
    assert absent("{child} mag komen", ["child", "day", "answer_by"]) == ["answer_by", "day"]


def test_unknown_places_are_named_once() -> None:
    assert unknown("{child} {kind} {kind} {location}", ["child", "location"]) == ["kind"]


def test_brackets_that_belong_to_nothing() -> None:
    assert stray("Dag {child}, een plaats") == ""
    for text in (
        "Dag {child",
        "Dag child}",
        "{{child}}",
        "{Child}",
        "{child.desk}",
        "{child!r}",
        "{0}",
        "{}",
    ):
        assert stray(text), text


def test_a_filled_text_opens_again() -> None:
    values = {"child": "Noor", "family": "Noor Maes"}
    assert opened("Noor Maes zoekt. Noor wacht.", values) == "{family} zoekt. {child} wacht."


@given(st.text(alphabet="{}ab c_É", max_size=30) | st.text())
def test_no_text_does_anything_but_fill(text: str) -> None:
    if not stray(text) and not unknown(text, ["a"]):
        assert fill(text, {"a": "{a}"}) == text

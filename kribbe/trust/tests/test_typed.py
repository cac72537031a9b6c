"""Names of which something can be seen, and telephone numbers with digits."""

import pytest

from kribbe.trust.errors import RefusedError
from kribbe.trust.typed import has_digits, is_seen, name_of, phone_of

UNSEEN = [
    "\u200e\u200f",
    "\u202e",
    "\u200b\u200d",
    "\u00ad",
    "\u3164",
    "\u2800 \u115f",
    "\u0301",
    "\ufeff",
    "\u2066 \u2069",
]


@pytest.mark.parametrize("text", UNSEEN)
def test_a_name_of_which_nothing_is_drawn_is_refused_at_its_field(text):
    assert not is_seen(text)
    with pytest.raises(RefusedError) as refused:
        name_of(text, "first_name")
    assert refused.value.field == "first_name"


@pytest.mark.parametrize(
    "text", ["Zoë", "\u05e9\u05e8\u05d4", "\u674e", "7", "\u200eNoor\u200f", "e\u0301", "\U0001f98b"]
)
def test_a_name_in_any_script_is_kept(text):
    assert is_seen(text)
    assert name_of(text, "name").strip("\u200e\u200f ") == text.strip("\u200e\u200f")


def test_none_is_no_fault():
    assert (name_of("", "name"), name_of("  ", "name"), phone_of("")) == ("", "", "")


@pytest.mark.parametrize("text", ["none", "-", "\u200e", "+", "\u00b2"])
def test_a_telephone_number_without_digits_is_refused(text):
    assert not has_digits(text)
    with pytest.raises(RefusedError) as refused:
        phone_of(text)
    assert refused.value.field == "phone"


@pytest.mark.parametrize("text", ["016 22 33 44", "+32 (0)16/22.33.44", "\u0660\u0661\u0662 34"])
def test_a_telephone_number_is_kept_as_people_write_it(text):
    assert phone_of(f" {text} ") == text

"""A finger that taps twice on the tablet means one tap."""

import pytest

from kribbe.testing.node import call_each


def tap(ref, at, moves=False):
    return {"ref": ref, "at": at, "moves": moves}


@pytest.mark.parametrize(
    ("first", "second", "is_again"),
    [
        (tap("noor", 0), tap("noor", 120), True),
        (tap("noor", 0), tap("noor", 900), False),
        (tap("noor", 0), tap("lou", 120), False),
        (tap("noor", 0, moves=True), tap("lou", 120), True),
        (tap("noor", 0, moves=True), tap("lou", 900), False),
    ],
)
def test_the_second_of_two_is_no_tap_of_its_own(first, second, is_again):
    assert call_each("tablet-touch.js", "isAgain", [[first, second]]) == [is_again]

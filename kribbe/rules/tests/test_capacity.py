from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kribbe.rules.capacity import bookable_places
from kribbe.rules.packs import Pack, load_pack, read_pack

FLANDERS = load_pack("flanders")
GENEROUS = read_pack(
    "generous",
    'figure = [{key = "capacity.overbooking", value = 1.20, valid_from = 2014-04-01, source = "trial", '
    'confidence = "UNV"}]',
)
TODAY = date(2026, 11, 22)
places = st.integers(0, 200)
factors = st.decimals(1, 2, places=2)


def codes(licensed: int, staffed: int, asked: str, pack: Pack = FLANDERS) -> tuple[int, list[str]]:
    answer = bookable_places(
        licensed=licensed, staffed=staffed, overbooking=Decimal(asked), pack=pack, on=TODAY
    )
    return answer.places, [reason.code for reason in answer.reasons]


def test_places_by_hand() -> None:
    assert codes(18, 14, "1") == (14, ["capacity.staffed"])
    assert codes(18, 20, "1") == (18, ["capacity.above_licence"])
    assert codes(18, 14, "1.2") == (14, ["capacity.staffed", "capacity.overbooking_refused"])
    # 14 x 1.2 = 16.8, rounded down; 14 x 1.1 = 15.4.
    assert codes(18, 14, "1.3", GENEROUS)[0] == 16
    assert codes(18, 14, "1.1", GENEROUS) == (15, ["capacity.staffed", "capacity.overbooked"])


@given(places, places, factors)
def test_never_above_what_staff_licence_and_law_allow(licensed: int, staffed: int, asked: Decimal) -> None:
    def book(pack: Pack) -> int:
        return bookable_places(
            licensed=licensed, staffed=staffed, overbooking=asked, pack=pack, on=TODAY
        ).places

    assert book(FLANDERS) == min(licensed, staffed)
    assert min(licensed, staffed) <= book(GENEROUS) <= Decimal("1.2") * licensed


def test_impossible_capacity() -> None:
    with pytest.raises(ValueError, match="negative"):
        codes(-1, 3, "1")
    with pytest.raises(ValueError, match="overbooking is 1 or more"):
        codes(3, 3, "0.9")

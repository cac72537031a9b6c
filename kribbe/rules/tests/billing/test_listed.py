"""What the pack lists beside a fee by income."""

from datetime import date
from decimal import Decimal

from kribbe.rules.billing.listed import listed_each_stay, listed_once, most_of
from kribbe.rules.packs import load_pack, read_pack

ON = date(2026, 3, 2)
MADE_UP = """
[[figure]]
key = "extras.most.nappies"
value = 2.00
valid_from = 2026-01-01
valid_to = 2026-12-31
source = "made up"
confidence = "UNV"
"""


def test_flanders_lists_five_kinds_and_a_late_pick_up_once():
    pack = load_pack("flanders")
    each = ("nappies", "care_products", "nappy_waste", "exceptional", "administration")
    assert listed_each_stay(pack, ON) == each
    assert listed_once(pack, ON) == (*each, "late_pick_up")
    assert not pack.figure("extras.once", ON).verified


def test_a_most_holds_on_its_days_and_a_pack_without_a_list_binds_nothing():
    pack = read_pack("made_up", MADE_UP)
    assert most_of(pack, "nappies", ON) == Decimal("2.00")
    assert most_of(pack, "nappies", date(2027, 1, 1)) is None
    assert most_of(pack, "administration", ON) is None
    assert listed_once(pack, ON) == listed_each_stay(pack, ON) == ()
    assert listed_once(load_pack("flanders"), date(2014, 3, 31)) == ()

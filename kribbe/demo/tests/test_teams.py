"""How many carers the demo plans by group: enough for the location by today's law, short by that of 2027."""

from datetime import date
from types import SimpleNamespace

from kribbe.demo.planning import spread
from kribbe.rules.packs import load_pack
from kribbe.rules.ratio import Layout, carers_needed

PACK = load_pack("flanders")
TODAY, NEXT_YEAR = date(2026, 11, 28), date(2027, 1, 4)


def groups(*places, open_patterns=(1023, 1023, 1023, 1023)):
    return [
        (SimpleNamespace(staffed_places=each, open_pattern=pattern), Layout.MIXED)
        for each, pattern in zip(places, open_patterns, strict=False)
    ]


def test_groups_share_carers_so_that_the_whole_has_just_enough():
    """16, 14, 16 and 12 places ask 2 carers each; 58 together 7 (58 / 9 = 6.4), and in 2027 9 (58 / 7 = 8.3)."""
    four = groups(16, 14, 16, 12)
    assert spread(four, PACK, TODAY) == [2, 2, 2, 1]
    for on, carers in ((TODAY, 7), (NEXT_YEAR, 9)):
        assert carers_needed(children={Layout.MIXED: 58}, pack=PACK, on=on).carers == carers


def test_groups_that_open_apart_keep_their_own():
    assert spread(groups(16, 14, open_patterns=(1023, 3)), PACK, TODAY) == [2, 2]
    assert spread(groups(8), PACK, TODAY) == [1]

from datetime import date
from decimal import Decimal

import pytest

from kribbe.rules.packs import Confidence, FigureMissing, PackError, load_pack, read_pack

GOOD = """
[[figure]]
key = "ratio"
value = 8
valid_from = 2014-04-01
valid_to = 2026-12-31
source = "a page"
confidence = "SEEN"
"""
OTHER = GOOD.replace("value = 8", "value = 7").replace("2014-04-01", "2027-01-01")
LATER = OTHER.replace("valid_to = 2026-12-31\n", "")


def test_the_figure_of_the_day() -> None:
    pack = read_pack("trial", LATER + GOOD)
    assert [pack.integer("ratio", day) for day in (date(2026, 12, 31), date(2027, 1, 1))] == [8, 7]
    with pytest.raises(FigureMissing, match="pack trial: no figure 'ratio' on 2014-03-31"):
        pack.figure("ratio", date(2014, 3, 31))
    with pytest.raises(FigureMissing, match="'other' on 2026-01-01"):
        pack.figure("other", date(2026, 1, 1))


def test_the_latest_figure() -> None:
    pack = read_pack(
        "trial", GOOD + OTHER.replace("2027-01-01", "2028-01-01").replace("2026-12-31", "2028-12-31")
    )
    days = (date(2026, 12, 31), date(2027, 6, 1), date(2028, 1, 1), date(2030, 1, 1))
    assert [pack.latest("ratio", day).value for day in days] == [8, 8, 7, 7]
    with pytest.raises(FigureMissing, match="no figure 'ratio' on 2014-03-31"):
        pack.latest("ratio", date(2014, 3, 31))


def test_a_value_of_another_type_is_refused() -> None:
    pack = read_pack("trial", GOOD + GOOD.replace('"ratio"', '"name"').replace("= 8", '= "x"'))
    on = date(2020, 1, 1)
    with pytest.raises(PackError, match="ratio is 8, not text"):
        pack.text("ratio", on)
    for read in (pack.integer, pack.decimal):
        with pytest.raises(PackError, match="name is 'x', not a"):
            read("name", on)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (GOOD.replace('source = "a page"\n', ""), r"figure 1 \(ratio\): source is missing"),
        (GOOD.replace('"a page"', '""'), "source can't be ''"),
        (GOOD.replace('"SEEN"', '"SURE"'), "confidence is one of SEEN, .* not 'SURE'"),
        (GOOD.replace("2014-04-01", "2014-04-01T00:00:00"), "valid_from can't be"),
        (GOOD.replace("2014-04-01", "2027-04-01"), "valid_to is before valid_from"),
        (GOOD.replace("value = 8", "value = [8]"), r"value can't be \[8\]"),
        (GOOD + "until = 3\n", "unknown field 'until'"),
        (GOOD + GOOD, "two figures 'ratio' hold on 2014-04-01"),
        (GOOD.replace("valid_to = 2026-12-31\n", "") + LATER, "two figures 'ratio' hold on 2027-01-01"),
        (GOOD + "[other]\nx = 1\n", r"\[\[figure\]\] tables and nothing else"),
        ("figure = [3]", "figure 1 is no table"),
        ("figure = ", "pack trial: Invalid value"),
    ],
)
def test_a_wrong_pack_names_the_place(text: str, message: str) -> None:
    with pytest.raises(PackError, match=message):
        read_pack("trial", text)


def test_an_unknown_pack() -> None:
    for name in ("atlantis", "../packs/flanders"):
        with pytest.raises(PackError, match="there is no pack"):
            load_pack(name)


def test_flanders() -> None:
    pack = load_pack("flanders")
    assert load_pack("flanders") is pack
    today = date(2026, 11, 22)
    assert pack.decimal("vulnerable.share", today) == Decimal("0.20")
    assert pack.decimal("vulnerable.share_plus", today) == Decimal("0.30")
    assert pack.integer("capacity.family_care", date(2026, 12, 31)) == 8
    assert pack.integer("capacity.family_care", date(2027, 1, 1)) == 7
    assert pack.integer("ratio.mixed", date(2027, 1, 1)) == 7
    assert pack.decimal("fee.day.maximum", date(2024, 6, 1)) == Decimal("34.64")
    ceiling = pack.figure("income.ceiling", today)
    assert (ceiling.value, ceiling.verified) == (27000, False)
    with pytest.raises(FigureMissing):
        pack.figure("fee.day.minimum", today)


def test_the_law_of_flanders_changed_twice() -> None:
    pack = load_pack("flanders")
    regimes = {
        date(2024, 3, 31): "before-2024",
        date(2024, 4, 1): "work-4/5-first",
        date(2025, 4, 29): "work-4/5-first",
        date(2025, 4, 30): "before-2024",
        date(2026, 11, 22): "before-2024",
    }
    assert {day: pack.text("priority.regime", day) for day in regimes} == regimes


def test_computed_and_second_hand_figures_are_unverified() -> None:
    figures = [figure for of_key in load_pack("flanders").figures.values() for figure in of_key]
    unverified = {Confidence.SECONDARY, Confidence.COMPUTED, Confidence.UNVERIFIED}
    assert unverified <= {figure.confidence for figure in figures}
    assert all(figure.verified != (figure.confidence in unverified) for figure in figures)

"""Filters and components as templates use them."""

import datetime as dt
import re
from decimal import Decimal
from pathlib import Path

import pytest
from django.template import engines
from django.utils import translation

from kribbe.rules.reasons import Reason
from kribbe.web.components import Chip, QueueRow, Ranked, ResultCard, Step
from kribbe.web.dates import date_format
from kribbe.web.illustrations import PALETTES, SHAPES, sprite, variant
from kribbe.web.templatetags import pieces
from kribbe.web.templatetags import telling as tags
from kribbe.web.words import say


def render(source: str, **context: object) -> str:
    return engines["django"].from_string(source).render(context)


@pytest.mark.parametrize(
    ("language", "amount", "shown"),
    [
        ("nl", Decimal("1234.5"), "€ 1.234,50"),
        ("nl", 77, "€ 77"),
        ("en", Decimal("6.34"), "€ 6.34"),
        ("nl", None, "–"),
    ],
)
def test_money(language: str, amount: Decimal | None, shown: str) -> None:
    with translation.override(language):
        assert tags.money(amount).replace(tags.NBSP, " ") == shown


@pytest.mark.parametrize(("language", "shown"), [("nl", "€ 7,50"), ("en", "€ 7.50")])
def test_an_amount_in_a_reason_is_written_as_the_reader_does(language: str, shown: str) -> None:
    with translation.override(language):
        said = say(Reason.of("billing.free.full", amount="€ 7.50"))
    assert shown in said.replace(tags.NBSP, " ")


def test_a_float_is_no_amount() -> None:
    with pytest.raises(TypeError, match="float"):
        tags.money(6.34)


@pytest.mark.parametrize(
    ("distance", "shown"), [(0.04, "40 m"), (0.64, "0,6 km"), (12.04, "12,0 km"), (31.4, "31 km")]
)
def test_distances(distance: float, shown: str) -> None:
    with translation.override("nl"):
        assert tags.km(distance).replace(tags.NBSP, " ") == shown


@pytest.mark.parametrize(
    ("birth", "shown"),
    [
        (dt.date(2026, 3, 31), "7 months"),  # 30 November is one day short of eight months
        (dt.date(2026, 3, 30), "8 months"),
        (dt.date(2024, 11, 30), "2 years"),
        (dt.date(2027, 1, 1), "not born yet"),
    ],
)
def test_age(birth: dt.date, shown: str) -> None:
    with translation.override("en"):
        assert tags.age(birth, dt.date(2026, 11, 30)) == shown


def test_dates_follow_the_language() -> None:
    day = dt.date(2027, 3, 1)
    with translation.override("nl"):
        assert (tags.long_date(day), tags.short_date(day)) == ("1 maart 2027", "01.03.2027")
    with translation.override("en"):
        assert (tags.long_date(day), tags.month_name(day)) == ("1 March 2027", "March 2027")


def test_dutch_writes_a_time_in_one_way() -> None:
    """As the tablet does; no page but a field of a form has a way of its own."""
    early = dt.datetime(2027, 3, 1, 8, 5)  # noqa: DTZ001 - the clock on the wall
    with translation.override("nl"):
        assert tags.long_moment(early) == "1 maart 2027, 8:05"
        assert render("{{ moment|time }}", moment=early) == "8:05"
        assert date_format(early, "SHORT_DATETIME_FORMAT") == "01.03.2027 8:05"
    rooms = Path(tags.__file__).parents[2]
    own_way = re.compile(r'(?<!value="\{\{ )(?<![\w.])[\w.]+\|(?:time|date):"[GH]:i"')
    found = [
        path.name
        for path in rooms.glob("*/templates/**/*.*")
        if path.suffix in {".html", ".txt"} and own_way.search(path.read_text())
    ]
    assert found == []


def test_french_counts_the_first_of_a_month() -> None:
    first = dt.datetime(2027, 1, 1, 11, 1, tzinfo=dt.UTC)
    with translation.override("fr"):
        assert tags.long_date(first.date()) == "1er janvier 2027"
        assert tags.long_moment(first) == "1er janvier 2027, 11h01"
        assert date_format(first.date(), "l j F") == "vendredi 1er janvier"
        assert tags.weekday_date(first.date()) == "vendredi 1er janvier"
        assert (tags.month_name(first.date()), tags.short_date(first.date())) == (
            "janvier 2027",
            "01.01.2027",
        )
        assert tags.long_date(dt.date(2027, 1, 11)) == "11 janvier 2027"
    with translation.override("en"):
        late = dt.datetime(2027, 1, 31, 23, 30, tzinfo=dt.UTC)
        assert render("{{ moment|long_date }}", moment=late) == "1 February 2027"


def test_text_is_escaped_in_every_small_piece() -> None:
    evil = "<script>x</script>"
    card = ResultCard(1, evil, "/x", evil, 3)
    row = QueueRow(1, evil, "/x", evil, "", "", 3, 1, "/y", evil, ((evil, ""),))
    html = render(
        "{% tag e %}{% button e icon='x' %}{% button e href=e %}{% icon 'x' label=e %}{% result_card card %}"
        "{% waiting_list rows caption=e %}{% copyable e %}{% ranked_list wishes label=e %}{% chips chips label=e %}"
        "{% note e %}{{ e }}{% endnote %}{% alert 'error' heading=e %}{{ e }}{% endalert %}"
        "{% search_strip summary=e detail=e %}{% endsearch_strip %}{% dialog id='d' heading=e %}{% enddialog %}",
        e=evil,
        card=card,
        rows=[row],
        wishes=[Ranked(evil, evil)],
        chips=[Chip(evil, evil)],
    )
    assert "<script" not in html


def test_the_step_bar_says_where_you_are() -> None:
    html = render("{% step_bar steps current=2 %}", steps=[Step("A", "/a"), Step("B"), Step("C")])
    assert html.count('aria-current="step"') == 1
    assert 'href="/a"' in html


def test_a_row_that_fits_wholly_is_marked() -> None:
    rows = [
        QueueRow(1, "Noor", "", "", "", "", asked=0b11, free=0b111),
        QueueRow(2, "Mats", "", "", "", "", asked=0b11, free=0b1),
    ]
    html = render("{% waiting_list rows caption='x' %}", rows=rows)
    assert html.count('class="is-fit"') == 1
    assert [row.fit_count for row in rows] == [2, 1]


@pytest.mark.parametrize(
    ("free", "asked", "tone"), [(3, 3, "all"), (1, 3, "some"), (4, 3, "none"), (1, 0, "all"), (0, 0, "none")]
)
def test_a_card_says_how_far_it_fits(free: int, asked: int, tone: str) -> None:
    assert ResultCard(1, "x", "", "", free, asked).tone == tone


def test_ranked_ends_cannot_move_further() -> None:
    html = render("{% ranked_list wishes label='x' %}", wishes=[Ranked("1", "A"), Ranked("2", "B")])
    assert html.count(" disabled") == 2
    assert html.index('name="order" value="1"') < html.index('name="order" value="2"')


def test_houses_stay_the_same_and_neighbours_differ() -> None:
    assert variant(42) == variant(42)
    assert all(variant(key) != variant(key + 1) for key in range(500))
    assert {variant(key)[0] for key in range(100)} == set(range(SHAPES))
    assert {variant(key)[1] for key in range(100)} == set(range(PALETTES))
    assert sprite().count("<symbol") == SHAPES


def test_components_hold_no_inline_style_or_code() -> None:
    html = render(
        "{% meter 0.5 label='x' %}{% sparkline series label='x' %}{% small_week free=3 %}", series=[1, 2, 3]
    )
    assert "style=" not in html
    assert "<script" not in html


def test_a_flat_or_short_series_still_draws() -> None:
    assert "polyline" in pieces.sparkline([5, 5, 5], "flat")
    assert pieces.sparkline([5], "one") == ""

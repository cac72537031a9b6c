"""Branding: only colours that can be read reach the page."""

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from kribbe.web import branding
from kribbe.web.branding import Brand, brand_for, check_tokens, contrast, register_brand_source, style_sheet

pytestmark = pytest.mark.urls("kribbe.web.tests.urls")

colours = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


def brand(**tokens: str) -> Brand:
    return Brand(name="Lindedaal", subtitle="", slug="lindedaal", tokens=tokens)


@pytest.fixture
def _own_sources(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(branding, "_sources", [])


def test_contrast_by_hand() -> None:
    # Grey #767676: 118 / 255 = 0.46275; ((0.46275 + 0.055) / 1.055) ** 2.4 = 0.18116;
    # (1 + 0.05) / (0.18116 + 0.05) = 4.542
    assert contrast("#767676", "#ffffff") == pytest.approx(4.542, abs=0.001)
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@given(colours, colours)
def test_contrast_is_symmetric_and_bounded(one: str, other: str) -> None:
    assert contrast(one, other) == contrast(other, one)
    assert 1 <= contrast(one, other) <= 21.0001


def test_good_tokens_pass() -> None:
    assert check_tokens({"primary": "#0b5d56", "ink": "#16302c", "sand": "#fcf9f3", "font": "serif"}) == []


@pytest.mark.parametrize(
    ("tokens", "word"),
    [
        ({"primary": "#9ad0c9"}, "contrast"),
        ({"primary": "#0b5d56", "paper": "#103030"}, "contrast"),
        ({"primary": "red"}, "not a colour"),
        ({"primary": "#0b5d56;}body{display:none"}, "not a colour"),
        ({"font": "url(https://elsewhere.example/font.woff2)"}, "font"),
        ({"--ams-space-m": "0"}, "unknown token"),
    ],
)
def test_bad_tokens_are_named_and_left_out(tokens: dict[str, str], word: str) -> None:
    problems = check_tokens(tokens)
    assert len(problems) >= 1
    assert word in problems[0]
    assert style_sheet(brand(**tokens)) == "@layer desk{:root{}}"


@given(st.dictionaries(st.sampled_from(["primary", "ink", "paper", "sand", "font"]), st.text(max_size=40)))
def test_no_text_breaks_out_of_the_style_sheet(tokens: dict[str, str]) -> None:
    sheet = style_sheet(brand(**tokens))
    assert sheet.count("{") == sheet.count("}") == 2
    assert "http" not in sheet


@pytest.mark.usefixtures("_own_sources")
def test_the_newest_source_that_knows_the_desk_wins() -> None:
    register_brand_source(lambda request, slug: brand())
    register_brand_source(lambda request, slug: None)
    assert brand_for(None, "lindedaal").name == "Lindedaal"


@pytest.mark.usefixtures("_own_sources")
def test_the_desk_style_sheet_is_served(client: Client) -> None:
    register_brand_source(lambda request, slug: brand(primary="#7a1f4b") if slug == "lindedaal" else None)
    response = client.get("/_web/brand/lindedaal.css")
    assert response.status_code == 200
    assert response["Content-Type"].startswith("text/css")
    assert "max-age" in response["Cache-Control"]
    assert "--c-primary:#7a1f4b" in response.content.decode()

"""One cell at a time."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kribbe.places.importing.lambert import System, system_of, to_wgs84
from kribbe.places.importing.values import (
    DATE_FORMATS,
    email,
    postcode,
    read_any_date,
    read_date,
    read_pair,
    read_point,
    website,
    whole_number,
)

# Reference values by PROJ (EPSG:31370 and EPSG:3812 to EPSG:4326).
LAMBERT = [
    (173200, 174200, System.LAMBERT72, 4.6983957, 50.8777022),
    (150000, 170000, System.LAMBERT72, 4.3687521, 50.8404113),
    (100000, 200000, System.LAMBERT72, 3.6548108, 51.1079296),
    (673200, 674200, System.LAMBERT2008, 4.6984098, 50.8776739),
    (650000, 670000, System.LAMBERT2008, 4.3687566, 50.8404076),
]


@pytest.mark.parametrize(("x", "y", "system", "longitude", "latitude"), LAMBERT)
def test_lambert(x: float, y: float, system: System, longitude: float, latitude: float) -> None:
    assert system_of(x, y) is system
    assert to_wgs84(x, y, system) == pytest.approx((longitude, latitude), abs=1e-6)


@pytest.mark.parametrize(
    "text",
    ["POINT(4.7 50.88)", "POINT (4.7 50.88)", "50.88, 4.7", "50.88,4.7", "4.7 50.88", "4,7; 50,88", "50,88 4,7",
     "50,88, 4,7", '{"type": "Point", "coordinates": [4.7, 50.88]}'],
)  # fmt: skip
def test_points(text: str) -> None:
    assert read_point(text, "wgs84") == (4.7, 50.88)


@pytest.mark.parametrize("text", ["", "4.7", "links", "POINT(4.7 95)", "173200 174200", "0 0", "1 2 3"])
def test_no_points(text: str) -> None:
    assert read_point(text, "wgs84") is None


def test_pairs() -> None:
    assert read_pair("4,7009", "50,8796", "wgs84") == (4.7009, 50.8796)
    assert read_pair("173200", "174200", "lambert72") == pytest.approx((4.6983957, 50.8777022), abs=1e-6)
    assert read_pair("173200", "174200", "wgs84") is None
    assert read_pair("nan", "50", "wgs84") is None
    assert read_pair("inf", "50", "wgs84") is None


@pytest.mark.parametrize(
    ("text", "places"),
    [("24", 24), ("24.0", 24), ("24,0", 24), (" 7 ", 7), ("0", None), ("-3", None), ("2,5", None), ("veel", None),
     ("1e9", None), ("", None)],
)  # fmt: skip
def test_places(text: str, places: int | None) -> None:
    assert whole_number(text) == places


@given(st.dates(date(1900, 1, 1), date(2999, 12, 31)), st.sampled_from(DATE_FORMATS), st.sampled_from("/.-"))
def test_dates_come_back(day: date, form: str, mark: str) -> None:
    parts = {"DD": f"{day.day:02}", "MM": f"{day.month:02}", "YYYY": f"{day.year}"}
    text = mark.join(parts[part] for part in form.replace("-", "/").split("/"))
    assert read_date(text, form) == day


@pytest.mark.parametrize(
    "text",
    [
        "1 januari 2010",
        "01 januari 2010",
        "1 janvier 2010",
        "1. Januar 2010",
        "January 1, 2010",
        "2010-01-01",
    ],
)
def test_dates_in_words(text: str) -> None:
    assert read_any_date(text) == date(2010, 1, 1)


@pytest.mark.parametrize("text", ["31/02/2010", "morgen", "1/1/10", "2010", "", "1 januari", "٣/٣/2010"])
def test_no_dates(text: str) -> None:
    assert read_any_date(text) is None


def test_postcodes() -> None:
    assert [postcode(text) for text in ("3000", "1012AB", "1012 ab", "300", "0300", "30000", "B-3000")] == [
        "3000", "1012AB", "1012AB", None, None, None, None,
    ]  # fmt: skip


def test_mail_and_web() -> None:
    assert email("info@merel.example") and not email("info@merel") and not email("a b@merel.example")
    assert website("merel.example") == "https://merel.example"
    assert website("http://merel.example/x") == "http://merel.example/x"
    assert website("javascript:alert(1)") is None and website("geen web") is None


@pytest.mark.parametrize("text", ["² januari 2010", "¹² mei 2010", "januari ² 2010"])
def test_superscripts_are_read_as_figures(text: str) -> None:
    assert read_any_date(text) is not None


@pytest.mark.parametrize(
    "text", ["9" * 5000 + " januari 2010", "32 januari 2010", "١ januari 2010", "x januari 2010"]
)
def test_no_dates_in_words(text: str) -> None:
    assert read_any_date(text) is None

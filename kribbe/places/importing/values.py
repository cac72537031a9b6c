"""One cell at a time: numbers, dates, coordinates, postcodes, addresses of mail and web."""

import re
from datetime import date
from math import isfinite

from kribbe.places.importing.lambert import System, system_of, to_wgs84
from kribbe.places.importing.words import MONTHS
from kribbe.trust.text import fold

DATE_FORMATS = ("DD/MM/YYYY", "MM/DD/YYYY", "YYYY-MM-DD")
"""Order of day, month and year; any of / . - stands between them."""

MAX_PLACES = 2000

_POSTCODE = re.compile(r"[1-9]\d{3}(\s?[A-Za-z]{2})?")
_EMAIL = re.compile(r"[^@\s<>,;]{1,64}@[^@\s<>,;]+\.[^@\s<>,;.]{2,}")
_WEBSITE = re.compile(r"(https?://)?[^\s/@:]+\.[^\s/@:.]{2,}(:\d+)?(/\S*)?", re.IGNORECASE)
_DAY = re.compile(r"[0-9]{1,2}")
_NUMBERS = re.compile(r"-?\d+(?:[.,]\d+)?")
_ORDERS = {"DD/MM/YYYY": (2, 1, 0), "MM/DD/YYYY": (2, 0, 1), "YYYY-MM-DD": (0, 1, 2)}


def number(text: str) -> float | None:
    """A decimal number with a point or a comma, or None."""
    plain = text.strip().replace(",", ".")
    try:
        value = float(plain)
    except ValueError:
        return None
    return value if isfinite(value) and re.search(r"\d", plain) else None


def whole_number(text: str) -> int | None:
    """A whole number of places from 1 to 2,000, also where a spreadsheet wrote 24.0; else None."""
    value = number(text)
    if value is None or not value.is_integer() or not 1 <= value <= MAX_PLACES:
        return None
    return int(value)


def read_date(text: str, form: str) -> date | None:
    """A date written in numbers in this order, or None."""
    parts = re.split(r"[/.\-]", text.split("T")[0].split(" ")[0])
    if len(parts) != 3 or not all(re.fullmatch(r"[0-9]{1,4}", part) for part in parts):
        return None
    year, month, day = (parts[place] for place in _ORDERS[form])
    return _date(year, int(month), int(day))


def read_any_date(text: str) -> date | None:
    """A date in words (1 januari 2010), or in numbers of whichever order holds."""
    words = fold(text).split()
    if len(words) == 3 and words[1] in MONTHS and _DAY.fullmatch(words[0]):
        return _date(words[2], MONTHS[words[1]], int(words[0]))
    if len(words) == 3 and words[0] in MONTHS and _DAY.fullmatch(words[1]):
        return _date(words[2], MONTHS[words[0]], int(words[1]))
    return next((found for form in DATE_FORMATS if (found := read_date(text, form))), None)


def _date(year: str, month: int, day: int) -> date | None:
    if not re.fullmatch(r"[12][0-9]{3}", year):
        return None
    try:
        return date(int(year), month, day)
    except ValueError:
        return None


def read_pair(x: str, y: str, system: str) -> tuple[float, float] | None:
    """Longitude and latitude from two cells, or None where they are no place on earth."""
    east, north = number(x), number(y)
    if east is None or north is None:
        return None
    return _on_earth(east, north, System(system))


def read_point(text: str, system: str) -> tuple[float, float] | None:
    """Longitude and latitude from one cell: `POINT(x y)`, `x, y`, `lat, lon` or a GeoJSON point.

    Two plain degrees are read as latitude, longitude where the first is the larger (so north of the equator
    and west of 45 degrees east), as everywhere in Belgium; WKT and GeoJSON give x first.
    """
    found = [number(each) for each in _NUMBERS.findall(_decimal_points(text))]
    if len(found) != 2 or found[0] is None or found[1] is None:
        return None
    first, second = found[0], found[1]
    plain = not re.search(r"[a-z{]", text, re.IGNORECASE)
    if plain and system == System.WGS84 and first > second:
        first, second = second, first
    return _on_earth(first, second, System(system))


def _decimal_points(text: str) -> str:
    """`50,87 4,70` and `50.87,4.70` both become numbers with points, parted by spaces."""
    if "." in text:
        return text.replace(",", " ")
    return re.sub(r",\s+", " ", text) if text.count(",") > 1 else text


def _on_earth(x: float, y: float, system: System) -> tuple[float, float] | None:
    if system_of(x, y) is not system or (x == 0 and y == 0):
        return None
    longitude, latitude = to_wgs84(x, y, system)
    return round(longitude, 7), round(latitude, 7)


def postcode(text: str) -> str | None:
    """A Belgian (3000) or Dutch (1012AB) postcode, or None."""
    return text.replace(" ", "").upper() if _POSTCODE.fullmatch(text) else None


def email(text: str) -> str | None:
    """A mail address in its plain form, or None."""
    return text if _EMAIL.fullmatch(text) and len(text) <= 254 else None


def website(text: str) -> str | None:
    """A web address with its scheme, or None."""
    if not _WEBSITE.fullmatch(text) or len(text) > 190:
        return None
    return text if text.lower().startswith("http") else f"https://{text}"

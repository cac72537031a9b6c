"""Basisregisters Vlaanderen: addresses of Flanders, matched by the government's own register.

`GET /v2/adresmatch` takes a street, a house number and a postcode or town, and answers the ten likeliest addresses
with a score from 0 to 100 and a position as GML in Lambert 72. A key (header `x-api-key`) raises the limit on calls.
Source: docs.basisregisters.vlaanderen.be. Only what was typed leaves the desk; no name, no reference.
"""

import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from django.conf import settings

from kribbe.places.addresses import AddressRegister, Located, Precision, register
from kribbe.places.importing.lambert import System, to_wgs84
from kribbe.region.models import Municipality
from kribbe.trust.text import whole_number

PATH = "/v2/adresmatch"
SECONDS = 1.5
"""For one read of the answer; whoever asks waits no longer than `addresses.TIME_OUT_SECONDS` in all."""

MAX_BYTES = 500_000
LEAST_SCORE = 70
REST_SECONDS = 30
LONGEST_REST_SECONDS = 600

SYSTEMS: Mapping[str, System] = {"31370": System.LAMBERT72, "3812": System.LAMBERT2008}
_SYSTEM = re.compile(r'srsName="[^"]*?(\d{4,5})"')
_POSITION = re.compile(r"<gml:pos>\s*(-?[\d.]+)\s+(-?[\d.]+)\s*</gml:pos>")
_STREET = re.compile(r"(?P<street>\D+?)\s+(?P<number>\d+\s?[a-zA-Z]?)\b(?!\d)")
_POSTCODE = re.compile(r"\b([1-9]\d{3})\b")


@dataclass
class Rest:
    """After a failure the register is left alone for a while: a search must not wait for it each time."""

    until: float = 0.0

    def begin(self, seconds: float) -> None:
        self.until = time.monotonic() + min(seconds, LONGEST_REST_SECONDS)

    @property
    def holds(self) -> bool:
        return time.monotonic() < self.until


rest = Rest()


@dataclass(frozen=True, slots=True)
class Asked:
    """An address in parts, as far as the text has them."""

    street: str
    number: str
    postcode: str
    town: str

    @classmethod
    def read(cls, text: str) -> "Asked | None":
        """`Kerkstraat 12a bus 3, 3000 Leuven` in parts; None without a street, a number and a place."""
        first, _, place = text.partition(",")
        found = _STREET.match(first.strip())
        if not found:
            return None
        rest_of_it = f"{first.strip()[found.end() :]} {place}" if not place.strip() else place
        code = _POSTCODE.search(rest_of_it)
        town = re.sub(r"[\d,]", " ", rest_of_it).strip()
        if not (code or town):
            return None
        number = found["number"].replace(" ", "")
        return cls(found["street"].strip(), number, code[1] if code else "", " ".join(town.split()))

    def query(self) -> str:
        """The parts as the register calls them."""
        parts = {
            "Straatnaam": self.street,
            "Huisnummer": self.number,
            "Postcode": self.postcode,
            "Gemeentenaam": "" if self.postcode else self.town,
        }
        return urlencode({name: value for name, value in parts.items() if value})


@register
class Basisregisters(AddressRegister):
    """The register of addresses of the Flemish government."""

    name: ClassVar[str] = "basisregisters"

    def __init__(self, url: str, key: str, municipalities: Mapping[str, int]) -> None:
        self.url, self.key, self.municipalities = url.rstrip("/"), key, municipalities

    @classmethod
    def chosen(cls) -> Self:
        """As the settings say. Municipalities are read now: answers are awaited in a thread without a database."""
        ids = dict(Municipality.objects.values_list("nis_code", "pk"))
        return cls(settings.ADDRESS_REGISTER_URL, settings.ADDRESS_REGISTER_KEY, ids)

    def locate(self, text: str) -> Located | None:
        """The likeliest address, unless one in another municipality is as likely."""
        found = self._matches(text)
        if not found:
            return None
        best, score = found[0]
        rivals = [each for each, other in found[1:] if other >= score]
        same = all(each.municipality_id == best.municipality_id for each in rivals)
        return best if same else None

    def suggest(self, text: str, limit: int) -> list[Located]:
        """Matches of an address that is typed whole; nothing before that, so that the known streets suggest."""
        return [each for each, _score in self._matches(text)][:limit]

    def _matches(self, text: str) -> list[tuple[Located, float]]:
        asked = Asked.read(text)
        if asked is None or rest.holds:
            return []
        try:
            answer = self._ask(asked)
        except HTTPError as error:
            rest.begin(_wait_of(error))
            raise
        except OSError:
            rest.begin(REST_SECONDS)
            raise
        return self._read(answer)

    def _ask(self, asked: Asked) -> Any:
        headers = {"Accept": "application/json"} | ({"x-api-key": self.key} if self.key else {})
        request = Request(f"{self.url}{PATH}?{asked.query()}", headers=headers)  # noqa: S310  the address is a setting
        with urlopen(request, timeout=SECONDS) as answer:  # noqa: S310
            return json.loads(answer.read(MAX_BYTES))

    def _read(self, answer: Any) -> list[tuple[Located, float]]:
        """Matches that have a position and are likely enough, best first."""
        found = []
        for match in answer["adresMatches"]:
            score = float(match.get("score", 0))
            point = _point(match)
            if point is not None and score >= LEAST_SCORE:
                found.append((self._located(match, point), score))
        return sorted(found, key=lambda pair: -pair[1])

    def _located(self, match: dict[str, Any], point: tuple[float, float]) -> Located:
        label = str(match["volledigAdres"]["geografischeNaam"]["spelling"])
        municipality = self.municipalities.get(str(match["gemeente"]["objectId"]))
        return Located(*point, label, municipality, Precision.ADDRESS)


def _point(match: dict[str, Any]) -> tuple[float, float] | None:
    """Longitude and latitude; None where the match is a street or a municipality, which have no position."""
    position = match.get("adresPositie")
    if not position:
        return None
    gml = str(position["geometrie"]["gml"])
    system, pair = _SYSTEM.search(gml), _POSITION.search(gml)
    if system is None or pair is None:
        raise ValueError("a position that is no GML point")
    return to_wgs84(float(pair[1]), float(pair[2]), SYSTEMS[system[1]])


def _wait_of(error: HTTPError) -> float:
    told = error.headers.get("Retry-After", "") if error.headers else ""
    return float(whole_number(told)) or REST_SECONDS

"""Finding an address on the map, through a register that an installation chooses.

A register is a small plugin. `locate` and `suggest` call the chosen one; whatever it does (fails, hangs,
answers nonsense) the caller gets an answer in time, at worst that of the streets the desk knows itself.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeoutError
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, reduce
from operator import or_
from typing import ClassVar, Self, TypeVar

import structlog
from django.conf import settings
from django.db.models import Avg, Q

from kribbe.places.models import Street
from kribbe.region.models import Municipality
from kribbe.trust.text import address_words, begun_address, fold

T = TypeVar("T")

log = structlog.get_logger(__name__)

TIME_OUT_SECONDS = 2.0
MAX_TEXT = 200
MAX_WORDS = 12
AT_ONCE = 5000
LONGEST_NAME = 6
"""Words of the longest name of a street that is looked for."""


class Precision(StrEnum):
    """How near the point is to what was asked."""

    ADDRESS = "address"
    STREET = "street"
    TOWN = "town"
    MUNICIPALITY = "municipality"


@dataclass(frozen=True, slots=True)
class Located:
    """A place on the map, in degrees of WGS84. `municipality_id` None: outside the installation.

    `known_as`: the words of all names of a municipality; `label` is the one in the language of the page.
    """

    longitude: float
    latitude: float
    label: str
    municipality_id: int | None
    precision: Precision
    known_as: str = ""


class AddressRegister(ABC):
    """A source of addresses. May raise anything and take its time: callers go through `locate` and `suggest`."""

    name: ClassVar[str]
    remote: ClassVar[bool] = True
    """A remote register is asked under a time limit."""

    @classmethod
    def chosen(cls) -> Self:
        """The register as the settings say; called where the database may be read."""
        return cls()

    @abstractmethod
    def locate(self, text: str) -> Located | None:
        """The place that this text means, or None where it is unknown or could be several."""

    @abstractmethod
    def suggest(self, text: str, limit: int) -> list[Located]:
        """Places whose name begins as the text does, at most `limit`."""


REGISTERS: dict[str, type[AddressRegister]] = {}


def register(kind: type[AddressRegister]) -> type[AddressRegister]:
    """Class decorator: make a register available under its name."""
    REGISTERS[kind.name] = kind
    return kind


def chosen_register() -> AddressRegister | None:
    """The register that the installation chose, None where that is the known streets."""
    from kribbe.places import basisregisters

    kind = REGISTERS.get(settings.ADDRESS_REGISTER, KnownStreets)
    if kind is KnownStreets or basisregisters.rest.holds:
        return None
    return kind.chosen()


def locate(text: str, *, source: AddressRegister | None = None) -> Located | None:
    """Where this address is, or None. Never raises, never waits longer than the time limit.

    `source` stands in for the register that the installation chose.
    """
    asked = text.strip()[:MAX_TEXT]
    if not fold(asked):
        return None
    own = KnownStreets()
    source = source or chosen_register()
    if source is not None:
        found = _guarded(source, lambda: source.locate(asked))
        if isinstance(found, Located) and _on_earth(found):
            return found
    return own.locate(asked)


def suggest(text: str, *, limit: int = 8, source: AddressRegister | None = None) -> list[Located]:
    """What this text may become. Never raises, never waits longer than the time limit."""
    asked = text.strip()[:MAX_TEXT]
    if not fold(asked):
        return []
    source = source or chosen_register()
    if source is not None:
        found = _guarded(source, lambda: source.suggest(asked, limit))
        good = [each for each in found or [] if isinstance(each, Located) and _on_earth(each)]
        if good:
            return good[:limit]
    return KnownStreets().suggest(asked, limit)


def _on_earth(found: Located) -> bool:
    return abs(found.longitude) <= 180 and abs(found.latitude) <= 90


def _guarded(source: AddressRegister, ask: Callable[[], T]) -> T | None:
    """The register's answer, or None when it fails or is late; a late answer is thrown away."""
    try:
        if not source.remote:
            return ask()
        pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="address-register")
        try:
            return pool.submit(ask).result(timeout=TIME_OUT_SECONDS)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
    except FutureTimeoutError:
        log.warning("address register is late", register=source.name, seconds=TIME_OUT_SECONDS)
    except Exception as error:
        log.warning("address register failed", register=source.name, error=type(error).__name__)
    return None


@register
class KnownStreets(AddressRegister):
    """The streets and municipalities that the desk keeps itself: no outside call."""

    name = "known-streets"
    remote = False

    @cached_property
    def municipalities(self) -> "list[_Named]":
        """Read once for each register object, so that a file of addresses asks once."""
        return _municipalities()

    @cached_property
    def _read(self) -> "dict[str, list[Street]]":
        """Streets by key, as far as `read_ahead` was told of them; a key without a street has an empty list."""
        return {}

    def read_ahead(self, texts: Iterable[str]) -> None:
        """Read the streets of many addresses at once, so that none of them asks by itself."""
        keys = sorted({run for text in texts for run in _runs(_words(text))} - self._read.keys())
        for start in range(0, len(keys), AT_ONCE):
            some = keys[start : start + AT_ONCE]
            self._read.update((key, []) for key in some)
            for street in Street.objects.filter(key__in=some).order_by("postcode"):
                self._read[street.key].append(street)

    def locate(self, text: str) -> Located | None:
        words = _words(text)
        runs = _runs(words)
        places = _Places.named_in(runs, words, self.municipalities)
        return _street(self._named(runs), runs, words, places) or _town(runs) or places.located()

    def _named(self, runs: list[str]) -> "list[Street]":
        if all(run in self._read for run in runs):
            return [street for run in dict.fromkeys(runs) for street in self._read[run]]
        return list(Street.objects.filter(key__in=runs).order_by("postcode"))

    def suggest(self, text: str, limit: int) -> list[Located]:
        starts = tuple(begun_address(text))
        if not starts:
            return []
        streets = Street.objects.filter(any_key_begins(starts)).order_by("key", "postcode")[:limit]
        towns = [each for each in self.municipalities if any(name.startswith(starts) for name in each.names)]
        found = [each.located() for each in towns] + [_at_street(street, street.name) for street in streets]
        return found[:limit]


_NO_PLACE = frozenset({"bus", "box", "bte", "boite", "belgie", "belgique", "belgium"})


def any_key_begins(starts: Iterable[str]) -> Q:
    """Streets whose key begins with one of these."""
    return reduce(or_, (Q(key__startswith=start) for start in starts))


def _words(text: str) -> list[str]:
    """The words of an address, folded and written out."""
    return address_words(text)[:MAX_WORDS]


def _runs(words: list[str]) -> list[str]:
    """Every run of neighbouring words, the longest first."""
    spans = (
        (start, length)
        for length in range(min(LONGEST_NAME, len(words)), 0, -1)
        for start in range(len(words) - length + 1)
    )
    return [" ".join(words[start : start + length]) for start, length in spans]


@dataclass(frozen=True, slots=True)
class _Named:
    id: int
    label: str
    names: tuple[str, ...]
    postcodes: tuple[str, ...]
    longitude: float
    latitude: float

    def located(self) -> Located:
        return Located(
            self.longitude,
            self.latitude,
            self.label,
            self.id,
            Precision.MUNICIPALITY,
            " ".join(self.names),
        )


def _municipalities() -> list[_Named]:
    return [
        _Named(
            each.pk,
            each.name,
            tuple(map(fold, each.names)),
            tuple(each.postcodes),
            each.longitude,
            each.latitude,
        )
        for each in Municipality.objects.defer("outline").order_by("name_nl")
    ]


@dataclass(frozen=True, slots=True)
class _Places:
    """The municipalities and postcodes that a text names."""

    by_name: tuple[_Named, ...]
    by_postcode: tuple[_Named, ...]
    postcodes: tuple[str, ...]

    @classmethod
    def named_in(cls, runs: Collection[str], words: Iterable[str], known: Iterable[_Named]) -> "_Places":
        codes = tuple(word for word in words if re.fullmatch(r"[1-9]\d{3}", word))
        known = list(known)
        return cls(
            tuple(each for each in known if any(name in runs for name in each.names)),
            tuple(each for each in known if any(code in each.postcodes for code in codes)),
            codes,
        )

    def located(self) -> Located | None:
        """The one municipality meant, by postcode first."""
        for found in (self.by_postcode, self.by_name):
            if len(found) == 1:
                return found[0].located()
        return None


def _street(streets: list[Street], runs: list[str], words: list[str], places: _Places) -> Located | None:
    """The longest name of a street in the text, in the postcode, town or municipality that the text names."""
    for key in dict.fromkeys(run for run in runs if any(street.key == run for street in streets)):
        rest = _without(words, key)
        chosen = _narrowed([street for street in streets if street.key == key], rest, places)
        if len({street.municipality_id for street in chosen}) == 1:
            return _at_street(chosen[0], _with_house_number(chosen[0], words, key))
    return None


def _without(words: list[str], key: str) -> list[str]:
    """The words of an address beside the name of its street."""
    name = key.split()
    start = next(at for at in range(len(words)) if words[at : at + len(name)] == name)
    return words[:start] + words[start + len(name) :]


def _narrowed(streets: list[Street], rest: list[str], places: _Places) -> list[Street]:
    """Those of the streets that agree with the rest of the address; none if it names another place."""
    named = {place.id for place in (*places.by_name, *places.by_postcode)}
    runs = _runs(rest)
    tests: tuple[Callable[[Street], bool], ...] = (
        lambda street: street.postcode in places.postcodes,
        lambda street: fold(street.city) in runs,
        lambda street: street.municipality_id in named,
    )
    for test in tests:
        fitting = [street for street in streets if test(street)]
        if fitting:
            return fitting
    elsewhere = places.postcodes or any(
        word.isalpha() and len(word) > 2 and word not in _NO_PLACE for word in rest
    )
    return [] if named or elsewhere else streets


def _with_house_number(street: Street, words: list[str], key: str) -> str:
    name = key.split()
    start = next(at for at in range(len(words)) if words[at : at + len(name)] == name)
    following = words[start + len(name) : start + len(name) + 1]
    isnumber = following and re.fullmatch(r"\d{1,4}[a-z]?", following[0]) and following[0] != street.postcode
    return f"{street.name} {following[0].upper()}" if isnumber else street.name


def _at_street(street: Street, first_line: str) -> Located:
    label = f"{first_line}, {street.postcode} {street.city}"
    return Located(street.longitude, street.latitude, label, street.municipality_id, Precision.STREET)


def _town(runs: list[str]) -> Located | None:
    """A town within a municipality (Heverlee in Leuven): the middle of its streets."""
    wanted = Q()
    for run in runs:
        wanted |= Q(city__iexact=run.replace(" ", "-")) | Q(city__iexact=run)
    found = list(
        Street.objects.filter(wanted)
        .exclude(city="")
        .values("city", "municipality_id", "municipality__name_nl")
        .annotate(longitude=Avg("longitude"), latitude=Avg("latitude"))
        .order_by("city")[:2]
    )
    if len(found) != 1 or found[0]["city"] == found[0]["municipality__name_nl"]:
        return None
    town = found[0]
    return Located(town["longitude"], town["latitude"], town["city"], town["municipality_id"], Precision.TOWN)

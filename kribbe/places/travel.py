"""How long trips take, through a source that an installation chooses by `KRIBBE_TRAVEL`.

A source is a small plugin. `travel_minutes` asks the chosen one for all trips of a page at once; whatever it
does (fails, hangs, answers nonsense), the page gets an answer in time, at worst that by distance.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeoutError
from dataclasses import dataclass
from typing import ClassVar

import structlog
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from kribbe.rules.distance import kilometres
from kribbe.rules.travel import Mode, minutes_for

log = structlog.get_logger(__name__)

TIME_OUT_SECONDS = 1.0
MOST_MINUTES = 24 * 60

Point = tuple[float, float]
"""Longitude and latitude in degrees."""

Trip = tuple[Point, Point]


@dataclass(frozen=True, slots=True)
class Times:
    """Minutes of each trip, in the order asked. `estimated`: by distance alone."""

    minutes: list[int]
    estimated: bool


class TravelSource(ABC):
    """Knows how long trips take. May raise anything and take its time: callers go through `travel_minutes`."""

    name: ClassVar[str]
    remote: ClassVar[bool] = True
    """A remote source is asked under a time limit."""

    @abstractmethod
    def minutes(self, trips: Sequence[Trip], mode: Mode) -> list[int]:
        """Whole minutes of each trip, in this order, all in one call."""


SOURCES: dict[str, type[TravelSource]] = {}


def register(kind: type[TravelSource]) -> type[TravelSource]:
    """Class decorator: make a source available under its name."""
    SOURCES[kind.name] = kind
    return kind


@register
class ByDistance(TravelSource):
    """The straight line, the stated speed and detour of each mode: no outside call."""

    name = "distance"
    remote = False

    def minutes(self, trips: Sequence[Trip], mode: Mode) -> list[int]:
        return [minutes_for(mode, kilometres(*trip)) for trip in trips]


def chosen_source() -> TravelSource:
    """The source of the setting. Raises ImproperlyConfigured where nothing has that name."""
    kind = SOURCES.get(settings.TRAVEL_SOURCE)
    if kind is None:
        known = ", ".join(sorted(SOURCES))
        raise ImproperlyConfigured(f"KRIBBE_TRAVEL = {settings.TRAVEL_SOURCE!r} is not one of: {known}.")
    return kind()


def travel_minutes(trips: Sequence[Trip], mode: Mode, *, source: TravelSource | None = None) -> Times:
    """How long these trips take. Never raises, never waits longer than the time limit; one call for all."""
    chosen = source or chosen_source()
    own = ByDistance()
    if not trips or isinstance(chosen, ByDistance):
        return Times(own.minutes(trips, mode), estimated=True)
    found = _guarded(chosen, lambda: chosen.minutes(trips, mode))
    if found is not None and _sane(found, len(trips)):
        return Times(list(found), estimated=False)
    return Times(own.minutes(trips, mode), estimated=True)


def _sane(found: object, count: int) -> bool:
    return (
        isinstance(found, list)
        and len(found) == count
        and all(type(each) is int and 0 <= each <= MOST_MINUTES for each in found)
    )


def _guarded(source: TravelSource, ask: Callable[[], list[int]]) -> list[int] | None:
    """The source's answer, or None when it fails or is late; a late answer is thrown away."""
    try:
        if not source.remote:
            return ask()
        pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="travel")
        try:
            return pool.submit(ask).result(timeout=TIME_OUT_SECONDS)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
    except FutureTimeoutError:
        log.warning("travel source is late", source=source.name, seconds=TIME_OUT_SECONDS)
    except Exception as error:
        log.warning("travel source failed", source=source.name, error=type(error).__name__)
    return None

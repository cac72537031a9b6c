"""Travel times through a source that may misbehave: the page always gets an answer, in time."""

import time
from collections.abc import Sequence
from typing import ClassVar

import pytest

from kribbe.places import travel
from kribbe.places.travel import SOURCES, ByDistance, TravelSource, Trip, travel_minutes
from kribbe.rules.travel import Mode

HOME, WORK = (4.70, 50.88), (4.75, 50.88)
TRIPS: list[Trip] = [(HOME, WORK), (WORK, HOME)]
# 0.05 degrees of longitude at 50.88 north: 3.508 km; x 1.3 / 14 km/h = 19.5 minutes, and 2 to lock the bicycle.
BY_DISTANCE = [22, 22]


class Demo(TravelSource):
    """A route planner made of wood."""

    name: ClassVar[str] = "demo"

    def __init__(self, answer: object = None, error: Exception | None = None, seconds: float = 0) -> None:
        self.answer, self.error, self.seconds, self.calls = answer, error, seconds, 0

    def minutes(self, trips: Sequence[Trip], mode: Mode) -> list[int]:
        self.calls += 1
        time.sleep(self.seconds)
        if self.error:
            raise self.error
        return self.answer  # type: ignore[return-value]


def test_a_source_that_answers_is_asked_once_for_all_trips() -> None:
    source = Demo([12, 14])
    times = travel_minutes(TRIPS, Mode.BICYCLE, source=source)
    assert (times.minutes, times.estimated, source.calls) == ([12, 14], False, 1)


@pytest.mark.parametrize(
    "source",
    [
        Demo(error=ConnectionRefusedError()),
        Demo(error=ValueError("no JSON")),
        Demo(None),
        Demo("<html>"),
        Demo([12]),
        Demo([12, -3]),
        Demo([12, 9_999]),
        Demo([12, None]),
        Demo([12, 3.5]),
        Demo([12, 14], seconds=0.4),
    ],
    ids=["refuses", "fails", "nothing", "garbage", "too few", "negative", "too long", "holes", "not whole", "late"],
)  # fmt: skip
def test_a_source_that_fails_leaves_the_time_by_distance(
    source: Demo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(travel, "TIME_OUT_SECONDS", 0.1)
    begun = time.monotonic()
    times = travel_minutes(TRIPS, Mode.BICYCLE, source=source)
    assert time.monotonic() - begun < 0.3
    assert (times.minutes, times.estimated) == (BY_DISTANCE, True)


def test_without_trips_nobody_is_asked() -> None:
    source = Demo([])
    assert travel_minutes([], Mode.CAR, source=source).minutes == []
    assert source.calls == 0


def test_distance_is_what_an_installation_has_unless_it_chooses() -> None:
    assert SOURCES["distance"] is ByDistance
    assert travel_minutes(TRIPS, Mode.BICYCLE).minutes == BY_DISTANCE

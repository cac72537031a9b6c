"""How long it takes to get to a location, and how much longer the way to work becomes by it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kribbe.places.travel import Point, Trip, travel_minutes
from kribbe.rules.travel import Mode, extra_minutes

MODES: Mapping[Mode, str | Promise] = {
    Mode.FOOT: gettext_lazy("on foot"),
    Mode.BICYCLE: gettext_lazy("by bicycle"),
    Mode.CAR: gettext_lazy("by car"),
}


class Placed(Protocol):
    """Something at a point of the map, in degrees."""

    @property
    def id(self) -> int: ...
    @property
    def longitude(self) -> float: ...
    @property
    def latitude(self) -> float: ...


@dataclass(frozen=True, slots=True)
class Way:
    """Minutes from home, and how many more the way to work takes by here (None: no work given)."""

    mode: Mode
    minutes: int
    extra: int | None
    estimated: bool

    def in_words(self) -> str:
        """`about 8 min by bicycle`."""
        text = _("about %(minutes)d min %(mode)s") if self.estimated else _("%(minutes)d min %(mode)s")
        return text % {"minutes": self.minutes, "mode": MODES[self.mode]}

    def detour_in_words(self) -> str:
        """How much the way to work becomes longer."""
        if not self.extra:
            return _("On your way to work: no detour %(mode)s") % {"mode": MODES[self.mode]}
        text = _("On your way to work: about %(minutes)d min of detour %(mode)s")
        return text % {"minutes": self.extra, "mode": MODES[self.mode]}


def ways(places: Sequence[Placed], *, home: Point, work: Point | None, mode: Mode) -> dict[int, Way]:
    """The way to each place by its id; the source of travel times is asked once for all."""
    at = [(place.longitude, place.latitude) for place in places]
    trips: list[Trip] = [(home, point) for point in at]
    if work is not None:
        trips += [(point, work) for point in at] + [(home, work)]
    times = travel_minutes(trips, mode)
    count = len(places)
    return {
        place.id: Way(
            mode,
            times.minutes[number],
            _extra(times.minutes, number, count) if work is not None else None,
            times.estimated,
        )
        for number, place in enumerate(places)
    }


def _extra(minutes: Sequence[int], number: int, count: int) -> int:
    return extra_minutes(minutes[-1], (minutes[number], minutes[count + number]))

"""Which municipality, and so which desk, a location belongs to."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from kribbe.region.models import Desk, Municipality
from kribbe.trust.text import fold

BORDER_DEGREES = 0.003
"""About 200 metres: outlines are simplified, so nearer to a border the address decides."""


@dataclass(frozen=True)
class Home:
    """A municipality with what is needed to find it."""

    id: int
    name: str
    names: frozenset[str]
    postcodes: frozenset[str]
    outline: Any
    desk_id: int | None

    @cached_property
    def shape(self) -> Any:
        """The outline as a geometry, or None."""
        if not self.outline:
            return None
        from shapely.geometry import shape

        return shape(self.outline).buffer(0)

    def holds(self, longitude: float, latitude: float, *, margin: float = 0.0) -> bool:
        """Whether the point lies in the outline or within `margin` degrees of it."""
        if self.shape is None:
            return False
        from shapely.geometry import Point

        return bool(self.shape.distance(Point(longitude, latitude)) <= margin)


class Territory:
    """All municipalities of the installation."""

    def __init__(self, homes: Iterable[Home]) -> None:
        self.homes = {home.id: home for home in homes}
        self._by_name = {name: home for home in self.homes.values() for name in home.names}
        self._by_postcode = {code: home for home in self.homes.values() for code in home.postcodes}

    @classmethod
    def load(cls) -> "Territory":
        """As the database has it, in two queries."""
        desks = dict(Desk.objects.values_list("municipality_id", "id"))
        return cls(
            Home(
                row.pk,
                row.name_nl,
                frozenset(map(fold, row.names)),
                frozenset(row.postcodes),
                row.outline,
                desks.get(row.pk),
            )
            for row in Municipality.objects.order_by("id")
        )

    def by_address(self, postcode: str, city: str) -> Home | None:
        """By the name of the town, else by postcode."""
        return self._by_name.get(fold(city)) or self._by_postcode.get(postcode)

    def by_point(self, longitude: float, latitude: float) -> Home | None:
        """The municipality whose outline holds the point."""
        places = (
            self._tree.query(self._point(longitude, latitude), predicate="intersects") if self._shaped else []
        )
        return self._shaped[int(min(places))] if len(places) else None

    @cached_property
    def _shaped(self) -> list[Home]:
        return [home for home in self.homes.values() if home.shape is not None]

    @cached_property
    def _tree(self) -> Any:
        from shapely import STRtree

        return STRtree([home.shape for home in self._shaped])

    @staticmethod
    def _point(longitude: float, latitude: float) -> Any:
        from shapely.geometry import Point

        return Point(longitude, latitude)

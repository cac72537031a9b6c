"""Model fields that several rooms share."""

from typing import Any

from django.db import models

from kribbe.trust.references import LENGTH, new_reference

KM_PER_DEGREE_LONGITUDE = 70.19
KM_PER_DEGREE_LATITUDE = 111.25
"""At 51 degrees north. Good to 0.5 % over Belgium; distances that are shown are computed exactly."""


class PointField(models.Field[tuple[float, float], tuple[float, float]]):
    """PostgreSQL's own `point` (x, y), which a GiST index can order by distance."""

    def db_type(self, connection: Any) -> str:
        return "point"

    def from_db_value(
        self, value: str | None, expression: Any, connection: Any
    ) -> tuple[float, float] | None:
        if value is None:
            return None
        x, y = value.strip("()").split(",")
        return float(x), float(y)


class KmPoint(models.Func):
    """Longitude and latitude as a plane point in kilometres."""

    function = "point"
    output_field = PointField()

    def __init__(self, longitude: str, latitude: str) -> None:
        super().__init__(
            models.F(longitude) * models.Value(KM_PER_DEGREE_LONGITUDE),
            models.F(latitude) * models.Value(KM_PER_DEGREE_LATITUDE),
        )


def km_point(longitude: str = "longitude", latitude: str = "latitude") -> Any:
    """A stored generated column over two coordinates, for searching by distance."""
    return models.GeneratedField(
        expression=KmPoint(longitude, latitude), output_field=PointField(), db_persist=True
    )


def reference_field() -> "models.CharField[str, str]":
    """The public name of a row, used in addresses and on the telephone."""
    return models.CharField(max_length=LENGTH, unique=True, default=new_reference, editable=False)

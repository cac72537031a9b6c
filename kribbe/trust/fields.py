"""Model fields that several rooms share."""

import json
from typing import Any, TypeVar

from django.core.exceptions import FieldError
from django.db import models

from kribbe.trust.references import LENGTH, new_reference
from kribbe.trust.sealing import seal, unseal

Set = TypeVar("Set")
Get = TypeVar("Get")

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


class EncryptedText(models.TextField[Set, Get]):
    """Text that the database holds sealed (see `sealing`): a copy of the database alone doesn't tell it.

    Empty text and None are kept as they are. It can't be searched: two sealings of one text differ. Reading raises
    WrongKeyError where the key isn't that of the installation that wrote it.
    """

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        return unseal(value) if value else value

    def get_prep_value(self, value: Any) -> Any:
        text = super().get_prep_value(value)
        return seal(text) if text else text

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name != "isnull":
            raise FieldError(
                f"{self.name} is kept sealed; only isnull can be asked of it, not {lookup_name}."
            )
        return super().get_lookup(lookup_name)


class EncryptedList(EncryptedText[Any, Any]):
    """A list of what JSON can hold, sealed as a whole; an empty one is kept as empty text. Text is taken as JSON."""

    _pyi_private_set_type: Any
    _pyi_private_get_type: Any

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Any:
        text = super().from_db_value(value, expression, connection)
        return json.loads(text) if text else []

    def get_prep_value(self, value: Any) -> Any:
        is_told = value is None or isinstance(value, str)
        return super().get_prep_value(value if is_told else json.dumps(value) if value else "")


def reference_field() -> "models.CharField[str, str]":
    """The public name of a row, used in addresses and on the telephone."""
    return models.CharField(max_length=LENGTH, unique=True, default=new_reference, editable=False)

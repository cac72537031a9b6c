"""Distance over the earth."""

from math import asin, cos, radians, sin, sqrt

EARTH_KM = 6371.0088


def kilometres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Kilometres between two points (longitude and latitude in degrees), by the haversine formula."""
    (x1, y1), (x2, y2) = ((radians(x), radians(y)) for x, y in (one, other))
    half = sin((y2 - y1) / 2) ** 2 + cos(y1) * cos(y2) * sin((x2 - x1) / 2) ** 2
    return 2 * EARTH_KM * asin(sqrt(half))

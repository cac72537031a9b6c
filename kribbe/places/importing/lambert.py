"""Belgian Lambert coordinates as longitude and latitude, good to about a metre.

Formulas: EPSG Guidance Note 7-2, Lambert Conic Conformal (2SP) and the seven-parameter shift; parameters of
EPSG:31370 (Lambert 72) and EPSG:3812 (Lambert 2008).
"""

from dataclasses import dataclass
from enum import StrEnum
from math import asin, atan, atan2, cos, degrees, hypot, log, pi, radians, sin, sqrt, tan

WGS84 = (6378137.0, 1 / 298.257223563)
HAYFORD = (6378388.0, 1 / 297)
GRS80 = (6378137.0, 1 / 298.257222101)

SHIFT_METRES = (-106.8686, 52.2978, -103.7239)
SHIFT_SECONDS = (0.3366, -0.457, 1.8422)
SHIFT_SCALE = 1 - 1.2747e-6


class System(StrEnum):
    """How a file gives coordinates."""

    WGS84 = "wgs84"
    LAMBERT72 = "lambert72"
    LAMBERT2008 = "lambert2008"


@dataclass(frozen=True)
class Cone:
    """One conic projection: ellipsoid, origin and parallels in degrees, false origin in metres."""

    ellipsoid: tuple[float, float]
    origin: tuple[float, float]
    parallels: tuple[float, float]
    false_origin: tuple[float, float]


CONES = {
    System.LAMBERT72: Cone(
        HAYFORD, (4.36748666666667, 90.0), (51.16666723333333, 49.8333339), (150000.013, 5400088.438)
    ),
    System.LAMBERT2008: Cone(
        GRS80, (4.35921583333333, 50.797815), (49.8333333333333, 51.1666666666667), (649328.0, 665262.0)
    ),
}


def system_of(x: float, y: float) -> System | None:
    """Which system numbers of this size are in, or None."""
    if abs(x) <= 180 and abs(y) <= 90:
        return System.WGS84
    if 0 < x < 300_000 and 0 < y < 300_000:
        return System.LAMBERT72
    if 500_000 < x < 800_000 and 500_000 < y < 800_000:
        return System.LAMBERT2008
    return None


def to_wgs84(x: float, y: float, system: System) -> tuple[float, float]:
    """Longitude and latitude in degrees of a point in metres."""
    if system is System.WGS84:
        return x, y
    longitude, latitude = _unproject(x, y, CONES[system])
    if system is System.LAMBERT72:
        longitude, latitude = _shift(longitude, latitude)
    return degrees(longitude), degrees(latitude)


def _eccentricity(ellipsoid: tuple[float, float]) -> float:
    flattening = ellipsoid[1]
    return sqrt(2 * flattening - flattening * flattening)


def _t(latitude: float, e: float) -> float:
    s = e * sin(latitude)
    return float(tan(pi / 4 - latitude / 2) / ((1 - s) / (1 + s)) ** (e / 2))


def _m(latitude: float, e: float) -> float:
    return cos(latitude) / sqrt(1 - (e * sin(latitude)) ** 2)


def _unproject(x: float, y: float, cone: Cone) -> tuple[float, float]:
    e = _eccentricity(cone.ellipsoid)
    first, second = (radians(parallel) for parallel in cone.parallels)
    n = (log(_m(first, e)) - log(_m(second, e))) / (log(_t(first, e)) - log(_t(second, e)))
    scale = cone.ellipsoid[0] * _m(first, e) / (n * _t(first, e) ** n)
    origin_radius = scale * max(_t(radians(cone.origin[1]), e), 0.0) ** n
    east, north = x - cone.false_origin[0], origin_radius - (y - cone.false_origin[1])
    t = (hypot(east, north) / scale) ** (1 / n)
    latitude = pi / 2 - 2 * atan(t)
    for _ in range(8):
        s = e * sin(latitude)
        latitude = pi / 2 - 2 * atan(t * ((1 - s) / (1 + s)) ** (e / 2))
    return atan2(east, north) / n + radians(cone.origin[0]), latitude


def _shift(longitude: float, latitude: float) -> tuple[float, float]:
    """From the Hayford ellipsoid of BD72 to WGS84, at height 0."""
    radius, flattening = HAYFORD
    e2 = 2 * flattening - flattening * flattening
    normal = radius / sqrt(1 - e2 * sin(latitude) ** 2)
    x, y = normal * cos(latitude) * cos(longitude), normal * cos(latitude) * sin(longitude)
    z = normal * (1 - e2) * sin(latitude)
    rx, ry, rz = (radians(seconds / 3600) for seconds in SHIFT_SECONDS)
    dx, dy, dz = SHIFT_METRES
    moved = (
        dx + SHIFT_SCALE * (x - rz * y + ry * z),
        dy + SHIFT_SCALE * (rz * x + y - rx * z),
        dz + SHIFT_SCALE * (-ry * x + rx * y + z),
    )
    return _geographic(*moved)


def _geographic(x: float, y: float, z: float) -> tuple[float, float]:
    radius, flattening = WGS84
    e2 = 2 * flattening - flattening * flattening
    latitude = asin(z / sqrt(x * x + y * y + z * z))
    for _ in range(8):
        normal = radius / sqrt(1 - e2 * sin(latitude) ** 2)
        latitude = atan2(z + e2 * normal * sin(latitude), hypot(x, y))
    return atan2(y, x), latitude

"""Municipalities and their outlines from GeoJSON."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kribbe.places.importing.files import MAX_BYTES, BadFileError
from kribbe.places.importing.reasons import Level, Reason
from kribbe.region.models import Municipality
from kribbe.trust.text import fold

PROPERTIES: Mapping[str, tuple[str, ...]] = {
    "nis_code": ("nis", "nis code", "niscode", "nis5", "cd munty refnis", "refnis", "nsi"),
    "name_nl": ("name nl", "naam", "naam nl", "tx munty descr nl", "t mun nl", "gemeente", "name", "gemnaam"),
    "name_fr": ("name fr", "nom", "nom fr", "tx munty descr fr", "t mun fr", "commune"),
    "name_de": ("name de", "gemeinde", "name deutsch", "tx munty descr de", "t mun de"),
    "province": ("province", "provincie", "province nl", "tx prov descr nl", "t provi nl", "provname"),
    "postcodes": ("postcodes", "postcode", "code postal", "codes postaux"),
}
"""Folded names of the properties that official files use (Statbel, Digitaal Vlaanderen)."""

SIMPLIFIED_DEGREES = 0.0002
"""About 20 metres: enough for a map of municipalities and for finding one."""

DECIMALS = 5
PROVINCE_WORDS = re.compile(r"^(provincie|province de|province du|province)\s+", re.IGNORECASE)
BRACKETS = re.compile(r"\s*\([^()]*\)\s*$")

MERGED: Mapping[str, tuple[str, str]] = {
    "23023": ("Pajottegem (23106)", "2025-01-01"),
    "23024": ("Pajottegem (23106)", "2025-01-01"),
    "23032": ("Pajottegem (23106)", "2025-01-01"),
}
"""Municipalities of the region that have merged since the outlines at hand: into what, and since when.

Source: Flemish decrees on voluntary mergers of municipalities as of 1 January 2025.
"""


@dataclass(slots=True)
class Area:
    """One feature of the file. `line` counts features from 1."""

    line: int
    nis_code: str = ""
    name_nl: str = ""
    name_fr: str = ""
    name_de: str = ""
    province: str = ""
    postcodes: list[str] = field(default_factory=list)
    longitude: float = 0.0
    latitude: float = 0.0
    outline: dict[str, Any] | None = None
    reasons: list[Reason] = field(default_factory=list)

    def doubt(self, code: str, **said: object) -> None:
        """Add a reason of the table."""
        self.reasons.append(Reason(self.line, code, {name: str(value) for name, value in said.items()}))

    @property
    def refused(self) -> bool:
        return any(reason.level is Level.REFUSED for reason in self.reasons)


@dataclass
class AreaResult:
    """What a file of outlines did, or would do."""

    areas: list[Area]
    created: int = 0
    updated: int = 0
    unchanged: int = 0

    @property
    def reasons(self) -> list[Reason]:
        return [reason for area in self.areas for reason in area.reasons]

    def as_json(self, *, dry_run: bool) -> dict[str, Any]:
        """What `import-areas --json` prints."""
        return {
            "rows": len(self.areas),
            "created": self.created,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "refused": sum(area.refused for area in self.areas),
            "warned": sum(bool(area.reasons) and not area.refused for area in self.areas),
            "dry_run": dry_run,
            "reasons": [reason.as_json() for reason in self.reasons],
        }


def read_areas(path: Path) -> list[Area]:
    """The features of a GeoJSON file, judged. BadFileError if it is none."""
    try:
        if path.stat().st_size > 10 * MAX_BYTES:
            raise BadFileError(
                _("The file is larger than %(size)s MB.") % {"size": 10 * MAX_BYTES // 1024 // 1024}
            )
        data = json.loads(path.read_bytes())
    except OSError as error:
        raise BadFileError(f"{path}: {error.strerror}") from None
    except (ValueError, RecursionError):
        raise BadFileError(_("%(path)s is no GeoJSON.") % {"path": path}) from None
    features = data.get("features") if isinstance(data, dict) else None
    if not isinstance(features, list) or not features:
        raise BadFileError(
            _("%(path)s holds no features: a GeoJSON FeatureCollection is needed.") % {"path": path}
        )
    areas = [_read(number, feature) for number, feature in enumerate(features, 1)]
    _refuse_doubles(areas)
    return areas


def _read(number: int, feature: Any) -> Area:
    area = Area(number)
    properties = feature.get("properties") if isinstance(feature, dict) else None
    said = {fold(str(name)): value for name, value in (properties or {}).items()}
    _read_properties(area, said)
    if not area.refused:
        _read_outline(area, feature.get("geometry"))
    return area


def _read_properties(area: Area, said: Mapping[str, Any]) -> None:
    def text(target: str) -> str:
        names = (target.replace("_", " "), *PROPERTIES[target])
        found = next((said[name] for name in names if said.get(name) is not None), "")
        return " ".join(str(found).split())[:100]

    area.nis_code = text("nis_code").removesuffix(".0")
    if not re.fullmatch(r"[0-9]{5}", area.nis_code):
        area.doubt("missing_code")
    area.name_nl, area.name_fr = _name(area, text("name_nl")), BRACKETS.sub("", text("name_fr"))
    area.name_nl, area.name_de = area.name_nl or area.name_fr, BRACKETS.sub("", text("name_de"))
    if not area.name_nl:
        area.doubt("missing_name")
    area.province = PROVINCE_WORDS.sub("", text("province"))
    if not area.province:
        area.doubt("missing_province", name=area.name_nl)
    area.postcodes = re.findall(r"\b[1-9][0-9]{3}\b", text("postcodes"))
    if area.nis_code in MERGED:
        into, since = MERGED[area.nis_code]
        area.doubt("merged", name=area.name_nl, into=into, since=since)


def _name(area: Area, name: str) -> str:
    """The name without a bracketed suffix that only tells places of one name apart."""
    kept = BRACKETS.sub("", name)
    if kept != name:
        area.doubt("name_cut", name=name, kept=kept)
    return kept


def _read_outline(area: Area, geometry: Any) -> None:
    import shapely
    from shapely.geometry import mapping, shape

    try:
        outline = shape(geometry)
        if outline.geom_type not in {"Polygon", "MultiPolygon"} or outline.is_empty:
            area.doubt("no_polygon")
            return
        west, south, east, north = outline.bounds
    except (shapely.errors.ShapelyError, AttributeError, TypeError, ValueError, KeyError, IndexError):
        area.doubt("no_polygon")
        return
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        area.doubt("not_wgs84")
        return
    if not outline.is_valid:
        area.doubt("outline_mended", name=area.name_nl)
        outline = _surfaces(shapely.make_valid(outline))
    simple = _surfaces(shapely.set_precision(outline.simplify(SIMPLIFIED_DEGREES), 10**-DECIMALS))
    kept = outline if simple.is_empty else simple
    if kept.is_empty:
        area.doubt("no_polygon")
        return
    centre = kept.representative_point()
    area.longitude, area.latitude = round(centre.x, DECIMALS), round(centre.y, DECIMALS)
    area.outline = json.loads(
        json.dumps(mapping(kept)), parse_float=lambda text: round(float(text), DECIMALS)
    )


def _surfaces(geometry: Any) -> Any:
    """Only what has a surface: mending and rounding may leave lines and points."""
    from shapely import MultiPolygon, union_all

    parts = getattr(geometry, "geoms", [geometry])
    polygons = [part for part in parts if part.geom_type in {"Polygon", "MultiPolygon"}]
    return union_all(polygons) if polygons else MultiPolygon()


def _refuse_doubles(areas: list[Area]) -> None:
    first: dict[str, int] = {}
    for area in areas:
        if not area.refused and first.setdefault(area.nis_code, area.line) != area.line:
            area.doubt("doubled_code", nis=area.nis_code, other=first[area.nis_code])


FIELDS = ("name_nl", "name_fr", "name_de", "province", "longitude", "latitude", "outline", "outline_source")


def import_areas(*, areas: list[Area], source: str, dry_run: bool) -> AreaResult:
    """Create and update municipalities by their NIS code; what the file doesn't hold stays.

    An empty name, province or list of postcodes never wipes one that is known.
    """
    result = AreaResult(areas)
    with transaction.atomic():
        codes = [area.nis_code for area in areas if not area.refused]
        known = {
            each.nis_code: each
            for each in Municipality.objects.select_for_update().filter(nis_code__in=codes)
        }
        for area in areas:
            if not area.refused:
                _take(area, known.get(area.nis_code), source, result, dry_run=dry_run)
    return result


def _take(area: Area, known: Municipality | None, source: str, result: AreaResult, *, dry_run: bool) -> None:
    wanted: dict[str, Any] = {name: getattr(area, name) for name in FIELDS if name != "outline_source"}
    wanted |= {"outline_source": source[:200], "postcodes": area.postcodes}
    wanted = {name: value for name, value in wanted.items() if value not in ("", [])}
    if known is None:
        result.created += 1
        if not dry_run:
            Municipality.objects.create(nis_code=area.nis_code, **wanted)
        return
    changed = [name for name, value in wanted.items() if getattr(known, name) != value]
    if not changed:
        result.unchanged += 1
        return
    result.updated += 1
    for name in changed:
        setattr(known, name, wanted[name])
    if not dry_run:
        known.save(update_fields=changed)

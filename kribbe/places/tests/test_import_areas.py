"""Municipalities from GeoJSON."""

import json
from pathlib import Path
from typing import Any

import pytest

from kribbe.places.importing.areas import import_areas, read_areas
from kribbe.places.importing.files import BadFileError
from kribbe.places.importing.reasons import AREA_REASONS
from kribbe.places.importing.territory import Territory
from kribbe.places.tests.import_scene import REAL, square
from kribbe.region.models import Municipality

pytestmark = pytest.mark.django_db
MUNICIPALITIES = REAL / "municipalities.geojson"
BOW_TIE = {
    "type": "Polygon",
    "coordinates": [[[4.0, 50.0], [4.1, 50.1], [4.1, 50.0], [4.0, 50.1], [4.0, 50.0]]],
}


def feature(nis: str, name: str, geometry: Any = None, **properties: Any) -> dict[str, Any]:
    said = {"NISCODE": nis, "NAAM": name, "NOM": name, "PROVINCIE": "Provincie Zuidkant", **properties}
    return {"type": "Feature", "properties": said, "geometry": geometry or square(4.7, 50.8)}


def write(folder: Path, *features: Any) -> Path:
    path = folder / "areas.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


def test_every_kind_of_dirt(tmp_path: Path) -> None:
    far = {
        "type": "Polygon",
        "coordinates": [[[170000, 170000], [171000, 170000], [171000, 171000], [170000, 170000]]],
    }
    path = write(
        tmp_path,
        feature("99001", "Lindedaal (Zuidkant)"),
        feature("9900", "Kort"),
        feature("99003", "", NOM=""),
        feature("99004", "Punt", {"type": "Point", "coordinates": [4, 50]}),
        feature("99005", "Meters", far),
        feature("99001", "Lindedaal"),
        feature("99006", "Strik", BOW_TIE),
        feature("23024", "Gooik"),
        feature("99008", "Zonder", PROVINCIE=" "),
        feature("99009", "Leeg", {"type": "Polygon", "coordinates": "x"}),
        "geen feature",
    )
    result = import_areas(areas=read_areas(path), source="test", dry_run=False)
    assert {(reason.line, reason.code) for reason in result.reasons} == {
        (1, "name_cut"), (2, "missing_code"), (3, "missing_name"), (4, "no_polygon"), (5, "not_wgs84"),
        (6, "doubled_code"), (7, "outline_mended"), (8, "merged"), (9, "missing_province"), (10, "no_polygon"),
        (11, "missing_code"), (11, "missing_name"), (11, "missing_province"),
    }  # fmt: skip
    assert {reason.code for reason in result.reasons} == set(AREA_REASONS)
    totals = result.as_json(dry_run=False)
    assert [totals[name] for name in ("rows", "created", "updated", "unchanged", "refused", "warned")] == [
        11, 4, 0, 0, 7, 4,
    ]  # fmt: skip
    made = Municipality.objects.get(nis_code="99001")
    assert (made.name_nl, made.province, made.outline_source) == ("Lindedaal", "Zuidkant", "test")
    assert Territory.load().by_point(made.longitude, made.latitude).id == made.pk  # type: ignore[union-attr]
    assert Municipality.objects.get(nis_code="99006").outline["type"] == "MultiPolygon"


def test_repeatable_and_nothing_wiped(tmp_path: Path) -> None:
    path = write(tmp_path, feature("99001", "Lindedaal", POSTCODES="3999, 3996"))
    import_areas(areas=read_areas(path), source="a", dry_run=False)
    assert import_areas(areas=read_areas(path), source="a", dry_run=False).unchanged == 1
    bare = write(tmp_path, feature("99001", "Lindendaal", NOM="", PROVINCIE=""))
    assert import_areas(areas=read_areas(bare), source="a", dry_run=True).updated == 1
    assert Municipality.objects.get().name_nl == "Lindedaal"
    import_areas(areas=read_areas(bare), source="a", dry_run=False)
    made = Municipality.objects.get()
    assert (made.name_nl, made.name_fr, made.province) == ("Lindendaal", "Lindedaal", "Zuidkant")
    assert made.postcodes == ["3999", "3996"]


@pytest.mark.parametrize("content", ["", "geen json", "[]", "{}", '{"features": []}', "[" * 100_000])
def test_no_geojson_is_one_line(tmp_path: Path, content: str) -> None:
    path = tmp_path / "bad.geojson"
    path.write_text(content)
    with pytest.raises(BadFileError):
        read_areas(path)
    with pytest.raises(BadFileError):
        read_areas(tmp_path / "nowhere.geojson")


@pytest.mark.skipif(not MUNICIPALITIES.exists(), reason="the real outlines aren't at hand")
def test_the_real_outlines() -> None:
    areas = read_areas(MUNICIPALITIES)
    first = import_areas(areas=areas, source="Statbel", dry_run=False)
    again = import_areas(areas=areas, source="Statbel", dry_run=False)
    assert (first.created, again.unchanged, len(areas)) == (84, 84, 84)
    codes = [reason.code for reason in first.reasons]
    # 19 in Brussels have no province; Galmaarden, Gooik and Herne merged; Vorst, Halle and Machelen lose a suffix.
    assert [codes.count(code) for code in ("missing_province", "merged", "name_cut")] == [19, 3, 3]
    territory = Territory.load()
    leuven = territory.by_point(4.7009, 50.8796)
    assert leuven is not None
    assert leuven.name == "Leuven"
    for home in territory.homes.values():
        made = Municipality.objects.get(pk=home.id)
        assert home.holds(made.longitude, made.latitude)

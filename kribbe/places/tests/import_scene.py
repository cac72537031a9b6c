"""Three invented municipalities side by side: Lindedaal and Beukhove with a desk, Wilgenrode without."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from kribbe.places.importing import mapping as maps
from kribbe.places.importing.files import Table, read_bytes
from kribbe.places.importing.mapping import ColumnMap
from kribbe.places.importing.run import Done, import_locations
from kribbe.places.models import Street
from kribbe.region.models import Desk, Municipality, Region
from kribbe.trust.principal import SYSTEM
from kribbe.trust.text import fold

DATA = Path(__file__).parent / "data"
DIRTY = DATA / "dirty.csv"
REAL = Path(__file__).parents[4] / "shared" / "data"


def square(west: float, south: float, size: float = 0.1) -> dict[str, object]:
    """An outline of `size` degrees a side."""
    east, north = west + size, south + size
    return {
        "type": "Polygon",
        "coordinates": [[[west, south], [east, south], [east, north], [west, north], [west, south]]],
    }


HEAD = "licence number,name,kind,address,postcode,city,lon,lat,organiser,places,phone\n"
ONE = HEAD + "L-1,De Merel,Creche,Dorpsstraat 2,3999,Lindedaal,4.71,50.88,Merels vzw,{places},{phone}\n"


@dataclass
class Scene:
    lindedaal: Desk
    beukhove: Desk


def make_scene() -> Scene:
    """Lindedaal has two streets; its outline runs from 4.70 to 4.80 east and 50.80 to 50.90 north."""
    region = Region.objects.create(name="Streek", slug="streek")
    homes = [
        Municipality.objects.create(
            region=region,
            nis_code=nis,
            name_nl=name,
            name_fr=french,
            postcodes=[postcode],
            longitude=west + 0.05,
            latitude=50.85,
            outline=square(west, 50.80),
        )
        for nis, name, french, postcode, west in (
            ("99001", "Lindedaal", "Valtilleul", "3999", 4.7),
            ("99002", "Beukhove", "", "3998", 4.8),
            ("99003", "Wilgenrode", "", "3997", 4.5),
        )
    ]
    desks = [
        Desk.objects.create(region=region, municipality=home, slug=home.name_nl.lower(), name=home.name_nl)
        for home in homes[:2]
    ]
    make_street(homes[0], "Molenweg", "3999", at=(4.75, 50.85))
    make_street(homes[0], "Dorpsstraat", "3999", at=(4.70, 50.88))
    return Scene(*desks)


def make_street(
    home: Municipality, name: str, postcode: str, *, at: tuple[float, float], city: str = ""
) -> Street:
    """A street of this municipality."""
    return Street.objects.create(
        name=name,
        key=fold(name),
        postcode=postcode,
        city=city or home.name_nl,
        municipality=home,
        longitude=at[0],
        latitude=at[1],
    )


def read(text: str | bytes) -> Table:
    """A table from what a file holds."""
    content = text.encode() if isinstance(text, str) else text
    return read_bytes(content, header_words=maps.known_words)


def bring_in(
    source: str | bytes | Table, *, now: datetime, desk: Desk | None = None, mapping: ColumnMap | None = None
) -> Done:
    """Import by the guessed mapping."""
    table = source if isinstance(source, Table) else read(source)
    return import_locations(
        principal=SYSTEM,
        table=table,
        mapping=mapping or maps.guess(table).mapping,
        desk=desk,
        file_name="list.csv",
        file_hash="0" * 64,
        now=now,
    )

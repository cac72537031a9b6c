"""The region of the demo: municipalities with schematic outlines, their desks, and invented streets."""

from collections.abc import Mapping, Sequence
from datetime import date
from math import cos, pi, sin

import shapely
from shapely import MultiPoint, Point, Polygon, box, voronoi_polygons
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from kribbe.demo.book import Book
from kribbe.demo.chance import Chance
from kribbe.demo.tables import Town, table, towns
from kribbe.places.models import Street
from kribbe.region.models import Desk, DeskPolicy, Municipality, Region
from kribbe.region.presets import presets, reason_rows
from kribbe.rules.calendar import add_months
from kribbe.trust.fields import KM_PER_DEGREE_LATITUDE, KM_PER_DEGREE_LONGITUDE
from kribbe.trust.text import fold

HISTORY_MONTHS = 48
"""How long before today the desks began."""

LETTER_LANGUAGES = ["nl"]
PROVINCE = "Vlaams-Brabant"
BUILT_UP = 0.62
"""How much of the way to the border streets lie."""


def lay_out(book: Book) -> None:
    """Add region, municipalities, desks with policy and reasons, and streets."""
    since = opening(book.today)
    chance = Chance("territory")
    region = book.add(Region(name=table("region")["name"], slug=table("region")["slug"]))
    shapes = outlines(towns())
    for town in towns():
        municipality = book.add(_municipality(region, town, shapes[town.slug]))
        desk = book.add(_desk(region, municipality, town))
        book.add(DeskPolicy(desk=desk, during=(since, None), **presets()[town.preset].policy))
        for reason in reason_rows(desk):
            book.add(reason)
        for street in _streets(municipality, town, chance):
            book.add(street)


def name_known_streets(book: Book) -> None:
    """Streets that whoever tries the search types first, beside the invented ones; nobody of the demo lives there."""
    desks = {desk.slug: desk for desk in book.rows(Desk)}
    for row in table("streets")["known"]:
        municipality = desks[row["town"]].municipality
        for name, longitude, latitude in row["streets"]:
            book.add(
                Street(
                    name=name,
                    key=fold(name),
                    postcode=row["postcode"],
                    city=municipality.name_nl,
                    municipality=municipality,
                    longitude=longitude,
                    latitude=latitude,
                )
            )


def opening(today: date) -> date:
    """The day on which the desks of the demo began."""
    return add_months(today.replace(day=1), -HISTORY_MONTHS)


def outlines(places: Sequence[Town]) -> Mapping[str, Polygon]:
    """A cell around each centre, cut off by the border of all municipalities together. Longitude, latitude."""
    centres = {town.slug: Point(_plane(town.longitude, town.latitude)) for town in places}
    hull = MultiPoint(list(centres.values())).convex_hull
    border = hull.buffer(max(town.reach for town in places), quad_segs=6).convex_hull
    cells = voronoi_polygons(MultiPoint(list(centres.values())), extend_to=box(*border.bounds)).geoms
    return {
        slug: _on_earth(next(cell for cell in cells if cell.contains(centre)).intersection(border))
        for slug, centre in centres.items()
    }


def _plane(longitude: float, latitude: float) -> tuple[float, float]:
    return longitude * KM_PER_DEGREE_LONGITUDE, latitude * KM_PER_DEGREE_LATITUDE


def _on_earth(shape: BaseGeometry) -> Polygon:
    corners = shapely.get_coordinates(shape.boundary)
    return Polygon(
        [(round(x / KM_PER_DEGREE_LONGITUDE, 4), round(y / KM_PER_DEGREE_LATITUDE, 4)) for x, y in corners]
    )


def _municipality(region: Region, town: Town, outline: Polygon) -> Municipality:
    return Municipality(
        region=region,
        nis_code=town.nis,
        name_nl=town.name,
        name_fr=town.name_fr or town.name,
        name_de=town.name_de or town.name,
        province=PROVINCE,
        postcodes=list(town.towns),
        longitude=town.longitude,
        latitude=town.latitude,
        outline=mapping(outline),
        outline_source=table("region")["outline_source"],
    )


def _desk(region: Region, municipality: Municipality, town: Town) -> Desk:
    return Desk(
        region=region,
        municipality=municipality,
        slug=town.slug,
        name=town.name,
        subtitle=town.subtitle,
        subtitle_fr=town.subtitle_fr,
        subtitle_en=town.subtitle_en,
        subtitle_de=town.subtitle_de,
        tokens=dict(town.tokens),
        logo_icon=town.logo_icon,
        phone=town.phone,
        email=f"kinderopvang@{town.slug}.example",
        address=town.address,
        complaints=f"klachten@{town.slug}.example",
        public_languages=list(town.languages),
        letter_languages=LETTER_LANGUAGES,
    )


def _streets(municipality: Municipality, town: Town, chance: Chance) -> list[Street]:
    words = table("streets")
    names: dict[str, None] = {}
    while len(names) < town.streets:
        last = chance.weighted(words["last"], words["weights"])
        names[_join(chance.pick(words["first"]), last)] = None
    codes = list(town.towns)
    return [
        _street(municipality, town, name, codes[place % len(codes)], place, chance)
        for place, name in enumerate(names)
    ]


def _join(first: str, last: str) -> str:
    """`Wilg` and `laan` make `Wilgenlaan`, `Klaver` and `straat` make `Klaverstraat`."""
    linked = first.endswith(("lg", "nd", "st", "lk"))
    return f"{first}{'en' if linked else ''}{last}"


def _street(
    municipality: Municipality, town: Town, name: str, postcode: str, place: int, chance: Chance
) -> Street:
    """Postcodes are sectors around the centre, the first one in the middle."""
    codes = list(town.towns)
    sector = codes.index(postcode)
    outer = sector > 0
    angle = (
        2 * pi * (sector / max(1, len(codes) - 1) + chance.between(-0.1, 0.1))
        if outer
        else 2 * pi * place / 7
    )
    reach = town.reach * BUILT_UP * (chance.between(0.7, 1.1) if outer else chance.between(0.05, 0.6))
    return Street(
        name=name,
        key=fold(name),
        postcode=postcode,
        city=town.towns[postcode],
        municipality=municipality,
        longitude=round(town.longitude + reach * cos(angle) / KM_PER_DEGREE_LONGITUDE, 5),
        latitude=round(town.latitude + reach * sin(angle) / KM_PER_DEGREE_LATITUDE, 5),
    )

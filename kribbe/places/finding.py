"""One question for streets, towns, postcodes and locations, answered though it is spelled otherwise.

`suggestions` serves typing, `close_matches` a text that no register understood. Each asks a fixed number of
queries, whatever the number of streets.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.db import connection
from django.db.models import Avg, ExpressionWrapper, F, FloatField, Q, QuerySet

from kribbe.places.addresses import MAX_TEXT, AddressRegister, Located, Precision, any_key_begins
from kribbe.places.addresses import suggest as suggest_addresses
from kribbe.places.models import LicenceState, Location, Names, Street
from kribbe.places.names import MOST_WORDS, beginning, best_run, runs, sought_trigrams
from kribbe.region.models import Desk
from kribbe.region.selectors import municipalities_of
from kribbe.trust.fields import KM_PER_DEGREE_LATITUDE, KM_PER_DEGREE_LONGITUDE
from kribbe.trust.text import address_words, begun_address, fold, phonetic_key, sort_key

CANDIDATES = 30
"""Names of each kind that are compared letter by letter."""

ROWS = 60
SURE = 0.72
"""From this likeness on a name is taken for what was meant."""

MAYBE = 0.6
REST_COUNTS = 0.3
"""How much the words beside the name (the town) weigh."""


class Sort(StrEnum):
    """What was found."""

    STREET = "street"
    TOWN = "town"
    POSTCODE = "postcode"
    LOCATION = "location"


@dataclass(frozen=True, slots=True)
class Match:
    """Something by that name, in degrees. `slug` is a location's, "" otherwise; `score` is from 0 to 1 (the same)."""

    sort: Sort
    label: str
    longitude: float
    latitude: float
    score: float
    slug: str = ""


def suggestions(
    text: str, *, desk: Desk, limit: int, places_only: bool = False, source: AddressRegister | None = None
) -> list[Match]:
    """What the text may become: what begins as it does, then what resembles it; the nearest to the desk first.

    `places_only` leaves locations out.
    """
    asked = text.strip()[:MAX_TEXT]
    if not fold(asked):
        return []
    exact = [*_postcodes(asked, desk), *_addresses(asked, desk, limit, source)]
    if not places_only:
        exact += _locations_holding(asked, desk, limit)
    alike = [] if len(exact) >= limit else _alike(asked, desk, _typing, places_only=places_only)
    return _mixed(exact, [match for match in alike if match.score >= MAYBE], limit)


def close_matches(text: str, *, desk: Desk, limit: int) -> list[Match]:
    """What was likely meant, the likeliest first: sure enough to be taken for it, or nothing."""
    found = _alike(text.strip()[:MAX_TEXT], desk, _complete, places_only=False)
    return _mixed([], [match for match in found if match.score >= SURE], limit)


def _mixed(exact: list[Match], alike: list[Match], limit: int) -> list[Match]:
    by_label: dict[str, Match] = {}
    for match in [*exact, *sorted(alike, key=lambda each: -each.score)]:
        by_label.setdefault(match.label, match)
    return list(by_label.values())[:limit]


def _postcodes(text: str, desk: Desk) -> list[Match]:
    """Towns of the postcode that is typed, from two digits on."""
    digits = text if text.isascii() and text.isdigit() and 2 <= len(text) <= 4 else ""
    if not digits:
        return []
    rows = (
        Street.objects.filter(postcode__startswith=digits)
        .values("postcode", "city")
        .annotate(x=Avg("longitude"), y=Avg("latitude"))
        .order_by("postcode", "city")[:CANDIDATES]
    )
    found = {
        f"{row['postcode']} {row['city']}": Match(
            Sort.POSTCODE, f"{row['postcode']} {row['city']}", row["x"], row["y"], 1.0
        )
        for row in rows
    }
    codes = {match.label.split()[0] for match in found.values()}
    for place in municipalities_of(desk.region_id):
        for code in place.postcodes:
            if code.startswith(digits) and code not in codes:
                label = f"{code} {place.name}"
                found[label] = Match(Sort.POSTCODE, label, place.longitude, place.latitude, 1.0)
    return list(found.values())


def _addresses(text: str, desk: Desk, limit: int, source: AddressRegister | None) -> list[Match]:
    """Towns and streets that begin so: of the register where there is one, else the known ones."""
    if source is not None:
        return [_of_address(found, 1.0) for found in suggest_addresses(text, limit=limit, source=source)]
    starts = tuple(begun_address(text))
    if not starts:
        return []
    towns = [
        Match(Sort.TOWN, place.name, place.longitude, place.latitude, 1.0)
        for place in municipalities_of(desk.region_id)
        if any(fold(name).startswith(starts) for name in place.names)
    ]
    streets = _nearest(Street.objects.filter(any_key_begins(starts)), desk)[:limit]
    return towns + [_of_street(street, 1.0) for street in streets]


def _of_street(street: Street, score: float) -> Match:
    label = f"{street.name}, {street.postcode} {street.city}"
    return Match(Sort.STREET, label, street.longitude, street.latitude, score)


def _of_address(found: Located, score: float) -> Match:
    street = found.precision in {Precision.ADDRESS, Precision.STREET}
    sort = Sort.STREET if street else Sort.TOWN
    return Match(sort, found.label, found.longitude, found.latitude, score)


def _locations_holding(text: str, desk: Desk, limit: int) -> list[Match]:
    rows = _locations(desk).filter(name_key__contains=sort_key(text)).order_by("name_key")[:limit]
    return [_of_location(row, 1.0) for row in rows]


def _locations(desk: Desk) -> "QuerySet[Location]":
    return (
        Location.objects.filter(active=True, desk__region=desk.region_id)
        .exclude(licence_state=LicenceState.ENDED)
        .only("name", "name_key", "city", "slug", "longitude", "latitude")
    )


def _of_location(row: Location, score: float) -> Match:
    return Match(Sort.LOCATION, f"{row.name}, {row.city}", row.longitude, row.latitude, score, slug=row.slug)


Score = Callable[[Sequence[str], str], tuple[float, list[str]]]
"""How well a name fits the words typed, and the words that are left."""


def _complete(words: Sequence[str], key: str) -> tuple[float, list[str]]:
    return best_run(words, key)


def _typing(words: Sequence[str], key: str) -> tuple[float, list[str]]:
    whole, rest = best_run(words, key)
    begun = beginning(" ".join(words), key)
    return (begun, []) if begun >= whole else (whole, rest)


def _alike(text: str, desk: Desk, score: Score, *, places_only: bool) -> list[Match]:
    words = address_words(text)[:MOST_WORDS]
    letters = [word for word in words if not word.isdigit()]
    if not letters:
        return []
    codes = {word for word in words if word.isdigit() and len(word) == 4}
    names = _candidates(letters)
    towns = names[Names.TOWN]
    found = [
        *_streets_alike(names[Names.STREET], letters, codes, towns, desk, score),
        *_towns_alike(towns, letters, desk, score),
    ]
    if not places_only:
        found += _locations_alike(names[Names.LOCATION], letters, towns, desk, score)
    return found


def _candidates(words: Sequence[str]) -> dict[str, list[str]]:
    """By kind the names that share a sound, or most letters three by three, with the words."""
    sounds = {phonetic_key("".join(words[start:end])) for start, end in runs(words)}
    found: dict[str, list[str]] = {kind: [] for kind in Names.values}
    with connection.cursor() as cursor:
        cursor.execute(
            CANDIDATES_QUERY,
            {"sounds": sorted(sounds), "trigrams": sorted(sought_trigrams(words)), "most": CANDIDATES},
        )
        for kind, key in cursor.fetchall():
            found[kind].append(key)
    return found


CANDIDATES_QUERY = """
WITH shared AS (
    SELECT kind, key, sound = ANY(%(sounds)s) AS sounds,
           (SELECT count(*) FROM unnest(trigrams) each WHERE each = ANY(%(trigrams)s)) AS common,
           cardinality(trigrams) AS size
    FROM places_namekey WHERE trigrams && %(trigrams)s::varchar[]
    UNION
    SELECT kind, key, true, 0, 1 FROM places_namekey WHERE sound = ANY(%(sounds)s)
), ranked AS (
    SELECT kind, key, row_number() OVER (
        PARTITION BY kind ORDER BY bool_or(sounds) DESC, max(common::float * common / size) DESC, key
    ) AS place
    FROM shared GROUP BY kind, key
)
SELECT kind, key FROM ranked WHERE place <= %(most)s ORDER BY kind, place
"""
"""The more of its own letters a name shares, and the more in number, the earlier it comes."""


def _streets_alike(
    keys: Sequence[str],
    words: Sequence[str],
    codes: Iterable[str],
    towns: Sequence[str],
    desk: Desk,
    score: Score,
) -> list[Match]:
    scored = {key: score(words, key) for key in keys}
    kept = [key for key, (likeness, _rest) in scored.items() if likeness >= MAYBE]
    rows = _nearest(Street.objects.filter(key__in=kept), desk)
    found = []
    for street in rows:
        likeness, rest = scored[street.key]
        known = 1.0 if street.postcode in codes else _town_likeness(rest, street.city, towns)
        found.append(_of_street(street, _with_rest(likeness, rest, known)))
    return found


def _nearest(streets: "QuerySet[Street]", desk: Desk) -> "list[Street]":
    seat = desk.municipality
    east = (F("longitude") - seat.longitude) * KM_PER_DEGREE_LONGITUDE
    north = (F("latitude") - seat.latitude) * KM_PER_DEGREE_LATITUDE
    away = ExpressionWrapper(east * east + north * north, output_field=FloatField())
    return list(streets.order_by(away, "pk")[:ROWS])


def _town_likeness(rest: Sequence[str], town: str, towns: Sequence[str]) -> float:
    """How well the words beside a name fit this town."""
    key = fold(town)
    return best_run(rest, key)[0] if rest and key in towns else 0.0


def _with_rest(likeness: float, rest: Sequence[str], known: float) -> float:
    left = [word for word in rest if len(word) > 2]
    return likeness if not left else (1 - REST_COUNTS) * likeness + REST_COUNTS * known


def _towns_alike(keys: Sequence[str], words: Sequence[str], desk: Desk, score: Score) -> list[Match]:
    scored = {key: score(words, key) for key in keys}
    found = []
    for place in municipalities_of(desk.region_id):
        fits = [scored[key] for key in map(fold, place.names) if key in scored]
        likeness = max((_with_rest(one, rest, 0.0) for one, rest in fits), default=0.0)
        found.append(Match(Sort.TOWN, place.name, place.longitude, place.latitude, likeness))
    known = {match.label for match in found}
    return found + [town for town in _towns_within(scored, desk) if town.label not in known]


def _towns_within(scored: Mapping[str, tuple[float, list[str]]], desk: Desk) -> list[Match]:
    """Towns that are part of a municipality (Heverlee in Leuven): each in the middle of its streets."""
    kept = [key for key, (likeness, _rest) in scored.items() if likeness >= MAYBE]
    named = Q(pk__in=[])
    for key in kept:
        named |= Q(city__iexact=key) | Q(city__iexact=key.replace(" ", "-"))
    rows = (
        Street.objects.filter(named, municipality__region=desk.region_id)
        .values("city")
        .annotate(x=Avg("longitude"), y=Avg("latitude"))
        .order_by("city")[:ROWS]
    )
    return [
        Match(Sort.TOWN, row["city"], row["x"], row["y"], _with_rest(*scored[fold(row["city"])], 0.0))
        for row in rows
        if fold(row["city"]) in scored
    ]


def _locations_alike(
    keys: Sequence[str], words: Sequence[str], towns: Sequence[str], desk: Desk, score: Score
) -> list[Match]:
    scored = {sort_key(key): score(words, key) for key in keys}
    kept = [key for key, (likeness, _rest) in scored.items() if likeness >= MAYBE]
    found = []
    for row in _locations(desk).filter(name_key__in=kept).order_by("name_key")[:ROWS]:
        likeness, rest = scored[row.name_key]
        known = _town_likeness(rest, row.city, towns)
        found.append(_of_location(row, _with_rest(likeness, rest, known)))
    return found

"""One worked answer of each address, for the reference; invented places."""

from typing import Any

_MUNICIPALITY = {"nis": "24062", "name": "Leuven"}
_HALF_DAYS = ["mon-am", "mon-pm", "tue-am"]

_LOCATION: dict[str, Any] = {
    "slug": "de-notelaar",
    "name": "De Notelaar",
    "kind": {"code": "group", "name": "Day-care centre"},
    "url": "https://opvang.example.be/leuven/locations/de-notelaar/",
    "desk": "leuven",
    "municipality": _MUNICIPALITY,
    "address": {"street": "Kerkstraat 1", "postcode": "3000", "city": "Leuven"},
    "point": {"longitude": 4.7009, "latitude": 50.8796, "exact": True},
    "licence": {
        "number": "100200",
        "state": {"code": "licensed", "name": "Licensed"},
        "checked_on": "2026-10-01",
    },
    "organiser": "Kinderhuis vzw",
    "contacts": {
        "phone": "016 55 01 10",
        "email": "info@notelaar.example",
        "website": "https://notelaar.example",
    },
    "languages": ["nl", "en"],
    "inclusive": True,
    "opens_at": "07:00",
    "closes_at": "18:00",
    "min_half_days": 4,
    "day_price": None,
    "groups": [
        {
            "name": "Vlinders",
            "from_months": 0,
            "to_months": 18,
            "price": "income",
            "licensed_places": 14,
        }
    ],
}

_FREE: dict[str, Any] = {
    "slug": "de-notelaar",
    "accepting": True,
    "groups": [
        {
            "name": "Vlinders",
            "from_months": 0,
            "to_months": 18,
            "price": "income",
            "counted_at": "2026-11-26T04:00:00+01:00",
            "months": [{"month": "2027-01", "free": _HALF_DAYS}],
            "closed": [
                {"first": "2027-01-04", "last": "2027-01-08", "reason": "Winter"},
                {"first": "2027-01-22", "last": "2027-01-22", "reason": "Study day"},
            ],
        }
    ],
    "closed": [{"first": "2027-01-04", "last": "2027-01-08", "reason": "Winter"}],
}

_FOUND: dict[str, Any] = {
    "items": [
        {
            "slug": "de-notelaar",
            "name": "De Notelaar",
            "kind": "group",
            "url": "https://opvang.example.be/leuven/locations/de-notelaar/",
            "municipality": _MUNICIPALITY,
            "metres": 640,
            "fits": "whole",
            "free": _HALF_DAYS,
            "opens_on": None,
        }
    ],
    "total": 12,
    "whole": 3,
    "next": "MC02NDAtMTI",
}

_DESK: dict[str, Any] = {
    "slug": "leuven",
    "name": "Leuven",
    "subtitle": "Loket kinderopvang",
    "url": "https://opvang.example.be/leuven/",
    "region": "Oost-Brabant",
    "municipality": _MUNICIPALITY,
    "contacts": {
        "phone": "016 55 01 00",
        "email": "loket@leuven.example",
        "address": "Stadsplein 1, 3000 Leuven",
        "complaints": "klachten@leuven.example",
    },
    "public_languages": ["nl", "en"],
    "letter_languages": ["nl"],
    "locations": 170,
    "waiting_children": 812,
    "policy": {
        "since": "2026-01-01",
        "until": None,
        "max_wishes": 5,
        "earliest_answer_months": 9,
        "answer_days": 21,
        "reaction_days": 10,
        "signature_days": 14,
        "urgent_days": 30,
        "ranking_shown": False,
        "date_rule": "registered",
        "sentences": ["You can choose at most 5 locations."],
        "source": "Council of 15 December 2025",
    },
}

_AREA: dict[str, Any] = {
    "type": "Feature",
    "id": "24062",
    "geometry": {
        "type": "Polygon",
        "coordinates": [[[4.64, 50.85], [4.77, 50.85], [4.77, 50.94], [4.64, 50.85]]],
    },
    "properties": {
        "nis": "24062",
        "name": "Leuven",
        "name_fr": "Louvain",
        "name_de": "Löwen",
        "province": "Vlaams-Brabant",
        "postcodes": ["3000", "3001"],
        "desk": "leuven",
        "outline_source": "Statbel, CC BY 4.0",
    },
}


_CLUB: dict[str, Any] = {
    "slug": "leuven-de-speelvogel",
    "name": "De Speelvogel",
    "url": "https://opvang.example.be/leuven/out-of-school/leuven-de-speelvogel/",
    "desk": "leuven",
    "organiser": "Kinderhuis vzw",
    "address": {"street": "Schoolstraat 3", "postcode": "3000", "city": "Leuven"},
    "point": {"longitude": 4.7009, "latitude": 50.8796, "exact": True},
    "phone": "016 55 01 10",
    "email": "speelvogel@bko.example",
    "from_months": 30,
    "to_months": 150,
    "opens_at": "07:00",
    "closes_at": "18:00",
    "hour_price": "3.20",
    "day_price": "14.00",
    "school_year": 2026,
    "schools": [{"name": "De Linde", "postcode": "3000", "city": "Leuven", "how": "on foot"}],
    "moments": [
        {"moment": "mon-before", "places": 14, "free": 9},
        {"moment": "mon-after", "places": 14, "free": 0},
    ],
    "holiday_weeks": [
        {
            "name": "Krokusvakantie",
            "first": "2027-02-08",
            "last": "2027-02-12",
            "opens_at": "2026-12-01T19:00:00+01:00",
            "closes_at": "2027-02-08T00:00:00+01:00",
            "places": 14,
            "free": 3,
        }
    ],
}


def _answering(example: dict[str, Any], **extra: Any) -> dict[str, Any]:
    return {"x-example": example, **extra}


LOCATIONS = _answering({"items": [_LOCATION], "next": "ZGUtbm90ZWxhYXI"})
LOCATION = _answering(_LOCATION)
LOCATION_FREE = _answering(_FREE)
FREE = _answering(_FOUND)
FREE_BODY = _answering(_FOUND)
DESKS = _answering({"items": [_DESK]})
DESK = _answering(_DESK)
AREAS = _answering({"type": "FeatureCollection", "features": [_AREA]})
AREA = _answering(_AREA)
CLUBS = _answering({"items": [_CLUB], "next": "bGV1dmVuLWRlLXNwZWVsdm9nZWw"})
CLUB = _answering(_CLUB)

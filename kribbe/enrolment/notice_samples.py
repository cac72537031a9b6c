"""The invented family, offer and place with which a desk's own words are shown."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.timezone import get_default_timezone

from kribbe.enrolment.models import (
    CareRequest,
    LastMinute,
    Offer,
    OfferKind,
    Placement,
    ProofRequest,
    Vacancy,
)
from kribbe.enrolment.selectors.vacancies import Match
from kribbe.enrolment.words import WHY_ENDED
from kribbe.people.models import Child, Consented, ReferrerOrganisation
from kribbe.places.models import Charter, Group, Location, Organiser, SavedSearch
from kribbe.region.models import Desk, Municipality, PassOverReason
from kribbe.rules.closing import Closing
from kribbe.rules.counting import RequestEnd
from kribbe.rules.halfdays import WeekPattern

PATTERN = WeekPattern.from_text("mon tue-am")
DURING = DateRange(date(2027, 4, 5), date(2029, 4, 1))
TOWN = Municipality(name_nl="Voorbeeld")
AUTHORITY = "Klachtendienst Opgroeien, klachten@overheid.example"


def family() -> dict[str, Any]:
    """A child, a location and a request."""
    return {"child": _child(), "location": _location(), "request": _request()}


def offered() -> dict[str, Any]:
    """An offer that isn't exactly what was asked."""
    offer = Offer(
        kind=OfferKind.OTHER_DATE,
        group=_group(),
        during=DURING,
        pattern=PATTERN.mask,
        deadline=_midnight(2027, 2, 12),
        message="Kom gerust eens kijken.",
    )
    return family() | {"offer": offer, "reason": "De groep gaat later open."}


def placed() -> dict[str, Any]:
    """A place with a deposit, and days on which something changes."""
    placement = Placement(
        group=_group(),
        during=DURING,
        pattern=PATTERN.mask,
        sign_by=_midnight(2027, 2, 26),
        deposit_asked=Decimal(150),
    )
    days = {"last": date(2028, 6, 30), "end": date(2028, 8, 31), "until": date(2027, 3, 8)}
    return family() | {"placement": placement, "group": _group(), "start": date(2027, 5, 10), **days}


def refused() -> dict[str, Any]:
    """A refusal with its reason, and where to complain."""
    texts = {
        "text_nl": "Op die dagen is er geen plaats.",
        "text_en": "There is no place on those days.",
        "text_fr": "Il n'y a pas de place ces jours-là.",
        "text_de": "An diesen Tagen ist kein Platz frei.",
    }
    return family() | {
        "reason": PassOverReason(code="full", **texts),
        "note": "Vanaf september kijken we opnieuw.",
        "authority": AUTHORITY,
        "month": date(2027, 9, 1),
    }


def registered() -> dict[str, Any]:
    """A request as it was just registered."""
    more = {"requests": [_request()], "locations": ["De Voorbeeldboom", "Het Kasteeltje"]}
    return family() | more | {"answer_days": 21}


def ended() -> dict[str, Any]:
    """A request that the desk ended, or that was withdrawn."""
    more = {
        "why": WHY_ENDED[RequestEnd.CANCELLED_DESK],
        "undo_until": _midnight(2027, 2, 12),
        "on_paper": False,
    }
    return family() | more


def declined() -> dict[str, Any]:
    """An offer to which a family said no."""
    return offered() | {"undo_until": _midnight(2027, 2, 12), "on_paper": False}


def last_minute() -> dict[str, Any]:
    """Half-days for some weeks."""
    place = LastMinute(
        first=date(2027, 3, 1), last=date(2027, 3, 19), pattern=PATTERN.mask, note="Eerst komen wennen kan."
    )
    day = date(2027, 3, 8)
    return {"place": place, "location": _location(), "name": "Noor", "closed": [Closing(day, day)]}


def weekly() -> dict[str, Any]:
    """Two places that came free: one chosen already, one nearby."""
    places = (
        (_location(), True),
        (Location(name="Het Kasteeltje", city="Voorbeeld", municipality=TOWN), False),
    )
    return {
        "lines": [
            {
                "child": _child(),
                "location": location,
                "match": Match(Vacancy(month=date(2027, 4, 1)), PATTERN, True, wished, 1.4),
                "url": f"https://loket.example/my/free-place/{number}/",
            }
            for number, (location, wished) in enumerate(places, start=1)
        ],
        "on_paper": False,
    }


def looked() -> dict[str, Any]:
    """A location that hasn't looked since a day, and families that wait for its answer."""
    return {"location": _location(), "since": date(2027, 1, 14), "count": 4}


def charter() -> dict[str, Any]:
    """A location that has still to agree to the rules of its desk."""
    return {"location": _location(), "charter": Charter(version=1, from_day=date(2027, 1, 4), term_days=30)}


def searched() -> dict[str, Any]:
    """A saved search, and a request that was left halfway."""
    line = "De Voorbeeldboom, Voorbeeld, op 800 m: https://loket.example/voorbeeld/locations/voorbeeldboom/"
    return {
        "saved": SavedSearch(label="Lindestraat, maandag"),
        "lines": [line],
        "count": 13,
        "more": 3,
        "stop_url": "https://loket.example/voorbeeld/search/saved/x/",
        "days": 60,
    }


def proof() -> dict[str, Any]:
    """A proof that was asked."""
    asked = ProofRequest(
        what="een bewijs van je opleiding",
        why="Wie een opleiding volgt, krijgt hier voorrang.",
        until=date(2027, 2, 15),
        note="De datum is niet te lezen.",
        delete_on=date(2027, 8, 16),
    )
    return {"proof": asked, "asker": _location()}


def handed_over() -> dict[str, Any]:
    """A family that goes from one desk to another."""
    return {
        "from_desk": Desk(name="Loket Voorbeeld", municipality=TOWN),
        "to_desk": Desk(
            name="Loket Overzijde", municipality=TOWN, email="loket@overzijde.example", phone="02 555 01 97"
        ),
    }


def agreed() -> dict[str, Any]:
    """A family that lets an organisation act for it."""
    return {
        "organisation": ReferrerOrganisation(name="Sociale dienst Voorbeeld"),
        "what": list(Consented),
        "until": date(2027, 6, 30),
        "waits": True,
        "term": _midnight(2027, 2, 12),
    }


def _child() -> Child:
    return Child(first_name="Noor", last_name="Voorbeelds", born=date(2026, 10, 12))


def _request() -> CareRequest:
    return CareRequest(
        reference="R7K2M9P",
        child=_child(),
        registered_at=_midnight(2026, 12, 3),
        wanted_start=date(2027, 4, 5),
        latest_start=date(2027, 7, 6),
        pattern=PATTERN.mask,
    )


def _location() -> Location:
    organiser = Organiser(name="Kinderhuis vzw", email="info@kinderhuis.example", phone="02 555 01 99")
    return Location(
        name="De Voorbeeldboom",
        city="Voorbeeld",
        municipality=TOWN,
        phone="02 555 01 98",
        organiser=organiser,
    )


def _group() -> Group:
    return Group(name="Vlinders")


def _midnight(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, tzinfo=get_default_timezone())

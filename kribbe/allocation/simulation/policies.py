"""Ways of giving places, by name, and the choices within them: `rounds:monthly,date=lottery,wishes=5`."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from kribbe.allocation.simulation.population import MONTH, YEAR


class BadPolicyError(ValueError):
    """A policy that isn't known, with what is."""


class Date(StrEnum):
    """Which date orders children who are equal otherwise."""

    REGISTRATION = "registration"
    START = "start"
    LOTTERY = "lottery"


class Order(StrEnum):
    """What a location goes by."""

    PUBLISHED = "published"
    ARRIVAL = "arrival"


@dataclass(frozen=True, slots=True)
class Policy:
    """A way of giving places: its scheme, and the choices within it. `wishes` None means as many as they like."""

    scheme: str
    date: Date
    wishes: int | None
    order: Order

    @property
    def name(self) -> str:
        """The policy as it is written, without what is usual in its scheme."""
        usual = SCHEMES[self.scheme].usual
        parts = [self.scheme]
        if self.date is not usual.date:
            parts.append(f"date={self.date}")
        if self.order is not usual.order:
            parts.append(f"order={self.order}")
        if self.wishes is not None:
            parts.append(f"wishes={self.wishes}")
        return ",".join(parts)


@dataclass(frozen=True, slots=True)
class Usual:
    """What a scheme does where nothing else is said."""

    date: Date
    order: Order


@dataclass(frozen=True, slots=True)
class Scheme:
    """A kind of policy: what it does in words, what is usual in it, and which days have rounds (None: no rounds)."""

    text: str
    usual: Usual
    has_round: Callable[[int], bool] | None


def _weekly(day: int) -> bool:
    return day % 7 == 0


def _monthly(day: int) -> bool:
    return day % MONTH == 0


def _yearly(day: int) -> bool:
    """On the first of June, and two and four weeks later for the places that were declined."""
    return day % (YEAR * MONTH) - 5 * MONTH in {0, 14, 28}


_IN_ROUNDS = Usual(Date.REGISTRATION, Order.PUBLISHED)
SCHEMES = {
    "uncoordinated": Scheme(
        "Each location by itself: once a week it asks the family that came first among those whose days are free."
        " A family takes its first choice when it answers, and holds any other offer for ten days.",
        Usual(Date.REGISTRATION, Order.ARRIVAL),
        None,
    ),
    "rounds:weekly": Scheme("All locations together, once a week, by half-days.", _IN_ROUNDS, _weekly),
    "rounds:monthly": Scheme("All locations together, once a month, by half-days.", _IN_ROUNDS, _monthly),
    "rounds:yearly": Scheme(
        "All locations together, once a year in June before September, and twice more for declined places.",
        _IN_ROUNDS,
        _yearly,
    ),
}
OPTIONS = {
    "date=registration": "Equal children go by the day on which they registered (usual).",
    "date=start": "Equal children go by the start that they want, then by registration.",
    "date=lottery": "Equal children draw a lot, one for all locations and new in every round.",
    "order=published": "Law first, then the location's own criteria, then the date (usual in rounds).",
    "order=arrival": "By the date alone, whatever the law and the criteria say (usual when uncoordinated).",
    "wishes=N": "A family names at most N locations, such as 3, 5 or 10 (usual: unlimited).",
    "wishes=unlimited": "A family names as many locations as it likes (usual).",
}


def parse(text: str) -> Policy:
    """The policy that is written so. Raises BadPolicyError."""
    scheme, *choices = (part.strip() for part in text.split(","))
    if scheme not in SCHEMES:
        raise BadPolicyError(f"{text}: no such policy {scheme!r}; there are {', '.join(SCHEMES)}")
    usual = SCHEMES[scheme].usual
    date, order, wishes = usual.date, usual.order, None
    for choice in choices:
        key, _, value = choice.partition("=")
        if key == "date" and value in set(Date):
            date = Date(value)
        elif key == "order" and value in set(Order):
            order = Order(value)
        elif key == "wishes" and (value == "unlimited" or (value.isdecimal() and int(value) > 0)):
            wishes = None if value == "unlimited" else int(value)
        else:
            raise BadPolicyError(f"{text}: no such choice {choice!r}; there are {', '.join(OPTIONS)}")
    if date is Date.LOTTERY and SCHEMES[scheme].has_round is None:
        raise BadPolicyError(f"{text}: a lottery needs rounds")
    return Policy(scheme, date, wishes, order)

"""Where a search looks: around an address, on the way to a second one, or around the town's middle."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from django.urls import reverse
from django.utils.translation import gettext as _

from kribbe.places.addresses import Located, Precision, locate
from kribbe.places.finding import Match, Sort, close_matches
from kribbe.places.pages.asked import Asked
from kribbe.places.selectors.search import Search
from kribbe.region.models import Desk
from kribbe.trust.text import fold

OFFERED = 4
"""How many names are offered where one was typed otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """The point around which is looked, and what to call it. `error` says why it isn't the address asked.

    `meant`: the text was typed otherwise, `others` (label, address) may be meant too. `location_url` is of the page
    where the text names a location.
    """

    longitude: float
    latitude: float
    label: str
    exact: bool
    error: str = ""
    meant: bool = False
    others: Sequence[tuple[str, str]] = ()
    location_url: str = ""

    @property
    def point(self) -> tuple[float, float]:
        """Longitude and latitude."""
        return self.longitude, self.latitude


@dataclass(frozen=True, slots=True)
class Work:
    """The second address. `point` None: none was given, or it is unknown, which `error` then tells."""

    point: tuple[float, float] | None = None
    label: str = ""
    error: str = ""
    meant: bool = False


def around(asked: Asked, desk: Desk) -> Around:
    """Where the address asked lies, or what was likely meant; else the middle of the desk's municipality."""
    centre = desk.municipality
    middle = partial(
        Around, longitude=centre.longitude, latitude=centre.latitude, label=centre.name, exact=False
    )
    if not asked.address:
        return middle()
    found = locate(asked.address)
    close = [] if understood(asked.address, found) else close_matches(asked.address, desk=desk, limit=OFFERED)
    if close:
        return _meant(asked, desk, close)
    if found is None:
        return middle(error=_unknown())
    return Around(longitude=found.longitude, latitude=found.latitude, label=found.label, exact=True)


def understood(text: str, found: Located | None) -> bool:
    """Whether all that was typed was found: a town alone is not, where the text has other words too."""
    if found is None:
        return False
    if found.precision in {Precision.ADDRESS, Precision.STREET}:
        return True
    known = {*fold(found.label).split(), *found.known_as.split()}
    return all(word.isdigit() for word in set(fold(text).split()) - known)


def _meant(asked: Asked, desk: Desk, close: Sequence[Match]) -> Around:
    best, *others = close
    return Around(
        longitude=best.longitude,
        latitude=best.latitude,
        label=best.label,
        exact=True,
        meant=fold(best.label) != fold(asked.address),
        others=[(match.label, asked.query(address=match.label)) for match in others],
        location_url=_page_of(best, asked, desk),
    )


def _page_of(match: Match, asked: Asked, desk: Desk) -> str:
    if match.sort is not Sort.LOCATION:
        return ""
    return reverse("places:location", args=[desk.slug, match.slug]) + asked.need()


def work_of(asked: Asked, desk: Desk) -> Work:
    """Where the second address lies, or what was likely meant."""
    if not asked.work:
        return Work()
    found = locate(asked.work)
    close = [] if understood(asked.work, found) else close_matches(asked.work, desk=desk, limit=1)
    if close:
        return Work((close[0].longitude, close[0].latitude), close[0].label, meant=True)
    if found is None:
        return Work(error=_unknown())
    return Work((found.longitude, found.latitude), found.label)


def _unknown() -> str:
    return _("We can't find this address. Give a street and a municipality, or a postcode.")


def sought(asked: Asked, desk: Desk, place: Around, work: Work) -> Search:
    """The search around these points."""
    return asked.search(desk, place.longitude, place.latitude, work=work.point)

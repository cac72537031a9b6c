"""Where a search looks: around an address, on the way to a second one, or around the town's middle."""

from dataclasses import dataclass
from functools import partial

from django.utils.translation import gettext as _

from kribbe.places.addresses import locate
from kribbe.places.pages.asked import Asked
from kribbe.places.selectors.search import Search
from kribbe.region.models import Desk


@dataclass(frozen=True, slots=True)
class Around:
    """The point around which is looked, and what to call it. `error` says why it isn't the address asked."""

    longitude: float
    latitude: float
    label: str
    exact: bool
    error: str = ""

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


def around(asked: Asked, desk: Desk) -> Around:
    """Where the address asked lies, or the middle of the desk's municipality."""
    centre = desk.municipality
    middle = partial(Around, centre.longitude, centre.latitude, centre.name_nl, exact=False)
    if not asked.address:
        return middle()
    found = locate(asked.address)
    if found is None:
        text = _("We can't find this address. Give a street and a municipality, or a postcode.")
        return middle(error=text)
    return Around(found.longitude, found.latitude, found.label, exact=True)


def work_of(asked: Asked) -> Work:
    """Where the second address lies."""
    if not asked.work:
        return Work()
    found = locate(asked.work)
    if found is None:
        return Work(error=_("We can't find this address. Give a street and a municipality, or a postcode."))
    return Work((found.longitude, found.latitude), found.label)


def sought(asked: Asked, desk: Desk, place: Around, work: Work) -> Search:
    """The search around these points."""
    return asked.search(desk, place.longitude, place.latitude, work=work.point)

"""Pages that show several locations side by side. Rooms hang theirs; who runs several locations finds them together.

A room registers in its AppConfig.ready:
`register(Beside(_("Weeks side by side"), "planning:together", "table", Action.PLAN_READ))`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise

from kribbe.places.access import may_at
from kribbe.places.models import Location
from kribbe.trust.permissions import Action
from kribbe.trust.principal import Principal


@dataclass(frozen=True)
class Beside:
    """One page, for whoever may do `action`; its address takes the `slug` of any of the locations."""

    label: str | Promise
    url_name: str
    icon: str
    action: Action


_pages: dict[str, Beside] = {}


def register(page: Beside) -> None:
    """Adds a page; the same address again replaces it."""
    _pages[page.url_name] = page


def pages_beside(principal: Principal, locations: Sequence[Location]) -> list[tuple[Beside, str]]:
    """The pages that the reader may see of at least two of these locations, each with its address."""
    found = []
    for page in _pages.values():
        own = [each.slug for each in locations if may_at(principal, page.action, each)]
        if len(own) > 1:
            found.append((page, reverse(page.url_name, args=[own[0]])))
    return found

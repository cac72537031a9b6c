"""Papers that end, in which rooms hang theirs; a location's first page shows those that end soon.

A room registers in its AppConfig.ready: `register("staff", ending_papers)`. The room that has a page of them
all names it: `register_page("staff:documents")`, whose address takes `slug`.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise

if TYPE_CHECKING:
    from kribbe.trust.principal import Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """One paper of a location that holds to `last`, that day included.

    `key` names it for good ("document:12"), `who` whose it is, `url` where it is renewed. A household's leaves a
    trace where it is shown. What isn't `warned` of is shown alone. `door` says who may open `url`; None: whoever sees
    the location. The papers of one location share theirs.
    """

    location_id: int
    key: str
    label: str | Promise
    who: str
    last: date
    url: str
    household_id: int | None = None
    warned: bool = True
    door: Callable[["Principal"], bool] | None = None


Source = Callable[[Collection[Any], date, date], Collection[Ending]]
"""What of these locations ends by `until`, what is over included, in a number of queries that doesn't grow with rows:
`source(locations, today, until)`."""

_sources: dict[str, Source] = {}
_pages: list[str] = []


def register(name: str, source: Source) -> None:
    """Adds a source; the same name again replaces it."""
    _sources[name] = source


def register_page(url_name: str) -> None:
    """The page of all of them."""
    _pages[:] = [url_name]


def page_of_all() -> str:
    """Its name; "" where no room has one."""
    return _pages[0] if _pages else ""


def ending(
    locations: Collection[Any], *, today: date, until: date, reader: "Principal | None" = None
) -> list[Ending]:
    """What ends by a day, the first to end before the others; of it what a reader may open, if one is named."""
    found = [each for source in _sources.values() for each in source(locations, today, until)]
    if reader is not None:
        closed = {door for door in {each.door for each in found} if door is not None and not door(reader)}
        found = [each for each in found if each.door not in closed]
    return sorted(found, key=lambda each: (each.last, str(each.label), each.who, each.key))

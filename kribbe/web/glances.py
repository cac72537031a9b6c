"""What a location's first page shows of higher rooms: each hangs a page that is loaded into it by itself.

A room registers in its AppConfig.ready: `register("attendance:glance", Action.REGISTER_READ)`. The address takes
`slug`, and answers htmx with the part alone; without script its link opens it as a page.
"""

from collections.abc import Sequence
from typing import Any

_glances: list[tuple[str, Any]] = []


def register(url_name: str, action: Any) -> None:
    """Adds a page for whoever may do this at the location; a second time changes nothing."""
    if (url_name, action) not in _glances:
        _glances.append((url_name, action))


def glances() -> Sequence[tuple[str, Any]]:
    """The names of the addresses, each with what a reader must be allowed to do."""
    return tuple(_glances)

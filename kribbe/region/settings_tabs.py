"""Tabs of a desk's settings, in which rooms hang theirs.

A room registers in its AppConfig.ready: `register(Tab("contact:policy", _("Mails"), order=50))`.
"""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise

from kribbe.region.models import Desk


@dataclass(frozen=True, slots=True)
class Tab:
    """A page of settings, whose address takes the desk's slug."""

    url_name: str
    label: str | Promise
    order: int = 100


_tabs: dict[str, Tab] = {}


def register(tab: Tab) -> None:
    """Adds a tab; the same address again replaces it."""
    _tabs[tab.url_name] = tab


def tabs(desk: Desk, current: str) -> list[tuple[str, str, bool]]:
    """Address, label and whether the reader is there, in their order."""
    return [
        (reverse(tab.url_name, args=[desk.slug]), str(tab.label), tab.url_name == current)
        for tab in sorted(_tabs.values(), key=lambda each: (each.order, each.url_name))
    ]

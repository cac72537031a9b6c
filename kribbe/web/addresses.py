"""Addresses of many rows of one page."""

from collections.abc import Callable

from django.urls import reverse

PLACE = "0-0"
"""Stands in an address where the reference of a row goes; no slug of a location has it at its end."""


def addresses(name: str, slug: str) -> Callable[[str], str]:
    """The addresses of a named page by reference, at the place `slug`: worked out once for all rows.

    The page's path ends with the reference and what follows it.
    """
    before, after = reverse(name, args=[slug, PLACE]).rsplit(PLACE, 1)
    return lambda reference: f"{before}{reference}{after}"

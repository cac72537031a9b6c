"""What is alike in all rows of a page, worked out once: addresses and pieces of templates."""

import re
from collections.abc import Callable, Mapping
from html import escape
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString

PLACE = "0-0"
"""Stands in an address where the reference of a row goes."""

MARK = "\ue000{}\ue001"
"""Stands in a piece where a value of a row goes: characters of private use, which no text holds."""


def addresses(name: str, slug: str) -> Callable[[str], str]:
    """The addresses of a named page by reference, at the place `slug`.

    The page's path ends with the reference and what follows it.
    """
    before, after = reverse(name, args=[slug, PLACE]).rsplit(PLACE, 1)
    return lambda reference: f"{before}{reference}{after}"


def piece(
    request: HttpRequest, template: str, context: Mapping[str, Any], *names: str
) -> Callable[..., SafeString]:
    """A piece of a row, drawn by a template that shows the `names` as they are: called with them for each row.

    The values are escaped, unless they were drawn before; the template may neither choose by them nor change them.
    """
    marks = {name: MARK.format(name) for name in names}
    parts = re.split(MARK.format(r"(\w+)"), render_to_string(template, {**context, **marks}, request))
    plain, held = parts[::2], parts[1::2]

    def fill(**values: object) -> SafeString:
        filled = [
            text
            for pair in zip(plain, (_shown(values[name]) for name in held), strict=False)
            for text in pair
        ]
        return SafeString("".join([*filled, plain[-1]]))

    return fill


def _shown(value: object) -> str:
    return value if isinstance(value, SafeString) else escape(str(value))

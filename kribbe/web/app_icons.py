"""The app's icon as PNG, for screens that take no SVG; drawn from the one SVG when the front end is built."""

import re

SIZES = (192, 512)
MASKABLE = "icon-maskable-512.png"
"""Without round corners: the screen cuts its own shape out of it."""


def app_icons(svg: str) -> dict[str, bytes]:
    """By file name: the icon at each size, and one to be cut. `svg` is a square with `rx` on its ground."""
    whole = re.sub(r'rx="[^"]*"', 'rx="0"', svg, count=1)
    return {**{f"icon-{size}.png": _drawn(svg, size) for size in SIZES}, MASKABLE: _drawn(whole, SIZES[-1])}


def _drawn(svg: str, size: int) -> bytes:
    import vl_convert  # large, and only the build needs it

    sized = svg.replace("<svg ", f'<svg width="{size}" height="{size}" ', 1)
    drawn: bytes = vl_convert.svg_to_png(sized, scale=1)
    return drawn

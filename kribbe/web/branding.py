"""Whose desk this is: name, logo, colours, type. Desks hand their branding in as data; it is checked before use."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from django.http import HttpRequest

LEAST_CONTRAST = 4.5
"""WCAG 2.2, success criterion 1.4.3, for text of normal size."""

FONTS: Mapping[str, str] = {
    "figtree": '"Figtree","Segoe UI",system-ui,sans-serif',
    "system": 'system-ui,"Segoe UI",Roboto,"Helvetica Neue",sans-serif',
    "humanist": 'Seravek,"Gill Sans Nova",Ubuntu,Calibri,"DejaVu Sans",sans-serif',
    "serif": '"Iowan Old Style","Palatino Linotype",Palatino,Georgia,serif',
}
"""Type that needs no outside server, by the name a desk chooses."""

_COLOURS: Mapping[str, tuple[str, ...]] = {
    "primary": ("--c-primary", "--ams-color-interactive"),
    "ink": ("--c-ink",),
    "paper": ("--c-paper",),
    "sand": ("--c-sand",),
}
_HEX = re.compile(r"#[0-9a-f]{6}", re.IGNORECASE)
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")


@dataclass(frozen=True)
class Logo:
    """A desk's own picture: its address, what it shows in words, and its bytes as PNG (empty where it is gone)."""

    url: str
    alt: str
    read: Callable[[], bytes]


@dataclass(frozen=True)
class Brand:
    """A desk as its readers see it.

    `tokens` may set `primary`, `ink`, `paper`, `sand` (colours `#rrggbb`) and `font` (a key of FONTS).
    `logo_icon` names an icon of the sprite, shown where there is no `logo`. `languages` are codes, in the desk's
    order.
    """

    name: str
    subtitle: str
    slug: str
    logo_icon: str = "leaf"
    tokens: Mapping[str, str] = field(default_factory=dict)
    phone: str = ""
    email: str = ""
    languages: tuple[str, ...] = ("nl", "en")
    logo: Logo | None = None


DEFAULT_BRAND = Brand(name="Kribbe", subtitle="", slug="kribbe")

BrandSource = Callable[[HttpRequest | None, str], Brand | None]
"""Called with the request and a slug; an empty slug asks for the desk that the request is at."""

_sources: list[BrandSource] = []


def register_brand_source(source: BrandSource) -> BrandSource:
    """Adds a source of brands; the one added last is asked first. Usable as a decorator."""
    if source not in _sources:
        _sources.insert(0, source)
    return source


def brand_for(request: HttpRequest | None, slug: str = "") -> Brand:
    """The brand of the request's desk, or of the desk with this slug; the plain one when no source knows it."""
    for source in _sources:
        found = source(request, slug)
        if found is not None:
            return found
    return DEFAULT_BRAND


def luminance(colour: str) -> float:
    """Relative luminance of `#rrggbb`, from 0 (black) to 1 (white), as WCAG 2.2 defines it."""
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours `#rrggbb`, from 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _check_contrasts(tokens: Mapping[str, str]) -> list[str]:
    paper = tokens.get("paper", "#ffffff")
    pairs = [
        ("primary", "#ffffff"),
        ("primary", paper),
        ("ink", paper),
        ("ink", tokens.get("sand", "#ffffff")),
    ]
    found = []
    for name, behind in dict.fromkeys(pairs):
        if name in tokens and contrast(tokens[name], behind) < LEAST_CONTRAST:
            ratio = contrast(tokens[name], behind)
            found.append(
                f"{name}: contrast with {behind} is {ratio:.2f}, at least {LEAST_CONTRAST} is needed"
            )
    return found


def is_colour(text: str) -> bool:
    """Whether a text is a colour as tokens have it: `#rrggbb`."""
    return bool(_HEX.fullmatch(text))


def check_tokens(tokens: Mapping[str, str]) -> list[str]:
    """What is wrong with a desk's tokens, one line each; empty when they can be used."""
    problems = []
    for name, value in tokens.items():
        if name == "font":
            if value not in FONTS:
                problems.append(f"font: {value!r} is none of {', '.join(FONTS)}")
        elif name not in _COLOURS:
            problems.append(f"{name}: unknown token, use {', '.join([*_COLOURS, 'font'])}")
        elif not is_colour(value):
            problems.append(f"{name}: {value!r} is not a colour like #0b5d56")
    return problems or _check_contrasts(tokens)


def style_sheet(brand: Brand) -> str:
    """The desk's style sheet: its valid tokens in the layer `desk`. Tokens with any problem are left out whole."""
    if check_tokens(brand.tokens):
        return "@layer desk{:root{}}"
    lines = []
    for name, value in brand.tokens.items():
        if name == "font":
            lines.append(f"--c-font:{FONTS[value]}")
        else:
            lines.extend(f"{target}:{value.lower()}" for target in _COLOURS[name])
    return "@layer desk{:root{" + ";".join(lines) + "}}"


def is_slug(text: str) -> bool:
    """Whether a text can be a desk's slug."""
    return bool(_SLUG.fullmatch(text))

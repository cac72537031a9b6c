"""The page of pictures, by the names that browser tests gave them."""

import tomllib
from collections.abc import Iterator
from pathlib import Path

SECTIONS = {
    "search": "Finding care",
    "parent": "A parent",
    "location": "A location",
    "place": "A location's page, order and answers",
    "free": "Free places",
    "rounds": "Rounds, and where a family stands",
    "clerk": "A clerk",
    "counter": "At the counter",
    "upkeep": "A true list, and complaints",
    "contact": "Who was told what",
    "policy": "A policy officer",
    "borders": "Over the borders",
    "import": "Importing locations",
    "billing": "Invoices",
    "taxes": "Tax certificates",
    "": "More pages",
}
FREE = ("register", "coming", "vacancies", "vacancy")
"""First words of pictures that are about free places."""


def gallery(images: Path) -> Iterator[str]:
    """The lines of the page: every picture of the folder, by whose it is."""
    yield "# In pictures"
    yield ""
    yield (
        "The browser tests made these pictures while they walked the pages"
        " (`KRIBBE_SCREENSHOTS=1 make test`), so they show what is there. All people are invented."
    )
    yield ""
    captions = _captions(images)
    names = sorted(path.stem for path in images.glob("*.png"))
    for section, heading in SECTIONS.items():
        found = [name for name in names if _section(name) == section]
        if found:
            yield f"## {heading}"
            yield ""
        for name in found:
            plain = name.removeprefix("journey-").removeprefix(f"{section}-").replace("-", " ")
            words = captions.get(name) or captions.get(_any_width(name)) or plain.capitalize()
            yield f"![{words}](../images/{name}.png)"
            yield ""
            yield f"*{words}*"
            yield ""


def _any_width(name: str) -> str:
    """The name without the width of its window: `billing-shares-390` is `billing-shares`."""
    start, _dash, width = name.rpartition("-")
    return start if width.isdecimal() else name


def _section(name: str) -> str:
    """Whose picture it is, by its name: `journey-parent-offer` and `parent-offer` are a parent's."""
    first = name.removeprefix("journey-").partition("-")[0]
    if first in FREE:
        return "free"
    return first if first in SECTIONS else ""


def _captions(images: Path) -> dict[str, str]:
    path = images / "captions.toml"
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}

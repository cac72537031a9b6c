"""The reference of all notices, made from their kinds."""

from collections.abc import Iterable, Iterator

from django.utils import translation

from kribbe.contact.kinds import Kind, Recipient, kinds

INTRODUCTION = """\
Whoever is told something finds it in the desk, and gets it by mail or, without a mail address, as a letter.
Where *Settings → Texts of notices* gives a desk's own words, the places between curly brackets can stand in them;
those in **bold** must stay. A line in which every place is empty is left out. Codes to log in and to confirm an
address are no notices: their words are fixed.
"""


def notices_page() -> Iterator[str]:
    """The page, line by line, in English."""
    with translation.override("en"):
        lines = list(_page())
    yield from lines


def _page() -> Iterator[str]:
    yield "# Notices"
    yield ""
    yield INTRODUCTION
    for to in Recipient:
        yield f"## {to.label}"
        yield ""
        yield from _table(("Notice", "When", "Places"), (_row(kind) for kind in kinds() if kind.to is to))
    yield "## Places"
    yield ""
    yield from _table(("Place", "Stands for"), _meanings())


def _row(kind: Kind) -> tuple[str, str, str]:
    places = (f"**`{{{name}}}`**" if name in kind.needed else f"`{{{name}}}`" for name in kind.places)
    return f"{kind.label}<br>`{kind.name}`", kind.when, " ".join(places)


def _meanings() -> Iterator[tuple[str, str]]:
    found: dict[str, set[str]] = {}
    for kind in kinds():
        for name, place in kind.places.items():
            found.setdefault(name, set()).add(str(place.label))
    for name, labels in sorted(found.items()):
        yield f"`{{{name}}}`", "; ".join(sorted(labels))


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"
    yield ""

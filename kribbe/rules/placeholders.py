"""Texts with places to fill in: "Dear {names}". Nothing but names of places is understood, so no text can do harm."""

import re
from collections.abc import Collection, Mapping

_PLACE = re.compile(r"\{([a-z_]+)\}")


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with every place filled; values are put in as they are and not read again. KeyError for an unknown.

    A line whose places are all empty is left out: "The location says: {message}" where it says nothing.
    """
    lines = (line for line in text.split("\n") if not _says_nothing(line, values))
    return _PLACE.sub(lambda found: values[found.group(1)], "\n".join(lines))


def absent(text: str, needed: Collection[str]) -> list[str]:
    """Names of the needed places that the text lacks, by name."""
    return sorted(set(needed) - set(_PLACE.findall(text)))


def unknown(text: str, allowed: Collection[str]) -> list[str]:
    """Names of places in the text that nobody can fill, each once, in their order."""
    return [name for name in dict.fromkeys(_PLACE.findall(text)) if name not in allowed]


def stray(text: str) -> str:
    """What stands around the first curly bracket that belongs to no place; empty where all is well."""
    rest = _PLACE.sub(lambda found: "\0" * len(found.group()), text)
    found = re.search(r"[{}]", rest)
    return text[max(0, found.start() - 10) : found.start() + 11] if found else ""


def opened(text: str, values: Mapping[str, str]) -> str:
    """The other way round: a filled text with each value's place in its stead, longest values first."""
    by_length = sorted(
        ((value, name) for name, value in values.items() if value), key=lambda each: -len(each[0])
    )
    for value, name in by_length:
        text = text.replace(value, f"{{{name}}}")
    return text


def _says_nothing(line: str, values: Mapping[str, str]) -> bool:
    names = _PLACE.findall(line)
    return bool(names) and not any(values[name] for name in names)

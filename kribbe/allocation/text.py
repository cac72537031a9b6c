"""The text of an instance, its children some at a time: so what one looks at stays in the processor's cache."""

import json
import re
from collections.abc import Iterator
from typing import Any

CHARACTERS = 250_000
"""Of the text whose children are parsed at a time, at least."""

_SPACE = re.compile(r"[ \t\n\r]*")
_NEXT_CHILD = re.compile(r'\}[ \t\n\r]*,[ \t\n\r]*(?=\{[ \t\n\r]*"id")')
_decode = json.JSONDecoder().raw_decode


class Text:
    """Reads a JSON text from its beginning on. ValueError where it isn't as it must be."""

    def __init__(self, text: str) -> None:
        self.text, self._at = text, 0
        self._skip()

    def members(self) -> Iterator[str]:
        """The keys of the object that begins here and is all there is; whoever asks takes each one's value."""
        self._past("{")
        while True:
            key = self.value()
            self._past(":")
            yield key
            if not self.text.startswith(",", self._at):
                break
            self._past(",")
        self._past("}")
        if self._at != len(self.text):
            raise ValueError

    def value(self) -> Any:
        """What begins here."""
        found, self._at = _decode(self.text, self._at)
        self._skip()
        return found

    def blocks(self) -> Iterator[list[Any]]:
        """The objects of the array that begins here, in lists that make it up one after the other.

        Each is cut where an object with an id might begin. Where that was inside another, a part can't be parsed;
        where both can, the whole can only be read as they are.
        """
        self._past("[")
        while cut := _NEXT_CHILD.search(self.text, self._at + CHARACTERS):
            yield json.loads(f"[{self.text[self._at : cut.start() + 1]}]")
            self._at = cut.end()
        last, length = _decode(f"[{self.text[self._at :]}")
        self._at += length - 1
        self._skip()
        yield last

    def _past(self, mark: str) -> None:
        if not self.text.startswith(mark, self._at):
            raise ValueError
        self._at += 1
        self._skip()

    def _skip(self) -> None:
        space = _SPACE.match(self.text, self._at)
        self._at = space.end() if space else self._at

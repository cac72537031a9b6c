"""By what a household can be found: keys, each with a letter that says what it is.

`n.` a name from one of its words on, `s.` how that sounds, `a.` a word of an address, `b.` a day of birth, `m.` a
mail address, `t.` the digits of a telephone number, `h.` the hash of a national number. A look-up asks for keys, or
for beginnings of keys, and is one scan of an index.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date

from kribbe.trust.text import address_words, fold, phonetic_key

SHORTEST_SOUND = 2
"""Letters of a sound at least; shorter ones would be everybody's."""

COUNTRY = "32"


def tails(name: str) -> list[str]:
    """A name from each of its words on, without spaces: "van den Berg" is found by any of the three."""
    words = fold(name).split()
    return ["".join(words[place:]) for place in range(len(words))]


def sounds(name: str) -> set[str]:
    """How a name's words sound, each alone and with those behind it."""
    heard = {phonetic_key(text) for text in [*tails(name), *fold(name).split()]}
    return {sound for sound in heard if len(sound) >= SHORTEST_SOUND}


def digits(phone: str) -> str:
    """The digits that tell numbers apart: +32 470 12 34 56 and 0470/12.34.56 are the same."""
    found = re.sub(r"\D", "", phone).removeprefix("00")
    if phone.strip().startswith(("+", "00")):
        found = found.removeprefix(COUNTRY)
    return found.lstrip("0")


def of_names(names: Iterable[str]) -> Iterator[str]:
    """Keys of first and last names."""
    for name in names:
        yield from (f"n.{tail}" for tail in tails(name))
        yield from (f"s.{sound}" for sound in sounds(name))


def of_address(*parts: str) -> Iterator[str]:
    """Keys of the words of an address, as they are written and written out."""
    text = " ".join(parts)
    yield from (f"a.{word}" for word in {*fold(text).split(), *address_words(text)})


def of_birth(born: date | None, expected: date | None) -> Iterator[str]:
    """The key of the day of birth, or of the expected one while there is none."""
    day = born or expected
    if day:
        yield f"b.{day}"


def of_contact(email: str, phone: str, number: str) -> Iterator[str]:
    """Keys of a mail address, a telephone number and the hash of a national number."""
    if email:
        yield f"m.{email.lower()}"
    if digits(phone):
        yield f"t.{digits(phone)}"
    if number:
        yield f"h.{number}"


def quoted(key: str) -> str:
    """A key as PostgreSQL writes it in a vector or a query."""
    return "'" + key.replace("\\", "\\\\").replace("'", "''") + "'"

"""Keys by which names are sorted and found; the embedded server itself sorts by code point only."""

import re
import unicodedata
from datetime import date

MOST_DIGITS = 19
"""Digits of the largest number that a key can be."""

FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)
"""The days that a form takes."""


def fold(text: str) -> str:
    """Lower case, without accents or punctuation: "Émile D'Hondt" becomes "emile d hondt"."""
    return " ".join(re.findall(r"[0-9a-z]+", text.lower() if text.isascii() else _plain(text)))


_LETTERS = str.maketrans(
    {"œ": "oe", "æ": "ae", "ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ŋ": "n", "ħ": "h"}
)
"""Letters that are no other letter with a mark."""


def _plain(text: str) -> str:
    marked = unicodedata.normalize("NFKD", text.lower().translate(_LETTERS))
    return "".join(c for c in marked if not unicodedata.combining(c)).casefold()


_UNSEEN = re.compile("[\\x00-\\x1f\\x7f-\\x9f\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069]+")
"""Controls, and marks that turn the direction of what is written after them."""


def one_line(text: str) -> str:
    """A name as it may stand on every page: single spaces, and nothing that turns the rest of the line around."""
    return " ".join(_UNSEEN.sub(" ", text).split())


_SHORT = {"str": "straat", "stwg": "steenweg", "stw": "steenweg", "pln": "plein", "ln": "laan"}
_WHOLE = {"st": "sint", "o": "onze", "l": "lieve", "vr": "vrouw"}


def spelled(word: str) -> str:
    """A folded word of an address with its abbreviation written out: `kerkstr` becomes `kerkstraat`."""
    if word in _WHOLE:
        return _WHOLE[word]
    for short, whole in _SHORT.items():
        if word == short or (word.endswith(short) and len(word) > len(short) + 2):
            return word[: -len(short)] + whole
    return word


def address_words(text: str) -> list[str]:
    """The words of an address, folded and written out."""
    return [spelled(word) for word in fold(text).split()]


def begun_address(text: str) -> list[str]:
    """How an address that is being typed may begin, without numbers: its last word as it stands, or written out."""
    words = [word for word in fold(text).split() if not word.isdigit()]
    before = [spelled(word) for word in words[:-1]]
    return [" ".join([*before, last]) for last in dict.fromkeys([*words[-1:], *map(spelled, words[-1:])])]


def whole_number(text: str, *, otherwise: int = 0) -> int:
    """A whole number as somebody sent it, no larger than a column holds; `otherwise` for anything else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < MOST_DIGITS else otherwise


def row_key(text: str) -> int:
    """The key of a row as somebody sent it; 0, which no row has, for anything that can't be one."""
    return whole_number(text)


def day_of(text: object) -> date | None:
    """A day as somebody sent it (2027-03-01), in a lifetime from which sums with days can't run off; or None."""
    try:
        day = date.fromisoformat(str(text))
    except ValueError:
        return None
    return day if FIRST_DAY <= day <= LAST_DAY else None


def sort_key(*names: str) -> str:
    """A key that sorts as a Belgian telephone book does: accents and punctuation ignored, spaces too."""
    return "\x1f".join(fold(name).replace(" ", "") for name in names)


_SOUNDS = tuple(
    (re.compile(spelling), sound)
    for spelling, sound in (
        (r"eau|[ao]u", "o"),
        (r"[ae]ij|ij|[ae]y(?![aeiou])|ei", "y"),
        (r"u[iy]|eu|oe|u", "o"),
        (r"ae", "a"),
        (r"(?<=[aeo])[yi](?=[aeo])|^y(?=[aeo])", "j"),
        (r"ie|i|y", "e"),
        (r"sch$|sch(?=s)", "s"),
        (r"ch(?=[rl])|ck|q", "k"),
        (r"x", "ks"),
        (r"c(?=e)", "s"),
        (r"c(?!h)", "k"),
        (r"ch", "g"),
        (r"ph|bv|v", "f"),
        (r"(?<=[tgkrd])h", ""),
        (r"z", "s"),
        (r"dt|d(?=s?$)", "t"),
        (r"([a-z])\1+", r"\1"),
        (r"(?<=..)e$", ""),
    )
)


def phonetic_key(text: str) -> str:
    """How a Dutch or French name sounds, written roughly: "De Cuyper" and "Dekuiper" both become "dekoper".

    Spaces don't count; an empty text, or one without Latin letters or digits, gives "". Equal keys mean "look
    closer", never "the same".
    """
    key = fold(text.replace("ç", "s").replace("Ç", "s")).replace(" ", "")
    for spelling, sound in _SOUNDS:
        key = spelling.sub(sound, key)
    return key

"""Keys by which names are sorted and found; the embedded server itself sorts by code point only."""

import re
import unicodedata


def fold(text: str) -> str:
    """Lower case, without accents or punctuation: "Émile D'Hondt" becomes "emile d hondt"."""
    plain = unicodedata.normalize("NFKD", text.replace("ß", "ss").replace("œ", "oe").replace("æ", "ae"))
    letters = "".join(c for c in plain if not unicodedata.combining(c)).casefold()
    return " ".join(re.findall(r"[0-9a-z]+", letters))


def sort_key(*names: str) -> str:
    """A key that sorts as a Belgian telephone book does: accents and punctuation ignored, spaces too."""
    return "\x1f".join(fold(name).replace(" ", "") for name in names)

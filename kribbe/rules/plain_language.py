"""Plain language, measured: words in a sentence, and office words that have a plain one.

The rules are our own, after public advice: short sentences and everyday words (European Commission, How to write
clearly, 2016; Government of Flanders, Heerlijk helder, since 2014). A sentence may run to MOST_WORDS, so that a
condition or a list fits in it; the mean of a language, headings and labels included, stays under MEAN_WORDS.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

MOST_WORDS = 25
MEAN_WORDS = 10
WORDS_FILE = Path(__file__).with_name("plain_words.toml")

_PLACE = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
_TAG = re.compile(r"<[^>]+>")
_END = re.compile(r"[.!?:;](?=\s|$)|\n")
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")


def sentences(text: str) -> Iterator[list[str]]:
    """The words of each sentence; a place that is filled in counts as one word, and a colon ends a sentence."""
    plain = _PLACE.sub("x", _TAG.sub(" ", text))
    for part in _END.split(plain):
        if words := _WORD.findall(part):
            yield words


def too_long(text: str) -> list[str]:
    """The sentences with more than MOST_WORDS words."""
    return [" ".join(words) for words in sentences(text) if len(words) > MOST_WORDS]


def office_words(text: str, language: str) -> dict[str, str]:
    """The office words of a text, each with its plain one."""
    return {
        word: plain
        for word, plain in replacements()[language].items()
        if re.search(rf"\b{re.escape(word)}\b", text, re.IGNORECASE)
    }


@cache
def replacements() -> Mapping[str, Mapping[str, str]]:
    """Plain words by language and office word."""
    return tomllib.loads(WORDS_FILE.read_text(encoding="utf-8"))

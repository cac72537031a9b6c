"""The texts of public and parent pages, and of what families are sent, are plain in four languages."""

import re
from collections.abc import Iterator
from pathlib import Path
from statistics import mean

import pytest

from kribbe.config.commands import messages
from kribbe.rules import plain_language
from kribbe.rules.plain_language import MEAN_WORDS, MOST_WORDS, office_words, sentences, too_long

LANGUAGES = ("en", *messages.TRANSLATED)
FOR_STAFF = ("location", "office", "desk", "admin", "import", "policy")
ROOMS = ("region", "people", "places", "contact", "enrolment", "upkeep", "web")
STAFF_BASE = re.compile(r'extends "web/(?:desk|office|location)_base\.html"')


def sources() -> Iterator[Path]:
    """Templates that the public, parents and families read, and the code of the rooms that have such pages.

    Left out are templates of staff alone; in the code the words for staff stand among the others, and count too.
    """
    for path in sorted(messages.ROOT.glob("*/templates/**/*")):
        if path.suffix not in {".html", ".txt"} or set(path.parts) & set(FOR_STAFF):
            continue
        if not STAFF_BASE.search(path.read_text(encoding="utf-8")):
            yield path
    for room in ROOMS:
        for path in sorted((messages.ROOT / room).rglob("*.py")):
            if not {"tests", "migrations", "frontend"} & set(path.parts):
                yield path


def texts(language: str) -> dict[str, str]:
    """Each text by where it stands first, in a language."""
    found: dict[str, str] = {}
    catalogues = {}
    for path in sources():
        room = messages.ROOT / path.relative_to(messages.ROOT).parts[0]
        if room not in catalogues:
            catalogues[room] = messages.read(messages.catalogue_file(room, language), language)
        for _line, key, _comments, context in messages.texts_of(path):
            message = catalogues[room].get(key, context) if language != "en" else None
            said = message.string if message else key
            for one in said if isinstance(said, list | tuple) else [said]:
                found.setdefault(one, f"{path.relative_to(messages.ROOT)}")
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_is_too_long_and_the_mean_is_short(language):
    found = texts(language)
    assert len(found) > 300, "the texts are found"
    long = {text: where for text, where in found.items() if too_long(text)}
    assert not long
    assert mean(len(words) for text in found for words in sentences(text)) < MEAN_WORDS


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_office_word_where_there_is_a_plain_one(language):
    found = {
        text: (where, words)
        for text, where in texts(language).items()
        if (words := office_words(text, language))
    }
    assert not found


def test_the_measure_by_hand():
    text = "Say it. Then <b>%(name)s</b> goes on: there is room!"
    assert [len(words) for words in sentences(text)] == [2, 4, 3]
    assert too_long("a " * MOST_WORDS) == []
    assert len(too_long("a " * (MOST_WORDS + 1))) == 1
    assert office_words("Indien u dit leest", "nl") == {"indien": "als"}
    assert office_words("Indiener", "nl") == {}


def test_the_page_of_the_docs_says_what_is_measured():
    page = (Path(messages.ROOT).parent / "docs/reference/plain-language.md").read_text(encoding="utf-8")
    assert f"{MOST_WORDS} words" in page
    assert f"under {MEAN_WORDS}" in page
    assert set(plain_language.replacements()) == set(LANGUAGES)

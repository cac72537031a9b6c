"""Names that are typed wrong: what their spellings have in common, and how alike two names are. No database."""

from collections.abc import Iterable, Sequence

from rapidfuzz.distance import OSA

from kribbe.trust.text import phonetic_key

LONGEST_NAME = 6
"""Words of the longest name that is looked for."""

MOST_WORDS = 12
SOUNDS_ALIKE = 0.9
"""Likeness of two names that sound the same and are spelled otherwise."""

LEAST_STEM = 3

ENDINGS = ("steenweg", "straat", "laan", "plein", "dreef", "markt", "steeg", "baan", "berg", "hof", "kaai", "lei",
           "pad", "veld", "weg")  # fmt: skip
"""Ends that so many streets share that they tell none apart."""

COMMON_WORDS = ("kinderdagverblijf", "kinderopvang", "kribbe", "creche", "kdv", "opvang", "onthaalouder",
                "onthaalhuis", "peutertuin", "rue", "avenue", "place", "chaussee")  # fmt: skip
COMMON_SOUNDS = frozenset(phonetic_key(word) for word in COMMON_WORDS)
"""Words that a family adds or leaves out without meaning another place."""


def stem(key: str) -> str:
    """The part of a folded name that tells it apart: no common words or endings, no spaces."""
    joined = "".join(telling(key.split()))
    return joined[: len(joined) - _ending(joined)]


def _ending(joined: str) -> int:
    """How many letters at the end of a name many streets share."""
    for ending in ENDINGS:
        if joined.endswith(ending) and len(joined) - len(ending) >= LEAST_STEM:
            return len(ending)
    return 0


def telling(words: Sequence[str]) -> list[str]:
    """The words without the common ones; all of them where nothing else is left."""
    return [word for word in words if phonetic_key(word) not in COMMON_SOUNDS] or list(words)


def trigrams(text: str) -> set[str]:
    """Every three neighbouring letters, the beginning marked with ^."""
    marked = f"^{text}"
    return {marked[at : at + 3] for at in range(max(1, len(marked) - 2))}


def sought_trigrams(words: Sequence[str]) -> set[str]:
    """What the stems of names that these words mean may have in common with them."""
    found = trigrams("".join(words))
    for word in words:
        found |= trigrams(word)
    return found


def runs(words: Sequence[str]) -> list[tuple[int, int]]:
    """Start and end of every run of neighbouring words, the longest first."""
    return [
        (start, start + length)
        for length in range(min(LONGEST_NAME, len(words)), 0, -1)
        for start in range(len(words) - length + 1)
    ]


def likeness(typed: str, key: str) -> float:
    """How alike two folded names are, from 0 to 1 (the same); spaces don't count."""
    one, other = typed.replace(" ", ""), key.replace(" ", "")
    if one == other:
        return 1.0
    sounds = SOUNDS_ALIKE if phonetic_key(one) == phonetic_key(other) else 0.0
    whole = OSA.normalized_similarity(one, other)
    end = _ending(other)
    stems = OSA.normalized_similarity(one[: len(one) - end], other[: len(other) - end]) if end else whole
    return max(sounds, min(0.99, (min(stems, whole) + whole) / 2))


def beginning(typed: str, key: str) -> float:
    """How alike the typed beginning is to that of the name, from 0 to just under 1; common words aside."""
    one, other = "".join(telling(typed.split())), "".join(telling(key.split()))
    return 0.97 * OSA.normalized_similarity(one, other[: len(one)]) if len(one) >= LEAST_STEM else 0.0


def best_run(words: Sequence[str], key: str) -> tuple[float, list[str]]:
    """How alike the best run of words is to the name, and the words beside it; common words aside."""
    words, key = telling(words), " ".join(telling(key.split()))
    scored: Iterable[tuple[float, int, int]] = (
        (likeness(" ".join(words[start:end]), key), start, end) for start, end in runs(words)
    )
    score, start, end = max(scored, key=lambda one: (one[0], one[2] - one[1]), default=(0.0, 0, 0))
    return score, [*words[:start], *words[end:]]

"""JSON from outside: parsed, or one line that says where and why not."""

import json
from collections.abc import Iterator
from typing import Any

from kribbe.rules.shapes import joined, told


class BadJsonError(ValueError):
    """The bytes are no JSON that can be trusted; the message is one line."""


class _Doubled(dict[str, Any]):
    """An object in which a key stood twice."""

    def __init__(self, pairs: list[tuple[str, Any]], key: str) -> None:
        super().__init__(pairs)
        self.key = key


def parsed(content: bytes) -> Any:
    """What JSON in UTF-8 holds. BadJsonError where it is none, or where a key stands twice in one object."""
    doubled: list[_Doubled] = []
    try:
        raw = json.loads(content.decode("utf-8"), object_pairs_hook=lambda pairs: _object(pairs, doubled))
    except UnicodeDecodeError as error:
        raise BadJsonError(f"byte {error.start}: not UTF-8") from None
    except json.JSONDecodeError as error:
        raise BadJsonError(f"line {error.lineno}, column {error.colno}: {error.msg}") from None
    except RecursionError:
        raise BadJsonError("nested too deeply") from None
    except ValueError:
        raise BadJsonError("a number has too many digits") from None
    if doubled:
        raise BadJsonError(_place(raw, doubled))
    return raw


def walk(raw: Any) -> Iterator[tuple[str, Any]]:
    """Every value with its path, an object or a list before what it holds."""
    waiting = [("", raw)]
    while waiting:
        path, value = waiting.pop()
        yield path, value
        if isinstance(value, dict):
            waiting += reversed([(joined(path, key), each) for key, each in value.items()])
        elif isinstance(value, list):
            waiting += reversed([(f"{path}[{number}]", each) for number, each in enumerate(value)])


def lone_surrogates(raw: Any) -> Iterator[str]:
    """A line for each text, or name of a field, in which half of a character stands."""
    for path, value in walk(raw):
        names = value if isinstance(value, dict) else ()
        if isinstance(value, str) and _is_broken(value):
            yield told(path, "half of a character (a lone surrogate) stands in this text")
        for name in names:
            if _is_broken(name):
                yield told(joined(path, name), "half of a character (a lone surrogate) stands in this name")


def _object(pairs: list[tuple[str, Any]], doubled: list[_Doubled]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    keys = [key for key, _ in pairs]
    made = _Doubled(pairs, next(key for key in keys if keys.count(key) > 1))
    doubled.append(made)
    return made


def _place(raw: Any, doubled: list[_Doubled]) -> str:
    """The first object with a double key that is still there, else the one inside a value that was overwritten."""
    paths = ((path, value) for path, value in walk(raw) if isinstance(value, _Doubled))
    path, found = next(paths, ("", doubled[0]))
    return f"{joined(path, found.key)}: the key stands twice in one object"


def _is_broken(text: str) -> bool:
    return any("\ud800" <= letter <= "\udfff" for letter in text)

"""Shapes of JSON: one description that both checks a file and is published as its JSON Schema.

`problems` yields a line for each thing wrong, with its path; `schema` is the same shape as JSON Schema (draft
2020-12, formats asserted). A shape says what a value looks like; whether values make sense together is the reader's.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

Raw = Any
Schema = dict[str, Any]


class Shape(Protocol):
    """What a value must look like."""

    def problems(self, raw: Raw, path: str) -> Iterator[str]:
        """A line for each thing wrong with the value at this path."""

    def schema(self) -> Schema:
        """The same as JSON Schema."""


@dataclass(frozen=True)
class Text:
    """A text that matches a pattern as a whole; `words` say what it is. Every engine knows patterns of this kind."""

    pattern: str
    words: str

    def problems(self, raw: Raw, path: str) -> Iterator[str]:
        if not isinstance(raw, str) or not re.fullmatch(self.pattern, raw):
            yield told(path, f"must be {self.words}")

    def schema(self) -> Schema:
        return {"type": "string", "pattern": f"^(?:{self.pattern})$", "description": self.words}


@dataclass(frozen=True)
class Day:
    """A date of the calendar, YYYY-MM-DD."""

    pattern = "(19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}"

    def problems(self, raw: Raw, path: str) -> Iterator[str]:
        if not isinstance(raw, str) or not re.fullmatch(self.pattern, raw):
            yield told(path, "must be a date, YYYY-MM-DD")
        elif not _is_date(raw):
            yield told(path, f"there is no day {raw}")

    def schema(self) -> Schema:
        return {"type": "string", "format": "date", "pattern": f"^{self.pattern}$"}


@dataclass(frozen=True)
class Flag:
    """True or false."""

    def problems(self, raw: Raw, path: str) -> Iterator[str]:
        if not isinstance(raw, bool):
            yield told(path, "must be true or false")

    def schema(self) -> Schema:
        return {"type": "boolean"}


@dataclass(frozen=True)
class Word:
    """One of a few words."""

    words: tuple[str, ...]

    def problems(self, raw: Raw, path: str) -> Iterator[str]:
        if not isinstance(raw, str) or raw not in self.words:
            yield told(path, f"must be {' or '.join(map(repr, self.words))}")

    def schema(self) -> Schema:
        return {"enum": list(self.words)}


@dataclass(frozen=True)
class OrNull:
    """The shape, or null."""

    shape: Shape

    def problems(self, raw: Raw, path: str) -> Iterator[str]:
        if raw is not None:
            yield from self.shape.problems(raw, path)

    def schema(self) -> Schema:
        return {"anyOf": [{"type": "null"}, self.shape.schema()]}


@dataclass(frozen=True)
class ListOf:
    """A list of at least so many values of one shape; with `unique`, of texts that all differ."""

    shape: Shape
    least: int = 0
    unique: bool = False

    def problems(self, raw: Raw, path: str) -> Iterator[str]:
        if not isinstance(raw, list):
            yield told(path, "must be a list")
            return
        if len(raw) < self.least:
            yield told(path, f"must hold at least {self.least}")
        for number, each in enumerate(raw):
            yield from self.shape.problems(each, f"{path}[{number}]")
            if self.unique and each in raw[:number]:
                yield told(f"{path}[{number}]", f"stands already at {path}[{raw.index(each)}]")

    def schema(self) -> Schema:
        return {
            "type": "array",
            "items": self.shape.schema(),
            **({"minItems": self.least} if self.least else {}),
            **({"uniqueItems": True} if self.unique else {}),
        }


@dataclass(frozen=True)
class Record:
    """An object with these fields and no others.

    Of the fields in `apart` at most one may be there, of those in `some` at least one must.
    """

    required: Mapping[str, Shape] = field(default_factory=dict)
    optional: Mapping[str, Shape] = field(default_factory=dict)
    apart: tuple[str, ...] = ()
    some: tuple[str, ...] = ()

    def problems(self, raw: Raw, path: str) -> Iterator[str]:
        if not isinstance(raw, dict):
            yield told(path, "must be an object")
            return
        known = {**self.required, **self.optional}
        for name in self.required:
            if name not in raw:
                yield told(joined(path, name), "is missing")
        for name, value in raw.items():
            if name in known:
                yield from known[name].problems(value, joined(path, name))
            else:
                yield told(joined(path, name), "unknown field")
        yield from self._together(raw, path)

    def _together(self, raw: Mapping[str, Raw], path: str) -> Iterator[str]:
        if sum(name in raw for name in self.apart) > 1:
            yield told(path, f"can't have {' and '.join(self.apart)} at once")
        if self.some and not any(name in raw for name in self.some):
            yield told(path, f"needs {' or '.join(self.some)}")

    def schema(self) -> Schema:
        shapes = {**self.required, **self.optional}
        return {
            "type": "object",
            "properties": {name: shape.schema() for name, shape in shapes.items()},
            **({"required": list(self.required)} if self.required else {}),
            **({"not": {"required": list(self.apart)}} if self.apart else {}),
            **({"anyOf": [{"required": [name]} for name in self.some]} if self.some else {}),
            "additionalProperties": False,
        }


@dataclass(frozen=True)
class ByKind:
    """An object whose field `kind` says which record it is."""

    records: Mapping[str, Record]

    def problems(self, raw: Raw, path: str) -> Iterator[str]:
        kinds = Word(tuple(self.records))
        if not isinstance(raw, dict):
            yield told(path, "must be an object")
        elif "kind" not in raw:
            yield told(joined(path, "kind"), "is missing")
        elif found := list(kinds.problems(raw["kind"], joined(path, "kind"))):
            yield from found
        else:
            yield from self._record(raw["kind"]).problems(raw, path)

    def schema(self) -> Schema:
        return {"oneOf": [self._record(kind).schema() for kind in self.records]}

    def _record(self, kind: str) -> Record:
        record = self.records[kind]
        return Record({"kind": Word((kind,)), **record.required}, record.optional, record.apart, record.some)


def told(path: str, problem: str) -> str:
    """One line: where, and what is wrong."""
    return f"{path}: {problem}" if path else problem


def joined(path: str, name: str) -> str:
    """The path of a field; a name that isn't plain is quoted, so that the line stays one line."""
    plain = name if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name) else json.dumps(name)
    return f"{path}.{plain}" if path else plain


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True

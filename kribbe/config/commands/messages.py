"""The words of the interface: gathered from code and templates, checked, and compiled."""

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

KEYWORDS = {
    "gettext": None,
    "gettext_lazy": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "_": None,
}
LITERAL = r"""u?(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
CALL = re.compile(rf"\b(?:_|n?p?gettext)\(\s*{LITERAL}(?:\s*,\s*(?:{LITERAL}|[\w.]+))*\s*\)")
"""A call for a text as Django writes a template's out for gathering; what stands around it is no Python."""

HEDGE = re.compile(
    r"[^\W\d_]\((?:e|en|er|es|euse|in|innen|le|n|ne|s|t|x)\)"
    r"|[^\W\d_]·|[^\W\d_][:*_/]in(?:nen)?\b|[a-zäöü]In(?:nen)?\b|\b(?:hij/zij|zij/hij|zijn/haar|il/elle|er/sie)\b",
)
MEANT = {
    "nl": ((re.compile(r"opvangvra(?:ag|gen)", re.IGNORECASE), "aanvraag", frozenset({"policy"})),),
}
"""By language a word, the one that is said in its place, and the rooms in which it means something else.

What a family registers is an "aanvraag"; "opvangvraag" is a need as the authority has it counted.
"""

INCLUSIVE = "accueillant·e"
"""The one word that French writes with a point; see decision 5."""

ROOT = Path(__file__).resolve().parents[2]
TRANSLATED = ("nl", "fr", "de")


def messages(
    check: Annotated[bool, typer.Option(help="Fail if a text lacks its translation.")] = False,
    compile_: Annotated[bool, typer.Option("--compile", help="Write the compiled catalogues.")] = False,
) -> None:
    """Gather the texts of every room into its catalogues; check or compile them.

    The check also refuses words that leave number or gender to the reader, such as "place(s)", and words that mean
    something else in that room.
    """
    problems = [
        line for room in rooms() for locale in TRANSLATED for line in _treat(room, locale, check, compile_)
    ]
    if check:
        problems += [
            line for locale in TRANSLATED for line in (*conflicts(locale), *hedged(locale), *strayed(locale))
        ]
    for line in problems:
        typer.echo(line, err=True)
    if problems:
        typer.echo(
            f"{len(problems)} texts lack a translation of their own, hedge, or use another word", err=True
        )
        raise typer.Exit(1)


def rooms() -> list[Path]:
    """The rooms that have texts."""
    return sorted(path.parent for path in ROOT.glob("*/apps.py"))


def catalogue_file(room: Path, locale: str) -> Path:
    """Where a room keeps its texts of one language."""
    return room / "locale" / locale / "LC_MESSAGES" / "django.po"


def _treat(room: Path, locale: str, check: bool, compile_: bool) -> Iterator[str]:
    path = catalogue_file(room, locale)
    catalogue = read(path, locale)
    wanted = gather(room)
    if compile_:
        _compile(path, catalogue)
        return
    if check:
        yield from (
            f"{path.relative_to(ROOT.parent)}: {_first(message.id)!r}"
            for message in missing(catalogue, wanted)
        )
        return
    catalogue.update(wanted, no_fuzzy_matching=True, update_creation_date=False)
    catalogue.obsolete.clear()
    if not len(catalogue):
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(
            file,
            catalogue,
            width=100,
            omit_header=False,
            ignore_obsolete=True,
            sort_output=True,
            no_location=True,
        )


def conflicts(locale: str) -> Iterator[str]:
    """Texts that two rooms translate differently: all become one catalogue, so only one of them would be read."""
    found: dict[tuple[object, object], dict[str, object]] = {}
    for room in rooms():
        for message in read(catalogue_file(room, locale), locale):
            if message.id:
                found.setdefault((message.context, message.id), {})[room.name] = message.string
    for (_context, text), strings in found.items():
        if len(set(strings.values())) > 1:
            told = ", ".join(f"{each!r} in {room}" for room, each in strings.items())
            yield f"{locale}: {_first(text)!r} is {told}"


def hedged(locale: str) -> Iterator[str]:
    """Texts that leave number or gender to the reader: a plural has its own form, a sentence is turned round."""
    for room in rooms():
        for message in read(catalogue_file(room, locale), locale):
            forms = (*_forms(message.id), *_forms(message.string)) if message.id else ()
            for form in forms:
                if HEDGE.search(form.replace(INCLUSIVE, "")):
                    yield f"{room.name} {locale}: {form!r} leaves number or gender to the reader"


def strayed(locale: str) -> Iterator[str]:
    """Texts that call something by a word that means something else here; see `MEANT`."""
    for room in rooms():
        words = [each for each in MEANT.get(locale, ()) if room.name not in each[2]]
        for message in read(catalogue_file(room, locale), locale) if words else ():
            for form in _forms(message.string) if message.id else ():
                for word, instead, _rooms in words:
                    if word.search(form):
                        yield f"{room.name} {locale}: {form!r} means {instead!r}"


def missing(catalogue: Catalog, wanted: Catalog) -> list[Message]:
    """The texts that the catalogue doesn't translate, or whose placeholders differ."""
    return [
        message
        for message in wanted
        if message.id and not _translated(catalogue.get(message.id, message.context), message)
    ]


def _translated(found: Message | None, message: Message) -> bool:
    if found is None or not found.string or "fuzzy" in found.flags:
        return False
    forms = _forms(found.string)
    return all(forms) and _holes(message.id) >= _holes(tuple(forms))


def _forms(text: object) -> tuple[str, ...]:
    return tuple(str(form) for form in (text if isinstance(text, tuple | list) else (text,)))


def _holes(text: object) -> set[str]:
    return {
        hole
        for form in _forms(text)
        for hole in re.findall(r"%\((\w+)\)s|\{(\w+)\}", form)
        for hole in hole
        if hole
    }


def gather(room: Path) -> Catalog:
    """Every text of a room's code and templates; the web room also words the reasons of the rules."""
    catalogue = Catalog()
    for path in sorted([*room.rglob("*.py"), *room.rglob("*.html"), *room.rglob("*.txt")]):
        if "tests" in path.parts or "migrations" in path.parts or "frontend" in path.parts:
            continue
        for line, text, comments, context in texts_of(path):
            catalogue.add(
                text, None, [(str(path.relative_to(ROOT)), line)], auto_comments=comments, context=context
            )
    if room.name == "web":
        _add_reasons(catalogue)
    return catalogue


def texts_of(path: Path) -> Iterator[tuple[int, str | tuple[str, ...], list[str], str | None]]:
    """The texts of a file: line, text (several for a plural), comments, context."""
    source = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        from django.utils.translation.template import templatize

        source = "\n".join(call.group() for call in CALL.finditer(templatize(source, origin=str(path))))
    yield from extract("python", io.BytesIO(source.encode()), keywords=KEYWORDS)


def _add_reasons(catalogue: Catalog) -> None:
    from kribbe.rules.reasons import CODES

    for code, sentence in CODES.items():
        catalogue.add(sentence, None, [("rules/reasons.py", 1)], auto_comments=[code])


def read(path: Path, locale: str) -> Catalog:
    """A room's texts of one language; empty where there is no file yet."""
    if not path.exists():
        return Catalog(locale=locale, project="kribbe", charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=locale)


def _compile(path: Path, catalogue: Catalog) -> None:
    target = path.with_suffix(".mo")
    if not path.exists() or (target.exists() and target.stat().st_mtime >= path.stat().st_mtime):
        return
    with target.open("wb") as file:
        write_mo(file, catalogue)


def _first(text: object) -> str:
    return str(text[0] if isinstance(text, tuple | list) else text)

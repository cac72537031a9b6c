"""The generated pages of the docs: settings, commands, permissions, addresses, figures, pictures."""

import importlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import django
import typer
from django.utils import translation
from typer.main import get_command

from kribbe.config.commands.docs_api import API_PROMISES, API_SHOWN
from kribbe.config.commands.docs_pictures import gallery

ROOT = Path(__file__).resolve().parents[3]
DOCS = ROOT / "docs"
NOTE = "<!-- Written by `kribbe docs`. Change the code that it describes, not this page. -->"

ROLES = {
    "anna": "the household",
    "manager": "manager of the location",
    "organiser": "its organiser",
    "clerk": "clerk",
    "policy officer": "policy officer",
    "administrator": "administrator",
}
"""The cast of the test of doors, in words."""


def docs(
    check: Annotated[
        bool, typer.Option("--check", help="Fail if a page isn't as the code would write it.")
    ] = False,
) -> None:
    """Write the reference pages that are made from the code itself."""
    stale = [name for name, text in pages().items() if _treat(DOCS / name, text, check=check)]
    for name in stale:
        typer.echo(f"docs/{name} is stale: run `kribbe docs`." if check else f"docs/{name} written")
    if check and stale:
        raise typer.Exit(1)


def pages() -> dict[str, str]:
    """Every generated page by its path under docs/, the same text each time."""
    django.setup()
    makers: Mapping[str, Callable[[], Iterable[str]]] = {
        "reference/settings.md": _settings,
        "reference/commands.md": _commands,
        "reference/permissions.md": _permissions,
        "reference/addresses.md": _addresses,
        "reference/rules.md": _rules,
        "reference/figures.md": _figures,
        "reference/notices.md": _notices,
        "reference/api.md": _api,
        "reference/tables.md": _tables,
        "tour/pictures.md": lambda: gallery(DOCS / "images"),
    }
    made = {name: "\n".join([NOTE, "", *maker()]).rstrip() + "\n" for name, maker in makers.items()}
    return made | {"reference/openapi.json": _openapi()} | dict(_schemas())


def _treat(path: Path, text: str, *, check: bool) -> bool:
    """Whether the page was stale; it is written then, unless it is only checked."""
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return False
    if not check:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return True


def _table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> Iterator[str]:
    names = list(head)
    yield f"| {' | '.join(names)} |"
    yield f"|{'---|' * len(names)}"
    for row in rows:
        yield f"| {' | '.join(_cell(value) for value in row)} |"
    yield ""


def _cell(value: object) -> str:
    return " ".join(str(value).replace("|", "\\|").split())


def _code(text: str) -> str:
    return f"`{text}`" if text else ""


def _openapi() -> str:
    from kribbe.api.v1 import api

    return json.dumps(api.get_openapi_schema(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _schemas() -> Iterator[tuple[str, str]]:
    from kribbe.rules.billing.form import schemas

    for name, schema in schemas().items():
        yield f"schemas/{name}.schema.json", json.dumps(schema, ensure_ascii=False, indent=1) + "\n"


def _api() -> Iterator[str]:
    from kribbe.api.reference import operations

    yield "# API"
    yield ""
    yield (
        "Locations, free half-days, desks and areas, for everybody and without a key. Every installation shows"
        " this at `/api/`, and the same for machines at `/api/v1/openapi.json` ([as of this version](openapi.json))."
    )
    yield ""
    yield from API_PROMISES
    yield ""
    yield from API_SHOWN
    for operation in operations():
        yield f"## `{operation.method} {operation.path}`"
        yield ""
        yield f"**{operation.summary}.** {operation.text}"
        yield ""
        asked = operation.parameters or operation.body
        if asked:
            head = ("Parameter", "Kind", "What it is")
            yield from _table(head, ((_code(each.name), each.kind, each.text) for each in asked))
        yield "```json"
        yield operation.example
        yield "```"
        yield ""


def _settings() -> Iterator[str]:
    from kribbe.config.describing import describe

    yield "# Settings"
    yield ""
    yield (
        "All settings come from the environment. A wrong value, a missing one and an unknown `KRIBBE_` variable"
        " stop the start with one line that names the variable, the value and the remedy. An empty variable counts"
        " as unset."
    )
    yield ""
    for each in describe():
        yield f"## `{each.variable}`"
        yield ""
        yield each.description
        yield ""
        if each.expects:
            yield f"- Give: {_in_code(each.expects)}"
            yield f"- Without it: {_in_words(each.default)}"
            yield ""


def _in_code(expects: str) -> str:
    """Placeholders in angle brackets or braces would be read as markup."""
    return _code(expects) if set(expects) & set("<{") else expects


def _in_words(default: str) -> str:
    """A value is shown as code, a sentence about it is not."""
    is_sentence = "`" in default or (" " in default and not set(default) & set("<{"))
    return default if is_sentence else _code(default)


def _commands() -> Iterator[str]:
    from kribbe.config.cli import app

    group: Any = get_command(app)
    yield "# Commands"
    yield ""
    yield "One command fronts everything. `kribbe --help` lists all, `kribbe COMMAND --help` tells of one."
    yield ""
    for name in sorted(group.commands):
        command = group.commands[name]
        arguments = [each for each in command.params if each.param_type_name == "argument"]
        yield f"## `kribbe {' '.join([name, *(each.name.upper() for each in arguments)])}`"
        yield ""
        yield from _paragraphs(command.help or "")
        options = [each for each in command.params if not getattr(each, "hidden", False)]
        if options:
            yield from _table(("Option", "Means", "Default"), map(_option, options))


def _paragraphs(text: str) -> Iterator[str]:
    for paragraph in text.strip().split("\n\n"):
        yield " ".join(paragraph.split())
        yield ""


def _option(option: Any) -> tuple[str, str, str]:
    if option.param_type_name == "argument":
        return _code(option.name.upper()), option.help or "", ""
    value = "" if option.is_flag else f" {option.metavar or option.opts[0].strip('-').upper()}"
    names = ", ".join(_code(each + value) for each in [*option.opts, *option.secondary_opts])
    default = "" if option.is_flag or option.default in (None, "") else str(option.default)
    return names, option.help or "", _code(default)


def _permissions() -> Iterator[str]:
    from kribbe.trust.permissions import TABLE, Action

    yield "# Permissions"
    yield ""
    yield (
        "Who may do what is one table, `kribbe/trust/permissions.py`; every door reads it. A role is held over a"
        " scope and counts inside that scope alone. Roles of staff count only once the second factor was given."
        " To an outsider a page that exists and one that doesn't look the same: not found."
    )
    yield ""
    yield from _table(
        ("Role", "Held over"), ((_words(rule.role), ", ".join(map(_words, rule.scopes))) for rule in TABLE)
    )
    roles = [_words(rule.role) for rule in TABLE]
    yield from _table(
        ("Action", *roles),
        (
            (f"`{action.value}`", *("yes" if action in rule.actions else "–" for rule in TABLE))
            for action in Action
        ),
    )


def _words(name: str) -> str:
    return name.replace("_", " ")


def _addresses() -> Iterator[str]:
    doors = importlib.import_module("kribbe.config.tests.doors")
    yield "# Addresses"
    yield ""
    yield (
        "Public pages live under `/<desk>/`, a parent's own under `/my/` and `/households/`, a location's under"
        " `/at/<location>/`, a desk's office under `/office/<desk>/`. The last column is the table that"
        " `kribbe/config/tests/test_doors.py` walks as every role; a route without a row fails that test. For"
        " other programs there is the [API](api.md), whose addresses follow `/api/v1/`."
    )
    yield ""
    yield from _table(
        ("Address", "Name", "Who"),
        ((f"`/{address}`", f"`{name}`", _who(doors, name, address)) for name, address in routes()),
    )
    yield "Log-in, mailed codes, passwords, second factors and passkeys are under `/account/` (django-allauth)."
    yield ""


def routes() -> list[tuple[str, str]]:
    """Name and address of every route of Kribbe's own rooms, in the order in which they are looked up."""
    from django.urls import URLResolver, get_resolver

    def walk(resolver: Any, before: str, spaces: tuple[str, ...]) -> Iterator[tuple[str, str]]:
        for each in resolver.url_patterns:
            address = before + str(each.pattern)
            if isinstance(each, URLResolver):
                inner = (*spaces, each.namespace) if each.namespace else spaces
                yield from walk(each, address, inner)
            elif each.callback.__module__.startswith("kribbe."):
                yield ":".join([*spaces, each.name]), address

    return list(walk(get_resolver("kribbe.config.urls"), "", ()))


def _who(doors: Any, name: str, address: str) -> str:
    door = doors.DOORS[name]
    if door.hidden:
        return "everybody, in the demo only"
    if door.who == doors.PUBLIC:
        return "everybody"
    if not door.who:
        return "administrator" if address.startswith("office/") else "who began it, or a clerk on behalf"
    if {"anna", "charlie"} <= door.who:
        return "everybody logged in" if "manager" in door.who else "a parent"
    if "other manager" in door.who:
        return "staff"
    return ", ".join(words for who, words in ROLES.items() if who in door.who)


def _rules() -> Iterator[str]:
    from kribbe.rules.packs import load_pack

    yield "# Rules and figures"
    yield ""
    yield (
        "Figures that change by law or by year are never in code: each stands in a pack with its dates and its"
        " source. A figure that isn't verified must be checked before a release relies on it. Where a year is"
        " missing no figure was found."
    )
    yield ""
    for path in sorted((ROOT / "kribbe" / "rules" / "packs").glob("*.toml")):
        yield f"## Pack `{path.stem}`"
        yield ""
        figures = [each for group in load_pack(path.stem).figures.values() for each in group]
        yield from _table(
            ("Figure", "Value", "From", "Until", "Source", "Verified", "Note"),
            (
                (
                    f"`{each.key}`",
                    each.value,
                    each.valid_from,
                    each.valid_to or "now",
                    each.source,
                    "yes" if each.verified else f"**no** ({each.confidence.value})",
                    each.note,
                )
                for each in figures
            ),
        )
    yield from _ways()


def _figures() -> Iterator[str]:
    from kribbe.policy.definitions import reference_page

    return reference_page()


def _tables() -> Iterator[str]:
    from kribbe.config.export.page import reference_page

    return reference_page()


def _notices() -> Iterator[str]:
    from kribbe.contact.reference import notices_page

    return notices_page()


def _ways() -> Iterator[str]:
    """What a desk may choose, as real ones did."""
    from kribbe.region.presets import presets

    yield "## What real desks chose"
    yield ""
    yield "A new desk begins with one of these and changes what it likes. What stands in *italics* no source gave."
    yield ""
    yield from _table(
        (
            "Preset",
            "Wishes",
            "Answer from",
            "Answer",
            "Reaction",
            "Signature",
            "Urgent",
            "Urgent to all",
            "Look",
            "List",
            "List every",
            "Own changes",
            "Until",
            "Asks again",
            "Asked",
            "Reminded",
            "Ends",
            "Complaint",
            "Kept",
            "Rank shown",
            "Date",
        ),
        map(_way, presets().values()),
    )
    yield (
        "Answer from: months before the start. Answer, reaction and signature: days for the location, the family,"
        " and to sign. Urgent: days. Look: weeks after which a location is asked to look."
        " List: of places that came free, sent every so many weeks. Own changes: how often a family changes its start"
        " or adds locations itself, and until how many days before the start."
        " Asks again: months between questions whether a place is still needed, with the days to answer and to be"
        " reminded. Ends: months after the latest start. Complaint: days to answer."
        " Kept: years until a family is forgotten."
    )
    yield ""


def _way(preset: Any) -> Iterator[str]:
    with translation.override("en"):
        preset_name = str(preset.name)
    yield preset_name
    for name in (
        "max_wishes", "earliest_answer_months", "answer_days", "reaction_days", "signature_days", "urgent_days",
        "open_urgent", "look_weeks", "tell_vacancies", "list_weeks", "most_changes", "change_days",
        "confirm_months", "confirm_days", "confirm_reminder_days", "end_months", "complaint_days",
        "keep_years",
        "ranking_shown", "date_rule",
    ):  # fmt: skip
        value = getattr(preset, name)
        words = "yes" if value is True else "no" if value is False else "any" if value is None else str(value)
        yield f"*{words}*" if name in preset.assumed else words

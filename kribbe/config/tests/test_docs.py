"""The docs tell what is there: generated pages are fresh, told numbers are tested ones, links and commands exist."""

import ast
import re
import shlex
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kribbe.config.cli import app
from kribbe.config.commands import docs
from kribbe.config.describing import describe
from kribbe.people.models import RoleGrant
from kribbe.region.models import Desk, Municipality
from kribbe.trust.permissions import Action
from kribbe.trust.principal import Role

ROOT = Path(__file__).resolve().parents[3]
GOLDEN = ROOT / "kribbe" / "policy" / "tests" / "test_golden_family.py"
TOUR = ROOT / "docs" / "tour" / "one-child.md"
PAPERS = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]

LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"```(\w+)\n(.*?)```", re.DOTALL)
DRAWN_BY_BROWSER = "docs/images/"
"""Pictures come with the browser tests; one that isn't drawn yet is no broken link."""


def text_of(path):
    return path.read_text(encoding="utf-8")


def tables(text):
    """The tables of a page, each a list of rows, each a list of cells; the head and the rule are left out."""
    found = re.findall(r"(?:^\|.*\|\n)+", text, re.MULTILINE)
    return [
        [[cell.strip() for cell in row.strip("|").split("|")] for row in table.splitlines()[2:]]
        for table in found
    ]


@pytest.mark.parametrize("name", docs.pages())
def test_a_generated_page_is_as_the_code_would_write_it(name):
    assert text_of(docs.DOCS / name) == docs.pages()[name], "run `kribbe docs`"


def test_a_stale_page_fails_the_check(monkeypatch, tmp_path):
    monkeypatch.setattr(docs, "pages", lambda: {"reference/settings.md": "new\n"})
    monkeypatch.setattr(docs, "DOCS", tmp_path)
    stale = CliRunner().invoke(app, ["docs", "--check"])
    assert (stale.exit_code, stale.output.splitlines()) == (
        1,
        ["docs/reference/settings.md is stale: run `kribbe docs`."],
    )
    assert CliRunner().invoke(app, ["docs"]).exit_code == 0
    assert CliRunner().invoke(app, ["docs", "--check"]).exit_code == 0


def test_every_setting_command_route_and_permission_is_told():
    pages = docs.pages()
    for each in describe():
        assert f"## `{each.variable}`" in pages["reference/settings.md"]
    for command in app.registered_commands:
        name = (command.name or command.callback.__name__).replace("_", "-")
        assert f"## `kribbe {name}" in pages["reference/commands.md"]
    for name, address in docs.routes():
        assert f"| `/{address}` | `{name}` |" in pages["reference/addresses.md"]
    for action in Action:
        assert f"| `{action.value}` |" in pages["reference/permissions.md"]


def test_every_room_has_its_line():
    rooms = {path.parent.name for path in (ROOT / "kribbe").glob("*/__init__.py")}
    told = {row[1].strip("`") for row in tables(text_of(ROOT / "docs" / "reference" / "rooms.md"))[0]}
    assert told == rooms


def lists_of_golden():
    """The tuples and lists of numbers that the golden family's test asserts."""
    constants = (ast.Tuple, ast.List)
    for node in ast.walk(ast.parse(text_of(GOLDEN))):
        if isinstance(node, constants):
            try:
                yield ast.literal_eval(node)
            except ValueError:
                continue


def test_the_tour_tells_the_numbers_of_the_golden_family():
    golden = list(lists_of_golden())
    _, standings, free, fits, counters, year = tables(text_of(TOUR))
    told = [(row[1], tuple(int(cell) for cell in row[2:])) for row in standings]
    assert [row[0] for row in standings] == ["1", "2", "3", "4"]
    assert told in golden
    assert all([int(cell) for cell in row[1:]] in golden for row in free)
    assert len(free) == 2
    assert all((int(row[1]), int(row[2])) in golden for row in fits)
    assert len(fits) == 3
    assert (int(counters[0][1]), int(counters[0][2])) in golden
    assert [tuple(int(cell) for cell in row) in golden for row in year] == [True]


def test_the_tour_tells_the_dates_of_the_golden_family():
    source, tour = text_of(GOLDEN), " ".join(text_of(TOUR).split())
    told = {
        "datetime(2026, 12, 12, 23": "the end of 12 December 2026",
        "datetime(2026, 12, 19, 23": "the end of 19 December 2026",
        "date(2029, 1, 8)": "8 January 2029",
        'moment("2026-12-05")': "On 5 December",
        'moment("2026-12-06")': "On 6 December",
        "== (2, 1,": "from place 2 to place 1",
    }
    for number, words in told.items():
        assert number in source
        assert words in tour


def test_commands_of_the_papers_exist():
    targets = set(re.findall(r"^([a-z]+):.*## ", text_of(ROOT / "Makefile"), re.MULTILINE))
    told = {
        tuple(found)
        for path in PAPERS
        for found in re.findall(r"[`\n](make|kribbe) ([a-z][a-z-]*)", text_of(path))
    }
    assert {("make", "demo"), ("make", "test"), ("kribbe", "serve")} <= told
    for program, name in sorted(told):
        if program == "make":
            assert name in targets
        else:
            asked = CliRunner().invoke(app, [name, "--help"])
            assert asked.exit_code == 0, f"kribbe {name}: {asked.output}"


def test_options_of_the_papers_exist():
    known = docs.pages()["reference/commands.md"]
    for path in PAPERS:
        for language, block in FENCE.findall(text_of(path)):
            if language == "sh":
                for option in re.findall(r"^kribbe .*?(--[a-z-]+)", block, re.MULTILINE):
                    assert f"`{option}" in known, f"{path.name}: {option}"


@pytest.mark.parametrize("path", PAPERS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(path):
    for link in LINK.findall(text_of(path)):
        if not link.startswith(("http", "#", "mailto:")):
            target = (path.parent / link.partition("#")[0]).resolve()
            is_drawn = target.relative_to(ROOT).as_posix().startswith(DRAWN_BY_BROWSER)
            assert is_drawn or target.exists(), f"{path.name} leads to {link}"


@pytest.mark.django_db
def test_the_first_desk_can_be_made_as_told():
    Municipality.objects.create(nis_code="24062", name_nl="Leuven", longitude=4.7, latitude=50.9)
    ((_, block),) = FENCE.findall(text_of(ROOT / "docs" / "how-to" / "set-up-a-desk.md"))
    done = CliRunner().invoke(app, shlex.split(block)[1:])
    assert done.exit_code == 0, done.output
    assert Desk.objects.get(slug="leuven").policies.count() == 1
    assert RoleGrant.objects.get().role == Role.ADMINISTRATOR


HOSTS = (
    "pypi." + "org",
    "registry." + "npmjs",
    "files.python" + "hosted",
    "npmjs." + "org",
    "docker." + "io",
)
PLACES = ("/" + "work/", "/" + "home/", "/" + "root/", "/" + "Users/", "/" + "tmp/bash")


def test_nothing_tells_where_it_was_made():
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)  # noqa: S607
    if listed.returncode:
        pytest.skip("not a checkout")
    for name in listed.stdout.decode().split("\0"):
        path = ROOT / name
        if not name or path.suffix in {".png", ".woff2", ".xlsx"} or not path.is_file():
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        found = [word for word in (*HOSTS, *PLACES) if word in text]
        assert found == [], f"{name} names {found}"

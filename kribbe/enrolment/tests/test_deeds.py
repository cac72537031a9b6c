"""Every action that the code writes to the audit trail has its words."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from django.utils import translation

from kribbe.enrolment.deed_details import TOLD, details
from kribbe.enrolment.deeds import DEEDS
from kribbe.testing.server import CHECKOUT

ACTION = re.compile(r"^[a-z_]+\.[a-z_]+$")


def written() -> Iterator[str]:
    """Actions given as texts to a function that records."""
    for path in Path(CHECKOUT, "kribbe").rglob("*.py"):
        if "tests" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and _name(node.func).endswith("record"):
                given = [*node.args, *(each.value for each in node.keywords if each.arg == "action")]
                yield from (each.value for each in given if _is_action(each))


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def kept() -> Iterator[str]:
    """Names under which rows keep ids, codes and dates."""
    for path in Path(CHECKOUT, "kribbe").rglob("*.py"):
        if "tests" not in path.parts:
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and _name(node.func).endswith(("record", "note_list")):
                    yield from (each.arg for each in node.keywords if each.arg)


def _is_action(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and bool(ACTION.match(node.value))


def test_every_recorded_action_has_words():
    found = set(written())
    assert len(found) > 80
    assert found - set(DEEDS) == set()


def test_what_a_row_holds_is_told_in_words_and_codes_are_not():
    data = {
        "start": "2027-03-01",
        "pattern": 3,
        "list": "duplicates",
        "of": "coming_free",
        "what": ["request.make"],
        "before": 812,
        "location": 7,
        "keep_wish": False,
        "wishes": [4, 9],
        "days": [0, 1],
        "first": "not a day",
    }
    with translation.override("en"):
        assert list(details(data)) == [
            "list: Perhaps the same child",
            "page: places that come free",
            "for: Register and change our request",
            "first day: 01/03/2027",
            "half-days: Monday the whole day",
            "chosen locations: 2",
            "keeps waiting: no",
        ]


def test_no_words_are_kept_for_what_no_row_holds():
    assert set(TOLD) <= set(kept())

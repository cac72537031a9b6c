"""Every action that the code writes to the audit trail has its words."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

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


def _is_action(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and bool(ACTION.match(node.value))


def test_every_recorded_action_has_words():
    found = set(written())
    assert len(found) > 80
    assert found - set(DEEDS) == set()

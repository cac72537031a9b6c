import ast
from datetime import date
from pathlib import Path

import pytest

from kribbe import rules
from kribbe.rules.allowance import Rounding
from kribbe.rules.billing.case import Absent, Stay
from kribbe.rules.duplicates import weights
from kribbe.rules.priority import CHARACTERISTICS, CRITERIA, REGIMES
from kribbe.rules.ratio import Layout
from kribbe.rules.reasons import CODES, Reason, fields_of
from kribbe.rules.roster.explain import ORDER

ROOMS = Path(rules.__file__).parents[1]
MODULES = [
    path
    for room in ("rules", "billing")
    for path in (ROOMS / room).rglob("*.py")
    if "tests" not in path.parts
]
"""Where reasons are given: the rules, and the room that compares what was asked with what should be."""
COMPOSED = {
    *(f"vulnerable.{name}" for name in CHARACTERISTICS),
    *(f"criterion.{name}{end}" for name in CRITERIA for end in ("", ".no")),
    *(f"law.{name}" for regime in REGIMES.values() for name in (*regime.absolute, *regime.grounds)),
    "same.child_number",
    *(f"same.{sign}" for sign in weights()["points"]),
    "income_fee.minimum",
    "income_fee.maximum",
    *(f"billing.{table}.{stay}" for table in ("income", "free", "each") for stay in Stay),
    *(f"billing.absent.{absent}" for absent in Absent if absent.is_free),
    "law.absolute.none",
    "law.ground.none",
    *(f"ratio.{layout}" for layout in Layout),
    *(f"roster.{code}" for code in ORDER),
    *(f"allowance.rounded_{way}.{unit}" for way in Rounding for unit in ("days", "half_days")),
}


TREES = [ast.parse(path.read_text()) for path in MODULES if path.name != "reasons.py"]
NODES = [node for tree in TREES for node in ast.walk(tree)]


def test_every_code_has_its_sentence_and_every_sentence_its_use() -> None:
    written = {node.value for node in NODES if isinstance(node, ast.Constant) and node.value in CODES}
    assert written | COMPOSED == set(CODES)


def test_every_reason_in_the_rules_fits_its_sentence() -> None:
    calls = [node for node in NODES if isinstance(node, ast.Call) and ast.unparse(node.func) == "Reason.of"]
    assert len(calls) > 20
    for call in calls:
        code = call.args[0]
        if isinstance(code, ast.Constant):
            given = {keyword.arg for keyword in call.keywords}
            assert given == fields_of(CODES[str(code.value)]), ast.unparse(call)


def test_a_reason_is_the_same_whatever_the_order_of_its_parameters() -> None:
    reason = Reason.of("wishes.too_many", allowed=5, given=7)
    assert reason == Reason.of("wishes.too_many", given=7, allowed=5)
    assert reason.english() == "Choose at most 5 locations; there are 7."
    assert Reason.of("date.registered", day=date(2026, 1, 14)).english() == "Registered on 2026-01-14."


def test_a_reason_that_does_not_fit_is_refused() -> None:
    with pytest.raises(KeyError, match="nonsense"):
        Reason.of("nonsense")
    with pytest.raises(ValueError, match=r"needs the parameters \['allowed', 'given'\], not \['given'\]"):
        Reason.of("wishes.too_many", given=7)

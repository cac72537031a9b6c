"""Small instances of the literature's kind, written by hand with their optima, in both formats."""

import json

import pytest

from kribbe.allocation.check import check
from kribbe.allocation.literature import BadTextError, converted
from kribbe.allocation.reading import as_columns
from kribbe.allocation.solve import solve

COLONS = """
4 2
ann : north south
bob : north
cem : south north
dia : north south

north : 2 : dia cem ann bob
south : 1 : ann bob cem dia
"""
"""By hand: ann and dia have north, where bob stands last and has nothing else; cem has south, his first wish."""

NUMBERS = """4 2
1 1 2
2 1
3 2 1
4 1 2
1 2 4 3 1 2
2 1 1 2 3 4
"""


def placed(text):
    raw = converted(text)
    result = json.loads(solve(as_columns(raw)).as_bytes())
    verdict = check(raw, result)
    assert (verdict.faults, verdict.claims, verdict.envy) == ([], [], {})
    return {row["child"]: row["location"] for row in result["placed"]}


def test_the_residents_best_stable_matching():
    assert placed(COLONS) == {"ann": "north", "cem": "south", "dia": "north"}
    assert placed(NUMBERS) == {"1": "1", "3": "2", "4": "1"}


def test_residents_and_hospitals_that_want_each_other_least():
    """Two stable matchings: residents' first wishes, or hospitals'. The residents' is the one."""
    text = "2 2\na : x y\nb : y x\nx : 1 : b a\ny : 1 : a b\n"
    assert placed(text) == {"a": "x", "b": "y"}


def test_a_tie_of_a_hospital_is_an_equal_standing():
    raw = converted("2 1\n1 1\n2 1\n1 1 (1 2)\n")
    assert [child["wishes"][0]["standing"] for child in raw["children"]] == [[0], [0]]
    assert len(placed("2 1\n1 1\n2 1\n1 1 (1 2)\n")) == 1


def test_a_tie_of_a_resident_is_taken_as_written_and_the_rest_of_a_list_stands_behind():
    raw = converted("1 3\n1 (2 1) 3\n1 1 1\n2 1 1\n3 1 1\n")
    assert [wish["location"] for wish in raw["children"][0]["wishes"]] == ["2", "1", "3"]
    raw = converted("3 1\n1 1\n2 1\n3 1\n1 1 (1 2) 3\n")
    assert [child["wishes"][0]["standing"] for child in raw["children"]] == [[0], [0], [1]]


def test_a_pair_counts_where_both_list_each_other():
    assert placed("1 2\na : x y\nx : 1 :\ny : 1 : a\n") == {"a": "y"}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "line 1: nothing is there"),
        ("1\n", "line 1: must be the numbers of residents and of hospitals"),
        ("1 1\n1 1\n", "line 2: must have 1 residents and 1 hospitals, not 1 lines"),
        ("1 1\n1 2\n1 1 1\n", "line 2: no such hospital '2'"),
        ("1 1\n1 1\n1 x 1\n", "line 3: posts must be a whole number, not 'x'"),
        ("1 1\n1 (1\n1 1 1\n", "line 2: brackets don't match"),
        ("1 1\n1 1 1\n1 1 1\n", "line 2: '1' stands twice"),
        ("2 1\n1 1\n1 1\n1 1 1\n", "line 3: '1' has a line already"),
        ("1 1\na : x\nx : a\n", "line 3: must have 2 colons"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(text, problem):
    with pytest.raises(BadTextError) as error:
        converted(text)
    assert str(error.value) == problem

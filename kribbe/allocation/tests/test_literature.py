"""Small instances of the literature's kind, written by hand with their optima, in both formats."""

import json

import pytest

from kribbe.allocation.check import check
from kribbe.allocation.literature import converted
from kribbe.allocation.literature_formats import BadTextError
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


COUPLES = {
    "Glasgow": "1\n1\n3\ns x z\np q x y x z z y z z\nx 1 s p\ny 1 q\nz 2 p q s\n",
    "Glasgow with colons": "1\n1\n3\ns: x z\np q: x y x z z y z z\nx: 1: s p\ny: 1: q\nz: 2: p q s\n",
    "by place": "3\n3\n1\n4\n1\n4\nfalse\n3\n3\n\np x x z z\nq y z y z\ns x z\n\nx 1 s p\ny 1 q\nz 2 p q s\n",
    "suite": "# one couple\nr s x z\nc 0 p q x y x z z y z z\np x 1 s p\np y 1 q\np z 2 p q s\n",
}
"""By hand: s has x, where he stands first. So p and q can't have (x, y) nor (x, z); they have (z, y)."""


@pytest.mark.parametrize("text", COUPLES.values(), ids=COUPLES)
def test_a_couple_in_each_format(text):
    assert converted(text)["together"] == [{"children": ["p", "q"], "mode": "both_or_none"}]
    assert placed(text) == {"s": "x", "p": "z", "q": "y"}


def test_a_couple_that_takes_one_place_too():
    """(x, x) doesn't fit; of one place alone p, who goes first in the order of the couple, has it."""
    text = "c 0 p q x x x -1 -1 x\np x 1 q p\n"
    assert converted(text)["together"] == [{"children": ["p", "q"], "mode": "same_location"}]
    assert placed(text) == {"p": "x"}


def test_a_couple_without_any_stable_matching():
    """Roth's kind: x wants s, then p; y wants q, then s. p and q want (x, y) alone, s likes y better.

    By hand: with (x, y) s has nothing and is wanted at x: so p and q are out. Then s has y, his first wish, where
    q is wanted, and x is free: so p and q are in. Of the two results the couple's has s in envy, the other the
    couple: two children. One child is the least.
    """
    raw = converted("r s y x\nc 0 p q x y\np x 1 s p\np y 1 q s\n")
    result = json.loads(solve(as_columns(raw), prove=True).as_bytes())
    assert {row["child"]: row["location"] for row in result["placed"]} == {"p": "x", "q": "y"}
    assert result["envy"] == [{"child": "s", "wish": 1, "over": ["p"]}]
    assert result["solver"]["proof"] == "least envy proven"


def test_ties_with_a_known_optimum():
    """x has one post and likes a and b alike; b has nothing else. Weakly stable are {a x}, {b x, a y}: one or two."""
    sizes = {len(placed_with_seed("0\n2\n2\na x y\nb x\nx 1 (a b)\ny 1 a\n", seed)) for seed in range(8)}
    assert sizes == {1, 2}


def placed_with_seed(text, seed):
    raw = converted(text, seed)
    result = json.loads(solve(as_columns(raw)).as_bytes())
    assert check(raw, result).envy == {}
    return result["placed"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "c 0 p q x x y y\np x 2 p q\np y 2 p q\n",
            "line 1: siblings can't want what 'p' and 'q' want: the pairs aren't those of two lists",
        ),
        ("c 0 p q x\n", "line 1: must have two residents and pairs of hospitals, without ties"),
        ("r s x\nq\n", "line 2: must begin with r, c or p"),
        ("c 0 p p x x\np x 1 p\n", "line 1: 'p' has a line already"),
        ("1\n1\n1\ns x\nx 1 s\n", "line 5: must have 1 residents, 1 couples and 1 hospitals, not 2 lines"),
        (
            "3\n1\n1\n4\n1\n4\ntrue\n3\n3\np x\nq x x\ns x\nx 1 s\n",
            "line 10: a couple must list as many hospitals as each other",
        ),
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

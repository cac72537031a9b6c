"""What is wrong with a file is told with its path, all of it at once."""

import json
from copy import deepcopy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kribbe.allocation.faults import problems as problems_of
from kribbe.allocation.reading import BadInstanceError, as_columns, as_instance, read_columns
from kribbe.allocation.solve import solve
from kribbe.allocation.tests.small import anything
from kribbe.allocation.tests.worked import WORKED


def problems(change):
    raw = deepcopy(WORKED)
    change(raw)
    with pytest.raises(BadInstanceError) as error:
        as_instance(raw)
    return list(error.value.problems)


def first_wish(raw):
    return raw["children"][0]["wishes"][0]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda raw: first_wish(raw)["stays"][0].update(group="G4"), "children[0].wishes[0].stays[0].group: no such group 'G4' at 'L1'"),
        (lambda raw: first_wish(raw).update(location="L9"), "children[0].wishes[0].location: no such location 'L9'"),
        (lambda raw: first_wish(raw)["stays"][0].update(to=4), "children[0].wishes[0].stays[0].to: must be from 1 to 3"),
        (lambda raw: first_wish(raw)["stays"][0].update({"from": 2, "to": 2}), "children[0].wishes[0].stays[0].to: must be after from"),
        (lambda raw: first_wish(raw)["stays"][0].update(pattern=1024), "children[0].wishes[0].stays[0].pattern: must be from 1 to 1023"),
        (lambda raw: first_wish(raw)["stays"].append(first_wish(raw)["stays"][0]), "children[0].wishes[0].stays[1]: overlaps children[0].wishes[0].stays[0] in time"),
        (lambda raw: first_wish(raw).update(standing=[1]), "children[0].wishes[0].standing: must have 2 parts, as the criteria of 'L1'"),
        (lambda raw: first_wish(raw)["standing"].__setitem__(0, True), "children[0].wishes[0].standing[0]: must be a whole number"),
        (lambda raw: raw["children"][0]["wishes"].append({**first_wish(raw), "standing": [9, 9]}), "children[0].wishes[1].standing: differs from that of children[0].wishes[0] at the same location"),
        (lambda raw: raw["children"][1].update(id="c1"), "children[1].id: child 'c1' stands already at children[0]"),
        (lambda raw: raw["children"][1].update(vulnerable=1), "children[1].vulnerable: must be true or false"),
        (lambda raw: raw["children"][1].pop("household"), "children[1].household: is missing"),
        (lambda raw: raw["children"][1].update(colour="red"), "children[1].colour: unknown key"),
        (lambda raw: raw["children"][1].update({"a\nb": 1}), "children[1].'a\\nb': unknown key"),
        (lambda raw: raw["locations"][0]["groups"][0].update(free=[[1] * 10] * 2), "locations[0].groups[0].free: must have 3 rows, or one for all periods"),
        (lambda raw: raw["locations"][0]["groups"][0]["free"].__setitem__(0, [1]), "locations[0].groups[0].free[0]: must have 10 numbers"),
        (lambda raw: raw["locations"][0].update(owed=-1), "locations[0].owed: must be from 0 to 2147483647"),
        (lambda raw: raw.update(periods=0), "periods: must be from 1 to 600"),
        (lambda raw: raw.update(format="other"), "format: must be 'kribbe.allocation.instance/1'"),
        (lambda raw: raw.update(together=[{"children": ["c1", "c9"], "mode": "both_or_none"}]), "together[0].children[1]: no such child 'c9'"),
        (lambda raw: raw.update(together=[{"children": ["c1"], "mode": "x"}]), "together[0].mode: must be same_location or both_or_none"),
        (lambda raw: raw.update(children={}), "children: must be a list"),
    ],
)  # fmt: skip
def test_a_problem_has_its_path(change, problem):
    assert problem in problems(change)


def test_all_problems_at_once():
    def change(raw):
        first_wish(raw)["stays"][0].update(group="G4")
        raw["locations"][1].update(owed=-1)

    assert len(problems(change)) == 2


def wreck(raw, draw):
    """One thing somewhere in the file is another: gone, of another type, too large, doubled, or renamed."""
    at, path = raw, []
    while isinstance(at, (dict, list)) and at and (not path or draw.draw(st.integers(0, 5))):
        key = draw.draw(st.sampled_from(sorted(at) if isinstance(at, dict) else range(len(at))))
        path.append((at, key))
        at = at[key]
    inside, key = path[-1]
    kind = draw.draw(st.sampled_from(["gone", "double", "other"]))
    if kind == "gone":
        del inside[key]
    elif kind == "double" and isinstance(inside, list):
        inside.append(deepcopy(inside[key]))
    else:
        odd = [
            None,
            True,
            -1,
            0,
            1,
            2,
            10**25,
            1.0,
            float("nan"),
            "",
            "L1",
            "G1",
            "c1",
            "\ud800",
            [],
            {},
            [[]],
        ]
        inside[key] = draw.draw(st.sampled_from(odd))


@settings(max_examples=400, deadline=None)
@given(anything(), st.data())
def test_what_is_read_at_once_has_no_faults_and_the_rest_has(raw, data):
    wreck(raw, data)
    found = problems_of(raw)
    try:
        read = as_columns(raw)
    except BadInstanceError as error:
        assert list(error.problems) == found != []
        assert all("\n" not in line for line in found)
    else:
        assert found == []
        solve(read).as_bytes()


def test_a_broken_location_does_not_make_its_wishes_wrong():
    assert problems(lambda raw: raw["locations"][0].pop("criteria")) == ["locations[0].criteria: is missing"]


def test_everything_is_told_though_the_size_is_wrong():
    def change(raw):
        raw.update(periods=True)
        raw["children"][0].update(vulnerable="x")
        raw["locations"][0].update(owed=1.5)

    assert problems(change) == [
        "periods: must be a whole number",
        "locations[0].owed: must be a whole number",
        "children[0].vulnerable: must be true or false",
    ]


def test_siblings_with_more_options_than_can_be_looked_at():
    def change(raw):
        raw["children"] += [{**deepcopy(raw["children"][2]), "id": f"d{number}"} for number in range(20)]
        raw["together"] = [{"children": [f"d{number}" for number in range(20)], "mode": "same_location"}]

    assert problems(change) == ["together[0].children: could be placed in 3486784401 ways, more than 100000"]


@pytest.mark.parametrize(
    "doubled", ['"seed": 7, "seed": 7', '"seed" : 7, "seed": 7', '"seed": 7, "s\\u0065ed": 8']
)
def test_a_key_that_stands_twice(tmp_path, doubled):
    file = tmp_path / "instance.json"
    file.write_text(json.dumps(WORKED).replace('"seed": 7', doubled))
    with pytest.raises(BadInstanceError) as error:
        read_columns(file)
    assert error.value.problems == ("seed: the key stands twice in one object",)


def test_texts_with_colons_are_read_all_the_same(tmp_path):
    raw = deepcopy(WORKED)
    raw["children"][0]["household"] = "h:1"
    file = tmp_path / "instance.json"
    file.write_text(json.dumps(raw))
    assert read_columns(file).children == ["c1", "c2", "c3"]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "line 1, column 1: Expecting value"),
        (b'{"seed": ' + b"9" * 5000 + b"}", "a number has too many digits"),
        (b"\xff", "byte 0: not UTF-8"),
        (b'{"a": }', "line 1, column 7: Expecting value"),
        (b'{"a": 1, "a": 2}', "a: the key stands twice in one object"),
        (b"[]", "must be an object"),
        (b"[" * 100_000, "nested too deeply"),
    ],
)
def test_a_file_that_is_no_instance(tmp_path, content, problem):
    file = tmp_path / "instance.json"
    file.write_bytes(content)
    with pytest.raises(BadInstanceError) as error:
        read_columns(file)
    assert error.value.problems == (problem,)

"""A file is read some children at a time, and that changes nothing."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kribbe.allocation import text as room
from kribbe.allocation.columns import Columns, drawn, lots
from kribbe.allocation.generate import generate
from kribbe.allocation.reading import BadInstanceError, as_columns, read_columns
from kribbe.allocation.text import Text


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "CHARACTERS", 400)


def blocks(content: str) -> list[list[Any]]:
    return list(Text(content).blocks())


def same(one: Columns, other: Columns) -> bool:
    def told(columns: Columns) -> list[Any]:
        wishes = columns.wishes
        parts = [getattr(wishes, name) for name in type(wishes).__slots__]
        return [
            np.asarray(part).tolist() for part in (*parts, columns.free, columns.vulnerable, columns.owed)
        ]

    named = ("locations", "criteria", "groups", "children", "lots", "together")
    return told(one) == told(other) and all(getattr(one, n) == getattr(other, n) for n in named)


@pytest.mark.parametrize("spaces", [None, 1])
def test_blocks_are_the_whole_in_parts(spaces: int | None) -> None:
    children = generate(children=40, locations=3)["children"]
    found = blocks(json.dumps(children, indent=spaces))
    assert len(found) > 10
    assert [child for block in found for child in block] == children


def test_a_cut_that_looks_right_inside_a_child_is_no_other_reading(tmp_path: Path) -> None:
    inner = {"id": "x", "more": [{"id": "y" * 500}, {"id": "z"}]}
    with pytest.raises(ValueError):
        blocks(json.dumps([inner, inner]))
    raw = generate(children=4, locations=2)
    raw["children"][0]["more"] = inner["more"]
    (tmp_path / "instance.json").write_text(json.dumps(raw))
    with pytest.raises(BadInstanceError) as error:
        read_columns(tmp_path / "instance.json")
    assert error.value.problems == ("children[0].more: unknown key",)


def test_a_name_that_looks_like_a_cut_is_a_name(tmp_path: Path) -> None:
    raw = generate(children=30, locations=2)
    for child in raw["children"]:
        child["household"] = '"},{"id"'
    (tmp_path / "instance.json").write_text(json.dumps(raw))
    assert same(read_columns(tmp_path / "instance.json"), as_columns(raw))


@pytest.mark.parametrize("seed", range(4))
def test_the_order_of_rows_and_keys_changes_nothing(tmp_path: Path, seed: int) -> None:
    raw = generate(children=60, locations=4, seed=seed)
    known, draw = as_columns(raw), np.random.default_rng(seed)
    for name in ("children", "locations"):
        raw[name] = [raw[name][at] for at in draw.permutation(len(raw[name]))]
    turned = {list(raw)[at]: list(raw.values())[at] for at in draw.permutation(len(raw))}
    (tmp_path / "instance.json").write_text(json.dumps(turned))
    assert same(read_columns(tmp_path / "instance.json"), known)
    assert same(as_columns(raw), known)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('"vulnerable"', '"household": "h", "vulnerable"', "household: the key stands twice in one object"),
        ('"c000030"', '"c000029"', "children[30].id: child 'c000029' stands already at children[29]"),
        ("L00001", "L9", "no such location 'L9'"),
    ],
)
def test_a_fault_in_a_late_block_is_told(tmp_path: Path, old: str, new: str, problem: str) -> None:
    content = json.dumps(generate(children=40, locations=4))
    late = (
        content.rindex('{"id": "c000030"')
        if "c0" in old
        else content.rindex(old, 0, content.index('"together"'))
    )
    (tmp_path / "instance.json").write_text(content[:late] + content[late:].replace(old, new, 1))
    with pytest.raises(BadInstanceError) as error:
        read_columns(tmp_path / "instance.json")
    assert any(problem in told for told in error.value.problems), error.value.problems


def test_a_group_of_another_location_is_none_of_this_one() -> None:
    raw = generate(children=6, locations=2)
    for number, place in enumerate(raw["locations"]):
        place["groups"] = [{**place["groups"][0], "id": f"G{number}"}]
    raw.update(together=[])
    for child in raw["children"]:
        child["current"] = None
        for wish in child["wishes"]:
            wish["stays"] = [{**wish["stays"][0], "group": f"G{int(wish['location'][1:])}"}]
    found = as_columns(raw).wishes
    assert found.group.tolist() == found.location.tolist()
    wish = raw["children"][0]["wishes"][0]
    other = next(place for place in raw["locations"] if place["id"] != wish["location"])
    wish["stays"][0]["group"] = other["groups"][0]["id"]
    with pytest.raises(BadInstanceError) as error:
        as_columns(raw)
    assert len(error.value.problems) == 1
    assert error.value.problems[0].startswith("children[0].wishes[0].stays[0].group: no such group")


def test_the_draw_is_by_all_its_digits() -> None:
    found = lots(7, map(str, range(200)))
    same_start = [found[0][:48] + lot[48:] for lot in found]
    for draws in (found, same_start):
        order = sorted(range(200), key=draws.__getitem__)
        assert np.argsort(drawn(draws)).tolist() == order
    assert drawn([]).tolist() == []

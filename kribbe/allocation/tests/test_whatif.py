"""A child that asks something else gets what it would get if the file said so."""

import json
from copy import deepcopy

from hypothesis import given, settings
from hypothesis import strategies as st

from kribbe.allocation.reading import as_columns, as_instance
from kribbe.allocation.solve import solve
from kribbe.allocation.tests.small import anything
from kribbe.allocation.whatif import what_if


@settings(max_examples=60, deadline=None)
@given(anything(), st.data())
def test_the_answer_is_that_of_the_changed_file(raw, data):
    """Changed in its days, or in all it asks; or new to the round."""
    changed = deepcopy(raw)
    number = data.draw(st.integers(0, len(raw["children"]) - 1))
    mine = changed["children"][number]
    if data.draw(st.booleans()):
        mine["wishes"] = mine["wishes"][::-1]
    mine["vulnerable"] = data.draw(st.booleans())
    before = deepcopy(raw)
    in_set = any(mine["id"] in each["children"] for each in raw["together"])
    if not in_set and data.draw(st.booleans()):
        del before["children"][number]
    child = next(each for each in as_instance(changed).children if each.id == mine["id"])
    answer = what_if(as_columns(before), child)
    whole = json.loads(solve(as_instance(changed)).as_bytes())
    placed = {row["child"]: row["wish"] for row in whole["placed"]}
    assert answer.wish == placed.get(mine["id"])
    told = [(row.wish, row.group, row.period, row.slot, row.ahead) for row in answer.refusals]
    assert told == [
        (row["wish"], row["group"], row["period"], row["slot"], row["ahead"])
        for row in whole["refusals"]
        if row["child"] == mine["id"]
    ]

"""Runs one peer in an environment of its own: tasks in on standard input, a line of JSON out for each.

Needs nothing of Kribbe. A task holds children with their wishes, and locations with their places and order.
"""

import csv
import io
import json
import logging
import statistics
import sys
import time


def matching(task):
    """`matching` with residents' proposals: building its game is part of the call, as there is no other way in."""
    from matching.games import HospitalResident

    order = {place["id"]: place["order"] for place in task["locations"] if place["order"]}
    game = HospitalResident.create_from_dictionaries(
        {child["id"]: child["wishes"] for child in task["children"]},
        order,
        {place["id"]: place["places"] for place in task["locations"] if place["order"]},
    )
    found = game.solve(optimal="resident")
    return {child.name: place.name for place, children in found.items() for child in children}


def chilmai(task):
    """`chilmai` by its documented entry, files in memory; scores say each location's order, the higher the better."""
    from chilmai.generic.config import DEFAULT_CONFIG
    from chilmai.generic.service import MatchingService

    most = max(len(child["wishes"]) for child in task["children"])
    place = {place["id"]: number for number, place in enumerate(task["locations"], 1)}
    score = {
        (child, each["id"]): len(each["order"]) - rank
        for each in task["locations"]
        for rank, child in enumerate(each["order"])
    }
    columns = DEFAULT_CONFIG["children"]
    head = [columns[name] for name in ("child_id", "household_id", "age")]
    head += [columns["score_prefix"].replace("N", str(at)) for at in range(1, most + 1)]
    head += [columns["preference_prefix"].replace("N", str(at)) for at in range(1, most + 1)]
    head += [columns["enrolled_daycare_id"], columns["sibling_pattern"]]
    rows = [head]
    for number, child in enumerate(task["children"], 1):
        missing = [""] * (most - len(child["wishes"]))
        scores = [score[child["id"], wish] for wish in child["wishes"]] + missing
        rows.append(
            [number, number, 0, *scores, *[place[wish] for wish in child["wishes"]], *missing, "", ""]
        )
    columns = DEFAULT_CONFIG["daycares"]
    head = [columns["daycare_id"], columns["daycare_name"]]
    head += [columns["capacity_prefix"].replace("N", str(age)) for age in range(6)]
    daycares = [
        head,
        *[[place[each["id"]], each["id"], each["places"], 0, 0, 0, 0, 0] for each in task["locations"]],
    ]
    found = MatchingService().match(
        children_file_bytes=_csv(rows),
        children_file_format="csv",
        daycares_file_bytes=_csv(daycares),
        daycares_file_format="csv",
        mapping=DEFAULT_CONFIG,
        solver_config={"max_time_seconds": 600.0},
    )
    names = {str(number): name for name, number in place.items()}
    return {
        task["children"][int(child) - 1]["id"]: names[str(at)]
        for child, at in found["matching_result_dict"].items()
        if at is not None and str(at) in names
    }


def _csv(rows):
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def main():
    """The name of the peer is the only argument."""
    logging.disable()
    peer = {"matching": matching, "chilmai": chilmai}[sys.argv[1]]
    out, sys.stdout = sys.stdout, sys.stderr
    for line in sys.stdin:
        task = json.loads(line)
        took = []
        for _ in range(task["runs"]):
            begun = time.perf_counter()
            found = peer(task)
            took.append(time.perf_counter() - begun)
        out.write(json.dumps({"seconds": statistics.median(took), "placed": found}) + "\n")
        out.flush()


main()

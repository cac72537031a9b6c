"""Places of one child that take turns by weeks, counted once."""

from collections import defaultdict
from collections.abc import Iterable

from django.db.backends.postgresql.psycopg_any import DateRange

from kribbe.rules.halfdays import WeekPattern
from kribbe.rules.turns import Held, held_together
from kribbe.trust.snapshot import Row


def once(places: Iterable[Row]) -> list[Row]:
    """The rows of places; those of a child that take turns in a group as what they hold together."""
    found: list[Row] = []
    turning: dict[tuple[int, int], list[Row]] = defaultdict(list)
    for row in places:
        if row["in_turn"] is None:
            found.append(row)
        else:
            turning[row["child_id"], row["group_id"]].append(row)
    for own in turning.values():
        held = held_together(
            Held(row["during"].lower, row["during"].upper, WeekPattern(row["pattern"])) for row in own
        )
        found += [
            own[0] | {"during": DateRange(each.start, each.end), "pattern": each.pattern.mask}
            for each in held
        ]
    return found

"""Instances of the hospitals/residents problem of the literature, as instances of heads.

Hospitals are locations of one group with one half-day in one month. A pair counts where both list each other. A tie
on a hospital's list is an equal standing, which the lot orders; one on a resident's list is taken in the order in
which it is written, as a household's list has no ties. A result that is stable then is weakly stable with the ties.

Couples are siblings. A couple lists pairs of hospitals, siblings have a list each and a mode; a couple's list is read
where one of the modes gives exactly the same options in the same order, and refused otherwise.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from kribbe.allocation.instance import FORMAT, Mode
from kribbe.allocation.literature_formats import BadTextError, Couple, Market, Row, parsed

Pair = tuple[str | None, str | None]
Hospitals = Mapping[str, Row]


def converted(text: str, seed: int = 1) -> dict[str, Any]:
    """The instance in its format. BadTextError where the text is none, or can't be said as one."""
    market = parsed(text)
    hospitals = {row.name: row for row in market.hospitals}
    _demand_different(market)
    couples = [(couple, *_as_siblings(couple, hospitals)) for couple in market.couples]
    children = [
        *(_child(row.name, row.name, _listed(row, hospitals), hospitals) for row in market.residents),
        *(
            _child(name, couple.names[0], listed, hospitals)
            for couple, _, lists in couples
            for name, listed in zip(couple.names, lists, strict=True)
        ),
    ]
    return {
        "format": FORMAT,
        "periods": 1,
        "slots": 1,
        "seed": seed,
        "locations": [
            {"id": row.name, "owed": 0, "criteria": ["list"], "groups": [{"id": "G", "free": [[row.posts]]}]}
            for row in market.hospitals
        ],
        "children": children,
        "together": [{"children": list(couple.names), "mode": mode.value} for couple, mode, _ in couples],
    }


def _demand_different(market: Market) -> None:
    singles = [(row.line, row.name) for row in market.residents]
    in_couples = [(couple.line, name) for couple in market.couples for name in couple.names]
    for rows in (singles + in_couples, [(row.line, row.name) for row in market.hospitals]):
        seen: set[str] = set()
        for line, name in rows:
            if name in seen:
                raise BadTextError(f"line {line}: {name!r} has a line already")
            seen.add(name)


def _hospital(line: int, name: str, hospitals: Hospitals) -> Row:
    if name not in hospitals:
        raise BadTextError(f"line {line}: no such hospital {name!r}")
    return hospitals[name]


def _listed(row: Row, hospitals: Hospitals) -> list[str]:
    """The hospitals that a resident lists and that list it."""
    return [name for name in row.ranked if row.name in _hospital(row.line, name, hospitals).ranked]


def _as_siblings(couple: Couple, hospitals: Hospitals) -> tuple[Mode, tuple[list[str], list[str]]]:
    """The mode and the two lists that say the same as a couple's pairs. BadTextError where none do."""
    pairs = [pair for pair in couple.pairs if _is_mutual(couple, pair, hospitals)]
    first, second = (list(dict.fromkeys(pair[at] for pair in pairs if pair[at] is not None)) for at in (0, 1))
    lists = ([str(name) for name in first], [str(name) for name in second])
    for mode in Mode:
        if list(_said(mode, *lists)) == pairs:
            return mode, lists
    raise BadTextError(
        f"line {couple.line}: siblings can't want what {' and '.join(map(repr, couple.names))} want: the pairs"
        " aren't those of two lists"
    )


def _is_mutual(couple: Couple, pair: Pair, hospitals: Hospitals) -> bool:
    wanted = [(name, at) for name, at in zip(couple.names, pair, strict=True) if at is not None]
    return all(name in _hospital(couple.line, at, hospitals).ranked for name, at in wanted)


def _said(mode: Mode, first: Sequence[str], second: Sequence[str]) -> Iterator[Pair]:
    """The pairs that siblings with these lists would take, the best first, by the definitions."""
    ends: list[list[tuple[int, str | None]]] = [
        [*enumerate(listed), *([(len(listed), None)] if mode is Mode.SAME_LOCATION else [])]
        for listed in (first, second)
    ]
    options = [(one, other) for one, other in product(*ends) if one[1] is not None or other[1] is not None]
    options.sort(
        key=lambda option: (
            mode is Mode.SAME_LOCATION and option[0][1] != option[1][1],
            option[0][0] + option[1][0],
            option[0][0],
        )
    )
    return ((one[1], other[1]) for one, other in options)


def _child(name: str, household: str, listed: Sequence[str], hospitals: Hospitals) -> dict[str, Any]:
    stay = {"group": "G", "from": 0, "to": 1, "pattern": 1}
    return {
        "id": name,
        "household": household,
        "vulnerable": False,
        "current": None,
        "wishes": [
            {"location": at, "standing": [hospitals[at].ranked[name]], "stays": [stay]} for at in listed
        ],
    }

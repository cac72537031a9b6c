"""What a list of certificates would change: each row beside the children of the books and what stands of them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from kribbe.billing.importing.rows import Fault, Row, read_rows
from kribbe.billing.models import Books, FeeCertificate
from kribbe.enrolment.models import Placement
from kribbe.places.importing.files import Table

DAY = timedelta(days=1)
Span = tuple[date, date | None]
"""First day, and the day after the last."""


@dataclass
class Plan:
    """The rows as they would be carried out; `places` has the placement of the child of each new row, by line."""

    rows: Sequence[Row]
    places: dict[int, Placement] = field(default_factory=dict)
    known: set[int] = field(default_factory=set)
    """Lines whose certificate stands already, just so."""

    @property
    def new(self) -> list[Row]:
        """The rows that would be written."""
        return [row for row in self.rows if not row.faults and row.line not in self.known]

    @property
    def faults(self) -> list[Fault]:
        return [fault for row in self.rows for fault in row.faults]

    @property
    def totals(self) -> dict[str, int]:
        """The rows by what becomes of them."""
        refused = sum(bool(row.faults) for row in self.rows)
        return {"new": len(self.new), "known": len(self.known), "refused": refused, "rows": len(self.rows)}


def plan(table: Table, books: Books) -> Plan:
    """Judge every row, in the order of the file. Three queries, whatever its size."""
    made = Plan(read_rows(table))
    children = _Children(books, made.rows)
    standing: dict[int, list[tuple[Span, str]]] = defaultdict(list)
    rows = FeeCertificate.objects.filter(books=books, placement=None, child__in=children.keys)
    for child, during, fee in rows.values_list("child_id", "during", "day_fee"):
        standing[child].append(((during.lower, during.upper), f"{fee:.2f}"))
    for row in made.rows:
        placement = None if row.faults else children.find(row)
        if placement is not None and row.first is not None and row.day_fee is not None:
            _judge(row, row.first, f"{row.day_fee:.2f}", standing[placement.child_id], made)
            made.places[row.line] = placement
    return made


def _judge(row: Row, first: date, fee: str, mine: list[tuple[Span, str]], made: Plan) -> None:
    span = (first, row.end + DAY if row.end else None)
    if (span, fee) in mine:
        made.known.add(row.line)
        return
    met = [(at, each) for at, (each, _fee) in enumerate(mine) if _meet(each, span)]
    if any(each[0] >= first for _at, each in met):
        row.fault("first", "later")
    elif any(span[1] is not None and (each[1] is None or each[1] > span[1]) for _at, each in met):
        row.fault("last", "inside")
    if row.faults:
        return
    for at, each in met:
        mine[at] = ((each[0], first), mine[at][1])
    mine.append((span, fee))


def _meet(one: Span, other: Span) -> bool:
    return (one[1] is None or other[0] < one[1]) and (other[1] is None or one[0] < other[1])


class _Children:
    """The children with a place at the books' organiser, by code of an earlier certificate and by name and birth."""

    def __init__(self, books: Books, rows: Sequence[Row]) -> None:
        names = {row.key[0] for row in rows}
        codes = dict(
            FeeCertificate.objects.filter(books=books, code__in={row.code for row in rows if row.code})
            .order_by("pk")
            .values_list("code", "child_id")
        )
        places = Placement.objects.select_related("child", "group__location").filter(
            group__location__organiser=books.organiser_id
        )
        found = places.filter(child__in=codes.values()) | places.filter(child__name_key__in=names)
        self._by_child = {each.child_id: each for each in found.order_by("during", "pk")}
        self._by_code = {
            code: self._by_child[child] for code, child in codes.items() if child in self._by_child
        }
        self._by_name: dict[tuple[str, date | None], list[Placement]] = defaultdict(list)
        for each in self._by_child.values():
            self._by_name[each.child.name_key, each.child.born].append(each)

    @property
    def keys(self) -> list[int]:
        return list(self._by_child)

    def find(self, row: Row) -> Placement | None:
        """The latest place of the row's child; a fault where there is none, or more than one child."""
        if row.code in self._by_code:
            return self._by_code[row.code]
        named = self._by_name.get(row.key, [])
        if len(named) == 1:
            return named[0]
        row.fault("code" if row.code and not row.key[0] else "last_name", "two" if named else "unknown")
        return None

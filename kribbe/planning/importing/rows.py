"""One row of the list as a child with its agreement, and what is wrong with it by itself."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

from kribbe.people.services import AdultData
from kribbe.places.importing.files import Line, Table
from kribbe.places.importing.values import email, read_any_date
from kribbe.places.models import Group, Location
from kribbe.planning.importing.faults import Fault
from kribbe.planning.importing.words import DAYS, FIELD_NAMES, columns_of
from kribbe.planning.services.check import MOST_WEEKS
from kribbe.planning.written import minute
from kribbe.rules.agreed import Parts, Weeks, pattern_of
from kribbe.rules.halfdays import EMPTY, WeekPattern
from kribbe.rules.money import CENT
from kribbe.rules.week_text import Hours, WeekTextError, clock, read_day, read_weeks
from kribbe.trust.text import FIRST_DAY, LAST_DAY, fold, sort_key
from kribbe.trust.typed import is_seen
from kribbe.web.weeks import DAY_NAMES

DAY = timedelta(days=1)
LONGEST_NAME = 100
MOST_FEE = Decimal("9999.99")

Cell = Callable[[str], str]


@dataclass
class Row:
    """What a row says; `end` is its last day. Where something couldn't be read it has a fault and no value."""

    line: int
    header: Mapping[str, str]
    """The name of the column by field, as the file has it."""
    first_name: str = ""
    last_name: str = ""
    born: date | None = None
    adults: list[AdultData] = field(default_factory=list)
    group: Group | None = None
    start: date | None = None
    end: date | None = None
    weeks: Weeks = ()
    pattern: WeekPattern = EMPTY
    fee: Decimal | None = None
    faults: list[Fault] = field(default_factory=list)

    def fault(self, column: str, code: str, **values: object) -> None:
        """Note what is wrong in a column."""
        name = self.header.get(column) or str(FIELD_NAMES[column])
        self.faults.append(Fault(self.line, name, code, {key: str(value) for key, value in values.items()}))

    @property
    def refused(self) -> bool:
        return any(fault.refused for fault in self.faults)

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def child_key(self) -> tuple[str, date | None]:
        """By which a child is known again."""
        return sort_key(self.last_name, self.first_name), self.born

    @property
    def group_id(self) -> int:
        """The key of the group; 0, which no group has, where none was found."""
        return self.group.pk if self.group else 0

    @property
    def until(self) -> date | None:
        """The day after the last."""
        return self.end + DAY if self.end else None


def read_rows(table: Table, location: Location, groups: Sequence[Group], today: date) -> list[Row]:
    """The rows of the table, each with its own faults."""
    columns = columns_of(table.header)
    header = {name: table.header[place] for name, place in columns.items()}
    return [_row(line, columns, header, location, groups, today) for line in table.lines]


def hours_of(location: Location) -> Hours:
    """When a location opens, ends its morning and closes."""
    return Hours(minute(location.opens_at), minute(location.morning_ends_at), minute(location.closes_at))


def _row(
    line: Line,
    columns: Mapping[str, int],
    header: Mapping[str, str],
    location: Location,
    groups: Sequence[Group],
    today: date,
) -> Row:
    row = Row(line.number, header)

    def cell(name: str) -> str:
        place = columns.get(name, len(line.cells))
        return line.cells[place].strip() if place < len(line.cells) else ""

    _child(row, cell, today)
    _parents(row, cell)
    _stay(row, cell, today)
    _group(row, cell, groups)
    _weeks(row, cell, location)
    _fee(row, cell)
    return row


def _child(row: Row, cell: Cell, today: date) -> None:
    row.first_name, row.last_name = _name(row, cell, "first_name"), _name(row, cell, "last_name")
    row.born = _date(row, cell, "born")
    if row.born and row.born > today:
        row.fault("born", "born_ahead")


def _parents(row: Row, cell: Cell) -> None:
    row.adults.append(
        AdultData(
            first_name=_other_name(row, cell, "parent_first"),
            last_name=_name(row, cell, "parent_last"),
            email=_email(row, cell, "email"),
        )
    )
    if not cell("email"):
        row.fault("email", "no_email")
    if cell("other_last") or cell("other_first"):
        row.adults.append(
            AdultData(
                first_name=_other_name(row, cell, "other_first"),
                last_name=_other_name(row, cell, "other_last") or row.last_name,
                email=_email(row, cell, "other_email"),
            )
        )


def _stay(row: Row, cell: Cell, today: date) -> None:
    row.start = _date(row, cell, "start")
    row.end = _date(row, cell, "end", needed=False)
    if not cell("end"):
        row.fault("end", "no_end")
    if row.start and row.end and row.end < row.start:
        row.fault("end", "end_early")
    elif row.end and row.end < today:
        row.fault("end", "over")
    if row.start and row.born and row.born > row.start:
        row.fault("born", "born_late")


def _group(row: Row, cell: Cell, groups: Sequence[Group]) -> None:
    said = cell("group")
    if not said:
        if len(groups) == 1:
            row.group = groups[0]
        else:
            row.fault("group", "group_of" if groups else "no_group", groups=_names(groups))
        return
    row.group = next((group for group in groups if fold(group.name) == fold(said)), None)
    if row.group is None:
        row.fault("group", "group", value=said, groups=_names(groups))


def _names(groups: Sequence[Group]) -> str:
    return ", ".join(group.name for group in groups)


def _weeks(row: Row, cell: Cell, location: Location) -> None:
    hours = hours_of(location)
    try:
        weeks = read_weeks(cell("weeks"), hours) if cell("weeks") else _by_day(cell, hours)
    except WeekTextError as error:
        said = next((day for day in DAYS if cell(day) and error.piece in cell(day).lower()), "weeks")
        row.fault(said if not cell("weeks") else "weeks", "weeks", value=error.piece)
        return
    if not any(weeks):
        row.fault("weeks", "no_days")
    elif len(weeks) > MOST_WEEKS:
        row.fault("weeks", "too_many_weeks")
    else:
        _check_hours(row, weeks, hours)
        row.weeks = weeks
        for week in weeks:
            row.pattern = row.pattern | pattern_of(week, location.morning_ends_at)


def _by_day(cell: Cell, hours: Hours) -> Weeks:
    """The weeks of a file with a column a day; a day with one cell has it in every week."""
    days = {number: read_day(cell(name), hours) for number, name in enumerate(DAYS) if cell(name)}
    turns = max((len(parts) for parts in days.values()), default=1)
    return tuple(_turn(days, turn) for turn in range(turns))


def _turn(days: Mapping[int, tuple[Parts, ...]], turn: int) -> dict[int, Parts]:
    found = {day: parts[turn % len(parts)] for day, parts in days.items()}
    return {day: parts for day, parts in found.items() if parts}


def _check_hours(row: Row, weeks: Weeks, hours: Hours) -> None:
    for day, parts in ((day, parts) for week in weeks for day, parts in week.items()):
        if parts[0][0] < hours.opens or parts[-1][1] > hours.closes:
            row.fault(
                "weeks",
                "outside_hours",
                day=DAY_NAMES[day],
                hours=f"{clock(parts[0][0])}-{clock(parts[-1][1])}",
                opens=clock(hours.opens),
                closes=clock(hours.closes),
            )


def _fee(row: Row, cell: Cell) -> None:
    said = cell("fee").replace("€", "").replace(" ", "").replace(",", ".")
    if not said:
        return
    try:
        fee = Decimal(said)
    except InvalidOperation:
        fee = Decimal(-1)
    if fee.is_finite() and 0 <= fee <= MOST_FEE:
        row.fee = fee.quantize(CENT)
    else:
        row.fault("fee", "fee", value=cell("fee"))


def _name(row: Row, cell: Cell, column: str) -> str:
    said = cell(column)
    if not said:
        row.fault(column, "missing")
    elif not is_seen(said):
        row.fault(column, "unseen")
    elif len(said) > LONGEST_NAME:
        row.fault(column, "too_long", limit=LONGEST_NAME)
    return said


def _other_name(row: Row, cell: Cell, column: str) -> str:
    """A name that may be left out, cut to what is kept."""
    said = cell(column)
    if said and not is_seen(said):
        row.fault(column, "unseen")
    return said[:LONGEST_NAME]


def _email(row: Row, cell: Cell, column: str) -> str:
    said = cell(column)
    found = email(said) if said else ""
    if found is None:
        row.fault(column, "email", value=said)
    return (found or "").lower()


def _date(row: Row, cell: Cell, column: str, *, needed: bool = True) -> date | None:
    said = cell(column)
    found = read_any_date(said) if said else None
    if not said and needed:
        row.fault(column, "missing")
    elif said and (found is None or not FIRST_DAY <= found <= LAST_DAY):
        row.fault(column, "date", value=said)
        return None
    return found

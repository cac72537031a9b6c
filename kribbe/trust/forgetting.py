"""What is kept of families, until when and why; and what becomes of it once nothing needs it any more.

A room says in its AppConfig.ready:

- what still needs a family's rows: `need(reasons)`, a function that tells of many households at once;
- what becomes of its columns: `forget("people.Adult", "household", phone="")`, a value or a function of the row, and
  `forget_first` where the rows are found by names or numbers that other rules blank;
- which rows go altogether: `erase("contact.Notice", "household")`;
- what has hands of its own, such as files on disk and log-ins: `afterwards(close_accounts)`.

The versions that triggers keep of a row go the same way. A test walks the columns of every table that holds something
of a household: one that is neither blanked nor said to stay fails it.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q
from django.utils.functional import Promise

from kribbe.rules.calendar import add_months

GONE = "…"
"""What stands where a name stood."""

MONTHS_A_YEAR = 12

Find = Callable[[int], Q]
Become = Mapping[str, Any]
"""By column what it becomes: a value, or a function of the row."""


@dataclass(frozen=True, slots=True)
class Need:
    """Something that needs a household's rows.

    `ended` is its last day, None while it goes on; `years` are those after it that the law or a rule asks, None for
    the desk's own term.
    """

    household_id: int
    ended: date | None
    why: str | Promise
    years: int | None = None

    def until(self, own_years: int) -> date | None:
        """The day on which it needs them no more; None while that can't be said."""
        years = own_years if self.years is None else self.years
        return None if self.ended is None else add_months(self.ended, years * MONTHS_A_YEAR)


Reasons = Callable[[Collection[int], date], Iterable[Need]]
"""Given the ids of households and today, what needs their rows."""

Afterwards = Callable[[int, datetime], object]


@dataclass(frozen=True, slots=True)
class Rule:
    """What becomes of a household's rows in a table: of some columns, or (`become` None) they go.

    `is_guarded`: a trigger forbids that, so that only the function in the database can do it.
    """

    label: str
    find: Find
    become: Become | None
    is_guarded: bool = True
    is_first: bool = False


_reasons: list[Reasons] = []
_rules: list[Rule] = []
_afterwards: list[Afterwards] = []


def need(reasons: Reasons) -> None:
    """Have this function asked what needs the rows of households."""
    if reasons not in _reasons:
        _reasons.append(reasons)


def forget(label: str, path: str | Find, **become: Any) -> None:
    """Have these columns of a household's rows become what is said. `path` leads to the household, or finds it."""
    _add(Rule(label, _find(path), become))


def forget_first(label: str, find: Find, **become: Any) -> None:
    """As `forget`, before any other rule is followed: `find` looks for what others blank."""
    _add(Rule(label, find, become, is_first=True))


def erase(label: str, path: str | Find, *, is_guarded: bool = False) -> None:
    """Have a household's rows in this table go, in the order in which tables were named."""
    _add(Rule(label, _find(path), None, is_guarded))


def afterwards(deed: Afterwards) -> None:
    """Have this called with a household's id once its rows are forgotten, within the transaction."""
    if deed not in _afterwards:
        _afterwards.append(deed)


def needs(
    household_ids: Collection[int], today: date, *, but: Reasons | None = None
) -> Mapping[int, Sequence[Need]]:
    """By household all that needs its rows or needed them; `but` is a function that isn't asked."""
    found: dict[int, list[Need]] = defaultdict(list)
    for reasons in _reasons:
        if reasons is but or not household_ids:
            continue
        for each in reasons(household_ids, today):
            found[each.household_id].append(each)
    return found


def rules() -> Sequence[Rule]:
    """What becomes of rows, first the columns that change, then the tables whose rows go."""
    return sorted(_rules, key=lambda rule: (not rule.is_first, rule.become is None))


def deeds() -> Sequence[Afterwards]:
    """What is done once the rows are forgotten."""
    return tuple(_afterwards)


def hollow(value: Any) -> Any:
    """A JSON value of the same shape in which every text is empty."""
    if isinstance(value, Mapping):
        return {name: hollow(each) for name, each in value.items()}
    if isinstance(value, list):
        return [hollow(each) for each in value]
    return "" if isinstance(value, str) else value


def _find(path: str | Find) -> Find:
    return path if callable(path) else _Path(path)


@dataclass(frozen=True, slots=True)
class _Path:
    """Finds by a path of fields that leads to the household."""

    path: str

    def __call__(self, household_id: int) -> Q:
        return Q(**{self.path: household_id})


def _add(rule: Rule) -> None:
    """Once, though AppConfig.ready may be called again."""
    known = {(each.label, each.find) for each in _rules}
    if (rule.label, rule.find) not in known:
        _rules.append(rule)

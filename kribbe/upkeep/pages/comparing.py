"""Two registrations beside each other: each fact of both, and whether it is the same."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils.timezone import localtime
from django.utils.translation import gettext

from kribbe.enrolment import words
from kribbe.enrolment.models import RequestState
from kribbe.enrolment.templatetags.enrolment import fully_called
from kribbe.people.models import Child
from kribbe.trust.text import fold
from kribbe.upkeep.selectors.pairs import Side
from kribbe.web.dates import date_format

Texts = list[str]


@dataclass(frozen=True, slots=True)
class Column:
    """One registration: whose, by which the columns are told apart, and since when."""

    side: Side
    name: str
    registered: str

    @property
    def key(self) -> int:
        return self.side.child.pk


@dataclass(frozen=True, slots=True)
class Line:
    """One fact of both. `texts` None stands for what another desk keeps to itself."""

    name: str
    cells: list[tuple[str, Texts | None]]
    is_same: bool


def column(side: Side) -> Column:
    """The head of one registration."""
    return Column(side, fully_called(side.child), registered(side))


def registered(side: Side) -> str:
    """Since when it stands: of one without a request (any more), since the household is known."""
    return date_format(localtime(side.registered or side.household.created_at), "DATE_FORMAT")


def lines(columns: Iterable[Column]) -> list[Line]:
    """The facts in the order in which a clerk compares; those that neither has are left out."""
    both = list(columns)
    facts: list[tuple[str, Callable[[Side], Texts], bool]] = [
        (gettext("Child"), lambda side: [fully_called(side.child)], False),
        (gettext("Birth"), lambda side: [birth(side.child)], False),
        (gettext("Parents"), lambda side: [str(adult) for adult in side.adults], True),
        (gettext("E-mail"), lambda side: _known(adult.email for adult in side.adults), True),
        (gettext("Telephone"), lambda side: _known(adult.phone for adult in side.adults), True),
        (gettext("Address"), _address, True),
        (gettext("Asks"), _needs, True),
        (gettext("Choices"), _choices, True),
        (gettext("Place"), _places, True),
    ]
    made = [_line(both, *fact) for fact in facts]
    return [line for line in made if any(texts for _name, texts in line.cells)]


def birth(child: Child) -> str:
    """When the child was born, or is expected."""
    if child.born is not None:
        return gettext("born on %(day)s") % {"day": date_format(child.born, "DATE_FORMAT")}
    return gettext("expected on %(day)s") % {"day": date_format(child.birth, "DATE_FORMAT")}


def _line(both: list[Column], name: str, tell: Callable[[Side], Texts], is_own: bool) -> Line:
    told = [None if is_own and not each.side.is_here else tell(each.side) for each in both]
    heads = [head(each) for each in both]
    known = [{fold(text) for text in texts} for texts in told if texts]
    is_same = len(known) == len(both) and known[0] == known[1]
    return Line(name, list(zip(heads, told, strict=True)), is_same)


def head(each: Column) -> str:
    """What tells a column from the other."""
    return gettext("Registered on %(day)s") % {"day": each.registered}


def _known(texts: Iterable[str]) -> Texts:
    return list(dict.fromkeys(text for text in texts if text))


def _address(side: Side) -> Texts:
    home = side.household
    return _known([home.street, f"{home.postcode} {home.city}".strip()])


def _needs(side: Side) -> Texts:
    return [
        *(
            f"{words.need(found.pattern)} ({str(RequestState(found.state).label).lower()})"
            for found in side.requests
        ),
        *(f"{line.what} ({str(line.state).lower()})" for line in side.besides),
    ]


def _choices(side: Side) -> Texts:
    return _known(wish.location.name for found in side.requests for wish in found.preferences.all())


def _places(side: Side) -> Texts:
    return [f"{place.group.location.name} ({place.get_state_display().lower()})" for place in side.placements]

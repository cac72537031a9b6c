"""What an address of the search asks, read kindly: what can't be read falls back, and is told at the field."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from functools import lru_cache
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kribbe.places.models import MONTHS_SHOWN, Kind
from kribbe.places.selectors.search import Search, Sort
from kribbe.region.models import Desk
from kribbe.rules.calendar import add_months, first_of_month, months
from kribbe.rules.halfdays import EMPTY, SLOTS, WeekPattern
from kribbe.rules.priority import PriceKind
from kribbe.rules.travel import Mode
from kribbe.web.templatetags.telling import month_name
from kribbe.web.weeks import DAY_SHORTS, half_days, join_words

MAX_ADDRESS = 200
RADII = (2, 5, 10, 25)
RADIUS = 5.0
EVERYWHERE = 0.0
LARGEST_RADIUS = 100.0
EARLY = time(7)


@dataclass(frozen=True, slots=True)
class Asked:
    """The search as the reader typed it. `kilometres` EVERYWHERE has no bound; `errors` are by field.

    `work` is a second address, on the way to which places are looked for; `by` is how one travels.
    """

    start: date
    today: date
    address: str = ""
    pattern: WeekPattern = EMPTY
    kind: str = ""
    price: str = ""
    sort: str = ""
    kilometres: float = RADIUS
    whole_only: bool = False
    early: bool = False
    inclusive: bool = False
    work: str = ""
    by: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, data: QueryDict, *, today: date) -> "Asked":
        """The search that these parameters of an address ask."""
        start, error = _start(data.get("start", ""), today)
        return cls(
            start=start,
            today=today,
            address=_address(data.get("address", "")),
            pattern=_pattern(data),
            kind=_one_of(data.get("kind"), Kind.values),
            price=_one_of(data.get("price"), list(PriceKind)),
            sort=_one_of(data.get("sort"), list(Sort)),
            kilometres=_radius(data.get("km", "")),
            whole_only=data.get("free") == "all",
            early=data.get("early") == "1",
            inclusive=data.get("inclusive") == "1",
            work=_address(data.get("work", "")),
            by=_one_of(data.get("by"), list(Mode)),
            errors={"start": error} if error else {},
        )

    @property
    def order(self) -> Sort:
        """The order of the results: without days the nearest come first, or the smallest detour."""
        nearest = Sort.DETOUR if self.work else Sort.NEAR
        if self.sort == Sort.DETOUR:
            return nearest
        return Sort(self.sort) if self.sort else Sort.DAYS if self.pattern else nearest

    @property
    def mode(self) -> Mode:
        """How the reader travels: by bicycle, unless chosen otherwise."""
        return Mode(self.by) if self.by else Mode.BICYCLE

    def parameters(self, **changes: object) -> dict[str, object]:
        """The parameters of the address that asks the same but for `changes`; what is usual is left out."""
        start = self.start if self.start > first_of_month(self.today) else None
        parameters = {
            "address": self.address,
            "start": f"{start:%Y-%m}" if start else "",
            "days": self.pattern.mask or "",
            "kind": self.kind,
            "price": self.price,
            "sort": self.sort,
            "km": "" if self.kilometres == RADIUS else f"{self.kilometres:g}",
            "free": "all" if self.whole_only else "",
            "early": "1" if self.early else "",
            "inclusive": "1" if self.inclusive else "",
            "work": self.work,
            "by": self.by,
        } | changes
        return {name: value for name, value in parameters.items() if value not in {"", None}}

    def query(self, **changes: object) -> str:
        """The same as the end of an address, with its question mark; "" where nothing is asked."""
        parameters = self.parameters(**changes)
        return f"?{urlencode(parameters)}" if parameters else ""

    def need(self) -> str:
        """The start and the days alone, as the end of an address."""
        start = f"{self.start:%Y-%m}"
        return (
            f"?{urlencode({'start': start, 'days': self.pattern.mask})}"
            if self.pattern
            else f"?start={start}"
        )

    def request(self, *slugs: str) -> str:
        """The end of an address that asks a place at these locations, with the start and the days chosen."""
        chosen = {name: value for name, value in self.parameters().items() if name in {"start", "days"}}
        return f"?{urlencode({'location': slugs, **chosen}, doseq=True)}"

    def search(
        self, desk: Desk, longitude: float, latitude: float, *, work: tuple[float, float] | None = None
    ) -> Search:
        """What to look for around this point, or on the way from it to `work`."""
        return Search(
            region_id=desk.region_id,
            longitude=longitude,
            latitude=latitude,
            start=self.start,
            today=self.today,
            pattern=self.pattern,
            kilometres=self.kilometres or None,
            kind=self.kind,
            price=self.price,
            sort=self.order if work or self.order is not Sort.DETOUR else Sort.NEAR,
            whole_only=self.whole_only and bool(self.pattern),
            inclusive=self.inclusive,
            before=EARLY if self.early else None,
            work=work,
            own_id=desk.municipality_id,
        )

    def months(self) -> list[tuple[str, str, bool]]:
        """The months to choose from: value, name, chosen."""
        named = _named_months(get_language() or "", first_of_month(self.today))
        return [(value, name, month == self.start) for month, value, name in named]

    def days_in_short(self) -> str:
        """`Mon, Tue and Thu`, or a number of half-days."""
        if not self.pattern:
            return _("Choose your days")
        if len(self.pattern) == 2 * len(self.pattern.full_days()):
            return join_words([str(DAY_SHORTS[day]) for day in self.pattern.days()])
        return half_days(len(self.pattern))

    def summary(self) -> str:
        """Start and days in one line."""
        start = _("from %(month)s") % {"month": month_name(self.start)}
        return f"{start} · {self.days_in_short()}" if self.pattern else start


@lru_cache(maxsize=16)
def _named_months(language: str, first: date) -> list[tuple[date, str, str]]:
    return [(month, f"{month:%Y-%m}", month_name(month)) for month in months(first, MONTHS_SHOWN)]


def _start(text: str, today: date) -> tuple[date, str]:
    first = first_of_month(today)
    last = add_months(first, MONTHS_SHOWN - 1)
    if not text:
        return first, ""
    month = re.fullmatch(r"(\d{4}-\d{2})(-\d{2})?", text)
    try:
        start = date.fromisoformat(f"{month[1]}-01") if month else None
    except ValueError:
        start = None
    if start is not None and first <= start <= last:
        return start, ""
    bounds = {"first": month_name(first), "last": month_name(last)}
    return first, _("Choose a month from %(first)s to %(last)s.") % bounds


def _pattern(data: QueryDict) -> WeekPattern:
    slots = [int(slot) for slot in data.getlist("pattern") if _is_number(slot) and int(slot) < SLOTS]
    if slots:
        return WeekPattern.from_slots(slots)
    days = data.get("days", "")
    return WeekPattern(int(days)) if _is_number(days) and int(days) < 1 << SLOTS else EMPTY


def _address(text: str) -> str:
    return " ".join(text.split())[:MAX_ADDRESS]


def _radius(text: str) -> float:
    """Kilometres, with one decimal at most."""
    asked = float(text) if re.fullmatch(r"[0-9]{1,3}(\.[0-9])?", text) else RADIUS
    return asked if asked <= LARGEST_RADIUS else RADIUS


def _one_of(value: str | None, known: list[str]) -> str:
    return value if value in known else ""


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 6

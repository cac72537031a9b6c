"""Locations side by side: the same questions answered for each, in a fixed number of queries."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.db.models import Prefetch
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from kribbe.places.models import Group, Location, LocationCriteria
from kribbe.places.selectors.cards import availability, clock_time, opens_late_in_words
from kribbe.places.selectors.closed import Calendars, calendars_of, closing_of_in_words
from kribbe.places.selectors.freshness import checked_words, judged
from kribbe.places.selectors.location import LICENCES, language_name
from kribbe.places.selectors.orders import steps_in_words
from kribbe.places.selectors.prices import IncomeFee, price_line
from kribbe.places.selectors.search import Found, Search, find
from kribbe.places.selectors.ways import Way
from kribbe.region.models import DeskPolicy
from kribbe.rules.calendar import add_months
from kribbe.rules.distance import kilometres
from kribbe.rules.halfdays import WORK_WEEK
from kribbe.web.templatetags.telling import km, money
from kribbe.web.weeks import half_days, join_words, small_week

MONTHS_CLOSED = 6
"""Months from the start on of which the closings are told, as the free half-days are."""

CLOSINGS_SHOWN = 8

Answer = str | SafeString | list[str]


@dataclass(frozen=True, slots=True)
class Row:
    """One question, and for each location in their order its name, and its answer in words or in steps."""

    name: str
    answers: list[tuple[str, str | SafeString, list[str]]]


def found_of(ids: Sequence[int], search: Search) -> list[Found]:
    """These locations with what is free there, in this order; those of other regions left out."""
    asked = replace(search, only=tuple(ids), kilometres=None, whole_only=False, kind="", price="")
    rows = {row.id: row for row in find(replace(asked, inclusive=False, before=None), limit=len(ids)).rows}
    return [rows[pk] for pk in ids if pk in rows]


def compare(
    found: Sequence[Found],
    search: Search,
    *,
    today: date,
    fee: IncomeFee | None,
    ways: Mapping[int, Way],
    from_home: bool,
) -> list[Row]:
    """The rows of the table. `from_home`: the search's point is the reader's own address."""
    ids = [row.id for row in found]
    details = _details(ids, today)
    policies = {
        policy.desk_id: policy
        for policy in DeskPolicy.objects.filter(
            desk__in={one.desk_id for one in details.values()}, during__contains=today
        )
    }
    since = max(search.start, today)
    calendars = calendars_of(ids, since, add_months(since, MONTHS_CLOSED))
    columns = [
        dict(_answers(row, details[row.id], policies.get(details[row.id].desk_id), search, today, fee,
                      ways.get(row.id), from_home, calendars))
        for row in found
    ]  # fmt: skip
    return [
        Row(name, [_told(row.name, column[name]) for row, column in zip(found, columns, strict=True)])
        for name in (columns[0] if columns else ())
    ]


def _told(name: str, value: Answer) -> tuple[str, str | SafeString, list[str]]:
    return (name, "", value) if isinstance(value, list) else (name, value, [])


def _details(ids: Collection[int], today: date) -> dict[int, Location]:
    groups = Prefetch("groups", Group.objects.filter(active=True), to_attr="in_use")
    criteria = Prefetch(
        "criteria", LocationCriteria.objects.filter(during__contains=today), to_attr="published"
    )
    rows = Location.objects.filter(pk__in=ids).prefetch_related(groups, criteria)
    return {row.pk: row for row in rows}


def _answers(
    row: Found,
    detail: Location,
    policy: DeskPolicy | None,
    search: Search,
    today: date,
    fee: IncomeFee | None,
    way: Way | None,
    from_home: bool,
    calendars: Calendars,
) -> Iterator[tuple[str, Answer]]:
    yield (
        _("Free half-days"),
        small_week(free=row.free, asked=search.pattern.mask, offered=row.offered or WORK_WEEK),
    )
    yield _("In short"), availability(row, search).text
    yield _("How fresh"), checked_words(judged(row.looked_at, row.look_weeks, today=today))
    yield (
        _("A day costs"),
        capfirst(price_line(income=row.income, free=row.free_price, day_price=row.day_price, fee=fee)),
    )
    yield _("Deposit"), money(detail.deposit) if detail.deposit else _("none")
    opens, closes = clock_time(row.opens_at), clock_time(row.closes_at)
    yield _("Opening hours"), _("%(start)s to %(end)s") % {"start": opens, "end": closes}
    yield (
        _("Closing days"),
        list(_closed(row, search, calendars, getattr(detail, "in_use", ()))) or _("none told"),
    )
    yield _("At least"), _("%(half_days)s a week") % {"half_days": half_days(detail.min_half_days)}
    yield _("Where"), f"{detail.street}, {detail.postcode} {detail.city}"
    yield _("How far"), _far(row, search, way) if from_home else _("Give your address above")
    yield _("Languages"), join_words([language_name(code) for code in detail.languages]) or "–"
    yield _("Extra needs"), _("welcome") if row.inclusive else _("ask the location")
    yield _("Licence"), str(LICENCES[row.licence_state][2])
    names: list[str] = next((one.names for one in getattr(detail, "published", ())), [])
    yield _("How places are given"), steps_in_words(names, getattr(detail, "in_use", ()), policy, today)


def _closed(row: Found, search: Search, calendars: Calendars, groups: Sequence[Group]) -> Iterator[str]:
    """What keeps a child away at the start, as the search says it, and the closings of the months ahead.

    A day on which one group alone is closed stands there with its name.
    """
    late = opens_late_in_words(row, search)
    if late:
        yield late
    told = calendars.told(row.id, groups)[:CLOSINGS_SHOWN]
    yield from (closing_of_in_words(each, group) for each, group in told)


def _far(row: Found, search: Search, way: Way | None) -> str:
    away = kilometres((search.longitude, search.latitude), (row.longitude, row.latitude))
    parts = [km(round(away, 1) or away)]
    if way:
        parts.append(way.in_words())
        parts += [way.detour_in_words()] if way.extra is not None else []
    return " · ".join(parts)

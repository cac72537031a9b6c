"""Search results as cards: every text formatted once, in the reader's language."""

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date, time
from decimal import Decimal
from functools import lru_cache

from django.urls import reverse
from django.utils.formats import time_format
from django.utils.text import capfirst
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from kribbe.places.models import MONTHS_ASKED, Kind, LicenceState
from kribbe.places.selectors.freshness import freshness_point, judged
from kribbe.places.selectors.prices import IncomeFee, price_line
from kribbe.places.selectors.search import Found, Search, Tier, mask_of
from kribbe.places.selectors.ways import Way
from kribbe.region.models import Desk
from kribbe.rules.calendar import add_months
from kribbe.rules.closing import Calendar
from kribbe.rules.distance import kilometres
from kribbe.rules.halfdays import SLOTS, WORK_WEEK, WeekPattern
from kribbe.web.components import Picture, Point, ResultCard
from kribbe.web.templatetags.telling import km, long_date, month_name

SLUG = "slug-of-a-location"


def cards(
    found: list[Found],
    search: Search,
    *,
    desk: Desk,
    fee: IncomeFee | None,
    query: str,
    ways: Mapping[int, Way],
    kept: Collection[int],
    photos: Mapping[int, Picture],
) -> list[ResultCard]:
    """The rows as cards; `query` goes along to the page of the location.

    `ways` and `photos` are by its id, `kept` are favourites.
    """
    address = address_of(desk, query)
    kinds = {kind.value: str(kind.label) for kind in Kind}
    return [
        ResultCard(
            id=row.id,
            name=row.name,
            url=address(row),
            line=_line(row, search, kinds[row.kind], ways.get(row.id)),
            free=row.free,
            asked=search.pattern.mask,
            offered=row.offered or WORK_WEEK,
            points=(
                availability(row, search),
                *_late_start(row, search),
                *_checked(row, search.today),
                *_points(row, fee, desk, ways.get(row.id)),
            ),
            number=row.number,
            kept=row.id in kept,
            photo=photos.get(row.id),
        )
        for row in found
    ]


def address_of(desk: Desk, query: str) -> Callable[[Found], str]:
    """What gives the address of a location's page, without resolving it anew for each."""
    before, after = reverse("places:location", args=[desk.slug, SLUG]).split(SLUG)
    return lambda row: f"{before}{row.slug}{after}{query}"


def _line(row: Found, search: Search, kind: str, way: Way | None) -> str:
    away = kilometres((search.longitude, search.latitude), (row.longitude, row.latitude))
    line = f"{kind} · {row.street} · {km(round(away, 1) or away)}"
    return f"{line} · {way.in_words()}" if way else line


def _checked(row: Found, today: date) -> Iterator[Point]:
    if row.months:
        yield freshness_point(judged(row.looked_at, row.look_weeks, today=today))


def opens_late(row: Found, search: Search) -> date | None:
    """Where the location is closed when the child would begin: the first day on which it could come."""
    if not row.closings:
        return None
    offered = WeekPattern(row.offered or WORK_WEEK)
    pattern = search.pattern & offered or offered
    shut = Calendar(row.closings).late_start(pattern, max(search.start, search.today))
    return shut.opens if shut else None


def opens_late_in_words(row: Found, search: Search) -> str:
    """`Closed at first: open from 30 August 2027`; "" where it is open from the start."""
    opens = opens_late(row, search)
    return _("Closed at first: open from %(day)s") % {"day": long_date(opens)} if opens else ""


def _late_start(row: Found, search: Search) -> Iterator[Point]:
    text = opens_late_in_words(row, search)
    if text:
        yield Point("calendar-x", text, "warn")


def _points(row: Found, fee: IncomeFee | None, desk: Desk, way: Way | None) -> Iterator[Point]:
    if row.municipality_id != desk.municipality_id:
        yield Point("map-pin", _("In %(town)s") % {"town": row.municipality})
    if way and way.extra is not None:
        yield Point("route", way.detour_in_words())
    language = get_language() or ""
    yield Point("euro", _price(language, row.income, row.free_price, row.day_price, fee))
    yield Point("clock", _hours(language, row.opens_at, row.closes_at))
    if row.inclusive:
        yield Point("hand-heart", _("Children with extra needs are welcome"))
    if row.licence_state == LicenceState.UNKNOWN:
        yield Point("triangle-alert", _("Licence not checked by the desk"), "warn")


@lru_cache(maxsize=1024)
def _price(language: str, income: bool, free: bool, day_price: Decimal | None, fee: IncomeFee | None) -> str:
    return capfirst(price_line(income=income, free=free, day_price=day_price, fee=fee))


@lru_cache(maxsize=1024)
def _hours(language: str, opens_at: time, closes_at: time) -> str:
    return _("Open from %(start)s to %(end)s") % {"start": clock_time(opens_at), "end": clock_time(closes_at)}


@lru_cache(maxsize=256)
def _month(language: str, month: date) -> str:
    return str(month_name(month))


def clock_time(moment: time) -> str:
    """`7:00`, as the reader's language writes it."""
    return time_format(moment, "TIME_FORMAT")


def _named(month: date | None) -> str:
    return _month(get_language() or "", month) if month else ""


def availability(row: Found, search: Search) -> Point:
    """What is free there of what is asked, in one line."""
    if row.licence_state == LicenceState.SUSPENDED:
        return Point("ban", _("Licence suspended: no new children for now"), "bad")
    if not row.months:
        return Point("circle-question-mark", _("Free places not known: ask the location"))
    if not search.pattern:
        return _free_at_all(row.free, search.start)
    if row.tier == Tier.WHOLE:
        text = _("Free on all your days from %(month)s")
        return Point("calendar-check", text % {"month": _named(search.start)}, "good")
    return _free_partly(search.pattern, row.free, later_start(row.months, search))


def _free_at_all(free: int, start: date) -> Point:
    count = free.bit_count()
    if not count:
        return Point("calendar-x", _("Full from %(month)s on") % {"month": _named(start)}, "bad")
    text = ngettext(
        "%(count)d half-day a week free from %(month)s",
        "%(count)d half-days a week free from %(month)s",
        count,
    )
    return Point("calendar-check", text % {"count": count, "month": _named(start)}, "good")


def _free_partly(asked: WeekPattern, free: int, later: date | None) -> Point:
    fits = asked & WeekPattern(free)
    if not fits:
        text = _("Full on your days until %(month)s") if later else _("Full on your days")
        return Point("calendar-x", text % {"month": _named(later)}, "bad")
    whole_days = len(asked) == 2 * len(asked.full_days()) and len(fits) == 2 * len(fits.full_days())
    counts = {
        "fit": len(fits.days()) if whole_days else len(fits),
        "asked": len(asked.days()) if whole_days else len(asked),
        "month": _named(later),
    }
    return Point("calendar-days", _partly(whole_days, later is not None) % counts, "warn")


def _partly(whole_days: bool, later: bool) -> str:
    if whole_days and later:
        return _("Free on %(fit)d of your %(asked)d days, on all from %(month)s")
    if whole_days:
        return _("Free on %(fit)d of your %(asked)d days")
    if later:
        return _("Free on %(fit)d of your %(asked)d half-days, on all from %(month)s")
    return _("Free on %(fit)d of your %(asked)d half-days")


def later_start(months: str, search: Search) -> date | None:
    """The first later month from which all that is asked stays free, as far as the desk looks ahead."""
    ahead = (search.start.year - search.today.year) * 12 + search.start.month - search.today.month
    kept = len(months) // SLOTS - ahead
    asked = search.pattern.mask
    free = [not asked & ~mask_of(months[SLOTS * month : SLOTS * (month + 1)]) for month in range(kept)]
    for month in range(1, kept):
        if all(free[month : month + MONTHS_ASKED]):
            return add_months(search.start, month)
    return None

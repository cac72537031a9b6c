"""One location as everybody may see it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import islice

from django.conf.locale import LANG_INFO
from django.db.models import Prefetch
from django.utils.functional import Promise
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localtime
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from kribbe.places.models import (
    MONTHS_SHOWN,
    PAGE_TEXTS,
    Group,
    GroupAvailability,
    GroupCapacity,
    LicenceState,
    Location,
    OpenDay,
    PlanKind,
)
from kribbe.places.selectors.cards import clock_time
from kribbe.places.selectors.closed import (
    Calendars,
    calendars_of,
    days_in_words,
    shut_in_words,
    why_closed,
)
from kribbe.places.selectors.freshness import DEFAULT_WEEKS, freshness_point
from kribbe.places.selectors.holidays import named_holidays
from kribbe.places.selectors.orders import motive_of, order_in_words, vulnerable_share
from kribbe.places.selectors.prices import income_fee
from kribbe.places.selectors.search import mask_of
from kribbe.places.selectors.showing import (
    PhotoView,
    ReportView,
    beyond_usual,
    hours_of,
    open_days_of,
    photos_of,
    reports_of,
)
from kribbe.region.models import Desk, DeskPolicy
from kribbe.rules.calendar import add_months, first_of_month
from kribbe.rules.closing import Calendar
from kribbe.rules.dates import DEFAULT_PACK
from kribbe.rules.freshness import looked
from kribbe.rules.halfdays import EMPTY, SLOTS, WORK_WEEK, WeekPattern
from kribbe.rules.priority import PriceKind
from kribbe.web.components import Point
from kribbe.web.dates import date_format
from kribbe.web.templatetags.telling import long_date, money, months
from kribbe.web.weeks import DAY_NAMES, DAY_SHORTS, cell, days_shown, half_days, join_words

MONTHS_AHEAD = 12
CLOSINGS_SHOWN = 12

LICENCES: Mapping[str, tuple[str, str, str | Promise]] = {
    LicenceState.LICENSED: ("badge-check", "good", pgettext_lazy("a location", "Licensed")),
    LicenceState.SUSPENDED: ("ban", "bad", gettext_lazy("Licence suspended")),
    LicenceState.ENDED: ("ban", "bad", gettext_lazy("Licence ended")),
    LicenceState.UNKNOWN: ("triangle-alert", "warn", gettext_lazy("Licence not checked by the desk")),
}
"""Icon, tone and name of each state."""

WARNINGS: Mapping[str, str | Promise] = {
    LicenceState.SUSPENDED: gettext_lazy(
        "The authority suspended the licence of this location. It may take no children for now. Ask the desk what "
        "you can do."
    ),
    LicenceState.ENDED: gettext_lazy("This location no longer has a licence and takes no children."),
    LicenceState.UNKNOWN: gettext_lazy(
        "The desk could not check the licence. All childcare in Flanders needs one: ask the location for its number."
    ),
}


@dataclass(frozen=True, slots=True)
class MonthRow:
    """A month of a group: its name, its year where that must be told, a table cell for each half-day, and what to
    know where it is closed for the most part."""

    name: str
    year: int
    cells: SafeString
    shut: str = ""


@dataclass(frozen=True, slots=True)
class GroupView:
    """A group with its age, price and free half-days by month; `months` is empty where it keeps none here."""

    name: str
    ages: str
    price: str
    days: list[tuple[str, str]]
    months: list[MonthRow]

    @property
    def columns(self) -> int:
        """Cells of a row of the table, its head among them."""
        return 1 + 2 * len(self.days)


@dataclass(frozen=True, slots=True)
class LocationView:
    """The page of a location, formatted."""

    id: int
    slug: str
    name: str
    kind: str
    address: str
    photos: list[PhotoView]
    texts: list[tuple[str, str]]
    reports: list[ReportView]
    open_days: list[OpenDay]
    hours: list[tuple[str, str]]
    beyond: list[str]
    motive: str
    licence: Point
    licence_detail: str
    warning: str
    may_ask: bool
    facts: list[tuple[str, str]]
    prices: list[tuple[str, str]]
    price_note: str
    groups: list[GroupView]
    checked: Point | None
    order: list[str]
    vulnerable: str
    closings: list[tuple[str, str]]
    organiser: str
    contacts: list[tuple[str, str, str]]
    complaints: str


def location_at(desk: Desk, slug: str) -> Location | None:
    """The location of this address in the desk's region, or None where it closed for good."""
    rows = Location.objects.select_related("organiser", "municipality", "desk").prefetch_related(
        "weekday_hours"
    )
    return rows.filter(slug=slug, active=True, desk__region=desk.region_id).first()


def view_of(location: Location, *, today: date, asked: WeekPattern = EMPTY) -> LocationView:
    """Everything that the page shows, in the reader's language; the half-days asked are outlined."""
    groups = _groups(location, today)
    calendars = calendars_of([location.pk], today, None)
    policy = DeskPolicy.objects.filter(desk=location.desk, during__contains=today).first()
    icon, tone, licence = LICENCES[location.licence_state]
    prices, note = _prices(location, groups, policy.rule_pack if policy else DEFAULT_PACK, today)
    return LocationView(
        id=location.pk,
        slug=location.slug,
        name=location.name,
        kind=location.get_kind_display(),
        address=f"{location.street}, {location.postcode} {location.city}",
        photos=photos_of(location, desk=location.desk.slug),
        texts=[(str(label), text) for name, label in PAGE_TEXTS.items() if (text := getattr(location, name))],
        reports=reports_of(location, desk=location.desk.slug),
        open_days=open_days_of(location, today),
        hours=hours_of(location),
        beyond=beyond_usual(location),
        motive=motive_of(location, today),
        licence=Point(icon, str(licence), tone),
        licence_detail=_checked(location),
        warning=str(WARNINGS.get(location.licence_state, "")),
        may_ask=location.licence_state in {LicenceState.LICENSED, LicenceState.UNKNOWN},
        facts=list(_facts(location)),
        prices=prices,
        price_note=note,
        groups=[_group(group, today, asked, calendars.of(group), many=len(groups) > 1) for group in groups],
        checked=_looked(location, groups, policy, today),
        order=order_in_words(location, groups, policy, today),
        vulnerable=vulnerable_share(location, groups, policy, today),
        closings=_closings(groups, calendars, today, location.pk),
        organiser=location.organiser.name if location.organiser else "",
        contacts=list(_contacts(location)),
        complaints=location.organiser.complaints if location.organiser else "",
    )


def _groups(location: Location, today: date) -> list[Group]:
    capacities = GroupCapacity.objects.filter(during__contains=today)
    rows = location.groups.filter(active=True).select_related("availability")
    return list(rows.prefetch_related(Prefetch("capacities", capacities)).order_by("from_months", "name"))


def _looked(
    location: Location, groups: Sequence[Group], policy: DeskPolicy | None, today: date
) -> Point | None:
    """How fresh the free half-days are, where the location keeps any."""
    if not groups:
        return None
    on = localtime(location.looked_at).date() if location.looked_at else None
    weeks = policy.look_weeks if policy else DEFAULT_WEEKS
    return freshness_point(looked(on, today=today, look_weeks=weeks))


def _checked(location: Location) -> str:
    if location.licence_checked_on is None:
        return ""
    return _("checked on %(date)s") % {"date": long_date(location.licence_checked_on)}


def _facts(location: Location) -> Iterator[tuple[str, str]]:
    noon = clock_time(location.morning_ends_at)
    yield _("A half-day"), _("morning until %(noon)s, afternoon from then on") % {"noon": noon}
    least = location.min_half_days
    yield _("At least"), _("%(half_days)s a week") % {"half_days": half_days(least)}
    plan = (
        _("the same every week") if location.plan_kind == PlanKind.FIXED else _("may vary from week to week")
    )
    yield _("Days"), plan
    if location.languages:
        yield _("Languages"), join_words([language_name(code) for code in location.languages])
    if location.inclusive:
        yield _("Extra needs"), _("children with extra needs are welcome")


def language_name(code: str) -> str:
    """A language in the reader's language; its code where it has no name."""
    info = LANG_INFO.get(code)
    return _(info["name"]) if info and "name" in info else code


def _prices(
    location: Location, groups: Sequence[Group], pack: str, today: date
) -> tuple[list[tuple[str, str]], str]:
    """Lines on what it costs, and a note on how sure the amounts by income are."""
    kinds = {group.price_kind for group in groups}
    lines: list[tuple[str, str]] = []
    note = ""
    if PriceKind.INCOME in kinds and (fee := income_fee(pack, today)):
        bounds = {"low": money(fee.lowest), "high": money(fee.highest)}
        lines.append((_("A day, by your income"), _("%(low)s to %(high)s") % bounds))
        note = _fee_note(fee.year, fee.verified, today)
    if location.day_price is not None:
        lines.append((_("A day, fixed price"), money(location.day_price)))
    elif PriceKind.FREE in kinds:
        lines.append((_("A day, fixed price"), _("ask the location")))
    deposit = money(location.deposit) if location.deposit else _("none")
    lines.append((_("Deposit"), deposit))
    return lines, note


def _fee_note(year: int, verified: bool, today: date) -> str:
    if year != today.year:
        text = _("These are the amounts of %(year)d; those of this year are not known here yet.")
    elif not verified:
        text = _("These are the amounts of %(year)d; they are not checked at the source yet.")
    else:
        text = _("These are the amounts of %(year)d.")
    return text % {"year": year}


def _group(group: Group, today: date, asked: WeekPattern, calendar: Calendar, *, many: bool) -> GroupView:
    kept = getattr(group, "availability", None)
    capacity = next(iter(group.capacities.all()), None)
    offered = capacity.open_pattern if capacity else WORK_WEEK
    count = days_shown(offered | asked.mask)
    price = _("price by income") if group.price_kind == PriceKind.INCOME else _("fixed price")
    return GroupView(
        name=group.name if many else "",
        ages=_ages(group.from_months, group.to_months),
        price=price,
        days=[(str(DAY_SHORTS[day]), str(DAY_NAMES[day])) for day in range(count)],
        months=_months(kept, today, offered, asked.mask, 2 * count, calendar) if kept else [],
    )


def _ages(start: int, end: int) -> str:
    if start == 0:
        return _("up to %(age)s") % {"age": months(end)}
    return _("from %(start)d to %(end)s") % {"start": start, "end": months(end)}


def _months(
    kept: GroupAvailability, today: date, offered: int, asked: int, slots: int, calendar: Calendar
) -> list[MonthRow]:
    """The months ahead. One that is closed wholly has nothing free, whatever the agreements leave."""
    first = kept.first_month
    skipped = max(0, (today.year - first.year) * 12 + today.month - first.month)
    rows = []
    for month in range(skipped, min(skipped + MONTHS_AHEAD, MONTHS_SHOWN)):
        day = add_months(first, month)
        shut = calendar.shut_month(WeekPattern(offered), day, since=today)
        if shut and shut.whole:
            free = opened = 0
        else:
            free, opened = mask_of(kept.free[SLOTS * month : SLOTS * (month + 1)]), offered
        cells = _cells(get_language() or "", free, asked, opened, slots)
        rows.append(MonthRow(date_format(day, "F"), day.year, cells, shut_in_words(shut) if shut else ""))
    return rows


@lru_cache(maxsize=4096)
def _cells(language: str, free: int, asked: int, offered: int, slots: int) -> SafeString:
    cells = []
    for slot in range(slots):
        state, icon, words = _state(1 << slot, free, asked, offered)
        told = f'<span class="ams-visually-hidden">{escape(words)}</span>'
        cells.append(f"<td>{cell(state, icon)}{told}</td>")
    return mark_safe("".join(cells))  # noqa: S308  translated words and fixed markup only


def _state(bit: int, free: int, asked: int, offered: int) -> tuple[str, str, str]:
    if free & bit:
        return (
            ("free week__cell--asked", "check", _("free, and you ask for it"))
            if asked & bit
            else (
                "free",
                "check",
                _("free"),
            )
        )
    if not offered & bit:
        return "shut", "", _("closed")
    return (
        ("missed", "x", _("you ask for it, but it is full")) if asked & bit else ("full", "minus", _("full"))
    )


def _closings(
    groups: Sequence[Group], calendars: Calendars, today: date, whole: int
) -> list[tuple[str, str]]:
    """Closing days and public holidays of the year ahead, in order: when and why; of one group with its name."""
    end = add_months(first_of_month(today), MONTHS_AHEAD)
    calendar = calendars.at[whole]
    found = [
        (each.first, days_in_words(each.first, each.last), why_closed(each, name))
        for each, name in calendars.told(whole, groups)
        if each.first < end
    ]
    for year in range(today.year, end.year + 1):
        for day, name in named_holidays(year).items():
            if today <= day < end and day.weekday() < 5 and not calendar.closing_on(day):
                found.append((day, long_date(day), name))
    return [(when, why) for _first, when, why in islice(sorted(found), CLOSINGS_SHOWN)]


def _contacts(location: Location) -> Iterator[tuple[str, str, str]]:
    """Icon, text and address of each way to reach the location."""
    if location.phone:
        yield "phone", location.phone, f"tel:{location.phone.replace(' ', '')}"
    if location.email:
        yield "mail", location.email, f"mailto:{location.email}"
    if location.website:
        yield (
            "globe",
            location.website.removeprefix("https://").removeprefix("http://").rstrip("/"),
            location.website,
        )

"""The week in half-days: as tags and as fields."""

from collections.abc import Sequence

from django import template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kribbe.web import forms, weeks

register = template.Library()


@register.filter
def day_name(day: int) -> str:
    """Weekday 0 (Monday) to 6 in full."""
    return str(weeks.DAY_NAMES[day])


@register.filter
def day_short(day: int) -> str:
    """Weekday 0 (Monday) to 6 in short."""
    return str(weeks.DAY_SHORTS[day])


@register.filter
def half_day_name(slot: int) -> str:
    """Slot 0 to 13 in words."""
    return weeks.slot_name(slot)


@register.filter
def week_words(pattern: int) -> str:
    """A pattern in words."""
    return weeks.week_words(pattern)


@register.filter
def half_days(count: int) -> str:
    """`5 half-days`."""
    return weeks.half_days(count)


@register.simple_tag
def small_week(free: int, asked: int = 0, offered: int = weeks.WORKWEEK, wide: bool = False) -> SafeString:
    """The small week of a search result: free, full, asked."""
    return weeks.small_week(free=free, asked=asked, offered=offered, wide=wide)


@register.simple_tag
def fit_week(free: int, asked: int, offered: int = weeks.WORKWEEK, wide: bool = False) -> SafeString:
    """The small week of a request at a location: only asked half-days count."""
    return weeks.small_week(free=free, asked=asked, offered=offered, kind="fit", wide=wide)


@register.simple_tag
def fit_cells(free: int, asked: int, days: int = weeks.WEEKDAYS) -> SafeString:
    """Two table cells a day of a waiting-list row."""
    return weeks.fit_cells(free=free, asked=asked, days=days)


@register.inclusion_tag("web/components/week_legend.html")
def week_legend(kind: str = "search") -> dict[str, object]:
    """What the marks of the small week mean. `kind`: search or fit."""
    return {
        "kind": kind,
        "free": mark_safe(weeks.cell("free", "check")),  # noqa: S308 - fixed markup
        "asked": mark_safe(weeks.cell("free week__cell--asked", "check")),  # noqa: S308 - fixed markup
        "full": mark_safe(weeks.cell("full", "minus")),  # noqa: S308 - fixed markup
        "missed": mark_safe(weeks.cell("missed", "x")),  # noqa: S308 - fixed markup
        "none": mark_safe(weeks.cell("none", "dot")),  # noqa: S308 - fixed markup
    }


@register.inclusion_tag("web/components/capacity_strip.html")
def capacity_strip(
    title: str, detail: str, free: Sequence[int | None], url: str = "", link: str = ""
) -> dict[str, object]:
    """Free places per half-day, slot 0 first: a number, negative when overfull, None when closed."""
    days = len(free) // 2
    rows = [
        (weeks.PART_SHORTS[part], [_capacity(free[2 * day + part]) for day in range(days)]) for part in (0, 1)
    ]
    heads = list(zip(weeks.DAY_SHORTS[:days], weeks.DAY_NAMES[:days], strict=True))
    return {"title": title, "detail": detail, "heads": heads, "rows": rows, "url": url, "link": link}


def _capacity(free: int | None) -> tuple[str, str]:
    if free is None:
        return "is-full", _("closed")
    if free < 0:
        return "is-over", _("%(count)d too many") % {"count": -free}
    if not free:
        return "is-full", _("full")
    return "", ngettext("%(count)d free", "%(count)d free", free) % {"count": free}


@register.inclusion_tag("web/components/picker.html")
def half_day_picker(
    value: int = 0,
    legend: str = "",
    hint: str = "",
    name: str = "pattern",
    morning: str = "",
    afternoon: str = "",
    weekend: bool = False,
    small: bool = False,
    errors: Sequence[str] = (),
    element_id: str = "",
) -> dict[str, object]:
    """The half-day picker outside a Django form."""
    context = forms.picker_context(
        name=name,
        value=value,
        element_id=element_id or f"id_{name}",
        weekend=weekend,
        morning=morning,
        afternoon=afternoon,
        small=small,
    )
    return context | {"legend": legend, "hint": hint, "errors": errors}

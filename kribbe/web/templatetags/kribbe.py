"""Tags and filters of the design system; loaded in every template (see README.md for each with an example)."""

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import template
from django.forms import BaseForm, BoundField
from django.utils import formats
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kribbe.web import forms, illustrations, weeks
from kribbe.web.components import Chip, Event, Option, ProgressStep, QueueRow, Ranked, ResultCard, Step
from kribbe.web.dates import date_format

register = template.Library()

NBSP = "\u00a0"
ALERT_ICONS: Mapping[str, str] = {
    "info": "info",
    "success": "circle-check",
    "warning": "triangle-alert",
    "error": "circle-alert",
}


# Words, dates and numbers


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


@register.filter
def month_name(day: dt.date | None) -> str:
    """`March 2027`."""
    return formats.date_format(day, "F Y") if day else ""


@register.filter(expects_localtime=True)
def long_date(day: dt.date | None) -> str:
    """`1 March 2027`."""
    return date_format(day) if day else ""


@register.filter(expects_localtime=True)
def long_moment(moment: dt.datetime | None) -> str:
    """`1 March 2027, 10:30`."""
    return date_format(moment, "DATETIME_FORMAT") if moment else ""


@register.filter
def short_date(day: dt.date | None) -> str:
    """`01/03/2027`."""
    return formats.date_format(day, "SHORT_DATE_FORMAT") if day else ""


@register.filter
def number(value: float | Decimal | None, decimals: int = 0) -> str:
    """A number with the reader's separators."""
    if value is None:
        return "–"
    return formats.number_format(value, decimal_pos=decimals, use_l10n=True, force_grouping=True)


@register.filter
def percent(share: float | Decimal | None) -> str:
    """A share from 0 to 1 as a whole percentage."""
    return "–" if share is None else f"{number(round(float(share) * 100))}{NBSP}%"


@register.filter
def money(euros: float | Decimal | None) -> str:
    """An amount in euros, without cents when it has none."""
    if euros is None:
        return "–"
    exact = Decimal(str(euros)).quantize(Decimal("0.01"))
    return f"€{NBSP}{number(exact, 0 if exact == exact.to_integral_value() else 2)}"


@register.filter
def cents(amount: int | None) -> str:
    """An amount in euro cents."""
    return money(None if amount is None else Decimal(amount) / 100)


@register.filter
def km(kilometres: float | None) -> str:
    """A distance in kilometres, with one decimal; under 100 m in metres."""
    if kilometres is None:
        return ""
    if kilometres < 0.1:
        return f"{max(10, round(kilometres * 100) * 10)}{NBSP}m"
    return f"{number(kilometres, 1 if kilometres < 20 else 0)}{NBSP}km"


@register.filter
def metres(distance: float | None) -> str:
    """A distance in metres, shown as `km` does."""
    return "" if distance is None else km(distance / 1000)


@register.filter
def months(count: int) -> str:
    """`5 months`."""
    return ngettext("%(count)d month", "%(count)d months", count) % {"count": count}


@register.simple_tag
def age(birth: dt.date, today: dt.date) -> str:
    """A child's age on a day: months under two years, else years; `unborn` before birth."""
    count = (today.year - birth.year) * 12 + today.month - birth.month - (today.day < birth.day)
    if count < 0:
        return _("not born yet")
    if count < 24:
        return months(count)
    return ngettext("%(count)d year", "%(count)d years", count // 12) % {"count": count // 12}


# Small pieces


@register.simple_tag
def icon(name: str, label: str = "", size: str = "") -> SafeString:
    """An icon of the sprite; decorative unless it has a label."""
    drawn = weeks.icon_svg(name, f"icon--{size}" if size else "")
    if not label:
        return drawn
    return format_html('{}<span class="ams-visually-hidden">{}</span>', drawn, label)


@register.simple_tag
def house(key: int, css: str = "result__art") -> SafeString:
    """A drawing of a house, always the same for the same key. Decorative."""
    shape, palette = illustrations.variant(int(key))
    return format_html(
        '<svg class="house house--{} {}" viewBox="0 0 400 300" preserveAspectRatio="xMidYMid slice" '
        'aria-hidden="true"><use href="{}#h{}"></use></svg>',
        palette,
        css,
        weeks.sprite("houses"),
        shape,
    )


@register.simple_tag
def tag(label: str, tone: str = "", icon: str = "") -> SafeString:
    """A short mark. `tone`: "", blue, good, warn, bad, primary."""
    classes = f"tag tag--{tone}" if tone else "tag"
    return format_html('<span class="{}">{}{}</span>', classes, weeks.icon_svg(icon) if icon else "", label)


@register.simple_tag
def button(
    label: str,
    variant: str = "primary",
    icon: str = "",
    icon_end: str = "",
    href: str = "",
    name: str = "",
    value: object = "",
    small: bool = False,
    kind: str = "submit",
    dialog: str = "",
    label_more: str = "",
) -> SafeString:
    """A button, or a link that looks like one when `href` is given. `label_more` is read out only."""
    classes = {"danger": "ams-button--danger", "link": "ams-button--link"}.get(
        variant, f"ams-button--{variant}"
    )
    if small:
        classes += " ams-button--small"
    more = format_html('<span class="ams-visually-hidden"> {}</span>', label_more) if label_more else ""
    inner = format_html(
        "{}<span>{}{}</span>{}",
        weeks.icon_svg(icon) if icon else "",
        label,
        more,
        weeks.icon_svg(icon_end) if icon_end else "",
    )
    if href:
        return format_html('<a class="ams-button {}" href="{}">{}</a>', classes, href, inner)
    extra = format_html(' name="{}" value="{}"', name, value) if name else SafeString("")
    if dialog:
        kind, extra = "button", format_html(' data-dialog="{}" aria-haspopup="dialog"', dialog)
    return format_html('<button class="ams-button {}" type="{}"{}>{}</button>', classes, kind, extra, inner)


@register.simple_tag
def sparkline(series: Sequence[float], label: str) -> SafeString:
    """A small line through numbers, oldest first; `label` says in words what it shows."""
    values = [float(one) for one in series]
    if len(values) < 2:
        return SafeString("")
    low, high = min(values), max(values)
    span = (high - low) or 1.0
    points = [
        (round(2 + 116 * index / (len(values) - 1), 1), round(27 - 24 * (one - low) / span, 1))
        for index, one in enumerate(values)
    ]
    line = " ".join(f"{x},{y}" for x, y in points)
    last_x, last_y = points[-1]
    return format_html(
        '<svg class="spark" viewBox="0 0 120 30" preserveAspectRatio="none" role="img" aria-label="{}">'
        '<polygon points="2,30 {} 118,30" fill="currentColor" opacity=".1"/>'
        '<polyline points="{}" fill="none" stroke="currentColor" stroke-width="2" stroke-linejoin="round" '
        'stroke-linecap="round" vector-effect="non-scaling-stroke"/>'
        '<circle cx="{}" cy="{}" r="2" fill="currentColor"/></svg>',
        label,
        line,
        line,
        last_x,
        last_y,
    )


@register.simple_tag
def meter(share: float, label: str) -> SafeString:
    """A bar filled to a share from 0 to 1; `label` says it in words."""
    width = round(100 * min(1.0, max(0.0, float(share))), 1)
    return format_html(
        '<svg class="meter" viewBox="0 0 100 4" preserveAspectRatio="none" role="img" aria-label="{}">'
        '<rect width="{}" height="4"/></svg>',
        label,
        width,
    )


# Weeks


@register.simple_tag
def small_week(free: int, asked: int = 0, offered: int = weeks.WORKWEEK, wide: bool = False) -> SafeString:
    """The small week of a search result: free, full, asked."""
    return weeks.small_week(free=free, asked=asked, offered=offered, wide=wide)


@register.simple_tag
def fit_week(free: int, asked: int, offered: int = weeks.WORKWEEK, wide: bool = False) -> SafeString:
    """The small week of a request at a location: only asked half-days count."""
    return weeks.small_week(free=free, asked=asked, offered=offered, kind="fit", wide=wide)


@register.simple_tag
def fit_cells(free: int, asked: int) -> SafeString:
    """Ten table cells of a waiting-list row."""
    return weeks.fit_cells(free=free, asked=asked)


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
    return ("", _("%(count)d free") % {"count": free}) if free else ("is-full", _("full"))


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


# Forms


@register.filter
def styled(field: BoundField) -> SafeString:
    """A field's control alone, with its classes."""
    return forms.styled(field)


@register.filter
def layout(field: BoundField) -> str:
    """How a field is laid out."""
    return forms.layout(field)


@register.filter
def own_markup(field: BoundField) -> bool:
    """Whether a field's widget draws its own choices."""
    return forms.has_own_markup(field)


@register.filter
def options(field: BoundField) -> list[Any]:
    """The tick boxes or radio buttons of a field with choices."""
    return list(forms.options(field))


@register.filter
def as_json(value: object) -> str:
    """JSON for a data attribute."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


@register.inclusion_tag("web/forms/error_summary.html")
def error_summary(form: BaseForm) -> dict[str, object]:
    """All errors of a form with links to their fields; nothing when there are none."""
    found = [
        (field.id_for_label or f"{field.auto_id}_0", field.label, field.errors)
        for field in form
        if field.errors
    ]
    return {"errors": found, "general": form.non_field_errors()}


@register.inclusion_tag("web/components/radio_cards.html")
def radio_cards(
    name: str,
    options: Iterable[Option],
    value: str = "",
    legend: str = "",
    hint: str = "",
    errors: Sequence[str] = (),
) -> dict[str, object]:
    """Radio cards outside a Django form."""
    return {
        "name": name,
        "options": options,
        "value": str(value),
        "legend": legend,
        "hint": hint,
        "errors": errors,
    }


# Parts of pages


@register.inclusion_tag("web/components/step_bar.html")
def step_bar(steps: Sequence[Step], current: int) -> dict[str, object]:
    """The step bar; `current` counts from 1."""
    shown = [(index, step, index < current, index == current) for index, step in enumerate(steps, 1)]
    return {"steps": shown, "current": current, "total": len(steps), "name": steps[current - 1].label}


@register.inclusion_tag("web/components/chips.html")
def chips(items: Iterable[Chip], label: str) -> dict[str, object]:
    """Filters as links."""
    return {"items": items, "label": label}


@register.inclusion_tag("web/components/result_card.html")
def result_card(card: ResultCard) -> dict[str, object]:
    """A location in a list of results."""
    return {"card": card}


@register.inclusion_tag("web/components/points.html")
def points(items: Iterable[object]) -> dict[str, object]:
    """Lines with an icon."""
    return {"items": items}


@register.inclusion_tag("web/components/queue.html")
def waiting_list(
    rows: Sequence[QueueRow], caption: str, start_label: str = "", since_label: str = ""
) -> dict[str, object]:
    """The waiting list with fit per half-day; on the phone a row is a line that opens."""
    return {
        "rows": rows,
        "caption": caption,
        "start_label": start_label or _("Start"),
        "since_label": since_label or _("On the list"),
        "days": list(zip(weeks.DAY_SHORTS[: weeks.WEEKDAYS], weeks.DAY_NAMES[: weeks.WEEKDAYS], strict=True)),
        "parts": weeks.PART_SHORTS,
    }


@register.inclusion_tag("web/components/empty_state.html")
def empty_state(
    heading: str, text: str, icon: str = "inbox", url: str = "", label: str = ""
) -> dict[str, object]:
    """Nothing here yet, and what to do next."""
    return {"heading": heading, "text": text, "icon": icon, "url": url, "label": label}


@register.inclusion_tag("web/components/progress_list.html")
def progress_list(steps: Iterable[ProgressStep], label: str) -> dict[str, object]:
    """Where something stands."""
    return {"steps": steps, "label": label}


@register.inclusion_tag("web/components/timeline.html")
def timeline(events: Iterable[Event], label: str) -> dict[str, object]:
    """What happened, newest first or oldest first as given."""
    return {"events": events, "label": label}


@register.inclusion_tag("web/components/pager.html")
def pager(previous_url: str = "", next_url: str = "", text: str = "") -> dict[str, object]:
    """Earlier and later pages."""
    return {"previous_url": previous_url, "next_url": next_url, "text": text}


@register.inclusion_tag("web/components/ranked_list.html")
def ranked_list(
    items: Sequence[Ranked], label: str, name: str = "order", removable: bool = True
) -> dict[str, object]:
    """A ranked list inside a form: hidden inputs `name` in order; without script the buttons send `move=up:ID`."""
    said = _("%(name)s is now number %(place)s.")
    return {"items": items, "label": label, "name": name, "removable": removable, "said": said}


@register.inclusion_tag("web/components/stat.html")
def stat(
    label: str,
    value: object,
    detail: str = "",
    icon: str = "",
    series: Sequence[float] = (),
    series_label: str = "",
    url: str = "",
) -> dict[str, object]:
    """A figure with its name, what it means and how it went."""
    shown = number(value) if isinstance(value, int) else value
    return {
        "label": label,
        "value": shown,
        "detail": detail,
        "icon": icon,
        "series": series,
        "series_label": series_label or label,
        "url": url,
    }


@register.inclusion_tag("web/components/facts.html")
def facts(pairs: Iterable[tuple[str, object]], short: bool = False) -> dict[str, object]:
    """A definition list of (name, value)."""
    return {"pairs": pairs, "short": short}


@register.inclusion_tag("web/components/copyable.html")
def copyable(text: str, label: str = "") -> dict[str, object]:
    """A code to copy."""
    return {"text": text, "label": label or _("Copy")}


@register.inclusion_tag("web/components/place_map.html")
def place_map(
    points_url: str,
    label: str,
    base_url: str = "",
    areas_url: str = "",
    home: str = "",
    attribution: str = "",
    note: str = "",
) -> dict[str, object]:
    """The map of locations. `home` is `longitude,latitude`; `points_url` gives GeoJSON points."""
    return {
        "points_url": points_url,
        "label": label,
        "base_url": base_url,
        "areas_url": areas_url,
        "home": home,
        "attribution": attribution,
        "note": note,
        "words": _map_words(),
    }


def _map_words() -> dict[str, Any]:
    locale = {
        "AttributionControl.ToggleAttribution": _("Show or hide the source"),
        "AttributionControl.MapFeedback": _("Report a mistake on the map"),
        "NavigationControl.ZoomIn": _("Zoom in"),
        "NavigationControl.ZoomOut": _("Zoom out"),
        "NavigationControl.ResetBearing": _("Turn north up"),
        "Map.Title": _("Map"),
        "Marker.Title": _("Marker"),
        "Popup.Close": _("Close"),
        "CooperativeGesturesHandler.WindowsHelpText": _("Hold Ctrl while scrolling to zoom"),
        "CooperativeGesturesHandler.MacHelpText": _("Hold ⌘ while scrolling to zoom"),
        "CooperativeGesturesHandler.MobileHelpText": _("Move the map with two fingers"),
    }
    group = _("%(count)d places: zoom in").replace("%(count)d", "%d")
    return {
        "locale": locale,
        "group": group,
        "home": _("Your address"),
        "schematic": _("The background of the map can't be reached now. You see the outlines of the towns."),
        "failed": _("The map can't be shown now. The list holds the same places."),
    }


@register.simple_block_tag
def note(content: str, heading: str = "", icon: str = "", tone: str = "") -> SafeString:
    """A side note around its content."""
    title = format_html("<h2>{}{}</h2>", weeks.icon_svg(icon) if icon else "", heading) if heading else ""
    return format_html(
        '<section class="note{}">{}{}</section>', f" note--{tone}" if tone else "", title, content
    )


@register.simple_block_tag
def alert(content: str, tone: str = "info", heading: str = "") -> SafeString:
    """A message in the page. `tone`: info, success, warning, error."""
    title = format_html("<h2>{}</h2>", heading) if heading else ""
    role = "alert" if tone == "error" else "status"
    return format_html(
        '<div class="alert alert--{}" role="{}">{}<div class="alert__body">{}{}</div></div>',
        tone,
        role,
        weeks.icon_svg(ALERT_ICONS[tone]),
        title,
        content,
    )


@register.simple_block_tag
def dialog(content: str, id: str, heading: str) -> SafeString:  # noqa: A002 - the HTML name
    """A dialog, opened by `{% button ... dialog=id %}`. Its content brings its own form and buttons."""
    return format_html(
        '<dialog class="ams-dialog" id="{0}" aria-labelledby="{0}-title"><div class="ams-dialog__header">'
        '<h2 id="{0}-title">{1}</h2><button class="square square--quiet" type="button" data-close '
        'aria-label="{2}">{3}</button></div><div class="ams-dialog__body">{4}</div></dialog>',
        id,
        heading,
        _("Close"),
        weeks.icon_svg("x"),
        content,
    )


@register.simple_block_tag
def search_strip(content: str, summary: str, detail: str, action: str = "", label: str = "") -> SafeString:
    """The search form over the page's width; on the phone one line until it is opened."""
    return format_html(
        '<div class="strip"><div class="wrap strip__in"><button class="strip__line" type="button" '
        'data-toggle=".strip" data-focus aria-expanded="false">{}<span><strong>{}</strong><small>{}</small></span>'
        '<u>{}</u></button><form class="strip__form" method="get" action="{}" role="search" aria-label="{}">{}</form>'
        "</div></div>",
        weeks.icon_svg("search"),
        summary,
        detail,
        _("Change"),
        action,
        label or _("Find childcare"),
        content,
    )

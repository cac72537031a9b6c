"""Parts of pages: cards, lists, steps, figures, the map."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import template
from django.utils.translation import gettext as _

from kribbe.web import weeks
from kribbe.web.components import Chip, Event, ProgressStep, QueueRow, Ranked, ResultCard, Step
from kribbe.web.templatetags.telling import number

register = template.Library()


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

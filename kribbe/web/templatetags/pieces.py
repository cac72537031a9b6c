"""Small pieces of a page: icons, marks, buttons, lines and bars, and what stands around other content."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from kribbe.web import illustrations, weeks
from kribbe.web.navigation import Entry

register = template.Library()

ALERT_ICONS: Mapping[str, str] = {
    "info": "info",
    "success": "circle-check",
    "warning": "triangle-alert",
    "error": "circle-alert",
}


@register.simple_tag
def icon(name: str, label: str = "", size: str = "") -> SafeString:
    """An icon of the sprite; decorative unless it has a label."""
    drawn = weeks.icon_svg(name, f"icon--{size}" if size else "")
    if not label:
        return drawn
    return format_html('{}<span class="ams-visually-hidden">{}</span>', drawn, label)


@register.simple_tag
def rail_items(entries: Sequence[Entry]) -> SafeString:
    """Entries of the staff rail as the items of a list."""
    links = (_rail_link(each.url, each.icon, each.label, each.badge, each.is_current) for each in entries)
    return SafeString("".join(links))


@lru_cache(maxsize=4096)
def _rail_link(url: str, icon: str, label: str, badge: str, is_current: bool) -> SafeString:
    """Kept: the same dozens stand on every page of a place."""
    return format_html(
        '<li><a class="rail__link" href="{}"{}>{}{}{}</a></li>',
        url,
        SafeString(' aria-current="page"' if is_current else ""),
        weeks.icon_svg(icon),
        label,
        format_html('<span class="badge">{}</span>', badge) if badge else "",
    )


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

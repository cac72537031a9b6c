"""The design system's result card, drawn straight from Python: a page of twenty needs no twenty templates.

A test holds that it is the same markup as the component's template.
"""

from functools import lru_cache
from html import escape

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from kribbe.web.components import Point, ResultCard
from kribbe.web.templatetags.pieces import house
from kribbe.web.weeks import icon_svg, small_week

CARD = (
    '<article class="result" id="place-{id}" data-place="{id}">{art}<div class="result__body">'
    '<div class="result__title">{pin}<h2><a href="{url}">{name}</a></h2>{heart}<p>{line}</p></div>'
    '<div class="result__row">{week}<ul class="points">{points}</ul></div></div></article>'
)

PICTURE = (
    '<picture class="result__frame">{}<img class="result__art" src="{}" alt="{}" loading="lazy" decoding="async" '
    'width="368" height="376"></picture>'
)
SOURCE = '<source type="{}" srcset="{}">'
HEART = (
    '<button type="submit" class="heart" id="heart-{}" form="keep" name="{}" value="{}" aria-pressed="{}"{}>'
    '<span class="ams-visually-hidden">{} {}</span>{}</button>'
)
IN_PLACE = SafeString(' hx-swap-oob="true"')

drawn_house = lru_cache(maxsize=1024)(house)
drawn_icon = lru_cache(maxsize=256)(icon_svg)


def drawn(card: ResultCard) -> SafeString:
    """One card."""
    return format_html(
        CARD,
        id=card.id,
        art=_art(card),
        pin=_pin(card),
        url=card.url,
        name=card.name,
        heart=_heart(card),
        line=card.line,
        week=small_week(free=card.free, asked=card.asked, offered=card.offered, wide=True),
        points=mark_safe("".join(map(_point, card.points))),  # noqa: S308  escaped one by one
    )


def _art(card: ResultCard) -> SafeString:
    if not card.photo:
        return drawn_house(card.id)
    return format_html(
        PICTURE, format_html_join("", SOURCE, card.photo.sources), card.photo.src, card.photo.alt
    )


def _pin(card: ResultCard) -> SafeString:
    if not card.number:
        return SafeString("")
    return format_html(
        '<span class="pin pin--{}"><span class="ams-visually-hidden">{} </span>{}</span>',
        card.tone,
        _("Number"),
        card.number,
    )


def _heart(card: ResultCard) -> SafeString:
    return SafeString("") if card.kept is None else heart(card.id, card.name, is_kept=card.kept)


def heart(location: int, name: str, *, is_kept: bool, in_place: bool = False) -> SafeString:
    """The button that keeps a location or lets it go; `in_place`: to take the place of the one on the page."""
    return format_html(
        HEART,
        location,
        "remove" if is_kept else "add",
        location,
        "true" if is_kept else "false",
        IN_PLACE if in_place else "",
        _("Favourite:"),
        name,
        drawn_icon("heart"),
    )


def _point(point: Point) -> str:
    tone = f' class="{escape(point.tone)}"' if point.tone else ""
    return f"<li{tone}>{drawn_icon(point.icon)}<span>{escape(point.text)}</span></li>"

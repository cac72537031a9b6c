"""Mails on saved searches: the question whether the address is right, and what newly fits."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from kribbe.contact import outbox
from kribbe.contact.addressing import message_id
from kribbe.contact.writing import allowed_language, compose
from kribbe.places.models import SavedSearch
from kribbe.places.selectors.saved import due_searches, sign_search
from kribbe.places.selectors.search import Found, Search
from kribbe.places.services.saved_searches import Wish, look_again, save_search
from kribbe.region.models import Desk
from kribbe.rules.distance import kilometres
from kribbe.web.templatetags.telling import km

MOST_TOLD = 10
"""Places named in one mail; more are counted, and found by the link."""


@transaction.atomic
def save_and_ask(*, desk: Desk, search: Search, wish: Wish, now: datetime) -> SavedSearch:
    """Keep the search and mail the link by which the address is confirmed: both, or neither.

    Raises RefusedError where the address has too many.
    """
    saved = save_search(desk=desk, search=search, wish=wish, now=now)
    _mail(saved, "search_confirm", {"saved": saved}, link=_page(saved), now=now)
    return saved


def mail_news(*, now: datetime) -> int:
    """Look at every search that is due, and mail what newly fits. Returns the number of mails."""
    return sum(_tell(saved_id, now) for saved_id in due_searches(now=now))


@transaction.atomic
def _tell(saved_id: int, now: datetime) -> bool:
    new = look_again(saved_id=saved_id, now=now)
    if new:
        saved = SavedSearch.objects.select_related("desk__municipality").get(pk=saved_id)
        with translation.override(allowed_language(saved.desk, saved.language)):
            lines = [_line(saved, row) for row in new[:MOST_TOLD]]
        context = {
            "saved": saved,
            "lines": lines,
            "count": len(new),
            "more": max(0, len(new) - MOST_TOLD),
            "stop_url": settings.BASE_URL + _page(saved),
        }
        _mail(saved, "search_news", context, link=_search(saved), now=now)
    return bool(new)


def _line(saved: SavedSearch, row: Found) -> str:
    away = kilometres((saved.longitude, saved.latitude), (row.longitude, row.latitude))
    address = settings.BASE_URL + reverse("places:location", args=[saved.desk.slug, row.slug])
    text = gettext("%(name)s, %(town)s, at %(distance)s: %(address)s")
    return text % {"name": row.name, "town": row.municipality, "distance": km(away), "address": address}


def _mail(saved: SavedSearch, kind: str, context: dict[str, Any], *, link: str, now: datetime) -> None:
    language = allowed_language(saved.desk, saved.language)
    text = compose(
        f"enrolment/{kind}",
        context,
        desk=saved.desk,
        language=language,
        names="",
        link=link,
        reader=saved.language,
    )
    outbox.put(
        address=saved.email,
        subject=text.subject,
        body=text.body,
        message_id=message_id(f"{saved.reference}.{kind}.{now:%Y%m%d%H%M%S}", saved.email),
        now=now,
        stop_url=settings.BASE_URL + _stop(saved),
    )


def _page(saved: SavedSearch) -> str:
    return reverse("enrolment:saved_search", args=[saved.desk.slug, sign_search(saved)])


def _stop(saved: SavedSearch) -> str:
    return reverse("enrolment:stop_search", args=[saved.desk.slug, sign_search(saved)])


def _search(saved: SavedSearch) -> str:
    return reverse("places:search", args=[saved.desk.slug]) + saved.query

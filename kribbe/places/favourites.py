"""Favourites of whoever looks: in a cookie before log-in, with the account after it, and taken along in between."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.utils import timezone

from kribbe.places.models import Favourite
from kribbe.places.services.favourites import MOST, drop_favourite, keep_favourites
from kribbe.trust.text import row_key

COOKIE = "favourites"
KEPT_SECONDS = 60 * 60 * 24 * 180


def held(request: Any) -> list[int]:
    """Ids of the locations that are kept, the last kept first."""
    own = _in_cookie(request)
    if request.principal.is_visitor:
        return own
    rows = Favourite.objects.filter(user=request.principal.user_id).order_by("-kept_at", "-pk")
    return list(dict.fromkeys([*own, *rows.values_list("location_id", flat=True)]))[:MOST]


def change(
    request: Any, response: HttpResponse, *, add: int | None = None, remove: int | None = None
) -> None:
    """Keep one more or one less, in the account or in the cookie of the response."""
    if request.principal.is_visitor:
        own = [pk for pk in _in_cookie(request) if pk not in {add, remove}]
        _write(request, response, [add, *own] if add is not None else own)
        return
    take_along(request, response, dropped=remove)
    if add is not None:
        keep_favourites(user_id=request.principal.user_id, location_ids=[add], now=timezone.now())
    if remove is not None:
        drop_favourite(user_id=request.principal.user_id, location_id=remove)


def take_along(request: Any, response: HttpResponse, *, dropped: int | None = None) -> None:
    """What was kept before logging in goes to the account, and out of the cookie."""
    own = [pk for pk in _in_cookie(request) if pk != dropped]
    if request.principal.is_visitor or COOKIE not in request.COOKIES:
        return
    keep_favourites(user_id=request.principal.user_id, location_ids=own, now=timezone.now())
    response.delete_cookie(COOKIE, samesite="Lax")


def _in_cookie(request: Any) -> list[int]:
    texts = request.COOKIES.get(COOKIE, "").split(".")
    known = [key for text in texts if (key := row_key(text))]
    return list(dict.fromkeys(known))[:MOST]


def _write(request: Any, response: HttpResponse, ids: Sequence[int]) -> None:
    response.set_cookie(
        COOKIE,
        ".".join(map(str, ids[:MOST])),
        max_age=KEPT_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure(),
    )

"""Searches of which somebody wants news: saved, confirmed by mail, looked at, and stopped."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kribbe.places.models import SavedSearch, SavedSearchFit
from kribbe.places.selectors.saved import fitting, search_of
from kribbe.places.selectors.search import Found, Search
from kribbe.region.models import Desk
from kribbe.rules.calendar import add_months
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows

MOST = 5
"""Searches that one address can have at a desk."""

UNCONFIRMED_KEPT = timedelta(days=7)
MONTHS_KEPT = 3
"""After the month asked a search is kept so long, and then forgotten."""


@dataclass(frozen=True, slots=True)
class Wish:
    """Who wants news of what: `label` says it in words, `query` is the end of the search's address."""

    email: str
    language: str
    rhythm: str
    label: str
    query: str


@transaction.atomic
def save_search(*, desk: Desk, search: Search, wish: Wish, now: datetime) -> SavedSearch:
    """Keep a search that still has to be confirmed. The same one saved twice is one, with its last rhythm.

    What fits now is known to the reader, who looks at it. Raises RefusedError where the address has too many.
    """
    email = wish.email.strip().lower()
    lock_rows((Desk, desk.pk))
    same = SavedSearch.objects.filter(desk=desk, email=email, query=wish.query).first()
    if same is not None:
        same.rhythm, same.language = wish.rhythm, wish.language
        same.save(update_fields=["rhythm", "language"])
        return same
    if SavedSearch.objects.filter(desk=desk, email=email).count() >= MOST:
        raise RefusedError(_("This address has five saved searches already. Stop one first."), field="email")
    saved = SavedSearch.objects.create(
        desk=desk,
        email=email,
        language=wish.language,
        rhythm=wish.rhythm,
        label=wish.label[:300],
        query=wish.query,
        longitude=search.longitude,
        latitude=search.latitude,
        work_longitude=search.work[0] if search.work else None,
        work_latitude=search.work[1] if search.work else None,
        kilometres=search.kilometres,
        start=search.start,
        pattern=search.pattern.mask,
        kind=search.kind,
        price=search.price,
        opens_before=search.before,
        inclusive=search.inclusive,
        created_at=now,
        looked_at=now,
    )
    _know(saved, [row.id for row in fitting(search)])
    return saved


def confirm_search(*, saved: SavedSearch, now: datetime) -> None:
    """The address was confirmed: news may be mailed. A second time changes nothing."""
    SavedSearch.objects.filter(pk=saved.pk, confirmed_at=None).update(confirmed_at=now)
    saved.refresh_from_db()


def stop_search(*, saved: SavedSearch) -> None:
    """Forget the search and its address."""
    saved.delete()


def look_again(*, saved_id: int, now: datetime) -> list[Found]:
    """Look what fits, and return what newly does, nearest first; it is known from then on.

    Nothing where it was stopped meanwhile. What fits no longer is forgotten, so that it is news again when it
    fits again. To be called in the transaction that mails the news.
    """
    lock_rows((SavedSearch, saved_id))
    saved = SavedSearch.objects.select_related("desk").filter(pk=saved_id).first()
    if saved is None:
        return []
    found = fitting(search_of(saved, today=timezone.localdate(now)))
    known = set(saved.fits.values_list("location_id", flat=True))
    new = [row for row in found if row.id not in known]
    now_fitting = {row.id for row in found}
    saved.fits.exclude(location__in=now_fitting).delete()
    _know(saved, [row.id for row in new])
    saved.looked_at = now
    if new:
        saved.told_at = now
    saved.save(update_fields=["looked_at", "told_at"])
    return new


def forget_searches(*, now: datetime) -> int:
    """Delete those never confirmed, and those whose month is long past. Returns how many."""
    old = SavedSearch.objects.filter(confirmed_at=None, created_at__lt=now - UNCONFIRMED_KEPT)
    past = SavedSearch.objects.filter(
        start__lt=add_months(timezone.localdate(now).replace(day=1), -MONTHS_KEPT)
    )
    counts = [found.delete()[1].get(SavedSearch._meta.label, 0) for found in (old, past)]
    return sum(counts)


def _know(saved: SavedSearch, location_ids: Sequence[int]) -> None:
    SavedSearchFit.objects.bulk_create(
        [SavedSearchFit(search=saved, location_id=pk) for pk in location_ids], ignore_conflicts=True
    )

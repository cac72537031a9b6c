"""A price list that was published by mistake: taken away before it begins, and given back."""

from datetime import date, datetime

from django.db import transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from kribbe.billing.models import PriceList
from kribbe.billing.services.books import publish_prices
from kribbe.places.models import Location
from kribbe.planning.models import Paper
from kribbe.planning.selectors.bill_prices import is_billed
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.models import AuditEntry
from kribbe.trust.principal import Principal
from kribbe.trust.removed import given_back, kept_fields, last_away

ACT = "billing.prices_away"
SET_BY_SERVICE = ("location_id", "from_day", "made_at", "made_by")


def take_away_prices(*, principal: Principal, location: Location, first: date, now: datetime) -> None:
    """A list that hasn't begun goes.

    Raises RefusedError where it has begun, a paper that was sent or signed says its prices, or a month of its days is
    invoiced.
    """
    with transaction.atomic():
        lock_rows((Location, location.pk))
        prices = PriceList.objects.filter(location=location, from_day=first).first()
        if prices is None:
            raise RefusedError(_("This price list was taken away already."), code="gone")
        if first <= localtime(now).date():
            raise RefusedError(_("This price list holds already. Publish a new one."), code="begun")
        if is_billed(location, first):
            raise RefusedError(_("A month of its days is invoiced. Publish a new one."), code="billed")
        if _is_agreed(prices):
            raise RefusedError(
                _("An agreement says these prices. Withdraw it if it isn't signed, or publish a new list."),
                code="signed",
            )
        record(
            principal=principal,
            action=ACT,
            subject=location,
            now=now,
            desk_id=location.desk_id,
            kept=kept_fields(prices),
        )
        prices.delete()


def taken_away_prices(location: Location, now: datetime) -> AuditEntry | None:
    """The list that was taken away last, lately, if it would still begin later and none took its place."""
    entry = last_away(location, ACT, now)
    if entry is None:
        return None
    first = date.fromisoformat(entry.data["kept"]["from_day"])
    again = PriceList.objects.filter(location=location, from_day=first)
    return None if first <= localtime(now).date() or again.exists() else entry


def give_back_prices(*, principal: Principal, location: Location, now: datetime) -> PriceList:
    """The list that was taken away last is published again. Raises RefusedError where there is none."""
    entry = taken_away_prices(location, now)
    if entry is None:
        raise RefusedError(_("There is nothing to give back any more."), code="gone")
    kept = given_back(PriceList, entry.data["kept"])
    prices = {name: value for name, value in kept.items() if name not in SET_BY_SERVICE}
    return publish_prices(
        principal=principal, location=location, first=kept["from_day"], prices=prices, now=now
    )


def _is_agreed(prices: PriceList) -> bool:
    """Whether a paper that stands says what this list asks."""
    after = PriceList.objects.filter(location=prices.location_id, from_day__gt=prices.from_day)
    papers = Paper.objects.filter(
        agreement__placement__group__location=prices.location_id,
        first__gte=prices.from_day,
        withdrawn_at=None,
    ).exclude(money={})
    following = after.order_by("from_day").first()
    return (papers.filter(first__lt=following.from_day) if following else papers).exists()

"""Books begun and changed, and price lists."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from kribbe.billing.chart import USUAL
from kribbe.billing.models import Account, Books, PriceList
from kribbe.billing.selectors.listed import check_extras
from kribbe.places.models import Group, Location, Organiser
from kribbe.rules.priority import PriceKind
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal
from kribbe.trust.text import fold


@dataclass(frozen=True, slots=True, kw_only=True)
class Seller:
    """What invoices say of the organiser; fields as `Books`."""

    name: str
    street: str
    postcode: str
    city: str
    iban: str
    enterprise_number: str = ""
    bic: str = ""
    email: str = ""
    phone: str = ""
    term_days: int = 14

    def fields(self) -> dict[str, Any]:
        """By name."""
        return {name: getattr(self, name) for name in self.__slots__}


def keep_books(*, principal: Principal, location: Location, seller: Seller, now: datetime) -> Books:
    """Begin the books of the location's organiser, or change what they say from now on.

    A location without an organiser becomes that of one with the name of its books. Issued documents stay as they are.
    """
    with transaction.atomic():
        lock_rows((Location, location.pk))
        location.refresh_from_db()
        if location.organiser is None:
            location.organiser = Organiser.objects.create(
                name=seller.name, name_key=fold(seller.name), enterprise_number=seller.enterprise_number
            )
            location.save(update_fields=["organiser"])
        books, _new = Books.objects.update_or_create(
            organiser=location.organiser,
            defaults=seller.fields(),
            create_defaults={**seller.fields(), "started_on": localtime(now).date()},
        )
        record(principal=principal, action="billing.books", subject=books, now=now, desk_id=location.desk_id)
    return books


def keep_account_numbers(
    *, principal: Principal, books: Books, numbers: Mapping[Account, str], now: datetime
) -> None:
    """The numbers under which the journal goes to accounting from now on; an account without has its usual one."""
    own = {account.value: number for account, number in numbers.items() if number != USUAL[account]}
    with transaction.atomic():
        lock_rows((Books, books.pk))
        books.refresh_from_db()
        books.account_numbers = own
        books.save(update_fields=["account_numbers"])
        record(principal=principal, action="billing.account_numbers", subject=books, now=now)


def publish_prices(
    *,
    principal: Principal,
    location: Location,
    first: date,
    prices: Mapping[str, Any],
    now: datetime,
    replaces: bool = False,
) -> PriceList:
    """A price list from the first of a month on; fields as `PriceList`.

    With `replaces` it takes the place of the location's list from that day, as after a typing error; the history
    keeps that one. Raises RefusedError on another day, where half is dearer than full, where the location has a
    list from that day otherwise, on a list that asks nothing, and on a charge that the law doesn't list where it has
    places by income.
    """
    if first.day != 1:
        raise RefusedError(_("A price list begins on the first of a month."), field="from_day")
    full, half = prices.get("full"), prices.get("half")
    if full is not None and half is not None and half > full:
        raise RefusedError(_("A half day can't cost more than a full one."), field="half")
    check_extras(location, prices.get("extras", ()), first)
    _check_filled(location, prices)
    with transaction.atomic():
        lock_rows((Location, location.pk))
        made = PriceList.objects.filter(location=location, from_day=first).first()
        if made is not None and not replaces:
            raise RefusedError(
                _("There is a price list from this day already. Say so if this one takes its place."),
                field="from_day",
            )
        made = made or PriceList(location=location, from_day=first)
        for name, value in {**prices, "made_at": now, "made_by": principal.user_id}.items():
            setattr(made, name, value)
        made.save()
        record(principal=principal, action="billing.prices", subject=made, now=now, desk_id=location.desk_id)
    return made


def _check_filled(location: Location, prices: Mapping[str, Any]) -> None:
    """A list asks something; where all places are by income, one that ends the charges of another may be empty."""
    if any(value not in (None, "", 0, [], False) for value in prices.values()):
        return
    is_free = Group.objects.filter(location=location, active=True, price_kind=PriceKind.FREE).exists()
    if is_free or not PriceList.objects.filter(location=location).exists():
        raise RefusedError(_("This list asks nothing. Give a price or a charge."), field="full")

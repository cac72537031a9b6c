"""What an agreement says of prices when it is sent, by the lists and certificates of that moment."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import F, Q

from kribbe.billing.models import FeeCertificate, PriceList
from kribbe.billing.selectors.facts import holding
from kribbe.billing.selectors.listed import pack_on
from kribbe.billing.words import charge_words
from kribbe.enrolment.models import Placement
from kribbe.places.models import Location
from kribbe.planning.selectors.paper_money import Money
from kribbe.rules.billing.case import Stay
from kribbe.rules.billing.stays import plain, share
from kribbe.rules.calendar import first_of_month
from kribbe.rules.priority import PriceKind

DAY = timedelta(days=1)
FREE = ("full", "half", "long", "short", "hour", "month")


class PaperMoney:
    """The prices of a place for its papers."""

    def told(self, placement: Placement, first: date) -> Money:
        """The prices on a day, as `planning.selectors.paper_money` describes them; three queries."""
        location = placement.group.location
        lists = PriceList.objects.filter(location=location).order_by("from_day")
        prices = holding(list(lists), first_of_month(first))
        told: dict[str, Any] = {}
        if placement.group.price_kind == PriceKind.INCOME:
            told["stay"] = _shares(location, first, is_flex=prices is not None and prices.flex)
            told["certificate"] = _certificate(placement, first)
        else:
            told |= _free(location, prices)
        if prices is not None:
            told["extras"] = [
                {name: each[name] for name in ("name", "full", "half")} for each in prices.extras
            ]
            told["own_fee"] = prices.own_fee
        return told

    def charge(self, name: str) -> str:
        """The name of a charge in the active language."""
        return charge_words(name)


def _shares(location: Location, on: date, *, is_flex: bool) -> dict[str, str | None]:
    pack = pack_on(location, on)
    return {
        "half_under": plain(pack.decimal("stay.full_from", on)),
        "half": plain(share(pack, Stay.HALF, on) * 100),
        "long_from": plain(pack.decimal("stay.long_from", on)),
        "long": plain(share(pack, Stay.LONG, on) * 100) if is_flex else None,
    }


def _certificate(placement: Placement, on: date) -> dict[str, str | None] | None:
    """The one of the place itself, else that of the child at the organiser."""
    found = (
        FeeCertificate.objects.filter(
            Q(placement=None) | Q(placement=placement),
            books__organiser=placement.group.location.organiser_id,
            child=placement.child_id,
            during__contains=on,
        )
        .order_by(F("placement").desc(nulls_last=True))
        .first()
    )
    if found is None:
        return None
    until = found.during.upper
    return {"day_fee": f"{found.day_fee:.2f}", "until": f"{until - DAY}" if until else None}


def _free(location: Location, prices: PriceList | None) -> dict[str, Any]:
    if prices is None:
        return {"prices": {"full": f"{location.day_price:.2f}"}} if location.day_price else {}
    asked: dict[str, Decimal | None] = {name: getattr(prices, name) for name in FREE}
    told: dict[str, Any] = {
        "prices": {name: f"{amount:.2f}" for name, amount in asked.items() if amount is not None}
    }
    if prices.package_size is not None:
        told["package"] = {
            "name": prices.package_name,
            "half_days": prices.package_half_days,
            "size": prices.package_size,
            "price": f"{prices.package_price:.2f}",
        }
    if prices.sibling_discount:
        told["sibling_percent"] = plain(prices.sibling_discount * 100)
    return told

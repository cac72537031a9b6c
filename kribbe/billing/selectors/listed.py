"""Which charges beside the fee the law lists at a location, and what there stands outside its list."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Q
from django.utils.translation import gettext as _

from kribbe.billing.models import Charged, OneCharge, PriceList, UnplacedCare
from kribbe.billing.words import KINDS, charge_words
from kribbe.places.models import Location
from kribbe.region.models import DeskPolicy
from kribbe.rules.billing.case import Stay
from kribbe.rules.billing.listed import listed_each_stay, listed_once, most_of
from kribbe.rules.dates import DEFAULT_PACK
from kribbe.rules.money import NOUGHT
from kribbe.rules.packs import Pack, load_pack
from kribbe.rules.priority import PriceKind
from kribbe.trust.errors import RefusedError
from kribbe.web.templatetags.telling import amount

LOOKED_BACK = timedelta(days=365)


def kinds_each_stay(location: Location, on: date) -> tuple[str, ...]:
    """The kinds that may be asked for each stay here; none where no place is by income, so that any name may."""
    has_income = location.groups.filter(active=True, price_kind=PriceKind.INCOME).exists()
    return listed_each_stay(pack_on(location, on), on) if has_income else ()


def kinds_once(charged: Charged, on: date) -> tuple[str, ...]:
    """The kinds that may be asked once for this care; none where its price is free, so that any name may."""
    if isinstance(charged, UnplacedCare):
        location = charged.location
        is_bound = location is not None and bool(kinds_each_stay(location, on))
    else:
        location = charged.group.location
        is_bound = charged.group.price_kind == PriceKind.INCOME
    return listed_once(pack_on(location, on), on) if is_bound and location is not None else ()


def check_extras(location: Location, extras: Sequence[Mapping[str, str]], on: date) -> None:
    """Raises RefusedError where one of these charges for each stay isn't listed here, or is more than the most."""
    kinds = kinds_each_stay(location, on)
    for each in extras if kinds else ():
        most = max((Decimal(value) for stay in Stay if (value := each.get(stay))), default=NOUGHT)
        _check(kinds, each.get("kind", ""), each["name"], most, pack_on(location, on), on)


def check_once(charged: Charged, kind: str, name: str, asked: Decimal, on: date) -> None:
    """Raises RefusedError where this charge isn't listed, or is more than the most. What is given back is free."""
    kinds = kinds_once(charged, on)
    location = charged.location if isinstance(charged, UnplacedCare) else charged.group.location
    if kinds and asked > 0 and location is not None:
        _check(kinds, kind, name, asked, pack_on(location, on), on)


def _check(kinds: Sequence[str], kind: str, name: str, asked: Decimal, pack: Pack, on: date) -> None:
    if kind not in kinds:
        raise RefusedError(
            _(
                "At a price by income the law doesn't list “%(name)s”. Choose one of: %(kinds)s. "
                "Meals and other costs are in the fee."
            )
            % {"name": charge_words(name), "kinds": ", ".join(str(KINDS[each]) for each in kinds)},
            field="kind",
        )
    most = most_of(pack, kind, on)
    if most is not None and asked > most:
        raise RefusedError(
            _("“%(name)s” may cost %(most)s at most by law. Ask that or less.")
            % {"name": charge_words(name), "most": amount(most)},
            field="amount",
        )


def outside_the_list(location: Location, today: date) -> list[str]:
    """The names of charges at a price by income that no kind was chosen for: in lists that hold or will, and of the
    last year's days, those of places of one day too; two queries, and two for what is listed.
    """
    if not kinds_each_stay(location, today):
        return []
    by_income = Q(placement__group__location=location, placement__group__price_kind=PriceKind.INCOME)
    once = OneCharge.objects.filter(
        by_income | Q(care__location=location),
        kind="",
        amount__gt=0,
        taken_back_at=None,
        day__gt=today - LOOKED_BACK,
    )
    names = {*_of_lists(location, today), *once.values_list("name", flat=True)}
    return sorted(map(charge_words, names))


def _of_lists(location: Location, today: date) -> Iterator[str]:
    lists = list(PriceList.objects.filter(location=location).order_by("from_day"))
    holding = [each for each in lists if each.from_day <= today][-1:]
    coming = [each for each in lists if each.from_day > today]
    for prices in (*holding, *coming):
        yield from (each["name"] for each in prices.extras if not each.get("kind"))


def pack_on(location: Location, on: date) -> Pack:
    """The pack that a location's desk goes by on a day."""
    packs = DeskPolicy.objects.filter(desk=location.desk_id, during__contains=on)
    return load_pack(next(iter(packs.values_list("rule_pack", flat=True)), DEFAULT_PACK))

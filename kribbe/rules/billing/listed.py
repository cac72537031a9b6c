"""The costs that a provider may ask beside the fee by income: the law lists them, some with a most."""

from datetime import date
from decimal import Decimal

from kribbe.rules.packs import FigureMissing, Pack

EACH_STAY = "extras.listed"
ONCE = "extras.once"
MOST = "extras.most"


def listed_each_stay(pack: Pack, on: date) -> tuple[str, ...]:
    """The kinds of cost that may be asked for each stay on this day; a pack that lists none binds none."""
    return _kinds(pack, EACH_STAY, on)


def listed_once(pack: Pack, on: date) -> tuple[str, ...]:
    """The kinds that may be asked once: those of each stay, and what the house rules may name besides."""
    return _kinds(pack, EACH_STAY, on) + _kinds(pack, ONCE, on)


def most_of(pack: Pack, kind: str, on: date) -> Decimal | None:
    """The most, in euros, that one charge of this kind may be on this day; None where no most was found."""
    try:
        return pack.decimal(f"{MOST}.{kind}", on)
    except FigureMissing:
        return None


def _kinds(pack: Pack, key: str, on: date) -> tuple[str, ...]:
    try:
        return tuple(pack.text(key, on).split())
    except FigureMissing:
        return ()

"""What a paper says of money, written down when it is sent: a room above, which keeps prices, tells what it knows.

Amounts are euros as text. `kind` and `deposit` are always there; the rest only where prices are kept:

- `stay` (by income): `half_under` and `long_from` in hours, `half` and `long` in percent of the day fee; `long` None
  where the location may not ask more for it. `certificate`: `day_fee` and `until`, or None while there is none.
- `prices` (free): by class of stay, `hour` or `month`; `package` and `sibling_percent`.
- `extras`: charges for each stay, `name`, `full` and `half`. `own_fee`: what an absence beyond the allowance costs.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, Protocol

from kribbe.enrolment.models import Placement
from kribbe.planning.models import CareAgreement

Money = Mapping[str, Any]


class Teller(Protocol):
    """Knows the prices of places."""

    def told(self, placement: Placement, first: date) -> Money:
        """What is known of the prices of a place on a day; empty where none are kept."""

    def charge(self, name: str) -> str:
        """The name of a charge in the active language."""


_tellers: list[Teller] = []


def register_teller(teller: Teller) -> None:
    """Ask this one for prices."""
    if teller not in _tellers:
        _tellers.append(teller)


def money_on(placement: Placement, first: date) -> Money:
    """What a paper says that holds from a day on and is sent now."""
    told: dict[str, Any] = {
        "kind": placement.group.price_kind,
        "deposit": f"{placement.deposit_asked:.2f}",
    }
    for each in _tellers:
        told |= each.told(placement, first)
    return told


def signed_money(agreement: CareAgreement) -> Money:
    """What the last signed paper that speaks of money says; empty where none does."""
    papers = agreement.papers.filter(signed_at__isnull=False).exclude(money={})
    return next(iter(papers.order_by("-number").values_list("money", flat=True)), {})


def prices_changed(placement: Placement, today: date) -> bool:
    """Whether a paper that is sent now would say something else of money than what was signed, where that said it.

    What was signed for a day to come is held against the prices of that day.
    """
    agreement = CareAgreement.objects.filter(placement=placement).first()
    signed = signed_money(agreement) if agreement else {}
    if agreement is None or not signed:
        return False
    last = agreement.papers.filter(signed_at__isnull=False).order_by("-number")[0]
    return signed != money_on(placement, max(today, placement.during.lower, last.first))


def charge_name(name: str) -> str:
    """The name of a charge in the active language."""
    for each in _tellers:
        name = each.charge(name)
    return name

"""When an agreement can end, and what was told of its end."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.timezone import localtime

from kribbe.enrolment.models import Placement
from kribbe.enrolment.selectors.stays import every_piece, piece_on, stay_of
from kribbe.planning.models import Ending, HouseRules, Paper, TellingSide
from kribbe.planning.selectors.house_rules import USUAL_NOTICE, house_rules_on, of_absence
from kribbe.region.selectors import policy_on
from kribbe.rules.house_rules import is_worse, told_until
from kribbe.rules.notice import Term, term_of
from kribbe.rules.packs import Pack, load_pack

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Ends:
    """A stay that can end: its piece of today or the first to come, its agreed last day, and the term of a side."""

    home: Placement
    agreed: date | None
    term: Term
    has_begun: bool

    @property
    def by_term(self) -> date | None:
        """The last day by the term; None where the stay is over before it anyhow."""
        return None if self.agreed is not None and self.agreed < self.term.last else self.term.last


def ends_of(placement: Placement, side: TellingSide, today: date) -> Ends | None:
    """When the stay of a place can end; None where it is over."""
    stay = [each for each in stay_of(placement) if each.during.upper is None or each.during.upper > today]
    if not stay:
        return None
    home = piece_on(stay, today) or stay[0]
    end: date | None = stay[-1].during.upper
    term = term_of(today, notice_days(placement, today), free_until=_free_until(placement, side, today))
    return Ends(home, end - DAY if end else None, term, home.during.lower <= today)


def notice_days(placement: Placement, today: date) -> int:
    """The term in calendar days: of the newest signed paper, else of the house rules of today, else the usual one."""
    papers = Paper.objects.filter(agreement__placement__in=every_piece(placement), signed_at__isnull=False)
    signed = papers.order_by("-number").values_list("notice_days", flat=True).first()
    if signed is not None:
        return int(signed)
    rules = house_rules_on(placement.group.location_id, today)
    return rules.notice_days if rules else USUAL_NOTICE


def endings_of(placement: Placement) -> list[Ending]:
    """What was told of the end of a stay, the newest first."""
    return list(Ending.objects.filter(placement__in=every_piece(placement)).order_by("-told_at", "-pk"))


def asked_ending(placement: Placement, today: date) -> Ending | None:
    """The ending of a stay for which an earlier day, today or later, waits for an answer."""
    return next((each for each in endings_of(placement) if each.waits_on(today)), None)


def _free_until(placement: Placement, side: TellingSide, today: date) -> date | None:
    """Until when a family with a place may end it for free, told of house rules less good for it; None if not now."""
    if side is not TellingSide.FAMILY:
        return None
    location = placement.group.location
    versions = list(HouseRules.objects.filter(location=location).order_by("version"))
    pack = load_pack(policy_on(location.desk, today).rule_pack)
    told = [localtime(each.published_at).date() for each in _worse(versions, pack, today)]
    since = localtime(min(each.reserved_at for each in every_piece(placement))).date()
    return max((told_until(day, pack) for day in told if day >= since), default=None)


def _worse(versions: list[HouseRules], pack: Pack, today: date) -> Iterable[HouseRules]:
    """Those in whose months of notice the day is."""
    for number, each in enumerate(versions):
        before = max(
            (one for one in versions[:number] if one.from_day <= each.from_day),
            key=lambda one: (one.from_day, one.version),
            default=None,
        )
        is_recent = today <= told_until(localtime(each.published_at).date(), pack)
        if (
            before
            and is_recent
            and is_worse(of_absence(before), of_absence(each), pack=pack, on=each.from_day)
        ):
            yield each

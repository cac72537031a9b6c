"""Children of family carers: who is at home when, and what of it the law counts."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from kribbe.places.models import GroupCapacity, LedgerTake, Location
from kribbe.planning.selectors.rostered import Key
from kribbe.region.selectors import policy_on
from kribbe.rules.family_carer import Present, Tie, counts, counts_until
from kribbe.rules.halfdays import WeekPattern
from kribbe.rules.packs import Pack, load_pack
from kribbe.staff.models import HomeChild
from kribbe.staff.services.home import holder

DAY = timedelta(days=1)


@dataclass(frozen=True)
class HomeRow:
    """A child of the carer, the first day on which it no longer counts, and half-days on which there is no room."""

    child: HomeChild
    until: date
    counts_now: bool
    too_many: WeekPattern


def children_at_home(locations: Sequence[Location], first: date, last: date) -> Mapping[Key, int]:
    """How many count on each half-day from `first` to `last`; queries grow with desks only."""
    found = list(
        HomeChild.objects.filter(
            location__in=locations, gone_at=None, during__overlap=(first, last + DAY)
        ).select_related("location__desk")
    )
    desks = {child.location.desk_id: child.location.desk for child in found}
    packs = {key: load_pack(policy_on(desk, first).rule_pack) for key, desk in desks.items()}
    counted: Counter[Key] = Counter()
    for child in found:
        for day in _days(child, first, last):
            if counts(_present(child), pack=packs[child.location.desk_id], on=day):
                halves = (2 * day.weekday(), 2 * day.weekday() + 1)
                counted.update((child.location_id, day, slot) for slot in halves if child.pattern >> slot & 1)
    return counted


def home_rows(location: Location, today: date) -> list[HomeRow]:
    """Everything that a carer stated and didn't take back; five queries."""
    pack = load_pack(policy_on(location.desk, today).rule_pack)
    found = list(HomeChild.objects.filter(location=location, gone_at=None))
    held = dict(
        LedgerTake.objects.filter(holder__in=[holder(child) for child in found]).values_list(
            "holder", "pattern"
        )
    )
    now_open = GroupCapacity.objects.filter(
        group__location=location, group__active=True, during__contains=today
    ).values_list("open_pattern", flat=True)
    is_open = 0
    for pattern in now_open:
        is_open |= pattern
    return [_row(child, pack, held.get(holder(child), 0), is_open, today) for child in found]


def _row(child: HomeChild, pack: Pack, held: int, is_open: int, today: date) -> HomeRow:
    until = counts_until(_present(child), pack=pack, on=today)
    goes_on = until > today and (child.during.upper is None or child.during.upper > today)
    too_many = child.pattern & is_open & ~held if goes_on else 0
    is_now = today in child.during and counts(_present(child), pack=pack, on=today)
    return HomeRow(child, until, is_now, WeekPattern(too_many))


def _present(child: HomeChild) -> Present:
    return Present(Tie(child.tie), child.born)


def _days(child: HomeChild, first: date, last: date) -> Sequence[date]:
    begin = max(first, child.during.lower)
    end = min(last, child.last or last)
    return [begin + n * DAY for n in range((end - begin).days + 1)]

"""Agreements of the places that run, house rules, carers by group, and who stays away these weeks."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from kribbe.demo.book import Book
from kribbe.demo.chance import Chance
from kribbe.demo.planning_files import add_days, add_files
from kribbe.demo.planning_two import add_second
from kribbe.demo.planning_visits import add_visits
from kribbe.enrolment.models import Placement, PlacementState
from kribbe.places.models import Group, GroupCapacity, Location
from kribbe.planning.models import (
    Absence,
    AbsenceKind,
    AgreedWeeks,
    CareAgreement,
    GroupTeam,
    HouseRules,
    Paper,
    TellingSide,
)
from kribbe.planning.selectors.plan import usual_layout
from kribbe.planning.written import minute
from kribbe.rules.calendar import monday_of
from kribbe.rules.halfdays import SLOTS, WeekPattern
from kribbe.rules.packs import Pack, load_pack
from kribbe.rules.ratio import Layout, carers_needed

DAY = timedelta(days=1)
AGREED_SHARE = 0.95
WAITING_SHARE = 0.02
AWAY_SHARE = 0.05
AWAY_BACK, AWAY_AHEAD = 18, 12
"""Days around today for which somebody stays away."""

FULL_DAYS = ((8 * 60, 17 * 60), (7 * 60 + 30, 16 * 60 + 30), (8 * 60 + 30, 17 * 60 + 30))
MORNING_ENDS, AFTERNOON_BEGINS = 12 * 60 + 30, 13 * 60
PACK = "flanders"


def plan(book: Book) -> None:
    """Add what locations and families agreed; the law of this year decides how many carers are planned."""
    rules = {location.pk: _house_rules(book, location) for location in book.rows(Location)}
    _teams(book)
    locations = {group.pk: group.location for group in book.rows(Group)}
    chance = Chance("planning")
    for placement in book.rows(Placement):
        if placement.state != PlacementState.FINAL or placement.during[1] <= book.today:
            continue
        if chance.happens(AGREED_SHARE):
            location = locations[placement.group_id]
            _agree(book, placement, location, rules[location.pk], chance)
        if placement.during[0] <= book.today:
            _absences(book, placement, chance)
    add_second(book)
    add_visits(book)
    add_files(book)
    add_days(book)


def _house_rules(book: Book, location: Location) -> HouseRules:
    return book.add(
        HouseRules(
            location=location,
            version=1,
            from_day=date(book.today.year - 1, 1, 1),
            notice_days=60,
            published_at=book.now - timedelta(days=400),
        )
    )


def _teams(book: Book) -> None:
    """Carers enough for a location's places with staff, by the law that holds on the demo's day."""
    pack = load_pack(PACK)
    located: dict[int, list[tuple[GroupCapacity, Layout]]] = {}
    for capacity in book.rows(GroupCapacity):
        if capacity.during[1] is None:
            layout = usual_layout(capacity.group, pack, book.today)
            located.setdefault(capacity.group.location_id, []).append((capacity, layout))
    for groups in located.values():
        for (capacity, layout), need in zip(groups, spread(groups, pack, book.today), strict=True):
            open_ = WeekPattern(capacity.open_pattern)
            carers = [need if slot in open_ else 0 for slot in range(SLOTS)]
            during = (capacity.during[0], None)
            book.add(GroupTeam(group=capacity.group, during=during, layout=layout, carers=carers))


def spread(groups: Sequence[tuple[GroupCapacity, Layout]], pack: Pack, on: date) -> list[int]:
    """By group the carers that its location needs: fewer where its groups together need fewer than each alone."""
    places = [{layout: capacity.staffed_places} for capacity, layout in groups]
    alone = [carers_needed(children=each, pack=pack, on=on).carers for each in places]
    together: Counter[Layout] = Counter()
    for each in places:
        together.update(each)
    if len({capacity.open_pattern for capacity, _layout in groups}) > 1:
        return alone
    spare = sum(alone) - carers_needed(children=together, pack=pack, on=on).carers
    for number, carers in reversed(list(enumerate(alone))):
        if spare > 0 and carers > 1:
            alone[number], spare = carers - 1, spare - 1
    return alone


def _agree(book: Book, placement: Placement, location: Location, rules: HouseRules, chance: Chance) -> None:
    final = placement.final_at or placement.reserved_at
    sent = min(final + timedelta(days=3), book.now - timedelta(hours=9))
    waits = chance.happens(WAITING_SHARE)
    agreement = book.add(
        CareAgreement(
            reference=book.reference(),
            placement=placement,
            day_fee=None if waits else location.day_price,
            made_at=sent,
        )
    )
    paper = book.add(
        Paper(
            reference=book.reference(),
            agreement=agreement,
            number=0,
            first=placement.during[0],
            weeks=_weeks(placement, location, chance),
            pattern=placement.pattern,
            notice_days=rules.notice_days,
            house_rules=rules,
            day_fee=location.day_price,
            made_at=sent,
            location_name=location.organiser.name if location.organiser else location.name,
            **({} if waits else _signed(placement, sent, book.now)),
        )
    )
    if not waits:
        book.add(
            AgreedWeeks(
                agreement=agreement,
                placement=placement,
                paper=paper,
                during=(None, None),
                weeks=paper.weeks,
                masks=[placement.pattern],
                turns_from=monday_of(placement.during[0]),
            )
        )


def _signed(placement: Placement, sent: datetime, now: datetime) -> Mapping[str, Any]:
    name = placement.signed_name or str(placement.child.last_name)
    return {"signed_at": min(sent + timedelta(days=2), now - timedelta(hours=2)), "signed_name": name}


def _weeks(placement: Placement, location: Location, chance: Chance) -> list[dict[str, list[list[int]]]]:
    """Hours of the place's half-days within the opening hours; the same for all of its days."""
    begin, end = chance.pick(FULL_DAYS)
    begin, end = max(begin, minute(location.opens_at)), min(end, minute(location.closes_at))
    pattern = WeekPattern(placement.pattern)
    spans = {3: [begin, end], 1: [begin, MORNING_ENDS], 2: [AFTERNOON_BEGINS, end]}
    return [{str(day): [spans[pattern.mask >> 2 * day & 3]] for day in pattern.days()}]


def _absences(book: Book, placement: Placement, chance: Chance) -> None:
    start, end = placement.during
    for weekday in WeekPattern(placement.pattern).days():
        if not chance.happens(AWAY_SHARE * 4):
            continue
        day = book.today + chance.whole(-AWAY_BACK, AWAY_AHEAD) * DAY
        day += (weekday - day.weekday()) % 7 * DAY
        if not start <= day < end:
            continue
        told = min(book.now - timedelta(hours=1), chance.moment(day - DAY))
        kind = AbsenceKind.TOLD if chance.happens(0.9) else AbsenceKind.FORCE_MAJEURE
        book.add(Absence(placement=placement, day=day, kind=kind, side=TellingSide.FAMILY, told_at=told))

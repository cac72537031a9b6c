"""Children of parents who live apart: some have two agreements, each with the weeks of one parent."""

from collections import defaultdict
from datetime import timedelta

from kribbe.attendance.models import Presence
from kribbe.demo.book import Book
from kribbe.demo.chance import Chance
from kribbe.enrolment.models import Placement, PlacementState
from kribbe.people.models import Adult
from kribbe.places.models import LedgerTake
from kribbe.planning.models import Absence, AgreedWeeks, CareAgreement, Paper
from kribbe.rules.turns import in_turn

APART_SHARE = 0.5


def add_second(book: Book) -> None:
    """Half of the parents who live apart share a place by the week; not where a register tells of other days."""
    chance = Chance("two agreements")
    parents: dict[int, list[Adult]] = defaultdict(list)
    for adult in book.rows(Adult):
        parents[adult.household_id].append(adult)
    told = {row.placement_id for row in book.rows(Absence)} | {
        row.placement_id for row in book.rows(Presence)
    }
    holders = {take.holder: take for take in book.rows(LedgerTake)}
    for row in list(book.rows(AgreedWeeks)):
        first = row.placement
        others = [each for each in parents[first.child.household_id] if each.other_street]
        take = holders.get(f"placement:{first.pk}")
        if others and take and first.pk not in told and chance.happens(APART_SHARE):
            applicant = parents[first.child.household_id][0]
            take.holder = f"child:{first.child_id}:{first.group_id}:{first.during[0]}"
            _take_turns(row, applicant)
            _second(book, row, others[-1], [0, first.pattern])


def _take_turns(row: AgreedWeeks, parent: Adult) -> None:
    """The agreed weeks become the first, third, and so on; the others have no days."""
    first = row.placement
    row.weeks, row.masks = [*row.weeks, {}], [first.pattern, 0]
    row.paper.weeks = row.weeks
    first.in_turn, first.parent = list(in_turn(row.masks, row.turns_from)), parent


def _second(book: Book, row: AgreedWeeks, parent: Adult, masks: list[int]) -> None:
    first, before = row.placement, row.paper
    second = book.add(
        Placement(
            reference=book.reference(),
            child=first.child,
            group_id=first.group_id,
            during=first.during,
            pattern=first.pattern,
            in_turn=list(in_turn(masks, row.turns_from)),
            parent=parent,
            state=PlacementState.FINAL,
            reserved_at=before.made_at,
            final_at=before.made_at,
        )
    )
    agreement = book.add(
        CareAgreement(
            reference=book.reference(),
            placement=second,
            day_fee=row.agreement.day_fee,
            made_at=before.made_at + timedelta(hours=1),
        )
    )
    weeks = [{}, row.weeks[0]]
    paper = book.add(
        Paper(
            reference=book.reference(),
            agreement=agreement,
            number=0,
            first=before.first,
            weeks=weeks,
            pattern=second.pattern,
            notice_days=before.notice_days,
            house_rules=before.house_rules,
            day_fee=before.day_fee,
            made_at=agreement.made_at,
            location_name=before.location_name,
            signed_at=before.signed_at,
            signed_name=f"{parent}",
        )
    )
    book.add(
        AgreedWeeks(
            agreement=agreement,
            placement=second,
            paper=paper,
            during=(None, None),
            weeks=weeks,
            masks=masks,
            turns_from=row.turns_from,
        )
    )

"""What a paper agrees: whether it can be, what holds once it is laid over what does, and whether that differs."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from kribbe.enrolment.models import Placement
from kribbe.enrolment.selectors.stays import stay_from
from kribbe.planning.models import AgreedWeeks, CareAgreement, Paper
from kribbe.planning.selectors.agreements import has_received
from kribbe.planning.selectors.holders import holders_of
from kribbe.planning.selectors.house_rules import house_rules_on
from kribbe.planning.selectors.paper_money import money_on, signed_money
from kribbe.planning.services.calendar import check_schedule
from kribbe.planning.services.check import check_terms
from kribbe.planning.written import Bounds, agreement_of, from_json, schedule_of, stretches_of, unwritten
from kribbe.rules.agreed import (
    Agreement,
    Weeks,
    changed,
    changed_for_good,
    rescheduled,
    same_days,
    within,
)
from kribbe.rules.calendar import monday_of
from kribbe.rules.school import Schedule
from kribbe.trust.errors import RefusedError

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a paper agrees: weeks from a day on; `last` None is until the place ends, or for good."""

    first: date
    weeks: Weeks
    last: date | None = None
    note: str = ""
    schedule: Schedule | None = None
    """The days of a holiday schedule on which the weeks hold, in place of the one before; None: ordinary weeks."""


def check(placement: Placement, terms: Terms, *, is_first: bool) -> None:
    """Raises RefusedError, naming the field, on terms that can't be."""
    if terms.schedule is None:
        check_terms(placement, terms.first, terms.last, terms.weeks, is_first=is_first)
    else:
        check_schedule(placement, terms.first, terms.weeks, terms.schedule, is_first=is_first)


def check_differs(
    agreement: CareAgreement, placement: Placement, terms: Terms, day_fee: Decimal | None
) -> None:
    """Raises RefusedError on a change after which every day and all that a paper says is as it was signed."""
    before = [each for part in stay_from(placement) for each in agreed_of(part)]
    if not same_days(before, with_terms(placement, terms), terms.first) or terms.note.strip():
        return
    if day_fee is not None and day_fee != agreement.day_fee:
        return
    rules = house_rules_on(placement.group.location_id, terms.first)
    if rules is not None and not has_received(agreement, rules):
        return
    if money_on(placement, terms.first) != signed_money(agreement):
        return
    last = agreement.papers.filter(signed_at__isnull=False).order_by("-number").first()
    if last is not None and last.holders != holders_of(placement):
        return
    raise RefusedError(
        _(
            "Nothing differs from what is agreed: no day, no hour, no price. Change something first, or leave the"
            " agreement as it is."
        ),
        code="nothing",
    )


def with_terms(placement: Placement, terms: Terms) -> tuple[Agreement, ...]:
    """What would hold on the days of a place. A change for good leaves a holiday schedule, one for a time doesn't.

    A holiday schedule and a change for good go on through the pieces of the stay that follow.
    """
    if terms.last is not None:
        return changed(agreed_of(placement), Agreement(terms.first, terms.last, terms.weeks))
    parts = stay_from(placement)
    if terms.schedule is not None:
        return tuple(each for part in parts for each in _scheduled(part, terms, terms.schedule))
    return tuple(each for part in parts for each in _for_good(part, terms))


def _for_good(part: Placement, terms: Terms) -> tuple[Agreement, ...]:
    start, end = bounds(part)
    change = Agreement(
        max(start, terms.first), end - DAY if end else None, terms.weeks, monday_of(terms.first)
    )
    return changed_for_good(agreed_of(part), change)


def _scheduled(part: Placement, terms: Terms, schedule: Schedule) -> tuple[Agreement, ...]:
    stretches = stretches_of(schedule, terms.weeks, terms.first)
    own = (each for stretch in stretches if (each := within(stretch, *bounds(part))))
    return rescheduled(agreed_of(part), terms.first, own)


def terms_of(paper: Paper) -> Terms:
    """What a paper agrees."""
    return Terms(
        first=paper.first,
        weeks=from_json(paper.weeks),
        last=paper.last,
        note=paper.note,
        schedule=schedule_of(paper),
    )


def agreed_of(placement: Placement) -> list[Agreement]:
    """What holds on the days of a place, in the order of its days."""
    stay = bounds(placement)
    rows = AgreedWeeks.objects.filter(placement=placement).order_by("during")
    found = [each for row in rows if (each := agreement_of(row, stay))]
    return found or [unwritten(placement, placement.group.location)]


def bounds(placement: Placement) -> Bounds:
    """The first day of a place, and the first day after it."""
    return placement.during.lower, placement.during.upper

"""A location offers a place."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.timezone import get_current_timezone, localtime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from kribbe.contact.selectors.reach import reached_on
from kribbe.enrolment.models import (
    CareRequest,
    Offer,
    OfferKind,
    OfferState,
    PassOver,
    Preference,
    PreferenceState,
    RequestState,
)
from kribbe.enrolment.selectors.fit import fit, stay_end, suits
from kribbe.enrolment.selectors.waiting import Waiting, waiting_list
from kribbe.enrolment.services import telling
from kribbe.enrolment.services.referrers import tell_of_offer
from kribbe.places import ledger
from kribbe.places.ledger_free import free_by_month
from kribbe.places.models import MONTHS_SHOWN, Group
from kribbe.places.selectors.charter import standing_of
from kribbe.region.models import DeskPolicy, PassOverReason
from kribbe.region.selectors import policy_on
from kribbe.rules.calendar import first_of_month
from kribbe.rules.dates import earliest_answer, offer_deadline
from kribbe.rules.halfdays import WeekPattern
from kribbe.rules.priority import PriceKind
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal
from kribbe.web.templatetags.telling import long_date


@dataclass(frozen=True, slots=True)
class Excuse:
    """Why one who stands ahead is passed over: a reason of the desk's list, and words of the location's own."""

    reason_code: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Onward:
    """The group in which a child goes on, and from which day, once too old for the first."""

    group_id: int
    start: date


def make_offer(
    *,
    principal: Principal,
    preference_id: int,
    group_id: int,
    start: date,
    pattern: WeekPattern,
    now: datetime,
    end: date | None = None,
    message: str = "",
    excuses: Mapping[int, Excuse] | None = None,
    onward: Onward | None = None,
) -> Offer:
    """Offer a place and hold its half-days until the desk's reaction term, from when it is read, has run out.

    With `onward` the child goes on in another group of the location, and its half-days there are held too.
    `excuses` has one entry per preference that stands ahead and would fit (see `ahead_that_fit`). Raises
    RefusedError, and changes nothing, where the wish no longer waits, the group is out of use, it is too early,
    somebody ahead lacks a reason, or a half-day is full.
    """
    with transaction.atomic():
        request_id = Preference.objects.values_list("request_id", flat=True).get(pk=preference_id)
        groups = [group_id, *([onward.group_id] if onward else [])]
        lock_rows((CareRequest, request_id), (Preference, preference_id), *((Group, key) for key in groups))
        preference = Preference.objects.select_related(
            "location__desk", "request__child", "request__household__desk"
        ).get(pk=preference_id)
        group = Group.objects.select_related("location__desk").get(pk=group_id, location=preference.location)
        policy = policy_on(preference.location.desk, localtime(now).date())
        child = preference.request.child
        stay = (start, end or stay_end(child.birth))
        _check(preference, policy, stay, pattern, now)
        _check_in_use(group)
        _check_within_ledger(group, stay)
        passed = _passed_over(preference, group, pattern, excuses or {}, now)
        offer = _create(principal, preference, group, policy, stay, pattern, message, now)
        if onward is not None:
            _go_on(offer, onward)
        PassOver.objects.bulk_create(PassOver(offer=offer, **entry) for entry in passed)
        _hold_or_refuse(offer, now)
        record(
            principal=principal,
            action="offer.make",
            subject=offer,
            now=now,
            household_id=preference.request.household_id,
            desk_id=preference.location.desk_id,
            passed_over=[entry["preference_id"] for entry in passed],
        )
        telling.about_offer(offer, "offer_made", now=now)
        tell_of_offer(offer, now=now)
    return offer


def ahead_that_fit(*, preference_id: int, group: Group, pattern: WeekPattern, now: datetime) -> list[Waiting]:
    """Those who stand ahead and could have this place: they need a reason if it goes to somebody else.

    They have no open offer here, may be answered today, ask a half-day of `pattern`, and their whole week fits
    in the group from their own start.
    """
    lines = waiting_list(group.location_id, now=now, price=PriceKind(group.price_kind))
    place = next((line.position for line in lines if line.preference_id == preference_id), 0)
    ahead = [line for line in lines if line.position < place and suits(group, line, line.wanted_start)]
    offered = set(
        Offer.objects.filter(
            preference__in=[line.preference_id for line in ahead], state=OfferState.OPEN
        ).values_list("preference_id", flat=True)
    )
    today = localtime(now).date()
    policy = policy_on(group.location.desk, today)
    first_month = first_of_month(today)
    free = free_by_month(group_ids=[group.pk], first_month=first_month, months=MONTHS_SHOWN)[group.pk]
    return [
        line
        for line in ahead
        if line.preference_id not in offered
        and may_be_answered(policy, line.wanted_start, today)
        and not (line.pattern & pattern).is_empty
        and fit(
            line.pattern,
            start=line.wanted_start,
            end=stay_end(line.birth),
            first_month=first_month,
            free=free,
        ).whole
    ]


def may_be_answered(policy: DeskPolicy, wanted_start: date, today: date) -> bool:
    """Whether the desk lets locations answer already; some wait until so many months before the start."""
    months = policy.earliest_answer_months
    return months is None or today >= earliest_answer(wanted_start, months)


def _check(
    preference: Preference,
    policy: DeskPolicy,
    stay: tuple[date, date],
    pattern: WeekPattern,
    now: datetime,
) -> None:
    today = localtime(now).date()
    request = preference.request
    if preference.state != PreferenceState.WAITING or request.state != RequestState.OPEN:
        raise RefusedError(_("This family no longer waits here. Refresh the list."), code="not_waiting")
    if preference.offers.filter(state=OfferState.OPEN).exists():
        raise RefusedError(_("This family already has an offer of yours."), code="offered")
    if preference.location.is_stopped:
        raise RefusedError(_("Your licence doesn't allow new places now. Call the desk."), code="licence")
    standing = standing_of(preference.location, today)
    if standing is not None and not standing.may_offer:
        raise RefusedError(
            _("You can make offers once you agree to the rules of the desk. Open “Rules of the desk”."),
            code="charter",
        )
    if pattern.is_empty:
        raise RefusedError(_("Choose at least one half-day."), field="pattern")
    if stay[0] < today:
        raise RefusedError(_("The start is in the past."), field="start")
    if stay[1] <= stay[0]:
        raise RefusedError(_("The end is before the start."), field="last")
    _check_not_too_early(request, policy, today)


def _check_in_use(group: Group) -> None:
    if not group.active:
        raise RefusedError(_("This group is out of use. Choose another one."), field="group", code="group")


def _check_within_ledger(group: Group, stay: tuple[date, date]) -> None:
    """Half-days beyond the weeks that are laid can't be counted, so they can't be promised."""
    last = ledger.last_day_laid(group.pk)
    if stay[1] > last + timedelta(days=1):
        raise RefusedError(
            _("An offer can run until %(day)s at the latest.") % {"day": long_date(last)},
            field="last",
            code="too_far",
        )


def _check_not_too_early(request: CareRequest, policy: DeskPolicy, today: date) -> None:
    if not may_be_answered(policy, request.wanted_start, today):
        first = earliest_answer(request.wanted_start, policy.earliest_answer_months or 0)
        text = ngettext(
            "At this desk an offer can be made from %(day)s, %(months)s month before the wanted start.",
            "At this desk an offer can be made from %(day)s, %(months)s months before the wanted start.",
            policy.earliest_answer_months or 0,
        )
        said = {"day": long_date(first), "months": policy.earliest_answer_months}
        raise RefusedError(text % said, code="too_early")


def _passed_over(
    preference: Preference,
    group: Group,
    pattern: WeekPattern,
    excuses: Mapping[int, Excuse],
    now: datetime,
) -> list[dict[str, object]]:
    ahead = ahead_that_fit(preference_id=preference.pk, group=group, pattern=pattern, now=now)
    reasons = {
        reason.code: reason
        for reason in PassOverReason.objects.filter(desk=preference.location.desk, active=True, refusal=False)
    }
    entries: list[dict[str, object]] = []
    for line in ahead:
        excuse = excuses.get(line.preference_id)
        if excuse is None or excuse.reason_code not in reasons:
            raise RefusedError(
                ngettext(
                    "%(count)s child stands ahead and would fit. Give the reason for passing over it.",
                    "%(count)s children stand ahead and would fit. Give the reason for passing over them.",
                    len(ahead),
                )
                % {"count": len(ahead)},
                field="reason",
                code="passed_over",
            )
        entries.append(
            {"preference_id": line.preference_id, "reason": reasons[excuse.reason_code], "note": excuse.note}
        )
    return entries


def _create(
    principal: Principal,
    preference: Preference,
    group: Group,
    policy: DeskPolicy,
    stay: tuple[date, date],
    pattern: WeekPattern,
    message: str,
    now: datetime,
) -> Offer:
    reached = reached_on(preference.request.household, now=now)
    return Offer.objects.create(
        preference=preference,
        group=group,
        kind=kind_of(preference, stay[0], pattern),
        during=DateRange(*stay),
        pattern=pattern.mask,
        made_at=now,
        made_by=principal.user_id,
        deadline=end_of_day(offer_deadline(reached, policy.reaction_days)),
        message=message,
    )


def kind_of(preference: Preference, start: date, pattern: WeekPattern) -> OfferKind:
    """Whether an offer is what was asked, or differs in its date, its days or both."""
    request = preference.request
    other_date = not request.wanted_start <= start <= request.latest_start
    other_pattern = pattern.mask != preference.open_pattern
    if other_date and other_pattern:
        return OfferKind.OTHER_BOTH
    if other_date:
        return OfferKind.OTHER_DATE
    return OfferKind.OTHER_PATTERN if other_pattern else OfferKind.SAME


def end_of_day(day: date) -> datetime:
    """The last moment of a day where the desk is: terms count whole days."""
    return datetime.combine(day + timedelta(days=1), time(0), tzinfo=get_current_timezone())


def _go_on(offer: Offer, onward: Onward) -> None:
    """The child goes on in another group of the same location, within its stay."""
    group = Group.objects.filter(pk=onward.group_id, location=offer.group.location_id, active=True).first()
    if group is None or not offer.during.lower < onward.start < offer.during.upper:
        raise RefusedError(_("The next group doesn't follow in this stay."), code="onward")
    _check_within_ledger(group, (onward.start, offer.during.upper))
    offer.onward, offer.onward_from = group, onward.start
    offer.save(update_fields=["onward", "onward_from"])


def hold(offer: Offer, *, now: datetime) -> None:
    """Hold the half-days of an offer, in a next group too. Raises `ledger.NoRoomError` where one is taken."""
    holder = f"offer:{offer.pk}"
    for number, (group_id, start, end) in enumerate(offer.stays):
        ledger.take(
            group_id=group_id,
            start=start,
            end=end,
            pattern=WeekPattern(offer.pattern),
            holder=ledger.onward(holder) if number else holder,
            now=now,
        )


def _hold_or_refuse(offer: Offer, now: datetime) -> None:
    try:
        hold(offer, now=now)
    except ledger.NoRoomError as error:
        cell = error.cells[0]
        raise RefusedError(
            _("There is no place left on %(day)s. Choose other half-days or a later start.")
            % {"day": long_date(cell.day)},
            field="pattern",
            code="full",
        ) from error

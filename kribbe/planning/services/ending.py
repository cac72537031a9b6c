"""An agreement is ended: by the term, earlier where both agree, at once by serious fault; answered, and undone."""

from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.timezone import localtime, make_aware
from django.utils.translation import gettext_lazy as _

from kribbe.enrolment.models import Placement
from kribbe.enrolment.services.pieces import lock_stay
from kribbe.enrolment.services.stays import Leaving, end_stay, restore_end
from kribbe.planning.access import check_acts
from kribbe.planning.models import Ending, Ground, TellingSide
from kribbe.planning.selectors.ending import Ends, asked_ending, endings_of, ends_of
from kribbe.planning.services import telling
from kribbe.rules.halfdays import NOON
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal
from kribbe.trust.typed import is_seen
from kribbe.web.templatetags.telling import long_date

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What one side says: the last day that it wants, on what ground, why, and who signs.

    `other_name` and `other_day`: who signed for the family on paper, and when, where both agreed already.
    """

    side: TellingSide
    last: date
    name: str
    ground: Ground = Ground.NOTICE
    reason: str = ""
    other_name: str = ""
    other_day: date | None = None


def end_agreement(*, principal: Principal, placement_id: int, notice: Notice, now: datetime) -> Ending:
    """One side ends the agreement; both are told, and the stay ends so with all of its pieces.

    Either ends it at once by serious fault of the other, with its reason. A family that wants an earlier day than the
    term has the day of the term, and the location is asked for the earlier one. A location ends by the term, or on a
    day on which both agree: signed on paper, or to be signed by the family on screen. Raises RefusedError, naming the
    field.
    """
    with transaction.atomic():
        ends, ending = _opened(principal, placement_id, notice, now)
        ending.last, ending.earlier = _days(notice, ends)
        if notice.ground is Ground.BOTH and notice.other_name.strip():
            _agreed_on_paper(ending, notice, now)
        ending.save()
        for day in filter(None, (ending.last, ending.earlier if ending.agreed_at else None)):
            _cut(principal, ending, ends.home, day, now)
        _record(principal, "agreement.end", ending, ends.home, now)
        _tell(ending, ends.home, now)
    return ending


def answer_ending(
    *, principal: Principal, ending_id: int, side: TellingSide, agrees: bool, name: str, now: datetime
) -> Ending:
    """The other side agrees to the earlier day by typing its name, or doesn't; who asked is told.

    Raises RefusedError where it was answered, for the side that asked, and on a day that is over.
    """
    if agrees and not is_seen(name):
        raise RefusedError(_("Type your name to sign."), field="name")
    with transaction.atomic():
        ending, placement = _locked(ending_id)
        if side is TellingSide.FAMILY:
            check_acts(principal, placement)
        if not ending.waits or ending.side == side:
            raise RefusedError(_("This was answered already, or taken back."), code="answered")
        if agrees:
            _agree(principal, ending, placement, name, now)
        else:
            ending.refused_at = now
        ending.save()
        _record(
            principal, "agreement.end_agree" if agrees else "agreement.end_refuse", ending, placement, now
        )
        _tell_answer(ending, placement, now)
    return ending


def take_back_ending(*, principal: Principal, ending_id: int, side: TellingSide, now: datetime) -> Ending:
    """Who ended it takes that back: a family until the next evening, a location until the last day of care.

    The stay goes on as it was agreed. Raises RefusedError where it is too late, the stay changed since, or other
    children have the half-days.
    """
    with transaction.atomic():
        ending, placement = _locked(ending_id)
        if side is TellingSide.FAMILY:
            check_acts(principal, placement)
        if not may_take_back(ending, side, localtime(now).date()):
            raise RefusedError(_("This can no longer be taken back. Talk to each other."), code="late")
        for kept in reversed(ending.leavings):
            _restore(principal, kept, now)
        ending.taken_back_at = now
        ending.save(update_fields=["taken_back_at"])
        _record(principal, "agreement.end_undone", ending, placement, now)
        telling.about_ending(ending, placement, "ending_undone", now=now)
        if side is TellingSide.FAMILY:
            telling.location_about_ending(ending, placement, "ending_undone_location", now=now)
    return ending


def may_take_back(ending: Ending, side: TellingSide, today: date) -> bool:
    """Whether that side can still take back what it told."""
    if ending.side != side or ending.taken_back_at is not None:
        return False
    if ending.waits_on(today) and ending.last is None:
        return True
    if side is TellingSide.FAMILY:
        return today <= localtime(ending.told_at).date() + DAY
    last = ending.ends_on
    return last is not None and today <= last


def _opened(principal: Principal, placement_id: int, notice: Notice, now: datetime) -> tuple[Ends, Ending]:
    """The stay, locked, and an ending without its days."""
    if not is_seen(notice.name):
        raise RefusedError(_("Type your name to sign."), field="name")
    today = localtime(now).date()
    asked = Placement.objects.select_related("child", "parent", "group__location__desk").get(pk=placement_id)
    ends = ends_of(asked, notice.side, today)
    if ends is None:
        raise RefusedError(_("This place has ended."), code="over")
    lock_stay(ends.home.pk)
    if notice.side is TellingSide.FAMILY:
        check_acts(principal, asked)
    _lapse(principal, ends.home, now)
    _check(ends, notice, today)
    return ends, Ending(
        placement=ends.home,
        side=notice.side,
        ground=notice.ground,
        notice_days=ends.term.days,
        term=ends.term.last,
        reason=notice.reason.strip(),
        name=notice.name.strip(),
        told_at=now,
        told_by=principal.user_id,
    )


def _lapse(principal: Principal, home: Placement, now: datetime) -> None:
    """Earlier days that nobody answered before they were over are closed, as not agreed."""
    today = localtime(now).date()
    for ending in endings_of(home):
        if ending.waits and not ending.waits_on(today):
            ending.refused_at = now
            ending.save(update_fields=["refused_at"])
            _record(principal, "agreement.end_lapse", ending, home, now)


def _check(ends: Ends, notice: Notice, today: date) -> None:
    if not ends.has_begun:
        raise RefusedError(_("The care hasn't begun. Give the place up instead."), code="not_begun")
    if asked_ending(ends.home, today) is not None:
        raise RefusedError(_("An earlier day waits for an answer already."), field="last")
    if notice.last < today:
        raise RefusedError(_("Choose today or a later day."), field="last")
    if ends.agreed is not None and notice.last > ends.agreed:
        raise RefusedError(
            _("The agreement ends by itself on %(day)s. Choose an earlier day.")
            % {"day": long_date(ends.agreed)},
            field="last",
        )
    if notice.ground is Ground.FAULT and not notice.reason.strip():
        raise RefusedError(_("Write down what happened: the other side reads it."), field="reason")


def _days(notice: Notice, ends: Ends) -> tuple[date | None, date | None]:
    """The last day that holds of itself, and the one to which the other side is asked to agree."""
    if notice.ground is Ground.FAULT:
        return notice.last, None
    if notice.ground is Ground.BOTH:
        return None, notice.last
    if notice.last >= ends.term.last:
        return notice.last, None
    if notice.side is TellingSide.FAMILY:
        return ends.by_term, notice.last
    raise RefusedError(
        _(
            "By the term of notice %(day)s is the first day that you can choose. Earlier only if the family agrees."
        )
        % {"day": long_date(ends.term.last)},
        field="last",
    )


def _agreed_on_paper(ending: Ending, notice: Notice, now: datetime) -> None:
    if notice.other_day is None or notice.other_day > localtime(now).date():
        raise RefusedError(_("Give the day on which it was signed: today or before."), field="other_day")
    ending.other_name, ending.on_paper = notice.other_name.strip(), True
    ending.agreed_at = min(now, make_aware(datetime.combine(notice.other_day, NOON)))


def _agree(principal: Principal, ending: Ending, placement: Placement, name: str, now: datetime) -> None:
    day, today = ending.earlier, localtime(now).date()
    ends = ends_of(placement, TellingSide(ending.side), today)
    if day is None or day < today or ends is None:
        raise RefusedError(_("This day is over. Agree on another one."), code="over")
    ending.agreed_at, ending.other_name = now, name.strip()
    _cut(principal, ending, ends.home, day, now)


def _cut(principal: Principal, ending: Ending, home: Placement, last: date, now: datetime) -> None:
    """The stay ends on that day; what was before is kept for an undo."""
    left = end_stay(principal=principal, placement_id=home.pk, last=last, now=now, told=False)
    end = f"{left.end}" if left.end else None
    kept = {**asdict(left), "end": end, "at": now.isoformat(), "cut": f"{last + DAY}"}
    ending.leavings.append(kept)
    ending.save()


def _restore(principal: Principal, kept: dict[str, Any], now: datetime) -> None:
    end = Placement.objects.get(pk=kept["placement_id"]).during.upper
    if f"{end}" != kept["cut"]:
        raise RefusedError(_("The stay of this child changed since. Undo that first."), code="changed")
    before = date.fromisoformat(kept["end"]) if kept["end"] else None
    at = datetime.fromisoformat(kept["at"]) if "at" in kept else None
    leaving = Leaving(kept["placement_id"], before, tuple(kept["closed"]), at)
    restore_end(principal=principal, leaving=leaving, now=now, told=False)


def _locked(ending_id: int) -> tuple[Ending, Placement]:
    lock_stay(Ending.objects.values_list("placement_id", flat=True).get(pk=ending_id))
    lock_rows((Ending, ending_id))
    ending = Ending.objects.select_related("placement__parent", "placement__child").get(pk=ending_id)
    return ending, Placement.objects.select_related("child", "parent", "group__location__desk").get(
        pk=ending.placement_id
    )


def _tell(ending: Ending, placement: Placement, now: datetime) -> None:
    telling.about_ending(ending, placement, "ending_told" if ending.ends_on else "ending_asked", now=now)
    if ending.side == TellingSide.FAMILY:
        telling.location_about_ending(ending, placement, "ending_told_location", now=now)


def _tell_answer(ending: Ending, placement: Placement, now: datetime) -> None:
    telling.about_ending(ending, placement, "ending_answered", now=now)
    if ending.side == TellingSide.LOCATION:
        telling.location_about_ending(ending, placement, "ending_answered_location", now=now)


def _record(principal: Principal, action: str, ending: Ending, placement: Placement, now: datetime) -> None:
    record(
        principal=principal,
        action=action,
        subject=ending,
        now=now,
        household_id=placement.child.household_id,
        desk_id=placement.group.location.desk_id,
        side=ending.side,
        ground=ending.ground,
        last=f"{ending.ends_on or ''}",
        asked=f"{ending.earlier or ''}",
        reason=ending.reason,
    )

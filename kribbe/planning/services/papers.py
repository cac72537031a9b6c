"""Agreements and addenda: written and signed by the location, signed by the family, laid over what holds."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.timezone import localtime, make_aware
from django.utils.translation import gettext_lazy as _

from kribbe.enrolment.models import Placement, PlacementState
from kribbe.enrolment.selectors.stays import stay_from
from kribbe.enrolment.services.pieces import lock_stay
from kribbe.enrolment.services.stays import change_days
from kribbe.planning.access import check_acts
from kribbe.planning.models import AgreedWeeks, CareAgreement, Paper
from kribbe.planning.selectors.agreements import has_received
from kribbe.planning.selectors.holders import holders_of
from kribbe.planning.selectors.house_rules import USUAL_NOTICE, house_rules_on
from kribbe.planning.selectors.paper_money import money_on, signed_money
from kribbe.planning.services import telling
from kribbe.planning.services.calendar import hold_calendar
from kribbe.planning.services.check import half_days
from kribbe.planning.services.holding import held, hold, release
from kribbe.planning.services.locking import locked_certain_place, locked_stay
from kribbe.planning.services.terms import Terms, bounds, check, check_differs, terms_of, with_terms
from kribbe.planning.services.turns import leave_turns, turn_of_weeks
from kribbe.planning.written import (
    from_json,
    schedule_to_json,
    to_json,
)
from kribbe.rules.agreed import (
    Agreement,
    pattern_of,
    within,
)
from kribbe.rules.calendar import monday_of
from kribbe.rules.halfdays import NOON, WeekPattern
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal
from kribbe.trust.typed import is_seen

DAY = timedelta(days=1)


def send_paper(
    *,
    principal: Principal,
    placement_id: int,
    terms: Terms,
    name: str,
    now: datetime,
    day_fee: Decimal | None = None,
) -> Paper:
    """The location signs with `name` and sends the agreement, or a change to it, to the family.

    Half-days that the place doesn't have yet are held until the family signs or the location withdraws. `day_fee` is
    in euros; without it the price stays. Prices, charges and deposit are written on it as they are now: no later
    change of them touches it. Raises RefusedError, naming the field, on terms outside the place, the opening hours or
    what is free, and where another paper still waits for the family.
    """
    if not is_seen(name):
        raise RefusedError(_("Type your name to sign."), field="name")
    with transaction.atomic():
        placement = locked_stay(placement_id)
        agreement = _agreement_of(placement, principal, now)
        if agreement.papers.filter(signed_at=None, withdrawn_at=None).exists():
            raise RefusedError(_("A change already waits for the family. Withdraw it first."), code="open")
        is_addendum = agreement.papers.filter(signed_at__isnull=False).exists()
        check(placement, terms, is_first=not is_addendum)
        if is_addendum:
            check_differs(agreement, placement, terms, day_fee)
        rules = house_rules_on(placement.group.location_id, terms.first)
        told = money_on(placement, terms.first)
        paper = Paper.objects.create(
            agreement=agreement,
            number=agreement.papers.count(),
            is_addendum=is_addendum,
            first=terms.first,
            last=terms.last,
            weeks=to_json(terms.weeks),
            pattern=placement.pattern if terms.schedule else half_days(placement, terms.weeks).mask,
            notice_days=rules.notice_days if rules else USUAL_NOTICE,
            house_rules=rules,
            schedule=schedule_to_json(terms.schedule) if terms.schedule else None,
            note=terms.note,
            day_fee=agreement.day_fee if day_fee is None else day_fee,
            holders=holders_of(placement),
            money={} if told == signed_money(agreement) else told,
            receipt=rules is not None and not has_received(agreement, rules),
            made_at=now,
            made_by=principal.user_id,
            location_name=name.strip(),
        )
        hold(paper, placement, terms.schedule, terms.weeks, now)
        _record(principal, "agreement.send", paper, placement, now)
        telling.about_paper(paper, placement, "paper_sent", now=now)
    return paper


def withdraw_paper(*, principal: Principal, paper_id: int, now: datetime) -> None:
    """The location takes back what the family hasn't signed; the half-days that it held come free."""
    with transaction.atomic():
        paper, placement = _locked_paper(paper_id)
        _check_open(paper)
        release(paper, now)
        paper.withdrawn_at = now
        paper.save(update_fields=["withdrawn_at"])
        if not paper.is_addendum:
            leave_turns(placement, now=now)
        _record(principal, "agreement.withdraw", paper, placement, now)


def sign_paper(*, principal: Principal, paper_id: int, name: str, now: datetime) -> Paper:
    """The family signs on screen by typing its name: for consent, and for receipt of house rules that are new to it.
    From its first day on the paper holds.

    Other half-days hold from tomorrow at the earliest (`first_day_of`); the paper then says so. Raises RefusedError
    where it was signed or withdrawn, for another parent, where its days are over, or where the place changed since it
    was written.
    """
    if not is_seen(name):
        raise RefusedError(_("Type your name to sign."), field="name")
    with transaction.atomic():
        paper, placement = _locked_paper(paper_id)
        _check_open(paper)
        check_acts(principal, placement)
        placement = _make_hold(principal, paper, placement, name, now)
        _record(principal, "agreement.sign", paper, placement, now)
        telling.location_about_paper(paper, placement, "paper_signed", now=now)
    return paper


def sign_on_paper(
    *, principal: Principal, paper_id: int, name: str, day: date, now: datetime
) -> tuple[Paper, Placement]:
    """The location notes that the family signed on paper: who, and on which day. The family is told.

    Raises RefusedError, naming the field, without a name or on a day to come, and as `sign_paper` does.
    """
    if not is_seen(name):
        raise RefusedError(_("Give the name of who signed for the family."), field="name")
    if day > localtime(now).date():
        raise RefusedError(_("Give the day on which it was signed: today or before."), field="day")
    with transaction.atomic():
        paper, placement = _locked_paper(paper_id)
        _check_open(paper)
        paper.on_paper = True
        noon = make_aware(datetime.combine(day, NOON))
        placement = _make_hold(principal, paper, placement, name, now, signed=min(now, noon))
        _record(principal, "agreement.sign_on_paper", paper, placement, now, day=f"{day}")
        telling.about_paper(paper, placement, "paper_on_paper", now=now)
    return paper, placement


def _make_hold(
    principal: Principal,
    paper: Paper,
    placement: Placement,
    name: str,
    now: datetime,
    *,
    signed: datetime | None = None,
) -> Placement:
    """From its first day on a signed paper holds; gives the place of that day."""
    release(paper, now)
    placement = _put_off(paper, placement, localtime(now).date())
    _lay(principal, paper, placement, now)
    paper.signed_at, paper.signed_by, paper.signed_name = signed or now, principal.user_id, name.strip()
    paper.save(update_fields=["first", "weeks", "signed_at", "signed_by", "signed_name", "on_paper"])
    CareAgreement.objects.filter(pk=paper.agreement_id).update(day_fee=paper.day_fee)
    return placement


def first_day_of(paper: Paper, placement: Placement, today: date) -> date:
    """From when a paper holds if it is signed today: days that are over keep their half-days."""
    if paper.first > today or paper.schedule is not None or not paper.is_addendum:
        return paper.first
    homes = [placement] if paper.last else stay_from(placement)
    return today + DAY if any(_has_others(paper, home) for home in homes) else paper.first


def put_off_to(paper: Paper, today: date) -> date | None:
    """From when a paper would hold that is signed today, after its first day; None where it holds as it says."""
    first = first_day_of(paper, place_on(paper.agreement, paper.first), today)
    return first if first != paper.first else None


def _has_others(paper: Paper, home: Placement) -> bool:
    """Whether a piece of the stay has other half-days than the paper."""
    turn = turn_of_weeks(home, from_json(paper.weeks), paper.first)
    return paper.pattern != home.pattern or (turn is not None and list(turn) != home.in_turn)


def _put_off(paper: Paper, placement: Placement, today: date) -> Placement:
    """Have the paper begin on the day from which it can hold, its weeks in the same turn; gives that day's place."""
    first = first_day_of(paper, placement, today)
    if first == paper.first:
        return placement
    if paper.last is not None and paper.last < first:
        raise RefusedError(
            _("The days of this change are over. Ask the location for a new one."), code="over"
        )
    turned = (monday_of(first) - monday_of(paper.first)).days // 7 % len(paper.weeks)
    paper.first, paper.weeks = first, [*paper.weeks[turned:], *paper.weeks[:turned]]
    found = place_on(paper.agreement, first)
    return Placement.objects.select_related("child", "group__location__desk").get(pk=found.pk)


def _lay(principal: Principal, paper: Paper, placement: Placement, now: datetime) -> None:
    """Rewrite the weeks of the place, and the place itself where the half-days become others."""
    terms = terms_of(paper)
    check(placement, terms, is_first=not paper.is_addendum)
    laid = with_terms(placement, terms)
    homes = [placement] if terms.last else stay_from(placement)
    if terms.schedule is None:
        homes = [each for home in homes for each in _on_other_days(principal, paper, home, now)]
    AgreedWeeks.objects.filter(placement__in=homes).delete()
    AgreedWeeks.objects.bulk_create(_rows(laid, homes, paper))
    for home in homes:
        hold_calendar(home, now=now)


def _on_other_days(principal: Principal, paper: Paper, home: Placement, now: datetime) -> list[Placement]:
    """A piece of the stay once it has the half-days of the paper, with what follows where it is cut."""
    if not _has_others(paper, home):
        return [home]
    turn = turn_of_weeks(home, from_json(paper.weeks), paper.first)
    following = change_days(
        principal=principal,
        placement_id=home.pk,
        pattern=WeekPattern(paper.pattern),
        first=max(paper.first, home.during.lower),
        last=paper.last,
        now=now,
        in_turn=turn,
    )
    home.refresh_from_db()
    return [home, *following]


def _rows(laid: Sequence[Agreement], homes: Iterable[Placement], paper: Paper) -> list[AgreedWeeks]:
    """Each agreement on the days of each place that it has; open where it reaches the side of that place."""
    stays = [home for home in homes if home.state == PlacementState.FINAL]
    found = ((home, within(each, *bounds(home))) for home in stays for each in laid)
    return [_row(each, home, paper) for home, each in found if each]


def _row(each: Agreement, home: Placement, paper: Paper) -> AgreedWeeks:
    start, end = bounds(home)
    after = each.end + DAY if each.end else None
    return AgreedWeeks(
        agreement_id=paper.agreement_id,
        placement=home,
        paper=paper,
        during=DateRange(None if each.start == start else each.start, None if after == end else after),
        weeks=to_json(each.weeks),
        masks=[pattern_of(week, home.group.location.morning_ends_at).mask for week in each.weeks],
        turns_from=monday_of(each.turns_from or each.start),
        by_calendar=each.by_calendar,
    )


def _agreement_of(placement: Placement, principal: Principal, now: datetime) -> CareAgreement:
    """The agreement of a place: its own, or the one whose weeks it carries on."""
    carried = CareAgreement.objects.filter(weeks__placement=placement).first()
    if carried is not None:
        return carried
    made, _new = CareAgreement.objects.get_or_create(
        placement=placement, defaults={"made_at": now, "made_by": principal.user_id}
    )
    return made


def _check_open(paper: Paper) -> None:
    if paper.signed_at is not None:
        raise RefusedError(_("This is signed already."), code="signed")
    if paper.withdrawn_at is not None:
        raise RefusedError(_("The location took this back. Look at the newest version."), code="withdrawn")


def _locked_paper(paper_id: int) -> tuple[Paper, Placement]:
    """A paper with the place on whose days it begins, both locked, and the groups in which it holds half-days."""
    found = Paper.objects.select_related("agreement").get(pk=paper_id)
    place = place_on(found.agreement, found.first)
    holding = held(found).values_list("group", flat=True)
    lock_stay(place.pk, besides=holding)
    placement = locked_certain_place(place.pk)
    lock_rows((Paper, paper_id))
    return Paper.objects.select_related("agreement").get(pk=paper_id), placement


def place_on(agreement: CareAgreement, day: date) -> Placement:
    """The place of an agreement that has this day; the one that it was made for where none has."""
    later = Placement.objects.filter(
        agreed_weeks__agreement=agreement, during__contains=day, state=PlacementState.FINAL
    ).first()
    return later or agreement.placement


def _record(
    principal: Principal, action: str, paper: Paper, placement: Placement, now: datetime, **data: Any
) -> None:
    record(
        principal=principal,
        action=action,
        subject=paper,
        now=now,
        household_id=placement.child.household_id,
        desk_id=placement.group.location.desk_id,
        number=paper.number,
        **data,
    )

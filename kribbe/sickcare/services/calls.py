"""A call for a sick child: carers are asked one at a time, until one says yes or all were asked."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.timezone import get_default_timezone, localtime
from django.utils.translation import gettext_lazy as _

from kribbe.contact import outbox
from kribbe.contact.addressing import message_id
from kribbe.contact.services import tell_household
from kribbe.contact.writing import BINDING_LANGUAGE, compose
from kribbe.people.locating import point_of
from kribbe.people.models import Child, Household
from kribbe.rules.distance import kilometres
from kribbe.rules.sickcare import OnCall, line_up, waits_until
from kribbe.sickcare.models import (
    BINDING,
    CallState,
    CarerDay,
    Proposal,
    ProposalState,
    SickCall,
    SickService,
)
from kribbe.sickcare.tokens import ANSWER
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import SYSTEM, Principal
from kribbe.trust.tokens import make_token

AHEAD = timedelta(days=7)


def ask(
    *,
    principal: Principal,
    service_id: int,
    child_id: int,
    day: date,
    begins: time,
    ends: time,
    now: datetime,
) -> SickCall:
    """Ask somebody to come. The nearest carer who is on call is asked at once.

    A call of the day that found nobody gives way to this one. Raises RefusedError on a day or hours that can't be, a
    child for whom somebody is asked or comes already, and an address that nobody finds on the map.
    """
    with transaction.atomic():
        lock_rows((SickService, service_id))
        service = SickService.objects.select_related("desk").get(pk=service_id)
        child = Child.objects.select_related("household").get(pk=child_id)
        _check(service, child, day, begins, ends, now)
        before = _before(child, day)
        longitude, latitude = _home(child.household)
        if before is not None:
            _give_way(principal, before, now)
        call = SickCall.objects.create(
            service=service,
            child=child,
            day=day,
            begins=begins,
            ends=ends,
            street=child.household.street,
            postcode=child.household.postcode,
            city=child.household.city,
            longitude=longitude,
            latitude=latitude,
            asked_at=now,
            asked_by=principal.user_id,
        )
        _record(principal, "sick.ask", call, now)
        _ask_next(call, now)
    return call


def answer(*, principal: Principal, proposal_id: int, comes: bool, now: datetime) -> Proposal:
    """A carer says yes or no; the family is told of a yes at once. RefusedError where the question is over."""
    with transaction.atomic():
        proposal = _locked(proposal_id)
        if proposal.state != ProposalState.OPEN or proposal.answer_by <= now:
            raise RefusedError(_("This question is no longer open. Somebody else is asked."), code="over")
        _move(proposal, ProposalState.YES if comes else ProposalState.NO, now)
        _record(principal, "sick.yes" if comes else "sick.no", proposal.call, now)
        if comes:
            _settle(proposal.call, CallState.CONFIRMED, now, proposal)
        else:
            _ask_next(proposal.call, now)
    return proposal


def withdraw(*, principal: Principal, proposal_id: int, now: datetime) -> Proposal:
    """A carer who said yes can't come after all, and is off that day: the family is told, and the next one asked.

    Raises RefusedError where no yes stands, or the hours are over.
    """
    with transaction.atomic():
        proposal = _locked(proposal_id)
        call = proposal.call
        if proposal.state != ProposalState.YES or ends_at(call) <= now:
            raise RefusedError(_("There is nothing to take back any more."), code="over")
        _move(proposal, ProposalState.NO, now)
        CarerDay.objects.filter(carer=proposal.carer_id, day=call.day).delete()
        call.state, call.settled_at = CallState.SEARCHING, None
        call.save(update_fields=["state", "settled_at"])
        _record(principal, "sick.withdraw", call, now)
        _tell(call, "withdrawn", now, carer=proposal.carer)
        _ask_next(call, now)
    return proposal


def go_on(*, now: datetime) -> int:
    """Calls that waited for the morning: the next carer is asked. Returns how many."""
    waiting = SickCall.objects.filter(state=CallState.SEARCHING).exclude(proposals__state__in=BINDING)
    due = [
        each.pk for each in waiting.select_related("service").order_by("asked_at") if not _rests(each, now)
    ]
    return sum(_gone_on(key, now) for key in due)


def lapse_due(*, now: datetime) -> int:
    """Who didn't answer in time is passed over, and the next one asked."""
    due = Proposal.objects.filter(state=ProposalState.OPEN, answer_by__lte=now).order_by("answer_by", "pk")
    return sum(_lapsed(key, now) for key in due.values_list("pk", flat=True))


def call_off(*, principal: Principal, call_id: int, now: datetime) -> SickCall:
    """The family no longer needs anybody; a carer who was asked or comes is told."""
    with transaction.atomic():
        call = _locked_call(call_id)
        if call.state == CallState.CALLED_OFF:
            raise RefusedError(_("This was called off already."), code="over")
        for proposal in call.proposals.filter(state__in=BINDING).select_related("carer"):
            _move(proposal, ProposalState.DROPPED, now)
            _mail(proposal, call, "carer_dropped", now)
        call.state, call.settled_at = CallState.CALLED_OFF, now
        call.save(update_fields=["state", "settled_at"])
        _record(principal, "sick.call_off", call, now)
    return call


def _ask_next(call: SickCall, now: datetime) -> None:
    """Ask the nearest who wasn't asked yet and is free that day; the family is told where none is left.

    Once the hours have begun nobody is asked. Late in the evening asking stops until the morning.
    """
    refused = Q(call__child=call.child_id, day=call.day, state=ProposalState.NO)
    asked = Proposal.objects.filter(Q(call=call) | refused).values("carer")
    busy = Proposal.objects.filter(day=call.day, state__in=BINDING).values("carer")
    days = {
        each.carer_id: each
        for each in CarerDay.objects.filter(day=call.day, carer__service=call.service, carer__active=True)
        .exclude(carer__in=asked)
        .exclude(carer__in=busy)
        .select_related("carer")
    }
    on_call = [_on_call(each, call) for each in days.values()]
    line = line_up(on_call, call.begins, call.ends)
    if not line or begins_at(call) <= now:
        _settle(call, CallState.NOBODY, now, None)
        _record(SYSTEM, "sick.nobody", call, now)
        return
    goes_on = _rests(call, now)
    if goes_on:
        _tell(call, "waits", now, goes_on=goes_on)
        return
    chosen = next(each for each in on_call if each.id == line[0])
    proposal = Proposal.objects.create(
        call=call,
        carer=days[chosen.id].carer,
        day=call.day,
        km=chosen.km,
        asked_at=now,
        answer_by=min(now + timedelta(minutes=call.service.answer_minutes), begins_at(call)),
        state_at=now,
    )
    _mail(proposal, call, "carer_asked", now)
    _record(SYSTEM, "sick.propose", call, now)


def begins_at(call: SickCall) -> datetime:
    """When a carer is needed."""
    return datetime.combine(call.day, call.begins, get_default_timezone())


def ends_at(call: SickCall) -> datetime:
    """Until when a carer is needed."""
    return datetime.combine(call.day, call.ends, get_default_timezone())


def _rests(call: SickCall, now: datetime) -> datetime | None:
    service = call.service
    return waits_until(localtime(now), service.asks_from, service.asks_until, begins_at(call))


def _gone_on(call_id: int, now: datetime) -> bool:
    with transaction.atomic():
        call = _locked_call(call_id)
        if call.state != CallState.SEARCHING or call.proposals.filter(state__in=BINDING).exists():
            return False
        _ask_next(call, now)
    return True


def _on_call(day: CarerDay, call: SickCall) -> OnCall:
    carer = day.carer
    return OnCall(
        id=carer.pk,
        km=round(kilometres((carer.longitude, carer.latitude), (call.longitude, call.latitude)), 2),
        radius_km=carer.radius_km,
        begins=day.begins,
        ends=day.ends,
    )


def _settle(call: SickCall, state: CallState, now: datetime, proposal: Proposal | None) -> None:
    call.state, call.settled_at = state, now
    call.save(update_fields=["state", "settled_at"])
    _tell(call, "confirmed" if proposal else "nobody", now, carer=proposal.carer if proposal else None)


def _tell(call: SickCall, kind: str, now: datetime, **more: Any) -> None:
    household = call.child.household
    tell_household(
        household_id=household.pk,
        kind=f"sickcare/{kind}",
        context={"child": call.child, "call": call, "service": call.service, **more},
        now=now,
        link=reverse("sickcare:family", args=[household.reference]),
        about=f"sick:{call.pk}",
        awaited=True,
    )


def _lapsed(proposal_id: int, now: datetime) -> bool:
    with transaction.atomic():
        proposal = _locked(proposal_id)
        if proposal.state != ProposalState.OPEN or proposal.answer_by > now:
            return False
        _move(proposal, ProposalState.LAPSED, now)
        _record(SYSTEM, "sick.lapse", proposal.call, now)
        _ask_next(proposal.call, now)
    return True


def _check(service: SickService, child: Child, day: date, begins: time, ends: time, now: datetime) -> None:
    here = localtime(now)
    if not service.active:
        raise RefusedError(_("The service is closed now."), code="closed")
    if not here.date() <= day <= here.date() + AHEAD or (day == here.date() and begins <= here.time()):
        raise RefusedError(_("Choose hours that are still to come, within a week."), field="day")
    if ends <= begins:
        raise RefusedError(_("It ends before it begins."), field="ends")
    if child.born is None:
        raise RefusedError(_("Choose a child."), field="child")


def _before(child: Child, day: date) -> SickCall | None:
    """The call of a child and a day that found nobody. RefusedError where somebody is asked or comes."""
    found = SickCall.objects.filter(child=child, day=day).exclude(state=CallState.CALLED_OFF).first()
    if found is not None and found.state != CallState.NOBODY:
        raise RefusedError(
            _("You asked this for this child and this day already. Call that off to ask other hours."),
            field="day",
            code="twice",
        )
    return found


def _give_way(principal: Principal, call: SickCall, now: datetime) -> None:
    """A call that found nobody is over, so that other hours can be asked."""
    _record(principal, "sick.give_way", call, now)
    call.state, call.settled_at = CallState.CALLED_OFF, now
    call.save(update_fields=["state", "settled_at"])


def _home(household: Household) -> tuple[float, float]:
    if household.longitude is not None and household.latitude is not None:
        return household.longitude, household.latitude
    found = point_of(household.street, household.postcode, household.city)
    if found is None:
        raise RefusedError(
            _("We don't find your address on the map. Correct it first, or call the desk."), code="address"
        )
    return found


def _locked_call(call_id: int) -> SickCall:
    service_id = SickCall.objects.values_list("service_id", flat=True).get(pk=call_id)
    lock_rows((SickService, service_id))
    return SickCall.objects.select_related("child__household", "service__desk").get(pk=call_id)


def _locked(proposal_id: int) -> Proposal:
    service_id = Proposal.objects.values_list("call__service_id", flat=True).get(pk=proposal_id)
    lock_rows((SickService, service_id))
    return Proposal.objects.select_related("carer", "call__child__household", "call__service__desk").get(
        pk=proposal_id
    )


def _move(proposal: Proposal, state: ProposalState, now: datetime) -> None:
    proposal.state, proposal.state_at = state, now
    proposal.save(update_fields=["state", "state_at"])


def _mail(proposal: Proposal, call: SickCall, kind: str, now: datetime) -> None:
    desk = call.service.desk
    link = reverse("sickcare:answer", args=[desk.slug, make_token(ANSWER, proposal.pk)])
    text = compose(
        f"sickcare/{kind}",
        {"call": call, "proposal": proposal, "service": call.service, "until": localtime(proposal.answer_by)},
        desk=desk,
        language=BINDING_LANGUAGE,
        names=proposal.carer.name,
        link=link,
    )
    outbox.put(
        address=proposal.carer.email,
        subject=text.subject,
        body=text.body,
        message_id=message_id(f"sick-{kind}-{proposal.pk}", proposal.carer.email),
        now=now,
        is_secret=True,
    )


def _record(principal: Principal, action: str, call: SickCall, now: datetime) -> None:
    record(
        principal=principal,
        action=action,
        subject=call,
        now=now,
        household_id=call.child.household_id,
        desk_id=call.service.desk_id,
    )

"""Registering a need: the household, its children, what gives priority, and a request with its wishes a child."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import transaction
from django.db.models import Model
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kribbe.contact.services import tell_household
from kribbe.enrolment.models import (
    CareRequest,
    Flexibility,
    Preference,
    Price,
    RequestDraft,
    RequestState,
)
from kribbe.enrolment.services.check_wishes import check_wishes
from kribbe.enrolment.services.come_in import NewHousehold, new_household, next_rank, same_child
from kribbe.enrolment.services.positions import watched
from kribbe.enrolment.services.wishes import set_alternatives
from kribbe.people.models import Child, FactKind, Household
from kribbe.people.services import (
    AdultData,
    ChildData,
    add_child,
    change_adult,
    record_fact,
)
from kribbe.places.models import Location
from kribbe.region.models import Desk, Municipality
from kribbe.region.selectors import policy_on
from kribbe.rules.dates import check_request
from kribbe.rules.halfdays import WeekPattern
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import Principal
from kribbe.trust.watching import children_registered
from kribbe.web.words import say


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """One need for one or more children. A child is given by its key where the household knows it already.

    `hours` may have "from" and "until" as HH:MM. `location_ids` is the ranking, best first.
    """

    desk: Desk
    household: Household | NewHousehold
    children: Sequence[ChildData | int]
    pattern: WeekPattern
    wanted_start: date
    latest_start: date
    location_ids: Sequence[int]
    alternatives: Sequence[WeekPattern] = ()
    hours: Mapping[str, str] | None = None
    flexibility: Flexibility = Flexibility.EXACT
    price: Price = Price.ANY
    remarks: str = ""
    facts: Sequence[FactKind] = ()
    works_in: Municipality | None = None
    language: str = "nl"


def register_request(
    *, principal: Principal, registration: Registration, now: datetime, draft_id: int | None = None
) -> list[CareRequest]:
    """Register the need: one request a child, each with the same wishes, and tell the household.

    In one transaction: what is new of household, adults, children and facts; accounts by mail address, proven by
    the first code; requests and wishes with their date; the others' changed positions with their cause.
    Raises RefusedError, and changes nothing, where dates or wishes aren't right, a child has an open request
    already, or the draft was sent before.
    """
    with transaction.atomic():
        _lock(registration, draft_id)
        _check(registration, now)
        household = _household(principal, registration, now)
        children = _children(principal, registration, household, now)
        _record_facts(principal, registration, household, now)
        with watched(location_ids=registration.location_ids, now=now, cause="joined"):
            requests = [_request(principal, registration, child, now) for child in children]
        if draft_id is not None:
            RequestDraft.objects.filter(pk=draft_id).update(request=requests[0], household=household)
        children_registered([child.pk for child in children], now)
        _tell(registration, household, requests, now)
    return requests


def _lock(registration: Registration, draft_id: int | None) -> None:
    household = registration.household
    rows: list[tuple[type[Model], int]] = []
    if isinstance(household, Household):
        rows.append((Household, household.pk))
    if draft_id is not None:
        rows.append((RequestDraft, draft_id))
    lock_rows(*rows)
    if draft_id is not None and RequestDraft.objects.filter(pk=draft_id, request__isnull=False).exists():
        raise RefusedError(_("This request was sent already."), code="sent")


def _check(registration: Registration, now: datetime) -> None:
    today = localtime(now).date()
    if not registration.children:
        raise RefusedError(_("Say for which child you need care."), field="children")
    known = Child.objects.in_bulk([key for key in registration.children if isinstance(key, int)])
    for each in registration.children:
        child = known[each] if isinstance(each, int) else each
        problems = check_request(
            born=child.born,
            expected=child.expected,
            wanted_start=registration.wanted_start,
            latest_start=registration.latest_start,
            pattern=registration.pattern,
            wishes=[],
            max_wishes=None,
            today=today,
        )
        for problem in problems:
            if not problem.warning:
                raise RefusedError(say(problem.reason), field=problem.field)
    check_wishes(
        registration.location_ids,
        policy_on(registration.desk, today).max_wishes,
        region_id=registration.desk.region_id,
    )


def _household(principal: Principal, registration: Registration, now: datetime) -> Household:
    given = registration.household
    if isinstance(given, Household):
        _add_work(principal, registration, given, now)
        return given
    for child in registration.children:
        if isinstance(child, ChildData):
            _refuse_known(child, [adult.email for adult in given.adults])
    return new_household(
        principal=principal,
        desk=registration.desk,
        given=given,
        language=registration.language,
        works_in=registration.works_in,
        now=now,
    )


def _add_work(principal: Principal, registration: Registration, household: Household, now: datetime) -> None:
    """Where the applicant works, if that wasn't known."""
    applicant = household.adults.filter(is_applicant=True, work_municipality=None).first()
    if registration.works_in is None or applicant is None:
        return
    data = AdultData(
        first_name=applicant.first_name,
        last_name=applicant.last_name,
        email=applicant.email,
        phone=applicant.phone,
        other_street=applicant.other_street,
        other_postcode=applicant.other_postcode,
        other_city=applicant.other_city,
        work_municipality=registration.works_in,
    )
    change_adult(adult=applicant, data=data, principal=principal, now=now)


def _children(
    principal: Principal, registration: Registration, household: Household, now: datetime
) -> list[Child]:
    children = [_child(principal, household, given, now) for given in registration.children]
    if len({child.pk for child in children}) < len(children):
        raise RefusedError(_("The same child is in the list twice. Remove one of them."), field="children")
    return children


def _child(principal: Principal, household: Household, given: ChildData | int, now: datetime) -> Child:
    """The child that is known, or a new one. Raises RefusedError if it has an open request already."""
    if isinstance(given, int):
        child = household.children.filter(pk=given).first()
        if child is None:
            raise RefusedError(_("Say for which child you need care."), field="children")
    else:
        child = household.children.filter(**same_child(given)).first() if given.first_name else None
    if child is None and isinstance(given, ChildData):
        return add_child(
            household=household,
            child=replace(given, birth_rank=next_rank(household, given)),
            principal=principal,
            today=localtime(now).date(),
            now=now,
        )
    if child is None or child.requests.filter(state=RequestState.OPEN).exists():
        raise _known_error(str(child))
    return child


def _refuse_known(child: ChildData, emails: Sequence[str]) -> None:
    """The same child of a household with one of these addresses has an open request: log in instead."""
    open_requests = CareRequest.objects.filter(
        state=RequestState.OPEN,
        household__adults__email__in=[email.lower() for email in emails if email],
        **{f"child__{name}": value for name, value in same_child(child).items()},
    )
    if open_requests.exists():
        raise _known_error(f"{child.first_name} {child.last_name}".strip())


def _known_error(name: str) -> RefusedError:
    return RefusedError(
        gettext("There is an open request for %(name)s already. Log in to see it or to change it.")
        % {"name": name},
        field="children",
        code="known",
    )


def _record_facts(
    principal: Principal, registration: Registration, household: Household, now: datetime
) -> None:
    today = localtime(now).date()
    known = set(household.facts.filter(during__overlap=(today, None)).values_list("kind", flat=True))
    for kind in dict.fromkeys(registration.facts):
        if kind.value not in known:
            record_fact(household=household, kind=kind, since=today, principal=principal, now=now)


def _request(principal: Principal, registration: Registration, child: Child, now: datetime) -> CareRequest:
    request = CareRequest.objects.create(
        desk=registration.desk,
        household_id=child.household_id,
        child=child,
        registered_at=now,
        registered_by=principal.user_id,
        wanted_start=registration.wanted_start,
        latest_start=registration.latest_start,
        pattern=registration.pattern.mask,
        hours=dict(registration.hours or {}),
        flexibility=registration.flexibility,
        price=registration.price,
        remarks=registration.remarks,
    )
    set_alternatives(request, registration.alternatives)
    Preference.objects.bulk_create(
        Preference(
            request=request,
            location_id=location_id,
            rank=rank,
            registered_at=now,
            open_pattern=request.pattern,
            state_at=now,
        )
        for rank, location_id in enumerate(registration.location_ids, start=1)
    )
    record(
        principal=principal,
        action="request.register",
        subject=request,
        now=now,
        household_id=request.household_id,
        desk_id=request.desk_id,
        wishes=list(registration.location_ids),
        on_behalf=principal.is_staff,
    )
    return request


def _tell(
    registration: Registration, household: Household, requests: Sequence[CareRequest], now: datetime
) -> None:
    names = dict(Location.objects.filter(pk__in=registration.location_ids).values_list("pk", "name"))
    first = requests[0]
    tell_household(
        household_id=household.pk,
        kind="enrolment/request_registered",
        context={
            "requests": requests,
            "request": first,
            "child": first.child,
            "locations": [names[key] for key in registration.location_ids],
            "answer_days": policy_on(registration.desk, localtime(now).date()).answer_days,
        },
        now=now,
        link=reverse("enrolment:my"),
        about=f"request:{first.pk}",
        awaited=True,
    )

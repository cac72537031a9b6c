"""Whether a family still needs a place: asked by the desk's policy, answered by one click, reminded, ended."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Max, QuerySet
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from kribbe.contact.models import Notice
from kribbe.contact.services import tell_household
from kribbe.contact.writing import Text, compose
from kribbe.enrolment.models import CareRequest, RequestState
from kribbe.enrolment.services.end_for_family import withdraw_request
from kribbe.enrolment.services.wishes import end_request, reopen_request
from kribbe.people.models import Adult
from kribbe.people.selectors import household_with_adults
from kribbe.region.models import Desk, DeskPolicy
from kribbe.region.selectors import policy_on
from kribbe.rules.counting import RequestEnd
from kribbe.rules.upkeep import Terms, answer_by, ask_now, remind_on
from kribbe.trust.audit import record
from kribbe.trust.errors import RefusedError
from kribbe.trust.locks import lock_rows
from kribbe.trust.principal import SYSTEM, Principal
from kribbe.trust.tokens import make_token
from kribbe.upkeep.models import Confirmation, ConfirmationState
from kribbe.upkeep.selectors.arrived import none_arrived, questions_of
from kribbe.upkeep.selectors.heard import last_heard, was_heard_since
from kribbe.upkeep.selectors.in_hand import in_hand
from kribbe.upkeep.tokens import QUESTION

ANSWERS: dict[str, RequestEnd | None] = {
    "keep": None,
    "found": RequestEnd.FOUND_ELSEWHERE,
    "no_need": RequestEnd.CANCELLED_PARENT,
    "loss": RequestEnd.LAPSED_MISCARRIAGE,
}
"""What a family can answer, and how the request then ends."""

REVIVED = timedelta(days=60)
"""How long after the term a link still lets a family say that it needs the place."""


def terms_of(policy: DeskPolicy) -> Terms:
    """What a desk decided about asking."""
    return Terms(
        months=policy.confirm_months,
        answer_days=policy.confirm_days,
        reminder_days=policy.confirm_reminder_days,
        end_months=policy.end_months,
    )


def ask_due(*, now: datetime) -> int:
    """Ask every family that is due today, at every desk. Returns how many were asked."""
    today = localtime(now).date()
    return sum(
        _ask_at(desk, terms_of(policy_on(desk, today)), now)
        for desk in Desk.objects.filter(policies__during__contains=today).order_by("pk")
    )


def _ask_at(desk: Desk, terms: Terms, now: datetime) -> int:
    requests = CareRequest.objects.filter(desk=desk, state=RequestState.OPEN).exclude(
        confirmations__state=ConfirmationState.OPEN
    )
    asked, heard = _last_asked(requests), last_heard(requests)
    count = 0
    for request in requests.order_by("pk"):
        last = asked.get(request.pk)
        why = ask_now(
            confirmed=localtime(heard.get(request.pk, request.registered_at)).date(),
            asked=localtime(last).date() if last else None,
            wanted_start=request.wanted_start,
            today=localtime(now).date(),
            terms=terms,
        )
        if why is not None:
            count += _ask(request.pk, why.value, terms, now)
    return count


def _last_asked(requests: "QuerySet[CareRequest]") -> dict[int, datetime]:
    found = Confirmation.objects.filter(request__in=requests)
    return dict(found.values_list("request").annotate(last=Max("asked_at")).order_by())


def _ask(request_id: int, why: str, terms: Terms, now: datetime) -> bool:
    with transaction.atomic():
        lock_rows((CareRequest, request_id))
        request = CareRequest.objects.select_related("child", "desk").get(pk=request_id)
        is_asked = request.confirmations.filter(state=ConfirmationState.OPEN).exists()
        if request.state != RequestState.OPEN or is_asked:
            return False
        has_mail = Adult.objects.filter(household=request.household_id).exclude(email="").exists()
        made = Confirmation.objects.create(
            request=request,
            ask=why,
            asked_at=now,
            answer_by=answer_by(localtime(now).date(), terms),
            by_letter=not has_mail,
        )
        _record(SYSTEM, "request.asked", request, now, ask=why)
        _tell(made, "still_needed", now)
    return True


def remind_due(*, now: datetime) -> int:
    """Remind, once, who hasn't answered. Returns how many."""
    today = localtime(now).date()
    return sum(
        _remind_at(desk, terms_of(policy_on(desk, today)), now)
        for desk in Desk.objects.filter(policies__during__contains=today).order_by("pk")
    )


def _remind_at(desk: Desk, terms: Terms, now: datetime) -> int:
    waiting = Confirmation.objects.filter(
        state=ConfirmationState.OPEN,
        reminded_at=None,
        by_letter=False,
        request__desk=desk,
        request__state=RequestState.OPEN,
    )
    today = localtime(now).date()
    asked = list(waiting.order_by("pk").values_list("pk", "asked_at"))
    return sum(_remind(key, now) for key, at in asked if remind_on(localtime(at).date(), terms) <= today)


def _remind(key: int, now: datetime) -> bool:
    with transaction.atomic():
        found = _locked(key)
        is_open = found.state == ConfirmationState.OPEN and found.request.state == RequestState.OPEN
        if not is_open or found.reminded_at is not None or _kept_meanwhile(found, now):
            return False
        found.reminded_at = now
        found.save(update_fields=["reminded_at"])
        _tell(found, "still_needed_reminder", now)
    return True


def close_answered(*, now: datetime) -> int:
    """Close, in silence, the questions about requests that ended some other way meanwhile. Returns how many."""
    stale = Confirmation.objects.filter(state=ConfirmationState.OPEN, request__state=RequestState.ENDED)
    return sum(_close_if_ended(key, now) for key in list(stale.values_list("pk", flat=True)))


def _close_if_ended(key: int, now: datetime) -> bool:
    with transaction.atomic():
        found = _locked(key)
        is_stale = found.state == ConfirmationState.OPEN and found.request.state == RequestState.ENDED
        if is_stale:
            _close(found, ConfirmationState.ENDED, SYSTEM, now)
    return is_stale


def lapse_due(*, now: datetime) -> int:
    """End the requests whose family didn't answer in time; who got a letter, or no mail at all, is left to a clerk.

    Not while it has an offer to answer or a place to sign; who answered an offer or changed the request since needs
    the place still.
    """
    late = Confirmation.objects.filter(
        state=ConfirmationState.OPEN, by_letter=False, answer_by__lt=localtime(now).date()
    )
    return sum(_lapse_if_free(key, now) for key in list(late.values_list("pk", flat=True)))


def _lapse_if_free(key: int, now: datetime) -> bool:
    try:
        with transaction.atomic():
            found = _locked(key)
            if found.state != ConfirmationState.OPEN or _is_in_hand(found):
                return False
            if _kept_meanwhile(found, now) or _left_to_clerk(found, now):
                return False
            _close(found, ConfirmationState.LAPSED, SYSTEM, now)
            if found.request.state == RequestState.OPEN:
                end_request(
                    principal=SYSTEM,
                    request_id=found.request_id,
                    end=RequestEnd.LAPSED,
                    now=now,
                    why="unanswered_question",
                )
                _tell(found, "need_lapsed", now)
    except RefusedError:
        return False
    return True


def _is_in_hand(found: Confirmation) -> bool:
    return CareRequest.objects.filter(in_hand(), pk=found.request_id).exists()


def _kept_meanwhile(found: Confirmation, now: datetime) -> bool:
    """Close a question that the family answered by what it did since; its request went on."""
    if found.request.state != RequestState.OPEN or not was_heard_since(found.request, found.asked_at):
        return False
    _close(found, ConfirmationState.KEPT, SYSTEM, now)
    _record(SYSTEM, "request.confirmed", found.request, now)
    return True


def _left_to_clerk(found: Confirmation, now: datetime) -> bool:
    """Have a clerk call the family where no mail arrived that asked it."""
    if found.request.state != RequestState.OPEN or not none_arrived(found):
        return False
    found.by_letter = True
    found.save(update_fields=["by_letter"])
    _record(SYSTEM, "request.unreached", found.request, now)
    return True


def ask_on_paper(notice: Notice, now: datetime) -> Notice | None:
    """The question of a mail that didn't arrive as a letter, with a term of its own; a clerk then notes the answer.

    None where nothing is asked any more. Runs in the caller's transaction.
    """
    request_id = int(notice.about.partition(":")[2])
    key = Confirmation.objects.filter(request=request_id, state=ConfirmationState.OPEN).values_list("pk")
    if not key:
        return None
    found = _locked(key[0][0])
    posted = questions_of(found).filter(letter__isnull=False).order_by("-pk").first()
    if found.state != ConfirmationState.OPEN or posted is not None:
        return posted
    found.by_letter = True
    _move_term(found, now)
    found.save(update_fields=["by_letter", "answer_by"])
    return _tell(found, "still_needed", now)


def ask_by_mail_again(notice: Notice, now: datetime) -> Text | None:
    """The question of a mail that didn't arrive, mailed again with a term of its own.

    None where nothing is asked any more, or a clerk notes the answer. Runs in the caller's transaction.
    """
    request_id = int(notice.about.partition(":")[2])
    key = Confirmation.objects.filter(request=request_id, state=ConfirmationState.OPEN).values_list("pk")
    if not key:
        return None
    found = _locked(key[0][0])
    if found.state != ConfirmationState.OPEN or found.by_letter:
        return None
    _move_term(found, now)
    found.save(update_fields=["answer_by"])
    household = household_with_adults(found.request.household_id)
    return compose(
        notice.kind,
        {"request": found.request, "child": found.request.child, "confirmation": found, "on_paper": False},
        desk=household.desk,
        language=notice.language,
        names=", ".join(adult.first_name for adult in household.adults.all()),
        link=link_of(found),
        reader=household.language,
    )


def _move_term(found: Confirmation, now: datetime) -> None:
    """A family that is only now asked has as long to answer as the others had."""
    today = localtime(now).date()
    found.answer_by = max(found.answer_by, answer_by(today, terms_of(policy_on(found.request.desk, today))))


def answer(*, principal: Principal, confirmation_id: int, given: str, now: datetime) -> None:
    """The family (or a clerk for it) answers. An answer after the lapse opens the request again where it can.

    RefusedError on an answer that isn't one of `ANSWERS`, or where nothing is asked any more.
    """
    if given not in ANSWERS:
        raise RefusedError(_("Choose your answer."), field="answer", code="answer")
    with transaction.atomic():
        found = _locked(confirmation_id)
        if found.state == ConfirmationState.LAPSED and given == "keep":
            reopen_request(principal=principal, request_id=found.request_id, now=now)
        elif found.state != ConfirmationState.OPEN or found.request.state != RequestState.OPEN:
            raise RefusedError(_("This was answered already."), code="answered")
        end = ANSWERS[given]
        _close(found, ConfirmationState.ENDED if end else ConfirmationState.KEPT, principal, now)
        if end is not None:
            withdraw_request(
                principal=principal, request_id=found.request_id, end=end, now=now, why="answered_question"
            )
        else:
            _record(principal, "request.confirmed", found.request, now)


def take_back(*, principal: Principal, confirmation_id: int, now: datetime) -> None:
    """The family still needs the place after all. RefusedError where the end can't be taken back any more."""
    with transaction.atomic():
        found = _locked(confirmation_id)
        if found.state != ConfirmationState.ENDED:
            raise RefusedError(_("This was answered already."), code="answered")
        reopen_request(principal=principal, request_id=found.request_id, now=now)
        _close(found, ConfirmationState.KEPT, principal, now)


def may_use(found: Confirmation, today: date) -> bool:
    """Whether its link still does something."""
    return today <= found.answer_by + REVIVED


def link_of(found: Confirmation) -> str:
    """The path of the page that needs no log-in."""
    token = make_token(QUESTION, found.pk)
    return reverse("upkeep:still_needed", args=[found.request.desk.slug, token])


def _locked(key: int) -> Confirmation:
    request_id = Confirmation.objects.values_list("request_id", flat=True).get(pk=key)
    lock_rows((CareRequest, request_id), (Confirmation, key))
    return Confirmation.objects.select_related("request__child", "request__desk").get(pk=key)


def _close(found: Confirmation, state: ConfirmationState, principal: Principal, now: datetime) -> None:
    found.state, found.answered_at, found.answered_by = state, now, principal.user_id
    found.save(update_fields=["state", "answered_at", "answered_by"])


def _record(principal: Principal, action: str, request: CareRequest, now: datetime, **data: str) -> None:
    record(
        principal=principal,
        action=action,
        subject=request,
        now=now,
        household_id=request.household_id,
        desk_id=request.desk_id,
        **data,
    )


def _tell(found: Confirmation, kind: str, now: datetime) -> Notice | None:
    request = found.request
    return tell_household(
        household_id=request.household_id,
        kind=f"upkeep/{kind}",
        context={"request": request, "child": request.child, "confirmation": found},
        now=now,
        link="" if found.by_letter else link_of(found),
        about=f"request:{request.pk}",
        by_letter=found.by_letter,
    )

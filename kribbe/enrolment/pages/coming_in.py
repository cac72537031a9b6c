"""The door for families that ask other care than day care: who came for something is known, or comes in first.

A visitor tells who asks and for which child, proves the mail address by a mailed code, and lands on what it came for.
What was typed waits in the session meanwhile; nothing is registered for an address that wasn't proven.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext

from kribbe.enrolment.forms.family import FamilyForm, shown
from kribbe.enrolment.forms.typed import data_of
from kribbe.enrolment.pages.drafts_begun import household_of
from kribbe.enrolment.pages.drafts_typed import changed_by
from kribbe.enrolment.pages.registering import household_given
from kribbe.enrolment.services.come_in import register_family, same_child
from kribbe.enrolment.services.drafts import Typed
from kribbe.people.access import may_at_desk
from kribbe.people.log_in import mail_code
from kribbe.people.models import Household
from kribbe.people.selectors import user_by_email
from kribbe.people.services import ChildData, make_account
from kribbe.region.middleware import use_desk
from kribbe.region.models import Desk
from kribbe.trust.errors import RefusedError
from kribbe.trust.permissions import Action

KEY = "coming_in"
KEPT = timedelta(hours=2)
"""How long what was typed waits for its code, and a session in which nobody logs in."""


def come_in(request: Any, desk: Desk, template: str, **context: Any) -> Household | HttpResponse:
    """The household of who came here; or the page on which a family comes in, sent to this same address.

    `template` extends `enrolment/come_in.html` and says what the family came for, with `context`.
    """
    use_desk(request, desk)
    household = household_of(request.principal)
    if household is not None:
        if new_children(household, kept(request)):
            return redirect(_to_add(request, household))
        forget(request)
        return household
    if request.principal.is_staff:
        return _staff(request, desk)
    shows = {"desk": desk, **context}
    answer = _sent(request, desk) if request.method == "POST" else _begun(request, desk)
    if not isinstance(answer, FamilyForm):
        return answer
    return render(request, template, {**shows, "form": answer}, status=422 if answer.errors else 200)


def kept(request: Any) -> Typed | None:
    """What this session typed and sent a moment ago; of somebody who logged in, only under their own address."""
    found = request.session.get(KEY)
    if not found:
        return None
    typed: Typed = found["typed"]
    is_old = datetime.fromisoformat(found["at"]) < timezone.now() - KEPT
    address = next(iter(typed.get("email", ())), "").strip().lower()
    is_other = not request.principal.is_visitor and address != request.user.email
    if is_old or is_other:
        forget(request)
        return None
    return typed


def forget(request: Any) -> None:
    """Nothing of what was typed waits any more."""
    request.session.pop(KEY, None)


def new_children(household: Household, typed: Typed | None) -> Sequence[ChildData]:
    """The children that were typed and that the household doesn't have yet."""
    if typed is None:
        return ()
    form = FamilyForm(data_of(typed), today=timezone.localdate(), is_known=True)
    if not form.is_valid():
        return ()
    return [
        each for each in form.children_given if not household.children.filter(**same_child(each)).exists()
    ]


def is_rewritten(request: Any) -> bool:
    """Whether a button asks for another child, one less, or the address that was meant, rather than to go on."""
    return bool({"more", "less", "use_email"} & set(request.POST))


def options(request: Any) -> dict[str, Any]:
    """How the form is made for who reads it."""
    is_known = not request.principal.is_visitor
    return {"today": timezone.localdate(), "email": request.user.email if is_known else ""}


def _begun(request: Any, desk: Desk) -> FamilyForm | Household | HttpResponse:
    """The form at first; who proved the address of what was sent is registered by it at once."""
    typed = kept(request)
    if typed is not None and not request.principal.is_visitor:
        return _registered(request, desk, typed)
    form = shown(typed or {}, **options(request))
    form.initial.setdefault("language", (get_language() or "nl")[:2])
    return form


def _sent(request: Any, desk: Desk) -> FamilyForm | Household | HttpResponse:
    typed = changed_by(request.POST, "child")[0]
    if is_rewritten(request):
        return shown(typed, **options(request))
    if not request.principal.is_visitor:
        return _registered(request, desk, typed)
    form = FamilyForm(data_of(typed), **options(request))
    if not form.is_valid():
        return form
    request.session[KEY] = {"typed": typed, "at": timezone.now().isoformat()}
    request.session.set_expiry(KEPT)
    return _proved_first(request, form)


def _proved_first(request: Any, form: FamilyForm) -> FamilyForm | HttpResponse:
    """Mail a code to the address, whether it is known or not: the page tells nobody which."""
    given, applicant = form.cleaned_data, form.adults[0]
    user = user_by_email(applicant.email) or make_account(
        email=applicant.email,
        name=f"{applicant.first_name} {applicant.last_name}",
        language=given["language"],
    )
    try:
        return mail_code(request, user=user, next_url=request.get_full_path())
    except RefusedError as refused:
        form.add_error(None, str(refused.message))
        return form


def _registered(request: Any, desk: Desk, typed: Typed) -> FamilyForm | Household:
    form = FamilyForm(data_of(typed), **options(request))
    if not form.is_valid():
        return form
    try:
        household = register_family(
            principal=request.principal,
            desk=desk,
            household=household_given(form),
            children=form.children_given,
            language=form.cleaned_data["language"],
            now=timezone.now(),
        )
    except RefusedError as refused:
        form.add_error(refused.field if refused.field in form.fields else None, str(refused.message))
        return form
    forget(request)
    messages.success(request, gettext("Your family is registered. Go on below."))
    return household


def _to_add(request: Any, household: Household) -> str:
    """To the page on which the child that was typed joins the family that is known already."""
    messages.info(request, gettext("We know your family already, so we kept what we have of it."))
    address = reverse("enrolment:add_child", args=[household.reference])
    return f"{address}?{urlencode({'next': request.get_full_path()})}"


def _staff(request: Any, desk: Desk) -> HttpResponse:
    context = {"desk": desk, "is_clerk": may_at_desk(request.principal, Action.REQUEST_MAKE, desk)}
    return render(request, "enrolment/come_in_staff.html", context)

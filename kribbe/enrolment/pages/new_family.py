"""A child that joins a family without a request for day care, and a family that a clerk registers so."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language, gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from kribbe.enrolment.forms.family import FamilyForm, shown
from kribbe.enrolment.forms.typed import data_of
from kribbe.enrolment.pages.acting import page_of
from kribbe.enrolment.pages.at_desk import at_desk
from kribbe.enrolment.pages.coming_in import forget, is_rewritten, kept
from kribbe.enrolment.pages.drafts_typed import changed_by
from kribbe.enrolment.pages.registering import household_given
from kribbe.enrolment.services.come_in import add_children, register_family
from kribbe.people.access import household_for
from kribbe.people.models import Household
from kribbe.region.http import DeskRequest
from kribbe.region.middleware import use_desk
from kribbe.trust.errors import RefusedError
from kribbe.trust.once import new_token, once
from kribbe.trust.permissions import Action


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def add_child(request: Any, reference: str) -> HttpResponse:
    """Children that join the family; `next` is where who came for something goes on."""
    now = timezone.now()
    household = household_for(request.principal, Action.REQUEST_MAKE, reference, now=now)
    use_desk(request, household.desk)
    back = _next(request) or page_of(household, request.principal) or reverse("enrolment:my")
    form = _child_form(request, household)

    def work() -> str:
        add_children(principal=request.principal, household=household, children=form.children_given, now=now)
        names = ", ".join(child.first_name for child in form.children_given)
        messages.success(request, gettext("Added to your family: %(names)s.") % {"names": names})
        return back

    done = _carried_out(request, form, work)
    if done is not None:
        return done
    is_own = not page_of(household, request.principal)
    context = {
        "form": form,
        "household": household,
        "children": household.children.order_by("born", "expected", "pk"),
        "back_url": back,
        "base": "web/base.html" if is_own else "web/desk_base.html",
        "once": request.POST.get("once") or new_token(),
    }
    return render(request, "enrolment/add_child.html", context, status=422 if form.errors else 200)


def _child_form(request: Any, household: Household) -> FamilyForm:
    given: dict[str, Any] = {"today": timezone.localdate(), "is_known": True}
    if request.method == "POST":
        return _typed_form(request, given)
    form = shown(kept(request) or {}, **given)
    forget(request)
    applicant = household.adults.filter(is_applicant=True).first()
    form.initial.setdefault("last_name_0", applicant.last_name if applicant else "")
    return form


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Action.REQUEST_MAKE)
def office_new_family(request: DeskRequest) -> HttpResponse:
    """A family at the counter, with a mail address or without, that asks no day care."""
    given: dict[str, Any] = {"today": timezone.localdate(), "on_behalf": True}
    if request.method == "POST":
        form = _typed_form(request, given)
    else:
        form = shown({}, **given)
        form.initial["language"] = (get_language() or "nl")[:2]

    def work() -> str:
        household = register_family(
            principal=request.principal,
            desk=request.desk,
            household=household_given(form),
            children=form.children_given,
            language=form.cleaned_data["language"],
            now=timezone.now(),
        )
        messages.success(request, gettext("The family is registered, without a request for day care."))
        return reverse("enrolment:household", args=[request.desk.slug, household.reference])

    done = _carried_out(request, form, work)
    if done is not None:
        return done
    context = {"form": form, "once": request.POST.get("once") or new_token()}
    return render(request, "enrolment/office/new_family.html", context, status=422 if form.errors else 200)


def _typed_form(request: Any, given: dict[str, Any]) -> FamilyForm:
    """What was sent; where a button only changes the form, not judged yet."""
    typed = changed_by(request.POST, "child")[0]
    return shown(typed, **given) if is_rewritten(request) else FamilyForm(data_of(typed), **given)


def _carried_out(request: Any, form: FamilyForm, work: Any) -> HttpResponse | None:
    """Do the work of a valid form once, and go where it says; None where the form is to be shown."""
    if not form.is_bound or not form.is_valid():
        return None
    token = request.POST.get("once", "")
    try:
        return redirect(once(token, at=request.path, now=timezone.now(), work=work))
    except RefusedError as refused:
        form.add_error(refused.field if refused.field in form.fields else None, str(refused.message))
        return None


def _next(request: Any) -> str:
    """Where the reader goes on, if that is on this site."""
    address: str = request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(address, {request.get_host()}, request.is_secure())
    return address if is_ours else ""

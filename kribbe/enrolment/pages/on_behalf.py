"""What a clerk does for a household: record a birth or a fact, end a request. Each says so in the audit trail."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from kribbe.enrolment.access import offer_for
from kribbe.enrolment.forms.small import BirthForm
from kribbe.enrolment.models import CareRequest
from kribbe.enrolment.pages.at_desk import at_desk
from kribbe.enrolment.services.end_for_family import end_for_family, reopen_for_family
from kribbe.enrolment.services.take_no_back import take_no_back
from kribbe.enrolment.templatetags.enrolment import fully_called
from kribbe.people import services as people
from kribbe.people.access import household_for
from kribbe.people.models import Child, FactKind, Household, HouseholdFact
from kribbe.people.words import FACT_HINTS, FACTS
from kribbe.region.http import DeskRequest
from kribbe.rules.counting import RequestEnd
from kribbe.trust.errors import RefusedError
from kribbe.trust.permissions import Action
from kribbe.web.dates import date_format
from kribbe.web.forms import DayField, RadioCards

GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])

ENDS: Mapping[RequestEnd, tuple[str | Promise, str | Promise]] = {
    RequestEnd.UNANSWERED: (
        _("No place was found"),
        _("Counted as unanswered: it shows the city where places are lacking."),
    ),
    RequestEnd.FOUND_ELSEWHERE: (
        _("Care was found elsewhere"),
        _("In another municipality, with family, or outside this desk. Not counted as unanswered."),
    ),
    RequestEnd.ANSWERED: (
        _("The child has a place with a location of this desk"),
        _("Only where it was agreed outside this desk; else signing ends the request. Counted as answered."),
    ),
    RequestEnd.CANCELLED_PARENT: (
        _("The parents no longer need care"),
        _("What is counted is the outcome of the child's other requests, if there are any."),
    ),
    RequestEnd.CANCELLED_DESK: (
        _("Registered by mistake, or twice"),
        _("What is counted is the outcome of the child's other requests, if there are any."),
    ),
    RequestEnd.LAPSED: (
        _("Lapsed: the parents no longer answer"),
        _("Not counted as unanswered. What the child asks after this is a new request."),
    ),
    RequestEnd.LAPSED_MISCARRIAGE: (
        _("The pregnancy has ended"),
        _("Not counted as unanswered. No mail or letter follows."),
    ),
    RequestEnd.UNKNOWN: (_("The outcome is not known"), _("Not counted as unanswered.")),
}
"""How a request can end, and how each is counted for the authority."""


class EndForm(forms.Form):
    """How a request ended."""

    end = forms.ChoiceField(
        label=_("How did it end?"),
        widget=RadioCards(hints={end.value: hint for end, (_label, hint) in ENDS.items()}),
        choices=[(end.value, label) for end, (label, _hint) in ENDS.items()],
        error_messages={"required": _("Choose how it ended.")},
    )

    def __init__(self, *args: Any, is_born: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_born:
            field: Any = self.fields["end"]
            field.choices = [each for each in field.choices if each[0] != RequestEnd.LAPSED_MISCARRIAGE]


class FactForm(forms.Form):
    """Something that is so in the household, and since when."""

    kind = forms.ChoiceField(
        label=_("What is so?"),
        choices=[(kind.value, words) for kind, words in FACTS.items()],
        widget=RadioCards(hints={kind.value: hint for kind, hint in FACT_HINTS.items()}),
        error_messages={"required": _("Choose what is so.")},
    )
    since = DayField(_("Since when?"))


class EndFactForm(forms.Form):
    """The last day on which something is so."""

    last_day = DayField(_("What is the last day on which this is so?"))


def _for_household(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @at_desk(Action.HOUSEHOLD_CHANGE)
    def opened(request: DeskRequest, reference: str, **parts: Any) -> HttpResponse:
        household = household_for(request.principal, Action.HOUSEHOLD_CHANGE, reference, now=timezone.now())
        if household.desk_id != request.desk.pk:
            raise Http404
        return view(request, household, **parts)

    return opened


def _back(household: Household) -> str:
    return reverse("enrolment:household", args=[household.desk.slug, household.reference])


def _sent(request: DeskRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _form_page(
    request: DeskRequest,
    household: Household,
    form: forms.Form,
    work: Callable[[dict[str, Any]], None],
    *,
    done: str,
    **context: Any,
) -> HttpResponse:
    """Show the form; when it is right do the work, say so and go back to the household."""
    if form.is_bound and form.is_valid():
        try:
            work(form.cleaned_data)
        except RefusedError as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused.message))
        else:
            messages.success(request, done)
            return HttpResponseRedirect(_back(household))
    shown = {
        "form": form,
        "base": "web/desk_base.html",
        "back_url": _back(household),
        "cancel_url": _back(household),
    }
    return render(request, "web/form_page.html", {**shown, **context}, status=422 if form.errors else 200)


@GET_OR_POST
@_for_household
def birth(request: DeskRequest, household: Household, child: int) -> HttpResponse:
    """An expected child was born."""
    row = Child.objects.select_related("household__desk").filter(pk=child, household=household).first()
    if row is None:
        raise Http404
    today, found = timezone.localdate(), row

    def work(given: dict[str, Any]) -> None:
        people.record_birth(
            child=found,
            born=given["born"],
            first_name=given["first_name"],
            principal=request.principal,
            today=today,
            now=timezone.now(),
        )

    initial = {"first_name": row.first_name, "born": row.born}
    return _form_page(
        request,
        household,
        BirthForm(_sent(request), today=today, initial=initial),
        work,
        done=gettext("The birth is recorded. The request keeps its date."),
        heading=gettext("Record a birth"),
        lead=fully_called(row),
    )


@GET_OR_POST
@_for_household
def add_fact(request: DeskRequest, household: Household) -> HttpResponse:
    """Something that is so in the household from a day on."""

    def work(given: dict[str, Any]) -> None:
        people.record_fact(
            household=household,
            kind=FactKind(given["kind"]),
            since=given["since"],
            principal=request.principal,
            now=timezone.now(),
        )

    return _form_page(
        request,
        household,
        FactForm(_sent(request)),
        work,
        done=gettext("This is saved. It may change the family's place on waiting lists."),
        heading=gettext("Add something about this family"),
        lead=gettext("Some of this gives priority by law. Only those who need it to give places can see it."),
    )


@GET_OR_POST
@_for_household
def stop_fact(request: DeskRequest, household: Household, fact: int) -> HttpResponse:
    """Something that is no longer so."""
    row = HouseholdFact.objects.select_related("household").filter(pk=fact, household=household).first()
    if row is None:
        raise Http404
    held = row

    def work(given: dict[str, Any]) -> None:
        people.end_fact(
            fact=held, last_day=given["last_day"], principal=request.principal, now=timezone.now()
        )

    return _form_page(
        request,
        household,
        EndFactForm(_sent(request), initial={"last_day": timezone.localdate()}),
        work,
        done=gettext("This is saved. It may change the family's place on waiting lists."),
        heading=gettext("This is no longer so"),
        lead=str(FACTS[FactKind(row.kind)]),
    )


@GET_OR_POST
@_for_household
def end(request: DeskRequest, household: Household, request_reference: str) -> HttpResponse:
    """End a request, by the rules with which requests are counted."""
    found = _request(household, request_reference)

    def work(given: dict[str, Any]) -> None:
        end_for_family(
            principal=request.principal, request_id=found.pk, end=RequestEnd(given["end"]), now=timezone.now()
        )

    registered = date_format(timezone.localtime(found.registered_at), "DATE_FORMAT")
    return _form_page(
        request,
        household,
        EndForm(_sent(request), is_born=found.child.born is not None),
        work,
        done=gettext("The request has ended."),
        heading=gettext("End the request of %(name)s") % {"name": fully_called(found.child)},
        lead=gettext("Registered on %(day)s. Its wishes are set aside and an open offer is given back.")
        % {"day": registered},
        submit_label=gettext("End this request"),
    )


@require_POST
@_for_household
def reopen(request: DeskRequest, household: Household, request_reference: str) -> HttpResponse:
    """Undo the end of a request, within a day."""
    found = _request(household, request_reference)
    try:
        reopen_for_family(principal=request.principal, request_id=found.pk, now=timezone.now())
    except RefusedError as refused:
        messages.error(request, str(refused.message))
    else:
        messages.success(request, gettext("The request stands again, with its old dates."))
    return HttpResponseRedirect(_back(household))


@require_POST
@_for_household
def no_back(request: DeskRequest, household: Household, offer: str) -> HttpResponse:
    """Take the family's no to an offer back, in the same term as the family itself."""
    found = offer_for(request.principal, Action.REQUEST_ANSWER_OFFER, offer)
    if found.preference.request.household_id != household.pk:
        raise Http404
    try:
        take_no_back(principal=request.principal, offer_id=found.pk, now=timezone.now())
    except RefusedError as refused:
        messages.error(request, str(refused.message))
    else:
        messages.success(
            request, gettext("The family’s “no” is taken back. The place is held for them again.")
        )
    return HttpResponseRedirect(_back(household))


def _request(household: Household, reference: str) -> CareRequest:
    found = (
        CareRequest.objects.select_related("child").filter(household=household, reference=reference).first()
    )
    if found is None:
        raise Http404
    return found

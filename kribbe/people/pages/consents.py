"""What a household lets organisations do for it, and the desk's organisations of referrers."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from kribbe.people import services
from kribbe.people.access import household_for, require_at_desk
from kribbe.people.forms import OnceForm
from kribbe.people.models import Consent, Consented, Household, ReferrerOrganisation, RoleGrant
from kribbe.people.pages.showing import form_page
from kribbe.people.selectors import consents_of
from kribbe.region.http import DeskRequest
from kribbe.region.middleware import use_desk
from kribbe.region.models import Desk
from kribbe.trust.permissions import Action
from kribbe.trust.principal import PARENTS, Role, Scope
from kribbe.web.forms import DayField, NameField, PhoneField

GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])


class ConsentForm(OnceForm):
    """Which organisation may do what, and until when."""

    organisation = forms.ModelChoiceField(
        ReferrerOrganisation.objects.none(), label=_("Which organisation?"), empty_label=None
    )
    what = forms.MultipleChoiceField(
        label=_("What may it do?"),
        choices=Consented.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("It may read what the desk knows of the household."),
    )
    until = DayField(
        _("Until and with which day?"), help_text=_("At most a year. It can be withdrawn at once.")
    )

    def __init__(self, *args: Any, desk: Desk, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = organisations(desk)  # type: ignore[attr-defined]


class OrganisationForm(OnceForm):
    """An organisation and its first referrer."""

    name = NameField(label=_("Name of the organisation"), max_length=100)
    phone = PhoneField(label=_("Telephone"))


class ReferrerForm(OnceForm):
    """Somebody who works for an organisation of referrers."""

    organisation = forms.ModelChoiceField(
        ReferrerOrganisation.objects.none(), label=_("Organisation"), empty_label=None
    )
    name = NameField(label=_("Name"), max_length=200)
    email = forms.EmailField(label=_("Mail address"))

    def __init__(self, *args: Any, desk: Desk, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = organisations(desk)  # type: ignore[attr-defined]


def organisations(desk: Desk) -> Any:
    """The desk's organisations that still act."""
    return desk.referrers.filter(active=True).order_by("name", "pk")


@GET_OR_POST
def consents(request: Any, reference: str) -> HttpResponse:
    """What a household agreed to, and a form to agree to more; by its parents, or by a clerk from paper."""
    household, own = _opened(request, reference)
    now, today = timezone.now(), timezone.localdate()

    def work(given: dict[str, Any]) -> None:
        services.give_consent(
            household=household,
            organisation=given["organisation"],
            what=[Consented(each) for each in given["what"]],
            until=given["until"],
            on_paper=not own,
            principal=request.principal,
            today=today,
            now=now,
        )

    return form_page(
        request,
        ConsentForm(request.POST or None, desk=household.desk),
        work,
        now=now,
        done_url=reverse("people:consents", args=[reference]),
        done=gettext("The organisation can act for this household now."),
        template="people/consents.html",
        household=household,
        own=own,
        base="web/base.html" if own else "web/desk_base.html",
        back=_back(household, own=own),
        consents=[_shown(consent, today) for consent in consents_of(household)],
        organisations=organisations(household.desk),
    )


def _shown(consent: Consent, today: date) -> dict[str, Any]:
    return {
        "consent": consent,
        "what": [Consented(each).label for each in consent.what],
        "last_day": consent.during.upper - timedelta(days=1),
        "stands": consent.withdrawn_at is None and today < consent.during.upper,
    }


def _opened(request: Any, reference: str) -> tuple[Household, bool]:
    household = household_for(request.principal, Action.HOUSEHOLD_CONSENT, reference, now=timezone.now())
    use_desk(request, household.desk)
    return household, household.pk in request.principal.scope_ids(Scope.HOUSEHOLD, *PARENTS)


def _back(household: Household, *, own: bool) -> str:
    if own:
        return reverse("people:my_data")
    return reverse("enrolment:household", args=[household.desk.slug, household.reference])


@require_POST
def withdraw(request: Any, reference: str, consent: int) -> HttpResponse:
    """The organisation acts no longer, at once."""
    household, _own = _opened(request, reference)
    row = get_object_or_404(Consent.objects.select_related("household"), household=household, pk=consent)
    services.withdraw_consent(consent=row, principal=request.principal, now=timezone.now())
    messages.success(request, gettext("The organisation no longer acts for this household."))
    return HttpResponseRedirect(reverse("people:consents", args=[reference]))


@GET_OR_POST
def referrers(request: DeskRequest, desk: str) -> HttpResponse:
    """The desk's organisations of referrers, and a form to add one."""
    require_at_desk(request.principal, Action.DESK_REFERRERS, request.desk)
    now = timezone.now()

    def work(given: dict[str, Any]) -> None:
        services.add_organisation(
            desk=request.desk,
            name=given["name"],
            phone=given["phone"],
            principal=request.principal,
            now=now,
        )

    people: dict[int, list[RoleGrant]] = {}
    here = request.desk.referrers.values("pk")
    held = RoleGrant.objects.filter(scope=Scope.REFERRER, scope_id__in=here)
    for grant in held.select_related("user").order_by("pk"):
        people.setdefault(grant.scope_id, []).append(grant)
    return form_page(
        request,
        OrganisationForm(request.POST or None),
        work,
        now=now,
        done_url=reverse("people:referrers", args=[request.desk.slug]),
        done=gettext("The organisation is added. Give its people a log-in next."),
        template="people/referrers.html",
        rows=[(one, people.get(one.pk, ())) for one in organisations(request.desk)],
    )


@GET_OR_POST
def new_referrer(request: DeskRequest, desk: str) -> HttpResponse:
    """A log-in for somebody of an organisation."""
    require_at_desk(request.principal, Action.DESK_REFERRERS, request.desk)
    now = timezone.now()

    def work(given: dict[str, Any]) -> None:
        services.grant_role(
            user=services.make_account(email=given["email"], name=given["name"]),
            role=Role.REFERRER,
            scope=Scope.REFERRER,
            scope_id=given["organisation"].pk,
            principal=request.principal,
            now=now,
            desk_id=request.desk.pk,
        )

    return form_page(
        request,
        ReferrerForm(request.POST or None, desk=request.desk),
        work,
        now=now,
        done_url=reverse("people:referrers", args=[request.desk.slug]),
        done=gettext("The role is given. The first log-in asks for a second factor."),
        heading=gettext("A log-in for a referrer"),
        base="web/desk_base.html",
    )


@require_POST
def end_referrer(request: DeskRequest, desk: str, grant: int) -> HttpResponse:
    """Somebody no longer works for the organisation."""
    require_at_desk(request.principal, Action.DESK_REFERRERS, request.desk)
    held = RoleGrant.objects.filter(scope=Scope.REFERRER, scope_id__in=request.desk.referrers.values("pk"))
    services.revoke_role(
        grant=get_object_or_404(held, pk=grant),
        principal=request.principal,
        now=timezone.now(),
        desk_id=request.desk.pk,
    )
    messages.success(request, gettext("The role is taken away."))
    return HttpResponseRedirect(reverse("people:referrers", args=[desk]))

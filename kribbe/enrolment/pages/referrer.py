"""A referrer's pages: the families that agreed, one of them, and a new one with its consent on paper."""

from datetime import timedelta
from typing import Any

from django import forms
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kribbe.enrolment.pages.rows import child_row
from kribbe.enrolment.selectors.household import stories
from kribbe.enrolment.selectors.still_asked import open_offers
from kribbe.enrolment.services import drafts
from kribbe.enrolment.services.come_in import refuse_known_address
from kribbe.people.access import household_for, refusal
from kribbe.people.forms import AddressForm
from kribbe.people.locating import point_of
from kribbe.people.models import Consented, Household, ReferrerOrganisation
from kribbe.people.pages.showing import form_page
from kribbe.people.selectors import municipality_of, standing_consents
from kribbe.people.services import AdultData, give_consent, open_log_ins, register_household
from kribbe.region.middleware import use_desk
from kribbe.trust.audit import note_list
from kribbe.trust.permissions import Action, scope_ids
from kribbe.trust.principal import Principal, Scope
from kribbe.trust.text import row_key
from kribbe.web.forms import NameField, PhoneField

HALF_A_YEAR = timedelta(days=182)


class FamilyForm(AddressForm):
    """A family as it signed for it on paper."""

    first_name = NameField(label=_("First name of a parent"), max_length=100)
    last_name = NameField(label=_("Last name of a parent"), max_length=100)
    phone = PhoneField(label=_("Telephone"))
    email = forms.EmailField(label=_("Mail address"), required=False)
    signed = forms.BooleanField(
        label=_(
            "The family signed on paper that we may register, change and answer for it. I keep the paper."
        )
    )
    field_order = ("first_name", "last_name", "phone", "email", "street", "postcode", "city", "signed")


def _organisations(principal: Principal) -> list[ReferrerOrganisation]:
    """Those for which the reader acts, in the order in which they began."""
    held = scope_ids(principal, Action.REFERRER_FAMILIES, Scope.REFERRER)
    found = (
        ReferrerOrganisation.objects.select_related("desk").filter(pk__in=held, active=True).order_by("pk")
    )
    if not found:
        raise refusal(principal)
    return list(found)


def _chosen(request: Any, organisations: list[ReferrerOrganisation]) -> ReferrerOrganisation:
    """The one that the address names, else the first."""
    key = row_key(request.GET.get("organisation", ""))
    return next((each for each in organisations if each.pk == key), organisations[0])


@require_safe
@never_cache
def families(request: Any) -> HttpResponse:
    """The families that agreed to the reader's organisation, by name."""
    organisations = _organisations(request.principal)
    organisation = _chosen(request, organisations)
    use_desk(request, organisation.desk)
    consents = (
        standing_consents(timezone.localdate())
        .filter(organisation=organisation)
        .select_related("household__keys")
        .prefetch_related("household__adults", "household__children")
        .order_by("household__keys__name_key", "pk")
    )
    shown = list(consents[:SHOWN])
    offers = open_offers([consent.household_id for consent in shown], now=timezone.now())
    rows = [
        {
            "household": consent.household,
            "adults": consent.household.adults.all(),
            "children": consent.household.children.all(),
            "what": [Consented(each).label for each in consent.what],
            "offers": offers.get(consent.household_id, ()),
            "last_day": consent.during.upper - timedelta(days=1),
        }
        for consent in shown
    ]
    note_list(
        principal=request.principal,
        action="referrer.families",
        subject=organisation,
        desk_id=organisation.desk_id,
        households=[consent.household_id for consent in shown],
        now=timezone.now(),
    )
    context = {
        "organisation": organisation,
        "others": [each for each in organisations if each.pk != organisation.pk],
        "families": rows,
        "new_url": f"{reverse('enrolment:new_family')}?organisation={organisation.pk}",
    }
    return render(request, "enrolment/families.html", context)


SHOWN = 500
"""Families on the page; more than any organisation has."""


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def new_family(request: Any) -> HttpResponse:
    """Register a family that the desk doesn't know, with its consent on paper, and begin its request."""
    organisation = _chosen(request, _organisations(request.principal))
    use_desk(request, organisation.desk)
    now, made = timezone.now(), list[Household]()

    def work(given: dict[str, Any]) -> None:
        made.append(_register(request.principal, organisation, given))

    answer = form_page(
        request,
        FamilyForm(request.POST or None),
        work,
        now=now,
        done_url=reverse("enrolment:families"),
        done=gettext("The family is registered."),
        heading=gettext("A new family"),
        lead=gettext(
            "Is the family known at the desk already? Then ask the desk to note its consent, and don't register "
            "it again."
        ),
        base="web/desk_base.html",
    )
    return redirect("enrolment:family", made[0].reference) if made else answer


@transaction.atomic
def _register(principal: Principal, organisation: ReferrerOrganisation, given: dict[str, Any]) -> Household:
    now, today = timezone.now(), timezone.localdate()
    refuse_known_address([given["email"]], organisation.desk.region)
    place = municipality_of(given["postcode"])
    centre = (place.longitude, place.latitude) if place else (None, None)
    longitude, latitude = point_of(given["street"], given["postcode"].strip(), given["city"]) or centre
    household = register_household(
        desk=organisation.desk,
        adults=[AdultData(**{name: given[name] for name in ("first_name", "last_name", "phone", "email")})],
        street=given["street"],
        postcode=given["postcode"].strip(),
        city=given["city"],
        municipality=place,
        longitude=longitude,
        latitude=latitude,
        principal=principal,
        now=now,
    )
    open_log_ins(household=household, principal=principal, now=now)
    give_consent(
        household=household,
        organisation=organisation,
        what=list(Consented),
        until=today + HALF_A_YEAR,
        on_paper=True,
        principal=principal,
        today=today,
        now=now,
    )
    return household


@require_safe
@never_cache
def family(request: Any, reference: str) -> HttpResponse:
    """What a family that agreed asked, was offered and has."""
    household = _family(request, Action.HOUSEHOLD_READ, reference)
    now = timezone.now()
    may = {
        name: household.pk in scope_ids(request.principal, action, Scope.HOUSEHOLD)
        for name, action in (("register", Action.REQUEST_MAKE), ("change", Action.HOUSEHOLD_CHANGE))
    }
    context = {
        "household": household,
        "adults": household.adults.order_by("-is_applicant", "pk"),
        "children": [child_row(story, now=now) for story in stories([household.pk], now=now)],
        "may": may,
    }
    return render(request, "enrolment/family.html", context)


@require_POST
@never_cache
def family_request(request: Any, reference: str) -> HttpResponse:
    """Begin a request for the family."""
    household = _family(request, Action.REQUEST_MAKE, reference)
    draft = drafts.start_draft(
        principal=request.principal,
        desk=household.desk,
        now=timezone.now(),
        household_id=household.pk,
        on_behalf=True,
    )
    return HttpResponseRedirect(reverse("enrolment:draft_child", args=[household.desk.slug, draft.reference]))


def _family(request: Any, action: Action, reference: str) -> Household:
    household = household_for(request.principal, action, reference, now=timezone.now())
    if household.pk not in scope_ids(request.principal, action, Scope.HOUSEHOLD):
        raise Http404
    _organisations(request.principal)
    use_desk(request, household.desk)
    return household

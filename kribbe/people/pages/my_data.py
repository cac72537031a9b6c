"""A household's data: what the desk knows, who looked, and the forms that change it."""

from datetime import date, datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kribbe.people import forms, services
from kribbe.people.access import household_for, may, may_for, own_household
from kribbe.people.actors import actors
from kribbe.people.keeping import kept
from kribbe.people.locating import point_of
from kribbe.people.models import Child, FactKind, Household, HouseholdFact, RoleGrant
from kribbe.people.pages.showing import form_page
from kribbe.people.selectors import (
    children_of,
    facts_of,
    grants_over,
    household_with_adults,
    looks_at,
    municipality_of,
)
from kribbe.people.words import DEEDS, FACTS
from kribbe.region.middleware import use_desk
from kribbe.trust.errors import RefusedError
from kribbe.trust.models import AuditEntry
from kribbe.trust.permissions import Action
from kribbe.trust.principal import PARENTS, Principal, Scope
from kribbe.web.components import Event
from kribbe.web.dates import date_format

LOOKS_SHOWN = 50
GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])


@require_GET
def my_data(request: Any) -> HttpResponse:
    """The reader's own household."""
    return _page(request, own_household(request.principal))


@require_GET
def household_data(request: Any, reference: str) -> HttpResponse:
    """A household, for its parents and for clerks."""
    return _page(
        request, household_for(request.principal, Action.HOUSEHOLD_READ, reference, now=timezone.now())
    )


@require_GET
def export_household(request: Any, reference: str) -> HttpResponse:
    """What the desk holds of a household, as one file for its parents and the desk: not for who acts by consent."""
    now = timezone.now()
    household = household_for(request.principal, Action.HOUSEHOLD_FILE, reference, now=now)
    response = HttpResponse(
        services.own_file(household=household, principal=request.principal, now=now),
        content_type="application/zip",
    )
    response["Content-Disposition"] = f'attachment; filename="kribbe-{household.reference}.zip"'
    response["Cache-Control"] = "private, no-store"
    return response


def _page(request: Any, household: Household) -> HttpResponse:
    use_desk(request, household.desk)
    shown = household_with_adults(household.pk)
    adults, today = list(shown.adults.all()), timezone.localdate()
    context = {
        "base": _base(request.principal, household),
        "household": shown,
        "may_invite": may(request.principal, Action.HOUSEHOLD_INVITE, Scope.HOUSEHOLD, household.pk),
        "may_add": may_for(request.principal, Action.REQUEST_MAKE, household),
        "may_take_along": may_for(request.principal, Action.HOUSEHOLD_FILE, household),
        "may_consent": may_for(request.principal, Action.HOUSEHOLD_CONSENT, household),
        "log_ins": _log_ins(request.principal, household),
        "may_log_ins": may_for(request.principal, Action.HOUSEHOLD_LOG_INS, household),
        "adults": adults,
        "each_logs_in": len(adults) > 1 and all(adult.user_id for adult in adults),
        "children": children_of(household),
        "facts": [_fact(fact, today=today) for fact in facts_of(household)],
        "own": household.pk in request.principal.scope_ids(Scope.HOUSEHOLD, *PARENTS),
        "events": _events(household),
        "kept": kept({household.pk: household.desk_id}, today)[household.pk],
        "may_hold": may_for(request.principal, Action.DESK_UPKEEP, household),
    }
    return render(request, "people/my_data.html", context)


def _log_ins(principal: Principal, household: Household) -> list[RoleGrant]:
    """Who logs in for the household, for the desk and for a parent who may invite."""
    may_see = (Action.HOUSEHOLD_LOG_INS, Action.HOUSEHOLD_INVITE)
    shown = any(may_for(principal, action, household) for action in may_see)
    return list(grants_over(household)) if shown else []


def _base(principal: Principal, household: Household) -> str:
    own = household.pk in principal.scope_ids(Scope.HOUSEHOLD, *PARENTS)
    return "web/base.html" if own else "web/desk_base.html"


def _fact(fact: HouseholdFact, *, today: date) -> dict[str, Any]:
    last_day = fact.during.upper - timedelta(days=1) if fact.during.upper else None
    is_over = last_day is not None and last_day < today
    return {
        "fact": fact,
        "words": FACTS[FactKind(fact.kind)],
        "since": fact.during.lower,
        "last_day": last_day,
        "is_over": is_over,
    }


def _events(household: Household) -> list[Event]:
    entries = looks_at(household, actions=DEEDS, limit=LOOKS_SHOWN)
    who = actors(entries, household)
    return [_event(entry, who[entry.pk]) for entry in entries]


def _event(entry: AuditEntry, who: str) -> Event:
    when = timezone.localtime(entry.at)
    icon = "eye" if entry.action == Action.HOUSEHOLD_READ else "pencil"
    return Event(when=_moment(when), title=str(DEEDS[entry.action]), text=who, icon=icon)


def _moment(when: datetime) -> str:
    return f"{date_format(when, 'DATE_FORMAT')} {date_format(when, 'TIME_FORMAT')}"


def _opened(request: Any, reference: str) -> Household:
    household = household_for(request.principal, Action.HOUSEHOLD_CHANGE, reference, now=timezone.now())
    use_desk(request, household.desk)
    return household


def _back(request: Any, household: Household) -> str:
    own = household.pk in request.principal.scope_ids(Scope.HOUSEHOLD, *PARENTS)
    return reverse("people:my_data") if own else reverse("people:household_data", args=[household.reference])


@GET_OR_POST
def change_address(request: Any, reference: str) -> HttpResponse:
    """The household moved."""
    household = _opened(request, reference)
    now = timezone.now()

    def work(given: dict[str, Any]) -> None:
        place = municipality_of(given["postcode"])
        centre = (place.longitude, place.latitude) if place else (None, None)
        longitude, latitude = point_of(given["street"], given["postcode"].strip(), given["city"]) or centre
        services.change_address(
            household=household,
            street=given["street"],
            postcode=given["postcode"].strip(),
            city=given["city"],
            municipality=place,
            longitude=longitude,
            latitude=latitude,
            principal=request.principal,
            now=now,
        )

    return form_page(
        request,
        forms.AddressForm(request.POST or None, initial=forms.AddressForm.start(household)),
        work,
        now=now,
        done_url=_back(request, household),
        done=_("Your new address is saved."),
        heading=_("Change the address"),
        lead=_(
            "The requests and their dates stay. Where residents or families nearby go first, the place in line "
            "can change."
        ),
        base=_base(request.principal, household),
    )


@GET_OR_POST
def change_adult(request: Any, reference: str, adult: int) -> HttpResponse:
    """Names and contacts of an adult."""
    household = _opened(request, reference)
    row = get_object_or_404(household.adults.select_related("household__desk"), pk=adult)
    now = timezone.now()

    def work(given: dict[str, Any]) -> None:
        data = forms.AdultForm.told(given, row)
        services.change_adult(adult=row, data=data, principal=request.principal, now=now)

    return form_page(
        request,
        forms.AdultForm(request.POST or None, initial=forms.AdultForm.start(row)),
        work,
        now=now,
        done_url=_back(request, household),
        done=_("The changes are saved."),
        heading=_("Change the data of %(name)s") % {"name": row},
        base=_base(request.principal, household),
    )


@GET_OR_POST
def change_language(request: Any, reference: str) -> HttpResponse:
    """The language that the household likes to read."""
    household = _opened(request, reference)
    now = timezone.now()

    def work(given: dict[str, Any]) -> None:
        services.change_language(
            household=household, language=given["language"], principal=request.principal, now=now
        )

    return form_page(
        request,
        forms.LanguageForm(request.POST or None, initial={"language": household.language}),
        work,
        now=now,
        done_url=_back(request, household),
        done=_("Your language is saved."),
        heading=_("Change the language"),
        lead=_(
            "The law says in which languages we may write. Where it asks for Dutch, you get the Dutch text too."
        ),
        base=_base(request.principal, household),
    )


@GET_OR_POST
def record_birth(request: Any, reference: str, child: int) -> HttpResponse:
    """An expected child was born."""
    household = _opened(request, reference)
    row = get_object_or_404(Child.objects.select_related("household__desk"), household=household, pk=child)
    now = timezone.now()

    def work(given: dict[str, Any]) -> None:
        services.record_birth(
            child=row,
            born=given["born"],
            first_name=given["first_name"],
            principal=request.principal,
            today=timezone.localdate(),
            now=now,
        )

    return form_page(
        request,
        forms.BirthForm(request.POST or None, initial={"born": row.born, "first_name": row.first_name}),
        work,
        now=now,
        done_url=_back(request, household),
        done=_("The date of birth is saved."),
        heading=_("When was %(name)s born?") % {"name": row},
        base=_base(request.principal, household),
    )


@GET_OR_POST
def record_school(request: Any, reference: str, child: int) -> HttpResponse:
    """From which day a child goes to school full-time."""
    household = _opened(request, reference)
    row = get_object_or_404(Child.objects.select_related("household__desk"), household=household, pk=child)
    now = timezone.now()

    def work(given: dict[str, Any]) -> None:
        services.record_school(
            child=row,
            school_from=given["school_from"],
            principal=request.principal,
            now=now,
            by_family=True,
        )

    return form_page(
        request,
        forms.SchoolForm(request.POST or None, initial={"school_from": row.school_from}),
        work,
        now=now,
        done_url=_back(request, household),
        done=_("This is saved. It counts for what care costs from that day on."),
        heading=_("From when does %(name)s go to school?") % {"name": row},
        lead=_(
            "A short stay before or after school can cost less, and the location reports it as out-of-school care."
        ),
        base=_base(request.principal, household),
    )


@GET_OR_POST
def record_fact(request: Any, reference: str) -> HttpResponse:
    """Something that is so in the household from a day on."""
    household = _opened(request, reference)
    now = timezone.now()

    def work(given: dict[str, Any]) -> None:
        services.record_fact(
            household=household,
            kind=FactKind(given["kind"]),
            since=given["since"],
            principal=request.principal,
            now=now,
        )

    return form_page(
        request,
        forms.FactForm(request.POST or None),
        work,
        now=now,
        done_url=_back(request, household),
        done=_("This is saved. It may change your place on waiting lists."),
        heading=_("Tell something about your household"),
        lead=_("Some of this gives priority by law. Only those who need it to give places can see it."),
        base=_base(request.principal, household),
    )


@GET_OR_POST
def end_fact(request: Any, reference: str, fact: int) -> HttpResponse:
    """A fact that no longer holds, or that soon won't."""
    household = _opened(request, reference)
    row = _fact_row(household, fact)
    now = timezone.now()

    def work(given: dict[str, Any]) -> None:
        services.end_fact(fact=row, last_day=given["last_day"], principal=request.principal, now=now)

    return form_page(
        request,
        forms.EndFactForm(request.POST or None, initial={"last_day": timezone.localdate()}),
        work,
        now=now,
        done_url=_back(request, household),
        done=_("This is saved. You can undo it."),
        heading=_("This is no longer so"),
        lead=FACTS[FactKind(row.kind)],
        base=_base(request.principal, household),
    )


@require_POST
def reopen_fact(request: Any, reference: str, fact: int) -> HttpResponse:
    """Undo the end of a fact."""
    household = _opened(request, reference)
    try:
        services.reopen_fact(fact=_fact_row(household, fact), principal=request.principal, now=timezone.now())
    except RefusedError as refused:
        messages.error(request, str(refused.message))
    else:
        messages.success(request, _("This holds again."))
    return HttpResponseRedirect(_back(request, household))


def _fact_row(household: Household, key: int) -> HouseholdFact:
    row = HouseholdFact.objects.select_related("household__desk").filter(household=household, pk=key).first()
    if row is None:
        raise Http404
    return row

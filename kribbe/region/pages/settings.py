"""The administrator's settings of a desk."""

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from kribbe.region import services
from kribbe.region.access import at_desk
from kribbe.region.models import Desk, DeskPolicy
from kribbe.region.pages.forms import COLOURS, ContactsForm, LookForm, PolicyForm, ReasonForm
from kribbe.region.presets import presets
from kribbe.region.services import Terms
from kribbe.region.settings_tabs import tabs
from kribbe.region.words import sentences
from kribbe.trust.errors import RefusedError
from kribbe.trust.permissions import Action
from kribbe.trust.text import row_key
from kribbe.web.branding import is_colour

settings_page = at_desk(Action.DESK_SETTINGS)


@require_http_methods(["GET", "POST"])
@settings_page
def contacts(request: Any, desk: Desk) -> HttpResponse:
    """Name and contacts."""
    form = ContactsForm(request.POST or None, instance=Desk.objects.get(pk=desk.pk))
    if form.is_valid():
        services.change_contacts(
            principal=request.principal, desk=desk, contacts=form.contacts(), now=timezone.now()
        )
        return _saved(request, "region:settings", desk)
    return _page(request, "region/settings_contacts.html", desk, "settings", form)


@require_http_methods(["GET", "POST"])
@settings_page
def look(request: Any, desk: Desk) -> HttpResponse:
    """Colours, type and icon."""
    form = LookForm(request.POST or None, initial=LookForm.initial_of(desk))
    if form.is_valid():
        services.change_look(
            principal=request.principal,
            desk=desk,
            tokens=form.tokens(),
            logo_icon=form.cleaned_data["logo_icon"],
            now=timezone.now(),
        )
        return _saved(request, "region:settings_look", desk)
    return _page(request, "region/settings_look.html", desk, "settings_look", form, **_drawn(form))


@require_GET
@settings_page
def look_preview(request: Any, desk: Desk) -> HttpResponse:
    """How the colours typed look, and whether they can be read."""
    form = LookForm(request.GET)
    form.is_valid()
    return render(request, "region/look_preview.html", {"form": form, "desk": desk, **_drawn(form)})


def _drawn(form: LookForm) -> dict[str, Any]:
    """Colours to draw with, also those that can't be read: what is no colour gives way to the shell's own."""
    typed = {name: str(form[name].value() or "") for name in COLOURS}
    colours = {name: typed[name] if is_colour(typed[name]) else usual for name, usual in COLOURS.items()}
    return {"colours": colours, "problems": [text for texts in form.errors.values() for text in texts]}


@require_http_methods(["GET", "POST"])
@settings_page
def policy(request: Any, desk: Desk) -> HttpResponse:
    """What the desk decided, since when, and what it decides from a day on."""
    today = timezone.localdate()
    form = PolicyForm(request.POST or None, initial=_proposed(request, desk, today))
    if form.is_valid() and _policy_changed(request, desk, form, today):
        return _saved(request, "region:settings_policy", desk)
    return _page(
        request,
        "region/settings_policy.html",
        desk,
        "settings_policy",
        form,
        presets=presets().values(),
        chosen=presets().get(request.GET.get("preset", "")),
        rules=_rules(form),
        history=[_version(each, today) for each in _policies(desk)],
    )


@require_GET
@settings_page
def policy_preview(request: Any, desk: Desk) -> HttpResponse:
    """What is typed, in the sentences that families would read."""
    return render(request, "region/policy_preview.html", {"rules": _rules(PolicyForm(request.GET))})


def _policy_changed(request: Any, desk: Desk, form: PolicyForm, today: date) -> bool:
    try:
        services.change_policy(
            principal=request.principal,
            desk=desk,
            terms=form.terms(),
            since=form.cleaned_data["since"],
            source=form.cleaned_data["source"],
            today=today,
            now=timezone.now(),
        )
    except RefusedError as refused:
        form.add_error(refused.field, str(refused.message))
        return False
    return True


def _policies(desk: Desk) -> QuerySet[DeskPolicy]:
    return DeskPolicy.objects.filter(desk=desk).order_by("-during")


def _proposed(request: Any, desk: Desk, today: date) -> dict[str, Any]:
    """What the form begins with: a preset, or what the desk decided last."""
    chosen = presets().get(request.GET.get("preset", "")) or _policies(desk).first()
    values = {} if chosen is None else {name: getattr(chosen, name) for name in Terms.__dataclass_fields__}
    return values | {"since": today + timedelta(days=1)}


def _rules(form: PolicyForm) -> list[str]:
    """The sentences of what is typed, or of what the form begins with; none while something is wrong."""
    if not form.is_bound:
        complete = form.initial.keys() >= Terms.__dataclass_fields__.keys()
        return (
            sentences(Terms(**{name: form.initial[name] for name in Terms.__dataclass_fields__}))
            if complete
            else []
        )
    return sentences(form.terms()) if form.is_valid() else []


def _version(each: DeskPolicy, today: date) -> dict[str, Any]:
    until = each.during.upper
    return {
        "since": each.during.lower,
        "until": until - timedelta(days=1) if until else None,
        "state": "past" if until and until <= today else "next" if each.during.lower > today else "now",
        "source": each.source,
        "rules": sentences(Terms.of(each)),
    }


@require_http_methods(["GET", "POST"])
@settings_page
def reasons(request: Any, desk: Desk) -> HttpResponse:
    """The reasons for which a location may pass over the first in line, or refuse."""
    editing = _reason(request, desk)
    form = ReasonForm(request.POST or None, instance=editing)
    if form.is_valid() and _reason_saved(request, desk, form, editing.pk if editing else None):
        return _saved(request, "region:settings_reasons", desk)
    rows = desk.pass_over_reasons.order_by("refusal", "text_nl")
    return _page(
        request, "region/settings_reasons.html", desk, "settings_reasons", form, reasons=rows, editing=editing
    )


def _reason(request: Any, desk: Desk) -> Any:
    number = request.GET.get("reason", "")
    if not number:
        return None
    found = desk.pass_over_reasons.filter(pk=row_key(number)).first()
    if found is None:
        raise Http404
    return found


def _reason_saved(request: Any, desk: Desk, form: ReasonForm, reason_id: int | None) -> bool:
    try:
        services.save_reason(
            principal=request.principal,
            desk=desk,
            reason_id=reason_id,
            now=timezone.now(),
            **form.cleaned_data,
        )
    except RefusedError as refused:
        form.add_error(refused.field, str(refused.message))
        return False
    return True


def _page(request: Any, template: str, desk: Desk, current: str, form: Any, **context: Any) -> HttpResponse:
    context |= {"form": form, "desk": desk, "tabs": tabs(desk, f"region:{current}")}
    return render(request, template, context, status=422 if form.is_bound and form.errors else 200)


def _saved(request: Any, url_name: str, desk: Desk) -> HttpResponse:
    messages.success(request, _("Saved."))
    return HttpResponseRedirect(reverse(url_name, args=[desk.slug]))

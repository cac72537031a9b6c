"""The desk's own words for its notices: for its administrators."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages as told
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kribbe.contact.kinds import Kind, Recipient, kind_of, kinds
from kribbe.contact.models import DeskText
from kribbe.contact.services import texts as services
from kribbe.contact.writing import BINDING_LANGUAGE, example_of, filled, standard_words
from kribbe.people.access import require_at_desk
from kribbe.region.models import Desk
from kribbe.trust.errors import RefusedError
from kribbe.trust.permissions import Action


class TextForm(forms.Form):
    """Subject and body, with places between curly brackets."""

    subject = forms.CharField(label=gettext_lazy("Subject"), max_length=200)
    body = forms.CharField(
        label=gettext_lazy("Text"),
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 14}),
        help_text=gettext_lazy("The greeting, the link and the desk's name are added around it."),
    )


@require_GET
def texts(request: Any, desk: str) -> HttpResponse:
    """Every kind of notice, and whose words it uses."""
    here = _desk(request)
    own = {(each.kind, each.language): each for each in DeskText.objects.filter(desk=here, until=None)}
    groups = [(to, [_row(here, kind, own) for kind in kinds() if kind.to is to]) for to in Recipient]
    return render(request, "contact/texts.html", {"groups": groups})


@require_http_methods(["GET", "POST"])
def text(request: Any, desk: str, room: str, name: str, language: str) -> HttpResponse:
    """Words for one kind in one language: look at an example, save, or see earlier versions."""
    here = _desk(request)
    kind = _kind(here, room, name, language)
    versions = list(DeskText.objects.filter(desk=here, kind=kind.name, language=language).order_by("-since"))
    current = next((each for each in versions if each.until is None), None)
    words = standard_words(kind, desk=here, language=language) if current is None else current
    form = TextForm(request.POST or None, initial={"subject": words.subject, "body": words.body})
    if form.is_valid() and "look" not in request.POST and _saved(request, here, kind, language, form):
        return HttpResponseRedirect(request.path)
    given = form.cleaned_data if form.is_bound and form.is_valid() else form.initial
    context = {
        "form": form,
        "kind": kind,
        "language": language,
        "places": [(f"{{{name}}}", place.label, name in kind.needed) for name, place in kind.places.items()],
        "example": _example(here, kind, given, language),
        "current": current,
        "versions": versions,
        "back_url": reverse("contact:texts", args=[desk]),
        "reset_url": reverse("contact:reset_text", args=[desk, room, name, language]),
        "binding": language != BINDING_LANGUAGE,
    }
    return render(request, "contact/text.html", context, status=422 if form.errors else 200)


@require_POST
def reset_text(request: Any, desk: str, room: str, name: str, language: str) -> HttpResponse:
    """Back to the standard words; the version stays among the earlier ones."""
    here = _desk(request)
    kind = _kind(here, room, name, language)
    services.reset_text(
        desk=here, kind=kind, language=language, principal=request.principal, now=timezone.now()
    )
    told.success(request, _("The standard words are used again."))
    return HttpResponseRedirect(reverse("contact:text", args=[desk, room, name, language]))


def _desk(request: Any) -> Desk:
    desk: Desk = request.desk
    require_at_desk(request.principal, Action.DESK_SETTINGS, desk)
    return desk


def _row(desk: Desk, kind: Kind, own: Mapping[tuple[str, str], DeskText]) -> dict[str, Any]:
    texts = [(language, (kind.name, language) in own) for language in _languages(desk, kind)]
    return {"kind": kind, "texts": texts}


def _languages(desk: Desk, kind: Kind) -> list[str]:
    return [BINDING_LANGUAGE] if kind.to is Recipient.LOCATION else list(desk.letter_languages)


def _kind(desk: Desk, room: str, name: str, language: str) -> Kind:
    kind = kind_of(f"{room}/{name}")
    if kind is None or language not in _languages(desk, kind):
        raise Http404
    return kind


def _example(desk: Desk, kind: Kind, given: Any, language: str) -> dict[str, str]:
    """The words with an invented example; empty while a place can't be filled."""
    example = example_of(kind, desk)
    try:
        return {part: filled(kind, given[part], example, language=language) for part in ("subject", "body")}
    except KeyError:
        return {}


def _saved(request: Any, desk: Desk, kind: Kind, language: str, form: TextForm) -> bool:
    try:
        services.save_text(
            desk=desk,
            kind=kind,
            language=language,
            subject=form.cleaned_data["subject"],
            body=form.cleaned_data["body"].replace("\r\n", "\n"),
            principal=request.principal,
            now=timezone.now(),
        )
    except RefusedError as refused:
        form.add_error(refused.field, str(refused.message))
        return False
    told.success(request, _("Saved. The next notice of this kind uses these words."))
    return True

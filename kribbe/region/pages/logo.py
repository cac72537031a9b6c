"""The desk's own logo: given, looked at, and taken back."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from kribbe.region import services
from kribbe.region.access import at_desk
from kribbe.region.branding import logo_of
from kribbe.region.models import ALT_LENGTH, Desk
from kribbe.region.settings_tabs import tabs
from kribbe.trust.errors import RefusedError
from kribbe.trust.files import Kind
from kribbe.trust.permissions import Action
from kribbe.web.uploads import UploadField, UploadInput

WAYS = {"icon": services.drop_logo, "undo": services.put_logo_back}


class LogoForm(forms.Form):
    """A picture, and what it shows."""

    file = UploadField(
        label=_("Logo"),
        kind=Kind.LOGO,
        widget=UploadInput(attrs={"data-shown-in": "logo-new", "data-words": "alt"}),
        help_text=_("PNG, JPEG, WebP or AVIF, at most 12 MB. What is see-through stays so."),
    )
    alt = forms.CharField(
        label=_("What does it show?"),
        max_length=ALT_LENGTH,
        help_text=_("Read out to who can't see it: “Coat of arms of Leuven”."),
    )


@require_http_methods(["GET", "POST"])
@at_desk(Action.DESK_SETTINGS)
def page(request: Any, desk: Desk) -> HttpResponse:
    """The logo as pages and letters show it, and another one."""
    now = timezone.now()
    form = LogoForm(request.POST, request.FILES) if request.method == "POST" else LogoForm()
    upload: Any = form.fields["file"]
    upload.keep_for(space=services.space_of(desk.pk), principal=request.principal, now=now)
    if form.is_valid() and _given(request, desk, form):
        messages.success(request, gettext("The logo is on your pages and letters."))
        return _back(desk)
    found = Desk.objects.select_related("municipality").get(pk=desk.pk)
    context = {
        "desk": found,
        "tabs": tabs(desk, "region:settings_logo"),
        "form": form,
        "logo": logo_of(found),
        "has_earlier": found.logo_before_id is not None,
    }
    return render(request, "region/settings_logo.html", context, status=422 if form.errors else 200)


@require_POST
@at_desk(Action.DESK_SETTINGS)
def turn_back(request: Any, desk: Desk) -> HttpResponse:
    """Show the icon again, or what was there before the last change."""
    way = request.POST.get("way", "")
    if way not in WAYS:
        return _back(desk)
    try:
        WAYS[way](principal=request.principal, desk=desk, now=timezone.now())
    except RefusedError as refused:
        messages.info(request, str(refused.message))
    else:
        messages.success(request, gettext("Your pages and letters have changed back."))
    return _back(desk)


def _given(request: Any, desk: Desk, form: LogoForm) -> bool:
    given = form.cleaned_data
    try:
        services.give_logo(
            principal=request.principal, desk=desk, file=given["file"], alt=given["alt"], now=timezone.now()
        )
    except RefusedError as refused:
        form.add_error(refused.field, str(refused.message))
        return False
    return True


def _back(desk: Desk) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("region:settings_logo", args=[desk.slug]))

"""The tablet: an app that works without network, let in by a code, with a door of its own (no account).

Whoever brings no token of this location's gets "not found", as does a tablet that was shut out; what such a one had
not sent yet is still taken, marked.
"""

import json
import re
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import find
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kribbe.attendance.access import COOKIE, device_of
from kribbe.attendance.forms import EnrolForm
from kribbe.attendance.models import About, Device
from kribbe.attendance.selectors.tablet import faces_held, held_by_tablet
from kribbe.attendance.services.devices import enrol
from kribbe.attendance.services.sync import UnreadableError, open_for, take_message
from kribbe.places.models import Location
from kribbe.region.middleware import use_desk
from kribbe.staff.selectors.carers import carers_on
from kribbe.staff.services.pins import PinAnswer
from kribbe.trust.errors import RefusedError
from kribbe.web.app_icons import MASKABLE, SIZES

COOKIE_AGE = 400 * 86_400
"""Seconds; the longest that browsers keep."""
MOST_BYTES = 500_000
NOT_KEPT = re.compile("[\x00\ud800-\udfff]")
"""NUL, and halves of a letter."""
PROBLEM = "application/problem+json"
ASSETS = (
    "web/dist/fonts/figtree-latin-wght-normal.woff2",
    "web/dist/app.css",
    "web/dist/tablet.css",
    "web/dist/tablet.js",
    "web/dist/icons.svg",
    "web/icon.svg",
)
QUICK = {
    About.SLEEP: (gettext_lazy("slept well"), gettext_lazy("slept little"), gettext_lazy("didn't sleep")),
    About.FOOD: (gettext_lazy("ate everything"), gettext_lazy("ate a little"), gettext_lazy("didn't eat")),
    About.MOOD: (gettext_lazy("cheerful"), gettext_lazy("quiet"), gettext_lazy("sad")),
}


@require_safe
def shell(request: Any, slug: str) -> HttpResponse:
    """The app without any child in it: what it shows comes from the device's own store."""
    device = device_of(request, slug)
    if device is None or device.revoked_at is not None:
        return redirect("attendance:enrol", _place(slug).slug)
    use_desk(request, device.location.desk)
    context = {"location": device.location, "device": device, "abouts": About.choices, "quick": _quick()}
    return render(request, "attendance/tablet.html", context)


@require_http_methods(["GET", "POST"])
def enrol_page(request: Any, slug: str) -> HttpResponse:
    """Where a tablet brings its code; it leaves with a token in a cookie of its own scope."""
    location = _place(slug)
    use_desk(request, location.desk)
    form = EnrolForm(request.POST or None, initial={"code": request.GET.get("code", "")})
    if request.method == "POST" and form.is_valid():
        try:
            _device, token = enrol(location=location, code=form.cleaned_data["code"], now=timezone.now())
        except RefusedError as refused:
            form.add_error("code", str(refused.message))
        else:
            return let_in(location, token)
    context = {
        "form": form,
        "heading": _("This tablet at %(place)s") % {"place": location.name},
        "lead": _("Type the code that the location got on its page Tablets."),
        "submit_label": _("Let it in"),
    }
    return render(request, "web/form_page.html", context, status=422 if form.errors else 200)


def let_in(location: Location, token: str) -> HttpResponse:
    """On to the app, with the token in its cookie."""
    answer = redirect("attendance:tablet", location.slug)
    answer.set_cookie(
        COOKIE,
        token,
        max_age=COOKIE_AGE,
        path=reverse("attendance:tablet", args=[location.slug]),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )
    return answer


def for_device(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Opens a call of the app to a device of this location; the view gets it in place of the slug.

    There is no form to protect: the cookie is sent by this site's own pages only (SameSite=Strict), and a body counts
    as JSON alone, which no form of another site can send.
    """

    @csrf_exempt
    @wraps(view)
    def opened(request: Any, slug: str) -> HttpResponse:
        device = device_of(request, slug)
        if device is None:
            return problem(404, "no-device", _("This tablet isn't let in here."))
        answer = view(request, device)
        add_never_cache_headers(answer)
        return answer

    return opened


@require_safe
@for_device
def day_data(_request: Any, device: Device) -> HttpResponse:
    """Today's children."""
    if device.revoked_at is not None:
        return _revoked()
    return JsonResponse(held_by_tablet(device.location, now=timezone.now()))


@require_safe
@for_device
def faces(_request: Any, device: Device) -> HttpResponse:
    """The photos of the children whom it holds; it asks once for those that it hasn't yet."""
    if device.revoked_at is not None:
        return _revoked()
    return JsonResponse({"faces": faces_held(device.location, now=timezone.now())})


@require_POST
@for_device
def sync(request: Any, device: Device) -> HttpResponse:
    """The queue of the tablet; each event is answered by itself, with today's children as they stand now."""
    now = timezone.now()
    try:
        synced = take_message(device, _body(request), now=now)
    except UnreadableError:
        return problem(400, "unreadable", _("This can't be read."))
    is_out = device.revoked_at is not None
    return JsonResponse(
        {
            "now": now.isoformat(),
            "offset": round(synced.offset.total_seconds()),
            "answers": [
                {"key": each.key, "state": each.state, "why": each.why, "marks": list(each.marks)}
                for each in synced.answers
            ],
            "revoked": is_out,
            "held": None if is_out else held_by_tablet(device.location, now=now),
        }
    )


@require_POST
@for_device
def pin(request: Any, device: Device) -> HttpResponse:
    """Who takes over on this tablet, by PIN."""
    now = timezone.now()
    if device.revoked_at is not None:
        return _revoked()
    try:
        given = _body(request)
    except UnreadableError:
        return problem(400, "unreadable", _("This can't be read."))
    known = carers_on(device.location, timezone.localdate(now))
    carer = known.filter(reference=str(given.get("carer", ""))[:40]).first()
    if carer is None:
        return problem(422, "no-pin", _("Nobody by this name works here today."))
    answer, ticket = open_for(device, carer, str(given.get("pin", ""))[:20], now)
    if answer is PinAnswer.RIGHT:
        return JsonResponse({"carer": carer.reference, "name": carer.name, "ticket": ticket})
    said = {
        PinAnswer.WRONG: _("This isn't the right PIN."),
        PinAnswer.PAUSED: _("Too many wrong tries. Try again in ten minutes."),
        PinAnswer.NO_PIN: _("There is no PIN yet. The location gives one on its page Team."),
    }
    return problem(422, f"{answer}", said[answer])


@require_safe
def worker(_request: Any, slug: str) -> HttpResponse:
    """The service worker: it keeps the app itself, never a child."""
    location = _place(slug)
    given = {
        "shell": reverse("attendance:tablet", args=[location.slug]),
        "assets": [*map(static, ASSETS), reverse("web:brand_css", args=[location.desk.slug])],
    }
    script = f"const KRIBBE = {json.dumps(given)};\n{_script('web/dist/tablet-worker.js')}"
    answer = HttpResponse(script, content_type="text/javascript")
    answer["Cache-Control"] = "no-cache"
    return answer


@require_safe
def manifest(request: Any, slug: str) -> HttpResponse:
    """What makes it an app that can be put on the tablet's screen."""
    location = _place(slug)
    address = reverse("attendance:tablet", args=[location.slug])
    drawn = [(f"icon-{size}.png", size, "any") for size in SIZES] + [(MASKABLE, SIZES[-1], "maskable")]
    data = {
        "id": address,
        "name": f"{location.name} – {_('Attendance')}",
        "short_name": location.name,
        "lang": request.LANGUAGE_CODE,
        "start_url": address,
        "scope": address,
        "display": "standalone",
        "background_color": "#ffffff",
        "theme_color": "#0b5d56",
        "icons": [
            {"src": static("web/icon.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any"},
            *(
                {
                    "src": static(f"web/dist/{name}"),
                    "sizes": f"{size}x{size}",
                    "type": "image/png",
                    "purpose": use,
                }
                for name, size, use in drawn
            ),
        ],
    }
    return JsonResponse(data, content_type="application/manifest+json")


def problem(status: int, code: str, detail: str) -> HttpResponse:
    """What went wrong, in the shape of RFC 9457, with a code that the app knows."""
    body = {"type": "about:blank", "status": status, "code": code, "detail": detail}
    return JsonResponse(body, status=status, content_type=PROBLEM)


def _revoked() -> HttpResponse:
    return problem(404, "revoked", _("This tablet was shut out."))


def _place(slug: str) -> Location:
    found = Location.objects.select_related("desk__municipality").filter(slug=slug, active=True).first()
    if found is None:
        raise Http404
    return found


def _body(request: Any) -> dict[str, Any]:
    if request.content_type != "application/json" or len(request.body) > MOST_BYTES:
        raise UnreadableError
    try:
        found = _kept(json.loads(request.body))
    except (ValueError, RecursionError) as error:
        raise UnreadableError from error
    if not isinstance(found, dict):
        raise UnreadableError
    return found


def _kept(value: Any) -> Any:
    """As it was sent, without what the database keeps in no text: one such letter would hold up the whole queue."""
    if isinstance(value, str):
        return NOT_KEPT.sub("", value)
    if isinstance(value, list):
        return [_kept(each) for each in value]
    return {key: _kept(each) for key, each in value.items()} if isinstance(value, dict) else value


def _script(name: str) -> str:
    """A built script: from where static files are gathered, or from its room while nothing was gathered."""
    if staticfiles_storage.exists(name):
        with staticfiles_storage.open(name) as file:
            return str(file.read().decode())
    path = find(name)
    if path is None:
        raise Http404
    return Path(path).read_text(encoding="utf-8")


def _quick() -> list[tuple[str, list[str]]]:
    return [(about, [str(word) for word in words]) for about, words in QUICK.items()]

"""The tablets of a location: a code to let one in, when each last spoke, and shutting one out."""

from typing import Any

import segno
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kribbe.attendance import words
from kribbe.attendance.forms import DeviceForm
from kribbe.attendance.models import Device
from kribbe.attendance.services.devices import CODE_HOLDS, offer_code, revoke
from kribbe.places.access import at_location
from kribbe.places.models import Location
from kribbe.trust.errors import RefusedError
from kribbe.trust.permissions import Action

GROUP = 4
"""Letters of a code that stand together."""


@require_http_methods(["GET", "POST"])
@at_location(Action.REGISTER_DEVICES)
def devices_page(request: Any, location: Location) -> HttpResponse:
    """The tablets; sending the form gives a code, shown this once."""
    now = timezone.now()
    form = DeviceForm(request.POST or None)
    offered: dict[str, Any] | None = None
    if request.method == "POST" and form.is_valid():
        try:
            device, code = offer_code(
                principal=request.principal, location=location, name=form.cleaned_data["name"], now=now
            )
            offered = _offered(location, device, code)
        except RefusedError as refused:
            form.add_error("name", str(refused.message))
    found = Device.objects.filter(location=location, enrolled_at__isnull=False).select_related("heard")
    context = {
        "place_name": location.name,
        "location": location,
        "form": form,
        "offered": offered,
        "devices": [_device(each) for each in found.order_by("revoked_at", "name", "pk")[:40]],
    }
    return render(request, "attendance/devices.html", context, status=422 if form.errors else 200)


@require_POST
@at_location(Action.REGISTER_DEVICES)
def revoke_device(request: Any, location: Location, reference: str) -> HttpResponse:
    """Shut a tablet out at once."""
    revoke(principal=request.principal, location=location, reference=reference, now=timezone.now())
    messages.success(request, _("Shut out. It holds no names any more as soon as it has network."))
    return redirect("attendance:devices", location.slug)


def _offered(location: Location, device: Device, code: str) -> dict[str, Any]:
    address = settings.BASE_URL + reverse("attendance:enrol", args=[location.slug])
    return {
        "name": device.name,
        "code": "-".join(code[at : at + GROUP] for at in range(0, len(code), GROUP)),
        "address": address,
        "picture": _picture(f"{address}?code={code}"),
        "minutes": CODE_HOLDS.seconds // 60,
    }


def _picture(text: str) -> str:
    """A QR code as an address of data, to stand in an image."""
    drawn: str = segno.make(text, micro=False).svg_data_uri(scale=5, border=4)
    return drawn


def _device(device: Device) -> dict[str, Any]:
    return {
        "device": device,
        "at": device.heard.at,
        "clock": words.offset_words(device.heard.offset_seconds),
    }

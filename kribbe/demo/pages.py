"""What only the demo has: a browser becomes its tablet, without a code."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from kribbe.attendance.access import digest
from kribbe.attendance.models import Device
from kribbe.attendance.pages.tablet import let_in
from kribbe.demo.attendance import KEY


@require_GET
def tablet(_request: HttpRequest) -> HttpResponse:
    """On to the tablet of the demo's day-care centre."""
    if not settings.DEMO:
        raise Http404
    return let_in(get_object_or_404(Device, token_hash=digest(KEY)).location, KEY)

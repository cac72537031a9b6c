"""No reminder of a request that was left halfway, by the link in the mail."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from kribbe.enrolment.services.drafts import read_link, stop_reminder
from kribbe.region.http import DeskRequest


@csrf_exempt
@never_cache
@require_http_methods(["GET", "POST"])
def stop(request: DeskRequest, desk: str, token: str) -> HttpResponse:
    """Asks, and stops by a POST; a mail program's own button sends one too (RFC 8058)."""
    draft = read_link(token)
    if draft is None or draft.desk_id != request.desk.pk:
        return render(request, "enrolment/request_link_old.html", {"desk": request.desk}, status=410)
    if request.method == "POST":
        stop_reminder(draft=draft)
    stopped = request.method == "POST" or draft.no_reminder
    return render(request, "enrolment/no_reminder.html", {"stopped": stopped, "token": token})

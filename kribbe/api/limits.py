"""How often one caller may ask, counted over all processes."""

from dataclasses import dataclass
from datetime import datetime

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

WINDOW_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left to a caller in this window; `reset` is in seconds from now."""

    limit: int
    left: int
    reset: int
    passed: bool

    def write(self, response: HttpResponse) -> None:
        """Tell it in the headers of an answer."""
        response["RateLimit-Limit"] = str(self.limit)
        response["RateLimit-Remaining"] = str(self.left)
        response["RateLimit-Reset"] = str(self.reset)
        if not self.passed:
            response["Retry-After"] = str(self.reset)


def count(request: HttpRequest, *, now: datetime) -> Allowance:
    """Count this call, and tell what is left."""
    seconds = int(now.timestamp())
    minute = seconds // WINDOW_SECONDS
    caller = caller_of(request, now)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO api_callwindow (caller, minute, calls) VALUES (%s, %s, 1)"
            " ON CONFLICT (caller, minute) DO UPDATE SET calls = api_callwindow.calls + 1 RETURNING calls",
            [caller, minute],
        )
        calls = cursor.fetchone()[0]
    limit = settings.API_LIMIT
    reset = (minute + 1) * WINDOW_SECONDS - seconds
    return Allowance(limit, max(0, limit - calls), reset, passed=calls <= limit)


def caller_of(request: HttpRequest, now: datetime) -> str:
    """A name that nobody can turn back into an address, another one every day. Unknown callers share one."""
    try:
        address = get_adapter().get_client_ip(request)
    except PermissionDenied:
        address = ""
    return str(salted_hmac("kribbe.api.limits", f"{now:%Y-%m-%d} {address}", algorithm="sha256").hexdigest())

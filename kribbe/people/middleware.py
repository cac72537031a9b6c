"""Who acts: every request gets its principal."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.timezone import localdate

from kribbe.people.access import CHOSEN, LogInNeededError
from kribbe.people.selectors import principal_of
from kribbe.trust.errors import RefusedError
from kribbe.trust.principal import VISITOR
from kribbe.web.errors import refused, session_ended


class PrincipalMiddleware:
    """Sets `request.principal` from the session's user, the user's grants and the second factor given.

    What somebody logged in reads is kept by no cache, nor by the browser for who sits there next. Where a door
    stayed shut, it sends a visitor to log in, and staff who lack their second factor to give it, and
    back afterwards.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        request.principal = VISITOR
        if request.user.is_authenticated:
            found = principal_of(request.user, verified=has_second_factor(request), today=localdate())
            request.principal = replace(found, household_id=request.session.get(CHOSEN))
        response = self.get_response(request)
        if not request.principal.is_visitor and not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        return response

    def process_exception(self, request: Any, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, LogInNeededError):
            return session_ended(request) if request.method == "POST" else _go(request, "account_login")
        if isinstance(exception, Http404) and request.principal.is_staff and not request.principal.verified:
            return _go(request, second_factor_page(request.user))
        if isinstance(exception, RefusedError):
            return refused(request, str(exception.message))
        return None


def has_second_factor(request: Any) -> bool:
    """True if this session was opened with a second factor or a passkey."""
    records = get_authentication_records(request, request.user)
    return any(record.get("method") == "mfa" for record in records)


def second_factor_page(user: Any) -> str:
    """Where a member of staff gives the second factor, or sets one up first."""
    kinds = set(Authenticator.objects.filter(user=user).values_list("type", flat=True))
    if Authenticator.Type.TOTP in kinds:
        return "mfa_reauthenticate"
    return "mfa_reauthenticate_webauthn" if Authenticator.Type.WEBAUTHN in kinds else "mfa_activate_totp"


def _go(request: HttpRequest, url_name: str) -> HttpResponse:
    back = request.get_full_path() if request.method == "GET" else "/"
    return HttpResponseRedirect(f"{reverse(url_name)}?{urlencode({'next': back})}")


def accept_new_factor(request: Any, authenticator: Authenticator, **_: Any) -> None:
    """Who has just proved their first second factor has given it for this session.

    A further factor proves nothing: a session that never gave the first one could add it.
    """
    factors = Authenticator.objects.filter(user=request.user).exclude(type=Authenticator.Type.RECOVERY_CODES)
    if [factor.pk for factor in factors] == [authenticator.pk]:
        record_authentication(request, request.user, method="mfa", type=authenticator.type)


def stay_as_usual(request: Any, **_: Any) -> None:
    """The session of who logs in lasts as sessions do, however short it was for the visitor before."""
    request.session.set_expiry(None)

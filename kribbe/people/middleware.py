"""Who acts: every request gets its principal."""

from collections.abc import Callable
from typing import Any

from allauth.account.authentication import get_authentication_records
from django.http import HttpRequest, HttpResponse

from kribbe.people.selectors import principal_of
from kribbe.trust.principal import VISITOR


class PrincipalMiddleware:
    """Sets `request.principal` from the session's user, the user's grants and the second factor given."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        request.principal = VISITOR
        if request.user.is_authenticated:
            request.principal = principal_of(request.user, verified=has_second_factor(request))
        return self.get_response(request)


def has_second_factor(request: HttpRequest) -> bool:
    """True if this session was opened with a second factor or a passkey."""
    return any(record.get("method") == "mfa" for record in get_authentication_records(request))

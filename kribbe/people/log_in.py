"""Logging in by a code that is mailed, begun by a page that knows the address already."""

from typing import Any
from urllib.parse import urlencode

from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from allauth.core import ratelimit
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kribbe.people.models import User
from kribbe.trust.errors import RefusedError


def mail_code(request: Any, *, user: User, next_url: str) -> HttpResponse:
    """Mail the account a code, and go to the page that asks for it; from there to `next_url`.

    Raises RefusedError where it was mailed too often; the same limit as on the log-in page.
    """
    if not ratelimit.consume(request, action="request_login_code", key=user.email):
        raise RefusedError(_("We mailed a code a few times already. Try again in a while."), code="often")
    LoginCodeVerificationProcess.initiate(request=request, user=user, email=user.email)
    return redirect(f"{reverse('account_confirm_login_code')}?{urlencode({'next': next_url})}")

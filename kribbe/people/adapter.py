"""How accounts come into being, and what their mails look like."""

import time
from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from django.http import HttpRequest

QUIET = frozenset({"account/messages/logged_in.txt", "account/messages/logged_out.txt"})


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth carries no types
    """Mail goes through the desk's own queue; addresses are kept in lower case."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up alone: an account comes with a first request or with a role."""
        return False

    def is_reauthentication_required(self, *, app: str, **options: Any) -> bool:
        """Nobody is asked again within minutes of logging in."""
        records = get_authentication_records(self.request, self.request.user)
        latest = max((record["at"] for record in records), default=0.0)
        if time.time() - latest < app_settings.REAUTHENTICATION_TIMEOUT:
            return False
        return bool(super().is_reauthentication_required(app=app, **options))

    def clean_email(self, email: str) -> str:
        cleaned: Any = super().clean_email(email)
        return str(cleaned).lower()

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        *args: Any,
        **options: Any,
    ) -> None:
        """Say what isn't plain to see already; who logs in or out sees that they did."""
        if message_template not in QUIET:
            super().add_message(request, level, message_template, *args, **options)

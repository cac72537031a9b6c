"""Sessions of people who have logged in, with or without their second factor."""

import time

from django.test import Client

from kribbe.people.models import User


def log_in(client: Client, user: User, *, second_factor: bool) -> Client:
    """Open a session for an account as a real log-in would leave it."""
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    if second_factor:
        session = client.session
        session["account_authentication_methods"] = [{"method": "mfa", "type": "totp", "at": time.time()}]
        session["account_authentication_methods_user"] = str(user.pk)
        session.save()
    return client

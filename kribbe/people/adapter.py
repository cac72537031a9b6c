"""How accounts come into being."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter


class AccountAdapter(DefaultAccountAdapter):
    """Mail goes through the desk's own queue; addresses are kept in lower case."""

    def clean_email(self, email: str) -> str:
        cleaned: Any = super().clean_email(email)
        return str(cleaned).lower()

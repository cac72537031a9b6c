"""The form that sets a second factor up, in words of our own."""

from typing import Any

from allauth.mfa.totp.forms import ActivateTOTPForm
from django.utils.translation import gettext_lazy as _


class SetUpForm(ActivateTOTPForm):  # type: ignore[misc]  # allauth carries no types
    """The code that shows that the app was set up."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("Code from the app")

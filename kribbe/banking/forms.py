"""The forms of banking."""

from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from kribbe.web.uploads import sizes

MOST_BYTES = 40_000_000
"""Of one file: a hundred thousand movements."""
TOO_LARGE = format_lazy(
    _("This file is larger than {most} MB. Take one for each month from your bank."),
    most=MOST_BYTES // 1_000_000,
)


class StatementForm(forms.Form):
    """A file of the bank."""

    file = forms.FileField(
        label=_("File of your bank"),
        help_text=_("CODA or CAMT.053, at most 40 MB. You see what it holds before anything is booked."),
        widget=forms.FileInput(attrs={"accept": ".cod,.coda,.bc2,.txt,.xml", **sizes(MOST_BYTES, TOO_LARGE)}),
        error_messages={"required": _("Choose a file."), "empty": _("The file is empty.")},
    )

    def clean_file(self) -> tuple[str, bytes]:
        """Name and content."""
        file: Any = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(TOO_LARGE)
        return file.name, file.read()

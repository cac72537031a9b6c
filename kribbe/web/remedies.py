"""What every form says of a field that isn't right, naming what to do; a field may say it better itself."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

TOO_LONG = _("This number is too long. Look where the comma stands.")
GONE = _("This can't be chosen any more. Choose another one.")
CHOOSE = {"required": _("Make a choice."), "invalid_choice": GONE}
CHOOSE_SOME = {**CHOOSE, "invalid_list": CHOOSE["required"], "invalid_pk_value": GONE}
REMEDIES: Mapping[type[forms.Field], Mapping[str, Any]] = {
    forms.Field: {
        "required": _("Fill this in."),
        "max_length": _("Make this shorter: it has %(show_value)s characters, and %(limit_value)s fit."),
        "min_length": _(
            "Make this longer: it has %(show_value)s characters, and %(limit_value)s are needed."
        ),
        "max_value": _("Type %(limit_value)s or less."),
        "min_value": _("Type %(limit_value)s or more."),
        "max_digits": TOO_LONG,
        "max_whole_digits": TOO_LONG,
        "max_decimal_places": ngettext_lazy(
            "Type at most %(max)s digit behind the comma.",
            "Type at most %(max)s digits behind the comma.",
            "max",
        ),
    },
    forms.IntegerField: {"invalid": _("Type a whole number in digits, such as 3.")},
    forms.DecimalField: {"invalid": _("Type a number in digits, such as 12.50.")},
    forms.FloatField: {"invalid": _("Type a number in digits, such as 12.50.")},
    forms.DateField: {
        "required": _("Choose a day."),
        "invalid": _("Choose a day that exists, or type it as 2026-12-31."),
    },
    forms.TimeField: {
        "required": _("Give an hour, such as 8:30."),
        "invalid": _("Give an hour, such as 8:30."),
    },
    forms.DateTimeField: {"invalid": _("Give a day and an hour, such as 2026-12-31 8:30.")},
    forms.EmailField: {"invalid": _("Give a mail address, such as an@example.be.")},
    forms.BooleanField: {"required": _("Tick this to go on.")},
    forms.FileField: {"required": _("Choose a file.")},
    forms.ChoiceField: CHOOSE,
    forms.MultipleChoiceField: CHOOSE_SOME,
    forms.ModelChoiceField: CHOOSE,
    forms.ModelMultipleChoiceField: CHOOSE_SOME,
}
"""By kind of field what it says, by the code of the error."""


def name_remedies() -> None:
    """Let the fields of all forms say these from now on."""
    for kind, said in REMEDIES.items():
        own = vars(kind).get("default_error_messages", {})
        kind.default_error_messages = {**own, **said}

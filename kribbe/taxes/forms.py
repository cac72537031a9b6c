"""The forms of taxes."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kribbe.people.models import Adult, Child
from kribbe.taxes.models import ChildReported, Ground
from kribbe.taxes.services.identities import checked_number
from kribbe.trust.errors import RefusedError
from kribbe.web.forms import DayField

Person = Adult | Child
NUMBER, DISABLED = "number", "disabled"


def name_of(person: Person) -> str:
    """By which a person's fields are called."""
    return f"{'c' if isinstance(person, Child) else 'a'}{person.pk}"


class NumbersForm(forms.Form):
    """A national number for each person of a household; one left empty stays as it is. `known` are shown masked."""

    def __init__(self, *args: Any, persons: Iterable[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.persons = list(persons)
        for person in self.persons:
            self.fields[f"{NUMBER}_{name_of(person)}"] = forms.CharField(
                label=_("National number of %(name)s") % {"name": person},
                required=False,
                max_length=20,
                widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
            )
            if isinstance(person, Child):
                identity = getattr(person, "tax_identity", None)
                self.fields[f"{DISABLED}_{name_of(person)}"] = forms.BooleanField(
                    label=_("%(name)s has a severe disability") % {"name": person},
                    help_text=_(
                        "Care then counts up to the age of 21. Leave it open if you would rather not say."
                    ),
                    required=False,
                    initial=identity is not None and identity.severe_disability,
                )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for person in self.persons:
            name = f"{NUMBER}_{name_of(person)}"
            if data.get(name):
                try:
                    data[name] = checked_number(data[name])
                except RefusedError as refused:
                    self.add_error(name, str(refused.message))
        return data

    def told(self, person: Person) -> tuple[str | None, bool]:
        """The number that was typed for a person (None for none), and whether a child has a severe disability."""
        name = name_of(person)
        return (
            self.cleaned_data.get(f"{NUMBER}_{name}") or None,
            bool(self.cleaned_data.get(f"{DISABLED}_{name}")),
        )


class ChildReportedForm(forms.ModelForm[ChildReported]):
    """What the report of places at a free price asks of a child."""

    school_from = DayField(
        _("At school from"), required=False, help_text=_("Leave it open until the child goes to school.")
    )

    class Meta:
        model = ChildReported
        fields = ("sex",)
        labels = {"sex": _("Sex, as on the identity card")}
        widgets = {"sex": forms.RadioSelect}


class GroundsForm(forms.Form):
    """On which grounds of the yearly form a family needs care."""

    grounds = forms.TypedMultipleChoiceField(
        label=_("What holds for this family"),
        choices=Ground.choices,
        coerce=Ground,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("More than one can hold. Leave all open to take back what was noted."),
    )

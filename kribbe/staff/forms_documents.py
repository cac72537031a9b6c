"""What is typed of papers with a last day."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kribbe.places.models import Location
from kribbe.staff.models import Carer, DocumentKind
from kribbe.staff.selectors.carers import carers_of
from kribbe.staff.selectors.documents import not_gone
from kribbe.staff.services.documents import Held
from kribbe.web.forms import DayField, NameField


class DocumentForm(forms.Form):
    """A paper whose last day is kept."""

    carer = forms.ModelChoiceField(
        Carer.objects.none(), label=_("Whose"), required=False, empty_label=_("of the location itself")
    )
    kind = forms.ChoiceField(label=_("Which paper"), choices=DocumentKind.choices)
    name = NameField(
        label=_("Name of the paper"),
        max_length=80,
        required=False,
        help_text=_("Needed for another paper. Write nothing about health here."),
    )
    given = DayField(_("Given on"), required=False)
    last = DayField(_("Holds until"))

    def __init__(self, *args: Any, location: Location, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        here = carers_of(location).filter(not_gone(today))
        self.fields["carer"].queryset = here  # type: ignore[attr-defined]  # a model's choices

    def held(self) -> Held:
        """What was typed, once valid."""
        data = self.cleaned_data
        return Held(
            carer=data["carer"],
            kind=DocumentKind(data["kind"]),
            name=data["name"],
            given=data["given"],
            last=data["last"],
        )


class RenewForm(forms.Form):
    """The days of the newer paper."""

    given = DayField(_("Given on"), required=False)
    last = DayField(_("Holds until"))

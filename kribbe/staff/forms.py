"""The forms of staff."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kribbe.people.models import User
from kribbe.places.access import locations_for
from kribbe.places.models import Location
from kribbe.staff.models import Carer
from kribbe.staff.models.carers import INITIALS
from kribbe.staff.selectors.carers import accounts_at
from kribbe.staff.services.carers import Person
from kribbe.staff.services.pins import LONGEST
from kribbe.trust.permissions import Action
from kribbe.trust.principal import Principal
from kribbe.web.forms import DayField

DAY = timedelta(days=1)


class CarerForm(forms.Form):
    """Who a carer is, and where they work."""

    name = forms.CharField(label=_("Name"), max_length=200)
    initials = forms.CharField(
        label=_("Initials"),
        max_length=INITIALS,
        required=False,
        widget=forms.TextInput(attrs={"class": "input--short"}),
        help_text=_("As they stand on the roster. Leave it empty and the name gives them."),
    )
    first = DayField(_("Works here from"))
    last = DayField(_("Until"), required=False, help_text=_("The last day. Leave it empty if none is known."))
    user = forms.ModelChoiceField(
        User.objects.none(),
        label=_("Own account"),
        required=False,
        empty_label=_("none"),
        help_text=_("Only for who manages the location and cares for children too."),
    )
    locations = forms.ModelMultipleChoiceField(
        Location.objects.none(),
        label=_("Also works at"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, location: Location, principal: Principal, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = accounts_at(location)  # type: ignore[attr-defined]  # a model's choices
        others = (
            locations_for(principal, Action.STAFF_CHANGE)
            .filter(organiser=location.organiser_id, organiser__isnull=False)
            .exclude(pk=location.pk)
            .order_by("name_key")
        )
        if others:
            self.fields["locations"].queryset = others  # type: ignore[attr-defined]  # a model's choices
        else:
            del self.fields["locations"]

    def person(self) -> Person:
        """What was typed, once valid."""
        data = self.cleaned_data
        return Person(
            name=data["name"],
            first=data["first"],
            last=data["last"],
            initials=data["initials"],
            user=data["user"],
            locations=[each.pk for each in data.get("locations") or ()],
        )


def typed_carer(carer: Carer) -> dict[str, Any]:
    """A carer as initial values of the form."""
    upper = carer.during.upper
    return {
        "name": carer.name,
        "initials": carer.initials,
        "first": carer.during.lower,
        "last": upper - DAY if upper else None,
        "user": carer.user_id,
        "locations": list(carer.locations.values_list("pk", flat=True)),
    }


class PinForm(forms.Form):
    """A new PIN, typed by the location beside its carer."""

    pin = forms.CharField(
        label=_("New PIN"),
        max_length=LONGEST,
        widget=forms.PasswordInput(
            attrs={"class": "input--code", "inputmode": "numeric", "autocomplete": "new-password"}
        ),
        help_text=_("Four to eight digits. Let your carer choose and type it: nobody can read it again."),
    )

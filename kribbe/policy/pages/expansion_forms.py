"""Forms of expansion files and grants."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kribbe.places.models import Location, Organiser
from kribbe.policy.models import ExpansionFile, FileKind, FileState
from kribbe.policy.services.expansion import FileFacts, GrantFacts
from kribbe.region.models import Desk, Municipality
from kribbe.region.selectors import named
from kribbe.web.forms import DayField, NameField


def count_field(label: Any, **more: Any) -> forms.IntegerField:
    """A whole number."""
    attrs = {"class": "input--short", "inputmode": "numeric"}
    return forms.IntegerField(label=label, widget=forms.NumberInput(attrs=attrs), **more)


def money_field(label: Any, **more: Any) -> forms.DecimalField:
    """An amount in euros."""
    attrs = {"class": "input--short", "inputmode": "decimal"}
    return forms.DecimalField(
        label=label, decimal_places=2, max_digits=9, widget=forms.NumberInput(attrs=attrs), **more
    )


class FileForm(forms.Form):
    """What a file says."""

    title = forms.CharField(label=_("Name of the project"), max_length=200)
    kind = forms.ChoiceField(label=_("Kind"), choices=FileKind.choices)
    municipality = forms.ModelChoiceField(label=_("Municipality"), queryset=Municipality.objects.none())
    places_new = count_field(_("New places"), min_value=0, max_value=999, initial=0)
    places_kept = count_field(
        _("Places kept"),
        min_value=0,
        max_value=999,
        initial=0,
        help_text=_("Places that exist and would be lost without this project."),
    )
    expected_on = DayField(_("Expected on"))
    probability = count_field(
        _("Probability"), min_value=0, max_value=100, initial=50, help_text=_("In percent, as you judge it.")
    )
    followed_by = NameField(label=_("Who follows it"), max_length=200, required=False)
    location = forms.ModelChoiceField(label=_("Location"), queryset=Location.objects.none(), required=False)
    organiser = forms.ModelChoiceField(
        label=_("Organiser"), queryset=Organiser.objects.none(), required=False
    )
    keeps = forms.CharField(
        label=_("What keeps the threatened places"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    notes = forms.CharField(label=_("Notes"), required=False, widget=forms.Textarea(attrs={"rows": 4}))

    def __init__(self, *args: Any, desk: Desk, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _within(
            self.fields["municipality"],
            Municipality.objects.filter(region=desk.region_id).order_by(named()),
        )
        locations = Location.objects.filter(desk=desk).order_by("name_key")
        _within(self.fields["location"], locations)
        organisers = Organiser.objects.filter(locations__desk=desk).order_by("name_key").distinct()
        _within(self.fields["organiser"], organisers)

    @classmethod
    def initial_of(cls, file: ExpansionFile) -> dict[str, Any]:
        """What the form begins with for a file that exists."""
        return {name: getattr(file, name) for name in FileFacts.__dataclass_fields__}

    def facts(self) -> FileFacts:
        """What was typed."""
        given = {name: self.cleaned_data[name] for name in FileFacts.__dataclass_fields__}
        return FileFacts(**given | {"kind": FileKind(given["kind"])})


def _within(field: forms.Field, rows: Any) -> None:
    field.queryset = rows  # type: ignore[attr-defined]  # a choice among rows


class NewFileForm(FileForm):
    """A new file, with the state that it is in."""

    state = forms.ChoiceField(label=_("State"), choices=FileState.choices)
    state_on = DayField(_("In this state since"))


class StepForm(forms.Form):
    """A step that was taken."""

    state = forms.ChoiceField(label=_("State"), choices=FileState.choices)
    on = DayField(_("On which day?"))
    note = forms.CharField(label=_("Note"), max_length=500, required=False)


class GrantForm(forms.Form):
    """A grant as it was promised; of a file, or of a location chosen here."""

    purpose = forms.CharField(label=_("What is it for?"), max_length=200)
    location = forms.ModelChoiceField(label=_("Location"), queryset=Location.objects.none())
    places = count_field(_("Places"), min_value=1, max_value=999)
    amount_a_place = money_field(_("Euros a place"), min_value=0.01)
    expected_on = DayField(_("Expected on"))

    def __init__(self, *args: Any, desk: Desk, file: ExpansionFile | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._file = file
        if file is not None:
            del self.fields["location"]
        else:
            _within(self.fields["location"], Location.objects.filter(desk=desk).order_by("name_key"))

    def facts(self) -> GrantFacts:
        """What was typed."""
        return GrantFacts(**self.cleaned_data, file=self._file)


class PaidForm(forms.Form):
    """What was paid."""

    paid = money_field(_("Paid, in euros"), min_value=0)
    on = DayField(_("On which day?"))

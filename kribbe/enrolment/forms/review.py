"""Step 4: what gives priority, the national number, and the declaration."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from kribbe.people.identity import national_number_hash
from kribbe.people.models import FactKind
from kribbe.trust.errors import RefusedError

FACTS: Mapping[FactKind, tuple[Any, Any]] = {
    FactKind.WORK: (
        _("We need care to work, to look for work, or for training towards work"),
        _("The law puts these families first on places with a price by income."),
    ),
    FactKind.SINGLE: (_("I raise my child alone"), _("The law gives priority to single parents.")),
    FactKind.LOW_INCOME: (
        _("Our joint income from work is low"),
        _("The law gives priority to low incomes. The desk tells you which proof counts."),
    ),
    FactKind.CARE_NEED: (
        _("Someone in our family has a disability or needs extra care, or a support service advises care"),
        _("Locations keep a share of their places for families with more than one of these situations."),
    ),
    FactKind.NO_DIPLOMA: (
        _("Neither parent has a diploma of secondary education"),
        _("This counts for that same share of places."),
    ),
}
"""What is asked: the words, and why."""


WORK_4_5: tuple[Any, Any] = (
    _("We work or train at least four fifths on average"),
    _("The law puts these families first on places with a price by income."),
)


class ReviewForm(forms.Form):
    """Step 4: what gives priority, the national number, and the declaration."""

    def __init__(
        self,
        *args: Any,
        municipalities: Sequence[tuple[str, str]],
        work_share: bool = False,
        is_known: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        asked = {**FACTS, **({FactKind.WORK_4_5: WORK_4_5} if work_share else {})}
        self.fact_names = [f"fact_{kind.value}" for kind in asked]
        for kind, (label, why) in asked.items():
            self.fields[f"fact_{kind.value}"] = forms.BooleanField(label=label, help_text=why, required=False)
        self.fields["foster"] = forms.BooleanField(
            label=_("This is a foster child"),
            help_text=_("The law gives priority to foster children."),
            required=False,
        )
        self.fields["works_in"] = forms.ChoiceField(
            label=_("In which municipality do you work?"),
            help_text=_("Some locations give priority to who works nearby."),
            choices=[("", _("Elsewhere, or I'd rather not say")), *municipalities],
            required=False,
        )
        self.fields["remarks"] = forms.CharField(
            label=_("Anything the locations should know"), max_length=2000, required=False,
            widget=forms.Textarea(attrs={"rows": 3}),
        )  # fmt: skip
        if not is_known:
            self.fields["national_number"] = forms.CharField(
                label=_("Your national number"), required=False, max_length=20,
                help_text=_(
                    "Only so that you aren't counted twice. "
                    "We don't keep the number itself, only a code made from it."
                ),
                widget=forms.TextInput(
                    attrs={"inputmode": "numeric", "class": "input--short", "autocomplete": "off"}
                ),
            )  # fmt: skip
        self.fields["declared"] = forms.BooleanField(
            label=_("What I filled in is true. The locations that I chose may see my request."),
            error_messages={"required": _("Tick this to send your request.")},
        )

    def clean_national_number(self) -> str:
        number: str = self.cleaned_data["national_number"]
        try:
            national_number_hash(number)
        except RefusedError as refused:
            raise ValidationError(str(refused.message)) from refused
        return number

    @property
    def facts(self) -> list[FactKind]:
        """What was ticked."""
        return [
            FactKind(name.removeprefix("fact_")) for name in self.fact_names if self.cleaned_data.get(name)
        ]

    @property
    def fact_fields(self) -> list[BoundField]:
        """The questions, for the template."""
        return [self[name] for name in self.fact_names]

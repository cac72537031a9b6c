"""The forms of who pays: the shares of a place, and how a payer is called and reached."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from kribbe.billing.forms import SHORT, EnterpriseNumberField
from kribbe.billing.models import Delivery, Payer, PayerKind
from kribbe.billing.selectors.shares import Candidate
from kribbe.web.forms import DayField, NameField


def percent_field(label: Any) -> forms.DecimalField:
    """A field for a share; empty pays nothing."""
    return forms.DecimalField(
        label=label,
        required=False,
        min_value=0,
        max_value=100,
        max_digits=5,
        decimal_places=2,
        widget=forms.NumberInput(attrs=SHORT),
    )


class SharesForm(forms.Form):
    """From which day on, and how many percent each candidate pays; another organisation can be added."""

    first = DayField(_("From"))

    def __init__(
        self, *args: Any, candidates: Sequence[Candidate], organisations: Sequence[Payer], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._candidates = candidates
        for number, each in enumerate(candidates):
            field = percent_field(_("%(name)s pays, in percent") % {"name": each.payer.name})
            field.initial = each.percent
            self.fields[f"percent_{number}"] = field
        shown = {each.payer.pk for each in candidates}
        self._others = {each.reference: each for each in organisations if each.pk not in shown}
        if self._others:
            choices = [("", _("Nobody else")), *((key, each.name) for key, each in self._others.items())]
            self.fields["other"] = forms.ChoiceField(
                label=_("Another organisation"), required=False, choices=choices
            )
            self.fields["percent_other"] = percent_field(_("It pays, in percent"))

    def clean(self) -> dict[str, Any]:
        """A percent of another organisation needs that organisation."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("percent_other") and not data.get("other"):
            self.add_error("other", _("Choose the organisation."))
        return data

    def chosen(self) -> list[tuple[Candidate, Decimal]]:
        """Who pays how many percent."""
        data = self.cleaned_data
        found = [(each, data[f"percent_{number}"]) for number, each in enumerate(self._candidates)]
        if data.get("other"):
            found.append((Candidate(self._others[data["other"]]), data["percent_other"]))
        return [(each, percent) for each, percent in found if percent]

    def refuse(self, field: str, message: str) -> None:
        """Show a refusal at its field; one about the shares at the first of them."""
        self.add_error("percent_0" if field == "percent" else field or None, message)


class PayerForm(forms.Form):
    """How a payer is called and reached."""

    name = NameField(label=_("Name"), max_length=200)
    street = forms.CharField(label=_("Street and number"), max_length=200)
    postcode = forms.CharField(label=_("Postcode"), max_length=10)
    city = forms.CharField(label=_("Municipality"), max_length=100)
    email = forms.EmailField(
        label=_("E-mail"), required=False, help_text=_("Empty for a parent: the address of the account.")
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    enterprise_number = EnterpriseNumberField(help_text=_("Of an organisation, such as 0403.019.261."))
    delivery = forms.ChoiceField(label=_("How invoices leave"), choices=Delivery.choices)

    def __init__(self, *args: Any, payer: Payer | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._enterprise_number = payer.enterprise_number if payer else ""
        if payer is None:
            self.fields["language"].initial = get_language()
        elif payer.kind == PayerKind.ADULT:
            del self.fields["enterprise_number"]
            delivery: Any = self.fields["delivery"]
            delivery.choices = [each for each in Delivery.choices if each[0] != Delivery.PEPPOL]

    def kept(self) -> dict[str, Any]:
        """The fields of the payer."""
        return {"enterprise_number": self._enterprise_number, **self.cleaned_data}

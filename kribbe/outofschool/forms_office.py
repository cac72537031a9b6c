"""What a desk and its clubs fill in: a club with its prices, schools, and the published rules."""

from datetime import time
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kribbe.outofschool import words
from kribbe.outofschool.forms import times_field
from kribbe.outofschool.models import Community, School
from kribbe.outofschool.services.settings import Address, ClubData, SchoolData, TariffData
from kribbe.rules.outofschool import Charge, Criterion, Rounding
from kribbe.web.forms import DayField, NameField, PhoneField

MOST_SCHOOLS = 500
COLUMNS = 5
HUNDRED = Decimal(100)


def _price(label: Any, **options: Any) -> forms.DecimalField:
    attrs = {"class": "input--short", "step": "0.01"}
    return forms.DecimalField(
        label=label,
        min_value=0,
        max_value=999,
        decimal_places=2,
        widget=forms.NumberInput(attrs=attrs),
        **options,
    )


def _percent(label: Any, **options: Any) -> forms.DecimalField:
    attrs = {"class": "input--short", "step": "0.1"}
    return forms.DecimalField(
        label=label,
        min_value=0,
        max_value=100,
        decimal_places=1,
        initial=0,
        widget=forms.NumberInput(attrs=attrs),
        **options,
    )


class ClubForm(forms.Form):
    """What a club says of itself, and the schools from which it fetches."""

    name = NameField(label=_("Name"), max_length=200)
    street = forms.CharField(label=_("Street and number"), max_length=200)
    postcode = forms.CharField(label=_("Postcode"), max_length=10)
    city = forms.CharField(label=_("Town"), max_length=100)
    phone = PhoneField(label=_("Telephone"))
    email = forms.EmailField(label=_("Mail address"), required=False)
    about = forms.CharField(
        label=_("What families should know"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    from_years = forms.DecimalField(
        label=_("From how many years"), min_value=2, max_value=12, decimal_places=1, initial=2.5
    )
    to_years = forms.DecimalField(
        label=_("Until the birthday of how many years"),
        min_value=3,
        max_value=18,
        decimal_places=1,
        initial=12,
    )
    opens_at = times_field(_("Opens at"), initial=time(7))
    closes_at = times_field(_("Closes at"), initial=time(18))
    hour_price = _price(_("Price of an hour, in euros"))
    day_price = _price(_("Price of a holiday day, in euros"), help_text=_("A day never costs more."))
    half_day_price = _price(
        _("Price of half a holiday day, in euros"),
        required=False,
        help_text=_("Leave it empty to charge holidays by the hour."),
    )
    half_day_hours = forms.DecimalField(
        label=_("Shorter than so many hours is half a day"),
        min_value=1,
        max_value=12,
        decimal_places=2,
        initial=5,
    )
    sibling_percent = _percent(
        _("Less for brothers and sisters, in percent"), help_text=_("On days when more than one is there.")
    )
    every_sibling = forms.BooleanField(
        label=_("All of them pay less, also the one with the most to pay"), required=False
    )
    social_percent = _percent(
        _("Less with the social tariff, in percent"),
        help_text=_("For the families that you note as such."),
    )
    prices_from = DayField(_("These prices hold from"))
    schools = forms.ModelMultipleChoiceField(
        label=_("Fetches children from"),
        queryset=School.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    how = forms.CharField(
        label=_("How"), max_length=100, required=False, help_text=_("For example: on foot, or by bus.")
    )

    def __init__(self, *args: Any, schools: Any, organisers: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["schools"]
        field.queryset = schools
        if organisers is not None:
            self.fields["organiser"] = forms.ModelChoiceField(
                label=_("Who runs it, and sends the invoices"), queryset=organisers, required=False
            )

    def tariff_given(self) -> TariffData:
        """The prices that were typed, once valid."""
        given = self.cleaned_data
        return TariffData(
            from_day=given["prices_from"],
            hour_price=given["hour_price"],
            day_price=given["day_price"],
            half_day_price=given["half_day_price"],
            half_day_minutes=int(given["half_day_hours"] * 60),
            sibling_discount=given["sibling_percent"] / HUNDRED,
            every_sibling=given["every_sibling"],
            social_discount=given["social_percent"] / HUNDRED,
        )

    def data_given(self) -> ClubData:
        """What was typed, once valid."""
        given = self.cleaned_data
        return ClubData(
            address=_address(given),
            from_months=int(given["from_years"] * 12),
            to_months=int(given["to_years"] * 12),
            organiser=given.get("organiser"),
            **{
                name: given[name]
                for name in (
                    "name", "phone", "email", "about", "opens_at", "closes_at",
                )
            },
        )  # fmt: skip

    def pickups(self) -> dict[int, str]:
        """The schools with how children are fetched."""
        return {school.pk: self.cleaned_data["how"] for school in self.cleaned_data["schools"]}


class SchoolForm(forms.Form):
    """One school."""

    name = NameField(label=_("Name"), max_length=200)
    street = forms.CharField(label=_("Street and number"), max_length=200)
    postcode = forms.CharField(label=_("Postcode"), max_length=10)
    city = forms.CharField(label=_("Town"), max_length=100)
    community = forms.ChoiceField(label=_("School year"), choices=Community.choices)
    begins_at = times_field(_("School begins at"), initial=time(8, 30))
    ends_at = times_field(_("School ends at"), initial=time(15, 30))
    wednesday_ends_at = times_field(_("On Wednesday it ends at"), initial=time(11, 50))

    def data_given(self) -> SchoolData:
        """What was typed, once valid."""
        given = self.cleaned_data
        return SchoolData(
            name=given["name"],
            address=_address(given),
            community=Community(given["community"]),
            begins_at=given["begins_at"],
            ends_at=given["ends_at"],
            wednesday_ends_at=given["wednesday_ends_at"],
        )


class SchoolsForm(forms.Form):
    """Rows pasted from a spreadsheet: each is judged by the form of one school."""

    rows = forms.CharField(
        label=_("Schools, one a line"),
        max_length=100_000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_(
            "Copy them from a spreadsheet: name, street and number, postcode, town, nl or fr. Hours can follow:"
            " begin, end, end on Wednesday."
        ),
    )

    def clean_rows(self) -> list[SchoolData]:
        """The schools. The first wrong line is named."""
        lines = [line for line in self.cleaned_data["rows"].splitlines() if line.strip()]
        if len(lines) > MOST_SCHOOLS:
            raise forms.ValidationError(gettext("At most %(most)d at once.") % {"most": MOST_SCHOOLS})
        return [self._school(number, line) for number, line in enumerate(lines, start=1)]

    def _school(self, number: int, line: str) -> SchoolData:
        cells = [cell.strip() for cell in line.split("\t" if "\t" in line else ";")]
        hours = [*cells[COLUMNS:], "", "", ""]
        form = SchoolForm(
            {
                **dict(zip(("name", "street", "postcode", "city", "community"), cells, strict=False)),
                "begins_at": hours[0] or "08:30",
                "ends_at": hours[1] or "15:30",
                "wednesday_ends_at": hours[2] or "11:50",
            }
        )
        if not form.is_valid():
            field, errors = next(iter(form.errors.items()))
            raise forms.ValidationError(
                gettext("Line %(number)d, %(field)s: %(error)s")
                % {"number": number, "field": form.fields[field].label, "error": errors[0]}
            )
        return form.data_given()


class RulesForm(forms.Form):
    """The order of the desk and its terms, from a day on."""

    first = DayField(_("From"))
    answer_days = forms.IntegerField(label=_("Days to answer an offer"), min_value=1, max_value=60, initial=7)
    step = forms.IntegerField(
        label=_("Time is charged in steps of so many minutes"), min_value=1, max_value=120, initial=15
    )
    rounding = forms.ChoiceField(
        label=_("How steps are counted"), choices=[(each.value, words.ROUNDINGS[each]) for each in Rounding]
    )
    least = forms.IntegerField(
        label=_("The least that is charged, in minutes"), min_value=0, max_value=240, initial=0
    )
    cancel_days = forms.IntegerField(
        label=_("Days before a holiday week until which cancelling is free"),
        min_value=0,
        max_value=90,
        initial=7,
    )
    unused_percent = forms.IntegerField(
        label=_("What a holiday day costs that is cancelled later or not used, in percent"),
        min_value=0,
        max_value=100,
        initial=0,
    )
    why = forms.CharField(
        label=_("Why this order"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [
            ("", gettext("nothing more")),
            *((each.value, words.CRITERIA[each][0]) for each in Criterion),
        ]
        for place in range(len(Criterion)):
            self.fields[f"c{place}"] = forms.ChoiceField(
                label=gettext("%(place)d. first comes") % {"place": place + 1},
                choices=choices,
                required=False,
            )
        self.order_fields(["first", *(f"c{place}" for place in range(len(Criterion)))])

    def criteria(self) -> list[Criterion]:
        """In their order, once valid."""
        given = (self.cleaned_data[f"c{place}"] for place in range(len(Criterion)))
        return [Criterion(each) for each in given if each]

    def charge(self) -> Charge:
        """How time is charged, once valid."""
        data = self.cleaned_data
        return Charge(step=data["step"], rounding=Rounding(data["rounding"]), least=data["least"])


def _address(given: dict[str, Any]) -> Address:
    return Address(street=given["street"], postcode=given["postcode"], city=given["city"])

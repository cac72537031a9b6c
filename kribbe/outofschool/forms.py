"""What families, clubs and desks fill in about out-of-school care."""

from collections.abc import Iterable, Sequence
from datetime import date, time
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kribbe.outofschool import words
from kribbe.outofschool.models import Club, ClubYear, Community, School
from kribbe.outofschool.services.settings import Address, ClubData, SchoolData, TariffData
from kribbe.people.models import Child
from kribbe.rules.outofschool import MOMENTS, Charge, Criterion, Rounding
from kribbe.web.forms import DayField

NEW = "new"
MOST_PLACES = 400
MOST_SCHOOLS = 500
COLUMNS = 5
HUNDRED = Decimal(100)


def _times(label: Any, **options: Any) -> forms.TimeField:
    attrs = {"type": "time", "class": "input--short"}
    return forms.TimeField(label=label, widget=forms.TimeInput(format="%H:%M", attrs=attrs), **options)


def _moment(label: Any, **options: Any) -> forms.DateTimeField:
    attrs = {"type": "datetime-local", "class": "input--short"}
    return forms.DateTimeField(
        label=label,
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
        widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs=attrs),
        **options,
    )


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


class MomentsField(forms.TypedMultipleChoiceField):
    """Moments of the week as tick boxes; cleans to a pattern."""

    def __init__(self, slots: Iterable[int] = range(MOMENTS), **options: Any) -> None:
        super().__init__(
            coerce=int,
            widget=forms.CheckboxSelectMultiple,
            choices=[(slot, words.moment_name(slot)) for slot in slots],
            **options,
        )

    def clean(self, value: Any) -> int:
        """The pattern of the ticked moments."""
        return sum(1 << slot for slot in super().clean(value))


class SearchForm(forms.Form):
    """By school or by address, with the moments asked."""

    is_filter = True
    school = forms.ModelChoiceField(
        label=_("School"), queryset=School.objects.none(), required=False, to_field_name="reference"
    )
    address = forms.CharField(label=_("Or your address"), required=False, max_length=200)

    def __init__(self, *args: Any, schools: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["school"]
        field.queryset = schools
        field.empty_label = gettext("Any school")
        self.fields["moments"] = MomentsField(label=_("Moments"), required=False)


class AskForm(forms.Form):
    """A short request: which child, which school, which moments, from when."""

    child = forms.ChoiceField(label=_("Child"))
    first_name = forms.CharField(label=_("First name of the new child"), required=False, max_length=100)
    last_name = forms.CharField(label=_("Last name"), required=False, max_length=100)
    born = DayField(_("Born on"), required=False)
    school = forms.ModelChoiceField(label=_("School"), queryset=School.objects.none())
    year = forms.ModelChoiceField(label=_("School year"), queryset=ClubYear.objects.none())
    first = DayField(_("From"), help_text=_("Until the end of the school year, or until you stop it."))

    def __init__(self, *args: Any, club: Club, years: Any, children: Sequence[Child], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [(str(child.pk), str(child)) for child in children]
        self.fields["child"] = forms.ChoiceField(
            label=_("Child"), choices=[*known, (NEW, gettext("Another child"))], widget=forms.RadioSelect
        )
        schools = School.objects.filter(pickups__club=club, active=True).order_by("name_key")
        for name, rows in (("school", schools), ("year", years)):
            field: Any = self.fields[name]
            field.queryset = rows
            field.empty_label = None
        year_field: Any = self.fields["year"]
        year_field.label_from_instance = lambda each: words.school_year(each.year)
        open_ = [slot for slot in range(MOMENTS) if any(each.places[slot] for each in years)]
        self.fields["pattern"] = MomentsField(open_, label=_("Which moments?"))
        self.order_fields(["child", "first_name", "last_name", "born", "school", "year", "pattern", "first"])

    def clean(self) -> dict[str, Any]:
        """A new child needs its names and its day of birth."""
        data = super().clean() or self.cleaned_data
        if data.get("child") == NEW:
            for name in ("first_name", "last_name", "born"):
                if not data.get(name):
                    self.add_error(name, gettext("Fill this in for another child."))
        return data


class HolidayForm(forms.Form):
    """Which children come in a holiday week."""

    children = forms.ModelMultipleChoiceField(
        label=_("Who comes?"), queryset=Child.objects.none(), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, children: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["children"]
        field.queryset = children


class PlacesForm(forms.Form):
    """Places of a school year by moment; 0 is closed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for slot in range(MOMENTS):
            self.fields[f"m{slot}"] = forms.IntegerField(
                label=words.moment_name(slot),
                min_value=0,
                max_value=MOST_PLACES,
                widget=forms.NumberInput(attrs={"class": "input--short"}),
            )

    def places(self) -> list[int]:
        """By moment, once valid."""
        return [self.cleaned_data[f"m{slot}"] for slot in range(MOMENTS)]


class WeekForm(forms.Form):
    """A holiday week and the moment at which registration opens."""

    name = forms.CharField(label=_("Name"), max_length=100)
    first = DayField(_("First day"))
    last = DayField(_("Last day"))
    places = forms.IntegerField(label=_("Places"), min_value=1, max_value=MOST_PLACES)
    opens_at = _moment(_("Registration opens on"))
    closes_at = _moment(_("Registration closes on"))
    per_household = forms.IntegerField(
        label=_("Places for one family at most"), min_value=1, max_value=10, initial=3
    )


class ClubForm(forms.Form):
    """What a club says of itself, and the schools from which it fetches."""

    name = forms.CharField(label=_("Name"), max_length=200)
    street = forms.CharField(label=_("Street and number"), max_length=200)
    postcode = forms.CharField(label=_("Postcode"), max_length=10)
    city = forms.CharField(label=_("Town"), max_length=100)
    phone = forms.CharField(label=_("Telephone"), max_length=40, required=False)
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
    opens_at = _times(_("Opens at"), initial=time(7))
    closes_at = _times(_("Closes at"), initial=time(18))
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

    name = forms.CharField(label=_("Name"), max_length=200)
    street = forms.CharField(label=_("Street and number"), max_length=200)
    postcode = forms.CharField(label=_("Postcode"), max_length=10)
    city = forms.CharField(label=_("Town"), max_length=100)
    community = forms.ChoiceField(label=_("School year"), choices=Community.choices)
    begins_at = _times(_("School begins at"), initial=time(8, 30))
    ends_at = _times(_("School ends at"), initial=time(15, 30))
    wednesday_ends_at = _times(_("On Wednesday it ends at"), initial=time(11, 50))

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


class TimesForm(forms.Form):
    """When a child came and left, by hand."""

    came_at = _times(_("Came at"))
    left_at = _times(_("Left at"), required=False)


def _address(given: dict[str, Any]) -> Address:
    return Address(street=given["street"], postcode=given["postcode"], city=given["city"])


def first_day(year: ClubYear, today: date) -> date:
    """The first day that makes sense: today, or the first of a school year to come."""
    return max(today, date(year.year, 9, 1))

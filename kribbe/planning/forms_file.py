"""The form of a child's file, with rows for allergies and for people."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kribbe.planning.models import ChildFile, Severity
from kribbe.planning.selectors.child_file import Allergy, Person
from kribbe.planning.services.child_file import Kept
from kribbe.web.forms import NameField, PhoneField

MOST_ROWS = 8
OPEN_ROWS = 2
"""Rows that stand open beyond those filled in; the others are folded away."""


def _text(label: Any, column: str, hint: Any = "", rows: int = 2) -> forms.CharField:
    kept: Any = ChildFile._meta.get_field(column)
    return forms.CharField(
        label=label,
        required=False,
        max_length=kept.max_length,
        help_text=hint,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


class ChildFileForm(forms.Form):
    """All of it; no part is required, but an answer such as "none" says more than nothing."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    health = _text(_("Health"), "health", _("Illnesses, care that your child needs, what to watch for."))
    medication = _text(_("Medication"), "medication", _("What, how much, when, and what prescribes it."))
    sleep = _text(_("Sleep"), "sleep", _("When, how long, with what."))
    food = _text(_("Food"), "food", _("Bottle, meals, what your child doesn't eat."))
    comfort = _text(_("What comforts your child"), "comfort", _("A cloth, a song, being carried."))
    settling_in = _text(_("Settling in"), "settling_in", _("How you want to get used, and what helps."))
    vaccinations = _text(_("Vaccinations"), "vaccinations", _("By the basic scheme, or what is missing."))
    doctor = NameField(label=_("Family doctor"), required=False, max_length=200)
    doctor_phone = PhoneField(label=_("Phone of the doctor"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in range(MOST_ROWS):
            self.fields |= _allergy_row(number)
            self.fields |= _person_row("fetcher", number)
            self.fields |= _person_row("contact", number)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for number in range(MOST_ROWS):
            first = {"allergy": "what", "fetcher": "name", "contact": "name"}
            for kind, key in first.items():
                if not data.get(f"{kind}{number}_{key}") and self._has_more(data, kind, number, key):
                    self.add_error(f"{kind}{number}_{key}", gettext("Fill this in too, or empty the row."))
            if data.get(f"allergy{number}_what") and not data.get(f"allergy{number}_severity"):
                self.add_error(f"allergy{number}_severity", gettext("Say how bad it is."))
            if data.get(f"contact{number}_name") and data.get(f"contact{number}_phone") == "":
                self.add_error(f"contact{number}_phone", gettext("Give a phone number to call."))
        return data

    def kept(self) -> Kept:
        """What was typed, once valid."""
        data = self.cleaned_data
        plain = (
            "health", "medication", "sleep", "food", "comfort", "settling_in", "vaccinations", "doctor",
            "doctor_phone",
        )  # fmt: skip
        return Kept(
            **{name: data[name].strip() for name in plain},
            allergies=[
                Allergy(row["what"], Severity(row["severity"]), row["to_do"])
                for row in self._typed("allergy", ("what", "severity", "to_do"))
            ],
            fetchers=[Person(**row) for row in self._typed("fetcher", ("name", "relation", "phone"))],
            contacts=[Person(**row) for row in self._typed("contact", ("name", "relation", "phone"))],
        )

    def lists(self) -> Iterator[tuple[str, list[list[Any]], list[list[Any]]]]:
        """Each list for the template: its kind, the rows that stand open, and those folded away."""
        keys = {"allergy": ("what", "severity", "to_do")}
        for kind in ("allergy", "fetcher", "contact"):
            names = keys.get(kind, ("name", "relation", "phone"))
            rows = [[self[f"{kind}{number}_{key}"] for key in names] for number in range(MOST_ROWS)]
            filled = [any(field.value() or field.errors for field in row) for row in rows]
            used = max((number for number, each in enumerate(filled, start=1) if each), default=0)
            yield kind, rows[: used + OPEN_ROWS], rows[used + OPEN_ROWS :]

    def _has_more(self, data: Mapping[str, Any], kind: str, number: int, key: str) -> bool:
        own = (name for name in self.fields if name.startswith(f"{kind}{number}_"))
        return any(data.get(name) for name in own if name != f"{kind}{number}_{key}")

    def _typed(self, kind: str, keys: Sequence[str]) -> Iterator[dict[str, str]]:
        for number in range(MOST_ROWS):
            row = {key: self.cleaned_data[f"{kind}{number}_{key}"].strip() for key in keys}
            if row[keys[0]]:
                yield row


class ToldFileForm(ChildFileForm):
    """The same, typed by a location for parents without a log-in."""

    told_by = NameField(label=_("Who told it, for the family"), max_length=200)


def typed_file(values: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a file as initial values of the form."""
    lists = {"allergies": "allergy", "fetchers": "fetcher", "contacts": "contact"}
    found = {name: value for name, value in values.items() if name not in lists}
    for column, kind in lists.items():
        for number, row in enumerate(values.get(column, ())):
            found |= {f"{kind}{number}_{key}": value for key, value in row.items()}
    return found


def _allergy_row(number: int) -> dict[str, forms.Field]:
    choices = [("", _("How bad?")), *Severity.choices]
    return {
        f"allergy{number}_what": _short(_("Allergic to"), number),
        f"allergy{number}_severity": forms.ChoiceField(
            label=_numbered(_("How bad"), number),
            required=False,
            choices=choices,
            widget=forms.Select(attrs={"aria-label": _numbered(_("How bad"), number)}),
        ),
        f"allergy{number}_to_do": _short(_("What to do"), number, 300),
    }


def _person_row(kind: str, number: int) -> dict[str, forms.Field]:
    who = _("May fetch") if kind == "fetcher" else _("To call")
    return {
        f"{kind}{number}_name": _short(format_lazy("{}: {}", who, _("name")), number, kind=NameField),
        f"{kind}{number}_relation": _short(format_lazy("{}: {}", who, _("who that is")), number, 60),
        f"{kind}{number}_phone": _short(format_lazy("{}: {}", who, _("phone")), number, 40, kind=PhoneField),
    }


def _short(
    label: Any, number: int, length: int = 100, kind: type[forms.CharField] = forms.CharField
) -> forms.CharField:
    numbered = _numbered(label, number)
    attrs = {"inputmode": "tel"} if kind is PhoneField else {}
    widget = forms.TextInput(attrs={"aria-label": numbered, **attrs})
    return kind(label=numbered, required=False, max_length=length, widget=widget)


def _numbered(label: Any, number: int) -> Any:
    return format_lazy("{} {}", label, number + 1)

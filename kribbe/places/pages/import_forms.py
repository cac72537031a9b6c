"""The forms of an import: the file, and what its columns are."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kribbe.places.importing import mapping as maps
from kribbe.places.importing.files import Table
from kribbe.places.importing.lambert import System
from kribbe.places.importing.list_field import ListField
from kribbe.places.importing.mapping import FIELD_NAMES, ColumnMap
from kribbe.places.importing.values import DATE_FORMATS
from kribbe.places.importing.words import KINDS
from kribbe.trust.text import fold

KIND_CHOICES = [
    ("group", _("Day-care centre")),
    ("toddlers", _("Centre for toddlers from two years")),
    ("family", _("Family carer")),
    ("skip", _("Not day care: leave out")),
]
SYSTEM_CHOICES = [
    (System.WGS84.value, _("Longitude and latitude (WGS84)")),
    (System.LAMBERT72.value, "Lambert 72"),
    (System.LAMBERT2008.value, "Lambert 2008"),
]


class UploadForm(forms.Form):
    """A list of locations."""

    file = ListField(
        header_words=maps.known_words,
        label=_("File with locations"),
        help_text=_("CSV or XLSX, at most 10 MB. The names of the columns don't matter."),
    )


class MappingForm(forms.Form):
    """Which column is what, and what the kinds in the file mean."""

    def __init__(self, table: Table, mapping: ColumnMap, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        self.table, self.mapping = table, mapping
        columns = [("", _("(not in the file)")), *((name, name) for name in table.header)]
        for target, label in FIELD_NAMES.items():
            self.fields[target] = forms.ChoiceField(
                label=label,
                choices=columns,
                initial=mapping.columns.get(target, ""),
                required=target == "name",
                error_messages={"required": _("Say which column holds the name.")},
            )
        self._add_meanings(mapping, data)

    def _add_meanings(self, mapping: ColumnMap, data: Mapping[str, Any] | None) -> None:
        columns = dict(mapping.columns)
        if data is not None:
            columns["kind"] = data.get("kind", "")
        for value in maps.values_of(self.table, ColumnMap(columns), "kind"):
            word = fold(value)
            meaning = mapping.kinds.get(word) or KINDS.get(word, "")
            name = f"kind:{word}"
            choices = [("", _("(unknown: refuse)")), *KIND_CHOICES]
            self.fields[name] = forms.ChoiceField(
                label=value, choices=choices, initial=meaning, required=False
            )
        self.fields["date_format"] = forms.ChoiceField(
            label=_("Dates are written"),
            choices=[(each, each) for each in DATE_FORMATS],
            initial=mapping.date_format,
        )
        self.fields["coordinates"] = forms.ChoiceField(
            label=_("Coordinates are"), choices=SYSTEM_CHOICES, initial=mapping.coordinates
        )
        self.fields["default_kind"] = forms.ChoiceField(
            label=_("Where the kind is empty"),
            choices=[("", _("warn, and don't show the location yet")), *KIND_CHOICES[:3]],
            initial=mapping.default_kind,
            required=False,
        )

    @property
    def column_fields(self) -> list[Any]:
        return [self[target] for target in FIELD_NAMES]

    @property
    def kind_fields(self) -> list[Any]:
        return [self[name] for name in self.fields if name.startswith("kind:")]

    @property
    def other_fields(self) -> list[Any]:
        return [self[name] for name in ("default_kind", "date_format", "coordinates")]

    def chosen(self) -> ColumnMap:
        """The mapping as it was filled in. Kinds whose column was just changed keep their usual meaning."""
        said = self.cleaned_data
        kinds = {
            name.removeprefix("kind:"): said[name] or KINDS.get(name.removeprefix("kind:"), "")
            if name not in self.data
            else said[name]
            for name in self.fields
            if name.startswith("kind:")
        }
        return ColumnMap(
            columns={target: said[target] for target in FIELD_NAMES if said[target]},
            kinds={word: meaning for word, meaning in kinds.items() if meaning},
            prices=self.mapping.prices,
            states=self.mapping.states,
            date_format=said["date_format"],
            coordinates=said["coordinates"],
            default_kind=said["default_kind"],
        )

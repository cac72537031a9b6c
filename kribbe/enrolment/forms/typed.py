"""What was typed, as a form reads it and as a draft keeps it; and the fields that the steps share."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.http import QueryDict

from kribbe.web.forms import NameField


def data_of(typed: Mapping[str, Sequence[str]]) -> QueryDict:
    """What was typed, as a form reads it."""
    data = QueryDict(mutable=True)
    for name, values in typed.items():
        data.setlist(name, list(values))
    return data


def typed_of(data: QueryDict, *, without: Sequence[str] = ()) -> dict[str, list[str]]:
    """What a form sent, but for the fields of its own machinery and those that may not be kept."""
    left_out = {"csrfmiddlewaretoken", "version", "action", "once", *without}
    return {name: [str(value) for value in values] for name, values in data.lists() if name not in left_out}


def text_field(
    label: Any, *, required: bool = True, most: int = 100, short: bool = False, **attrs: str
) -> forms.CharField:
    return forms.CharField(
        label=label, required=required, max_length=most, widget=_typed_in(attrs, short=short)
    )


def show_typed(form: forms.Form, typed: Mapping[str, Sequence[str]]) -> None:
    """Let a form that isn't bound show what was typed, without judging it."""
    data = data_of(typed)
    for name, field in form.fields.items():
        form.initial[name] = field.widget.value_from_datadict(data, {}, name)


def name_field(label: Any, *, required: bool = True, most: int = 100, **attrs: str) -> NameField:
    """The name of a person."""
    return NameField(label=label, required=required, max_length=most, widget=_typed_in(attrs))


def _typed_in(attrs: Mapping[str, str], *, short: bool = False) -> forms.TextInput:
    return forms.TextInput(attrs={**attrs, **({"class": "input--short"} if short else {})})

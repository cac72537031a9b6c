"""Every form of the product says what to do where a field isn't right."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
from django import forms
from django.urls import get_resolver
from django.utils.translation import override

DJANGO = ("This field is required", "Enter a ", "Select a valid", "Ensure ")


def forms_of(kind: type[forms.BaseForm] = forms.BaseForm) -> Iterator[type[forms.BaseForm]]:
    for each in kind.__subclasses__():
        if each.__module__.startswith("kribbe."):
            yield each
        yield from forms_of(each)


def test_no_form_says_only_that_something_is_wrong() -> None:
    get_resolver().reverse_dict  # noqa: B018  (reads all pages, and so all forms)
    found = set(forms_of())
    assert len(found) > 100
    with override("en"):
        silent = {
            f"{form.__module__}.{form.__name__}.{name}: {words}"
            for form in found
            for name, field in getattr(form, "base_fields", {}).items()
            for words in field.error_messages.values()
            if str(words).startswith(DJANGO)
        }
    assert not silent, "\n".join(sorted(silent))


class Sample(forms.Form):
    fee = forms.DecimalField(max_digits=7, decimal_places=2, min_value=0)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", "Fill this in."),
        ("x", "Type a number in digits, such as 12.50."),
        ("123456789", "This number is too long. Look where the comma stands."),
        ("123456", "This number is too long. Look where the comma stands."),
        ("1.234", "Type at most 2 digits behind the comma."),
        ("-1", "Type 0 or more."),
    ],
)
def test_an_amount_says_what_to_type(typed: str, says: str) -> None:
    with override("en"):
        assert list(Sample({"fee": typed}).errors["fee"]) == [says]


def test_in_dutch_too() -> None:
    with override("nl"):
        assert list(Sample({"fee": ""}).errors["fee"]) == ["Vul dit in."]
        assert list(Sample({"fee": str(Decimal("1.234"))}).errors["fee"]) == [
            "Typ hoogstens 2 cijfers na de komma."
        ]

"""Wherever a name or a telephone number is typed, one of which nothing can be seen or dialled is refused."""

from datetime import date
from importlib import import_module
from pkgutil import walk_packages

import pytest
from django import forms

import kribbe
from kribbe.enrolment.forms.child import ChildForm
from kribbe.planning.forms_file import ChildFileForm
from kribbe.web.forms import NameField, PhoneField

NAMES = {
    "agreed_name", "consent_by", "first_name", "holder", "last_name", "name", "other_first_name", "other_last_name",
    "other_name", "signed_name", "to_name", "told_by",
}  # fmt: skip
SOUGHT = {"ToldFilter"}
"""What is looked for is no name that is kept."""
UNSEEN = "\u200e\u200f"


def every_form():
    for found in walk_packages(kribbe.__path__, "kribbe."):
        if "form" in found.name or ".pages." in found.name:
            import_module(found.name)
    return sorted(set(below(forms.BaseForm)), key=lambda each: f"{each.__module__}.{each.__qualname__}")


def below(kind):
    for each in kind.__subclasses__():
        yield each
        yield from below(each)


def own_fields():
    for form in every_form():
        is_ours = form.__module__.startswith("kribbe.") and ".tests" not in form.__module__
        if is_ours and form.__name__ not in SOUGHT:
            for name, field in form.base_fields.items():
                yield f"{form.__module__}.{form.__name__}.{name}", name, field
    for form in (ChildForm(today=date(2026, 3, 2)), ChildFileForm()):
        for name, field in form.fields.items():
            yield f"{type(form).__name__}.{name}", name.removesuffix("_0"), field


def test_every_name_and_telephone_number_of_a_form_is_looked_at():
    fields = list(own_fields())
    names = [(where, field) for where, name, field in fields if name in NAMES or name.endswith("0_name")]
    phones = [(where, field) for where, name, field in fields if name.endswith("phone")]
    unlooked = [where for where, field in names if type(field) is forms.CharField]
    unlooked += [where for where, field in phones if not isinstance(field, PhoneField)]
    assert not unlooked, "\n".join(unlooked)
    assert len(names) > 30
    assert len(phones) > 15


@pytest.mark.parametrize(
    ("field", "typed", "code"),
    [
        (NameField(), UNSEEN, "unseen"),
        (NameField(required=False), UNSEEN, "unseen"),
        (PhoneField(), "-", "no_digits"),
    ],
)
def test_the_field_says_what_to_do(field, typed, code):
    with pytest.raises(forms.ValidationError) as refused:
        field.clean(typed)
    assert refused.value.code == code

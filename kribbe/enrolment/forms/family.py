"""A family that comes in without a request for day care: its children, where they live, and who asks."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from kribbe.enrolment.forms.child import ChildForm, TypedChild
from kribbe.enrolment.forms.typed import data_of, name_field, show_typed
from kribbe.people.services import ChildData
from kribbe.web.forms import DayField


class FamilyForm(ChildForm):
    """As the first step of a request, of children that are born. `email` is the address of who is logged in."""

    def __init__(self, *args: Any, email: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known_email = email
        if self.is_known:
            return
        self.fields["anyway"].help_text = _(
            "Somebody can come to a sick child only at an address on the map."
        )
        if email:
            del self.fields["email"], self.fields["email_checked"]
        self.fields["language"] = forms.ChoiceField(
            label=_("Language in which we write to you"), choices=settings.LANGUAGES
        )

    def _add_child(self, index: int) -> None:
        self.fields[f"first_name_{index}"] = name_field(_("First name"), autocomplete="off")
        self.fields[f"last_name_{index}"] = name_field(_("Last name"), autocomplete="off")
        self.fields[f"day_{index}"] = DayField(_("Date of birth"))

    @property
    def child_rows(self) -> list[Any]:
        """The fields of each child, for the template."""
        names = ("first_name", "last_name", "day")
        return [[self[f"{name}_{index}"] for name in names] for index in range(self.children_asked)]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.known_email:
            cleaned["email"] = self.known_email
        return cleaned

    def _clean_child(self, index: int, cleaned: dict[str, Any]) -> None:
        day = cleaned.get(f"day_{index}")
        if day and day > self.today:
            self.add_error(f"day_{index}", _("This day is still to come. Check the year."))

    def _child(self, index: int, cleaned: Mapping[str, Any]) -> TypedChild:
        return TypedChild(
            first_name=cleaned.get(f"first_name_{index}", "").strip(),
            last_name=cleaned.get(f"last_name_{index}", "").strip(),
            born=cleaned.get(f"day_{index}"),
            expected=None,
        )

    @property
    def children_given(self) -> list[ChildData]:
        """The children, once valid."""
        return [
            ChildData(first_name=child.first_name, last_name=child.last_name, born=child.born)
            for child in self.new_children
        ]


def shown(typed: Mapping[str, Sequence[str]], **options: Any) -> FamilyForm:
    """A form that shows what was typed without judging it; one child where nothing was."""
    form = FamilyForm(initial={"count": data_of(typed).get("count", "1")}, **options)
    if typed:
        show_typed(form, typed)
    return form

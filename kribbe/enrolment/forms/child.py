"""The forms of a request: its four steps, and its changes afterwards.

A step's form is bound to what was typed before (`data_of`), so that a draft shows exactly that, mistakes included.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kribbe.enrolment.forms.typed import name_field, text_field
from kribbe.enrolment.mistyped import meant
from kribbe.places.addresses import Located, locate
from kribbe.rules.dates import check_request
from kribbe.rules.halfdays import WeekPattern
from kribbe.rules.reasons import Problem
from kribbe.trust.text import whole_number
from kribbe.web.forms import DayField, PhoneField, RadioCards
from kribbe.web.words import say

MOST_CHILDREN = 4

BORN, EXPECTED = "born", "expected"


@dataclass(frozen=True)
class TypedChild:
    """A child as the form gives it."""

    first_name: str
    last_name: str
    born: date | None
    expected: date | None


@dataclass(frozen=True)
class TypedAdult:
    """An adult as the form gives it; the other address is empty where they live together."""

    first_name: str
    last_name: str
    email: str
    phone: str
    other_street: str = ""
    other_postcode: str = ""
    other_city: str = ""


@dataclass(frozen=True)
class ChildRow:
    """The fields of one new child, for the template."""

    index: int
    first_name: BoundField
    last_name: BoundField
    born: BoundField
    day: BoundField


class ChildForm(forms.Form):
    """Step 1: for whom, and who asks. A known household only says for which child."""

    count = forms.IntegerField(
        widget=forms.HiddenInput(attrs={"autocomplete": "off"}), min_value=0, max_value=MOST_CHILDREN
    )

    def __init__(
        self,
        *args: Any,
        today: date,
        known: Sequence[tuple[str, str]] = (),
        is_known: bool = False,
        on_behalf: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.today, self.is_known, self.on_behalf = today, is_known, on_behalf
        if known:
            self.fields["known"] = forms.MultipleChoiceField(
                label=_("For which child?"),
                choices=known,
                required=False,
                widget=forms.CheckboxSelectMultiple,
            )
        self.children_asked = self._count()
        for index in range(self.children_asked):
            self._add_child(index)
        if not is_known:
            self._add_adults()

    def _count(self) -> int:
        given = (
            self.data.get("count", "")
            if self.is_bound
            else self.get_initial_for_field(self.fields["count"], "count")
        )
        text = str(given if given is not None else "")
        return min(whole_number(text, otherwise=1), MOST_CHILDREN)

    def _add_child(self, index: int) -> None:
        self.fields[f"first_name_{index}"] = name_field(_("First name"), required=False, autocomplete="off")
        self.fields[f"last_name_{index}"] = name_field(_("Last name"), autocomplete="off")
        self.fields[f"born_{index}"] = forms.ChoiceField(
            label=_("Is your child born already?"),
            choices=[(BORN, _("Yes")), (EXPECTED, _("Not yet, we are expecting"))],
            widget=RadioCards,
        )
        self.fields[f"day_{index}"] = DayField(_("Date of birth, or the day on which you expect your child"))

    def _add_adults(self) -> None:
        self.fields["street"] = text_field(_("Street and number"), most=200, autocomplete="street-address")
        self.fields["postcode"] = text_field(
            _("Postcode"), most=10, short=True, autocomplete="postal-code", inputmode="numeric"
        )
        self.fields["city"] = text_field(_("Town"), autocomplete="address-level2")
        self.fields["anyway"] = forms.BooleanField(
            label=_("My address is right. Go on without a place on the map."),
            help_text=_("You can still choose locations by name, but we can't say how far they are."),
            required=False,
        )
        self.fields["first_name"] = name_field(_("First name"), autocomplete="given-name")
        self.fields["last_name"] = name_field(_("Last name"), autocomplete="family-name")
        self.fields["email"] = forms.EmailField(
            label=_("E-mail address"),
            required=not self.on_behalf,
            help_text=_(
                "We only mail you about your request. You need no password: you log in with a mailed code."
            ),
            widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        )
        self.fields["email_checked"] = forms.CharField(
            required=False, widget=forms.HiddenInput(attrs={"autocomplete": "off"})
        )
        self.fields["phone"] = PhoneField(
            label=_("Telephone"),
            widget=forms.TextInput(attrs={"autocomplete": "tel", "type": "tel", "class": "input--short"}),
        )  # fmt: skip
        for name, label in (("first_name", _("First name")), ("last_name", _("Last name"))):
            self.fields[f"other_{name}"] = name_field(label, required=False, autocomplete="off")
        self.fields["other_email"] = forms.EmailField(
            label=_("E-mail address"), required=False, widget=forms.EmailInput(attrs={"autocomplete": "off"})
        )
        for name, label, most in (
            ("street", _("Street and number"), 200),
            ("postcode", _("Postcode"), 10),
            ("city", _("Town"), 100),
        ):
            self.fields[f"other_{name}"] = text_field(label, required=False, most=most, autocomplete="off")

    @property
    def rows(self) -> list[ChildRow]:
        """The new children."""
        names = ("first_name", "last_name", "born", "day")
        return [
            ChildRow(index, *(self[f"{name}_{index}"] for name in names))
            for index in range(self.children_asked)
        ]

    @property
    def may_add(self) -> bool:
        """Whether another child can be added."""
        return self.children_asked < MOST_CHILDREN

    @property
    def second_is_filled(self) -> bool:
        """Whether anything of a second adult was typed."""
        return any(self[name].value() for name in self.fields if name.startswith("other_"))

    @property
    def address_is_unknown(self) -> bool:
        """Whether the address was looked for and not found."""
        return self.has_error("street", "unknown") or bool(self.data.get("anyway"))

    @property
    def email_meant(self) -> str:
        """The mail address that was probably meant, where the one given looks mistyped."""
        return meant(self.data.get("email", "")) if self.has_error("email", "mistyped") else ""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for index in range(self.children_asked):
            self._clean_child(index, cleaned)
        if not self.children_asked and not cleaned.get("known"):
            self.add_error(
                "known" if "known" in self.fields else None, _("Say for which child you need care.")
            )
        if not self.is_known:
            self._clean_address(cleaned)
            self._clean_email(cleaned)
            self._clean_second(cleaned)
        return cleaned

    def _clean_child(self, index: int, cleaned: dict[str, Any]) -> None:
        child = self._child(index, cleaned)
        if child.born and not child.first_name and f"first_name_{index}" in cleaned:
            self.add_error(f"first_name_{index}", _("Give the first name of a child that is born."))
        if cleaned.get(f"day_{index}") and cleaned.get(f"born_{index}"):
            for problem in birth_problems(child.born, child.expected, today=self.today):
                self.add_error(f"day_{index}", say(problem.reason))

    def _clean_address(self, cleaned: dict[str, Any]) -> None:
        parts = [cleaned.get(name, "") for name in ("street", "postcode", "city")]
        cleaned["located"] = None
        if not all(parts):
            return
        cleaned["located"] = locate(f"{parts[0]}, {parts[1]} {parts[2]}")
        if cleaned["located"] is None and not cleaned.get("anyway"):
            self.add_error(
                "street",
                ValidationError(
                    _(
                        "We can't find this address. Look at the street and the postcode, "
                        "or tick below that it is right."
                    ),
                    code="unknown",
                ),
            )

    def _clean_email(self, cleaned: dict[str, Any]) -> None:
        email = cleaned.get("email", "")
        likely = meant(email) if email else ""
        if likely and cleaned.get("email_checked", "").lower() != email.lower():
            message = gettext("Did you mean %(email)s? If your address is right, just go on.") % {
                "email": likely
            }
            self.add_error("email", ValidationError(message, code="mistyped"))
            again: Any = self.data.copy() if isinstance(self.data, QueryDict) else dict(self.data)
            again["email_checked"] = email
            self.data = again

    def _clean_second(self, cleaned: dict[str, Any]) -> None:
        filled = any(value for name, value in cleaned.items() if name.startswith("other_"))
        for name in ("other_first_name", "other_last_name"):
            if filled and name in cleaned and not cleaned[name]:
                self.add_error(name, _("Give the name of the second adult, or leave all of this empty."))
        address = [cleaned.get(f"other_{name}", "") for name in ("street", "postcode", "city")]
        if any(address) and not all(address):
            self.add_error("other_street", _("Give street, postcode and town, or leave all three empty."))

    def _child(self, index: int, cleaned: Mapping[str, Any]) -> TypedChild:
        day, is_born = cleaned.get(f"day_{index}"), cleaned.get(f"born_{index}") == BORN
        return TypedChild(
            first_name=cleaned.get(f"first_name_{index}", "").strip(),
            last_name=cleaned.get(f"last_name_{index}", "").strip(),
            born=day if is_born else None,
            expected=None if is_born else day,
        )

    @property
    def new_children(self) -> list[TypedChild]:
        """The children typed here; those without a date are left out."""
        typed = [self._child(index, self.cleaned_data) for index in range(self.children_asked)]
        return [child for child in typed if child.born or child.expected]

    @property
    def known_ids(self) -> list[int]:
        """The known children that were ticked."""
        return [int(key) for key in self.cleaned_data.get("known", [])]

    @property
    def adults(self) -> list[TypedAdult]:
        """The applicant, and the second adult if there is one."""
        given = self.cleaned_data
        first = TypedAdult(given["first_name"], given["last_name"], given["email"].lower(), given["phone"])
        if not given.get("other_last_name"):
            return [first]
        second = TypedAdult(
            first_name=given["other_first_name"],
            last_name=given["other_last_name"],
            email=given["other_email"].lower(),
            phone="",
            other_street=given["other_street"],
            other_postcode=given["other_postcode"],
            other_city=given["other_city"],
        )
        return [first, second]

    @property
    def located(self) -> Located | None:
        """Where the household lives, if that could be found."""
        found: Located | None = self.cleaned_data.get("located")
        return found


def birth_problems(born: date | None, expected: date | None, *, today: date) -> list[Problem]:
    """What is wrong with a date of birth or an expected date."""
    problems = check_request(
        born=born, expected=expected, wanted_start=None, latest_start=None, pattern=WeekPattern(1),
        wishes=[], max_wishes=None, today=today,
    )  # fmt: skip
    return [problem for problem in problems if problem.field in {"born", "expected"}]

"""The forms of a request: its four steps, and its changes afterwards.

A step's form is bound to what was typed before (`data_of`), so that a draft shows exactly that, mistakes included.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kribbe.enrolment.mistyped import meant
from kribbe.enrolment.models import Flexibility, Price
from kribbe.enrolment.services.wishes import check_wishes
from kribbe.people.identity import national_number_hash
from kribbe.people.models import FactKind
from kribbe.places.addresses import Located, locate
from kribbe.rules.dates import check_request
from kribbe.rules.halfdays import WeekPattern
from kribbe.rules.reasons import Problem
from kribbe.trust.errors import RefusedError
from kribbe.web.forms import HalfDayPicker, PatternField, RadioCards
from kribbe.web.words import say

MOST_CHILDREN = 4
ALTERNATIVES = 2
MORNING, AFTERNOON = "7:00–13:00", "13:00–18:00"

BORN, EXPECTED = "born", "expected"


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


def _day_input() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "input--short"})


def _text(
    label: Any, *, required: bool = True, most: int = 100, short: bool = False, **attrs: str
) -> forms.CharField:
    classes = {"class": "input--short"} if short else {}
    return forms.CharField(
        label=label, required=required, max_length=most, widget=forms.TextInput(attrs={**attrs, **classes})
    )


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
        return min(int(text), MOST_CHILDREN) if text.isdigit() else 1

    def _add_child(self, index: int) -> None:
        self.fields[f"first_name_{index}"] = _text(_("First name"), required=False, autocomplete="off")
        self.fields[f"last_name_{index}"] = _text(_("Last name"), autocomplete="off")
        self.fields[f"born_{index}"] = forms.ChoiceField(
            label=_("Is your child born already?"),
            choices=[(BORN, _("Yes")), (EXPECTED, _("Not yet, we are expecting"))],
            widget=RadioCards,
        )
        self.fields[f"day_{index}"] = forms.DateField(
            label=_("Date of birth, or the day on which you expect your child"), widget=_day_input()
        )

    def _add_adults(self) -> None:
        self.fields["street"] = _text(_("Street and number"), most=200, autocomplete="street-address")
        self.fields["postcode"] = _text(
            _("Postcode"), most=10, short=True, autocomplete="postal-code", inputmode="numeric"
        )
        self.fields["city"] = _text(_("Town"), autocomplete="address-level2")
        self.fields["anyway"] = forms.BooleanField(
            label=_("My address is right. Go on without a place on the map."),
            help_text=_("You can still choose locations by name, but we can't say how far they are."),
            required=False,
        )
        self.fields["first_name"] = _text(_("First name"), autocomplete="given-name")
        self.fields["last_name"] = _text(_("Last name"), autocomplete="family-name")
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
        self.fields["phone"] = forms.CharField(
            label=_("Telephone"), required=False, max_length=40,
            widget=forms.TextInput(attrs={"autocomplete": "tel", "type": "tel", "class": "input--short"}),
        )  # fmt: skip
        for name, label in (("first_name", _("First name")), ("last_name", _("Last name"))):
            self.fields[f"other_{name}"] = _text(label, required=False, autocomplete="off")
        self.fields["other_email"] = forms.EmailField(
            label=_("E-mail address"), required=False, widget=forms.EmailInput(attrs={"autocomplete": "off"})
        )
        for name, label, most in (
            ("street", _("Street and number"), 200),
            ("postcode", _("Postcode"), 10),
            ("city", _("Town"), 100),
        ):
            self.fields[f"other_{name}"] = _text(label, required=False, most=most, autocomplete="off")

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
        if child.born and not child.first_name:
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


@dataclass(frozen=True)
class Birth:
    """What the days are checked against."""

    born: date | None
    expected: date | None


class NeedForm(forms.Form):
    """Step 2: which half-days, how strictly, and from when. Also used to change a request."""

    pattern = PatternField(
        label=_("Which half-days?"),
        help_text=_("Tap what you need. You can change this later without losing your place in line."),
        widget=HalfDayPicker(morning=MORNING, afternoon=AFTERNOON),
        error_messages={"required": _("Choose at least one half-day.")},
    )
    brought = forms.TimeField(
        label=_("Brought at"), required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time", "class": "input--short"}),
    )  # fmt: skip
    fetched = forms.TimeField(
        label=_("Fetched at"), required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time", "class": "input--short"}),
    )  # fmt: skip
    alternative_1 = PatternField(
        label=_("Another week that would do as well"), required=False, widget=HalfDayPicker(small=True)
    )
    alternative_2 = PatternField(label=_("And one more"), required=False, widget=HalfDayPicker(small=True))
    flexibility = forms.ChoiceField(
        label=_("Could it be other days too?"),
        help_text=_("The more room you leave, the better your chance of a place."),
        choices=Flexibility.choices,
        widget=RadioCards(
            hints={
                Flexibility.EXACT: _("We only look for places that fit this."),
                Flexibility.SAME_NUMBER: _("Locations may offer you other days; you decide each time."),
                Flexibility.FEWER: _("You then stay on the list for the rest."),
            }
        ),
    )
    wanted_start = forms.DateField(label=_("Preferably from"), widget=_day_input())
    latest_start = forms.DateField(label=_("At the latest on"), widget=_day_input())

    def __init__(self, *args: Any, births: Sequence[Birth], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.births, self.today = births, today
        self.warnings: list[str] = []

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        brought, fetched = cleaned.get("brought"), cleaned.get("fetched")
        if brought and fetched and fetched <= brought:
            self.add_error("fetched", _("This is before the time at which your child is brought."))
        seen = set()
        for problem in self._problems(cleaned):
            if problem.field in {"wanted_start", "latest_start"} and problem.reason not in seen:
                seen.add(problem.reason)
                if problem.warning:
                    self.warnings.append(say(problem.reason))
                elif cleaned.get(problem.field):
                    self.add_error(problem.field, say(problem.reason))
        return cleaned

    def _problems(self, cleaned: Mapping[str, Any]) -> list[Problem]:
        return [
            problem
            for birth in self.births or [Birth(None, None)]
            for problem in check_request(
                born=birth.born,
                expected=birth.expected,
                wanted_start=cleaned.get("wanted_start"),
                latest_start=cleaned.get("latest_start"),
                pattern=WeekPattern(cleaned.get("pattern") or 0),
                wishes=[],
                max_wishes=None,
                today=self.today,
            )
        ]

    @property
    def pattern_given(self) -> WeekPattern:
        """The half-days asked."""
        return WeekPattern(self.cleaned_data["pattern"])

    @property
    def alternatives(self) -> list[WeekPattern]:
        """The other weeks that would do."""
        masks = [self.cleaned_data.get(f"alternative_{number}") or 0 for number in range(1, ALTERNATIVES + 1)]
        return [WeekPattern(mask) for mask in masks if mask]

    @property
    def hours(self) -> dict[str, str]:
        """The hours, where they matter: `{"from": "07:30", "until": "17:00"}`, either or both."""
        given: dict[str, time | None] = {
            "from": self.cleaned_data.get("brought"), "until": self.cleaned_data.get("fetched")
        }  # fmt: skip
        return {name: f"{moment:%H:%M}" for name, moment in given.items() if moment}

    @property
    def has_extras(self) -> bool:
        """Whether hours or another week were typed, so that they are shown open."""
        names = ("brought", "fetched", "alternative_1", "alternative_2")
        return any(self[name].value() or self[name].errors for name in names)


class ChoicesForm(forms.Form):
    """Step 3: the ranked locations. `order` holds their ids, best first."""

    price = forms.ChoiceField(label=_("Kind of price"), choices=Price.choices, required=False)

    def __init__(self, *args: Any, max_wishes: int | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.max_wishes = max_wishes

    @property
    def order(self) -> list[int]:
        """The ids as given; what is no number is left out."""
        given: list[str] = self.data.getlist("order") if isinstance(self.data, QueryDict) else []
        return [int(text) for text in given if text.isdigit()]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        try:
            check_wishes(self.order, self.max_wishes)
        except RefusedError as refused:
            self.add_error(None, str(refused.message))
        return cleaned


FACTS: Mapping[FactKind, tuple[Any, Any]] = {
    FactKind.WORK: (
        _("We need care to work, to look for work, or for training towards work"),
        _("The law puts these families first on places with a price by income."),
    ),
    FactKind.SINGLE: (_("I raise my child alone"), _("The law gives priority to single parents.")),
    FactKind.LOW_INCOME: (
        _("Our joint income from work is low"),
        _("The law gives priority to low incomes. The desk tells you which proof counts."),
    ),
    FactKind.CARE_NEED: (
        _("Someone in our family has a disability or needs extra care, or a support service advises care"),
        _("Locations keep a share of their places for families with more than one of these situations."),
    ),
    FactKind.NO_DIPLOMA: (
        _("Neither parent has a diploma of secondary education"),
        _("This counts for that same share of places."),
    ),
}
"""What is asked: the words, and why."""

WORK_4_5: tuple[Any, Any] = (
    _("We work or train at least four fifths on average"),
    _("The law puts these families first on places with a price by income."),
)


class ReviewForm(forms.Form):
    """Step 4: what gives priority, the national number, and the declaration."""

    def __init__(
        self,
        *args: Any,
        municipalities: Sequence[tuple[str, str]],
        work_share: bool = False,
        is_known: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        asked = {**FACTS, **({FactKind.WORK_4_5: WORK_4_5} if work_share else {})}
        self.fact_names = [f"fact_{kind.value}" for kind in asked]
        for kind, (label, why) in asked.items():
            self.fields[f"fact_{kind.value}"] = forms.BooleanField(label=label, help_text=why, required=False)
        self.fields["foster"] = forms.BooleanField(
            label=_("This is a foster child"),
            help_text=_("The law gives priority to foster children."),
            required=False,
        )
        self.fields["works_in"] = forms.ChoiceField(
            label=_("In which municipality do you work?"),
            help_text=_("Some locations give priority to who works nearby."),
            choices=[("", _("Elsewhere, or I'd rather not say")), *municipalities],
            required=False,
        )
        self.fields["remarks"] = forms.CharField(
            label=_("Anything the locations should know"), max_length=2000, required=False,
            widget=forms.Textarea(attrs={"rows": 3}),
        )  # fmt: skip
        if not is_known:
            self.fields["national_number"] = forms.CharField(
                label=_("Your national number"), required=False, max_length=20,
                help_text=_(
                    "Only so that you aren't counted twice. "
                    "We don't keep the number itself, only a code made from it."
                ),
                widget=forms.TextInput(
                    attrs={"inputmode": "numeric", "class": "input--short", "autocomplete": "off"}
                ),
            )  # fmt: skip
        self.fields["declared"] = forms.BooleanField(
            label=_("What I filled in is true. The locations that I chose may see my request."),
            error_messages={"required": _("Tick this to send your request.")},
        )

    def clean_national_number(self) -> str:
        number: str = self.cleaned_data["national_number"]
        try:
            national_number_hash(number)
        except RefusedError as refused:
            raise ValidationError(str(refused.message)) from refused
        return number

    @property
    def facts(self) -> list[FactKind]:
        """What was ticked."""
        return [
            FactKind(name.removeprefix("fact_")) for name in self.fact_names if self.cleaned_data.get(name)
        ]

    @property
    def fact_fields(self) -> list[BoundField]:
        """The questions, for the template."""
        return [self[name] for name in self.fact_names]


class LaterForm(forms.Form):
    """Stop and go on later: the address that gets the link."""

    email = forms.EmailField(
        label=_("E-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )


class BirthForm(forms.Form):
    """A child that was expected is born."""

    first_name = _text(_("First name"), autocomplete="off")
    born = forms.DateField(label=_("Date of birth"), widget=_day_input())

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_born(self) -> date:
        born: date = self.cleaned_data["born"]
        if born > self.today:
            raise ValidationError(_("This day is still to come."))
        return born


class SignForm(forms.Form):
    """Signing by typing one's name."""

    name = _text(_("Type your first and last name"), most=200, autocomplete="name")
    agreed = forms.BooleanField(
        label=_("I agree with this place, its days and its start."),
        error_messages={"required": _("Tick this to sign.")},
    )

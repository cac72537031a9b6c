"""The steps of a request in the making: which forms they have, what was typed, what is right already."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django import forms
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kribbe.enrolment.forms.child import ChildForm
from kribbe.enrolment.forms.choices import ChoicesForm
from kribbe.enrolment.forms.need import Birth, NeedForm
from kribbe.enrolment.forms.review import ReviewForm
from kribbe.enrolment.forms.typed import data_of, show_typed
from kribbe.enrolment.models import RequestDraft, RequestState
from kribbe.enrolment.selectors.choices import Asked, point
from kribbe.enrolment.services.drafts import STEPS, Typed, typed_in
from kribbe.enrolment.templatetags.enrolment import called, fully_called
from kribbe.people.models import Child, Household
from kribbe.region.selectors import municipalities_of, policy_on
from kribbe.rules.halfdays import SLOTS, WeekPattern
from kribbe.rules.packs import load_pack
from kribbe.rules.priority import REGIMES
from kribbe.trust.text import whole_number
from kribbe.web.components import Step
from kribbe.web.weeks import join_words, week_words

LABELS = {
    "child": _("Your child"),
    "days": _("Days and start"),
    "choices": _("Your choices"),
    "review": _("Look over and send"),
}


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that was saved differently in another tab."""

    label: str
    saved: str
    typed: str


class Steps:
    """A draft, read through its forms. Each form is bound to what was typed in its step."""

    def __init__(self, draft: RequestDraft, *, today: date) -> None:
        self.draft, self.today = draft, today

    @cached_property
    def household(self) -> Household | None:
        """The household, where it is known already."""
        return self.draft.household

    @cached_property
    def known(self) -> list[Child]:
        """The household's children who have no open request and aren't at school yet."""
        if self.household is None:
            return []
        found = self.household.children.exclude(requests__state=RequestState.OPEN)
        return list(found.order_by("-born", "-expected", "pk"))

    @cached_property
    def policy(self) -> Any:
        """The desk's policy of today."""
        return policy_on(self.draft.desk, self.today)

    def form(self, step: str, data: QueryDict | None = None) -> Any:
        """The step's form, bound to `data` or else to what was typed before; empty if that is nothing."""
        if data is None:
            typed = typed_in(self.draft, step)
            data = None if typed is None else data_of(typed)
        return self._makers[step](data)

    def shown(self, step: str) -> Any:
        """The step's form showing what was typed, without judging it."""
        typed = typed_in(self.draft, step)
        if typed is None:
            return self._makers[step](None)
        form = self._makers[step](None, initial={"count": data_of(typed).get("count", "1")})
        show_typed(form, typed)
        return form

    @property
    def _makers(self) -> dict[str, Callable[..., Any]]:
        return {"child": self._child, "days": self._need, "choices": self._choices, "review": self._review}

    def _child(self, data: QueryDict | None, initial: dict[str, Any] | None = None) -> ChildForm:
        known = [(str(child.pk), fully_called(child)) for child in self.known]
        return ChildForm(
            data,
            initial=initial or {"count": "0" if known else "1"},
            today=self.today,
            known=known,
            is_known=self.household is not None,
            on_behalf=self.draft.on_behalf,
        )

    def _need(self, data: QueryDict | None, initial: dict[str, Any] | None = None) -> NeedForm:
        return NeedForm(data, initial=initial, births=self.births, today=self.today)

    def _choices(self, data: QueryDict | None, initial: dict[str, Any] | None = None) -> ChoicesForm:
        return ChoicesForm(data, initial=initial, max_wishes=self.policy.max_wishes)

    def _review(self, data: QueryDict | None, initial: dict[str, Any] | None = None) -> ReviewForm:
        towns = municipalities_of(self.draft.desk.region_id)
        regime = REGIMES[load_pack(self.policy.rule_pack).text("priority.regime", self.today)]
        return ReviewForm(
            data,
            initial=initial,
            municipalities=[(str(town.pk), town.name) for town in towns],
            work_share="work_share_4_5" in regime.absolute,
            is_known=self.household is not None,
        )

    @cached_property
    def child(self) -> ChildForm:
        """The first step as it was typed."""
        return self._child(data_of(typed_in(self.draft, "child") or {}))

    @cached_property
    def children(self) -> list[Child]:
        """The children meant, known and new; new ones are not saved. Empty while the step isn't right."""
        if not self.child.is_valid():
            return []
        known = {child.pk: child for child in self.known}
        new = [
            Child(
                first_name=child.first_name,
                last_name=child.last_name,
                born=child.born,
                expected=child.expected,
            )
            for child in self.child.new_children
        ]
        return [known[key] for key in self.child.known_ids] + new

    @property
    def births(self) -> list[Birth]:
        """What the start is checked against."""
        return [Birth(child.born, child.expected) for child in self.children]

    @cached_property
    def need(self) -> NeedForm:
        """The second step as it was typed."""
        return self._need(data_of(typed_in(self.draft, "days") or {}))

    @cached_property
    def wishes(self) -> ChoicesForm:
        """The third step as it was typed."""
        return self._choices(data_of(typed_in(self.draft, "choices") or {}))

    @property
    def names(self) -> str:
        """`Noor and Fien`, or `your child`; of twins without a name yet `your children`."""
        if len(self.children) > 1 and not any(child.first_name for child in self.children):
            return gettext("your children")
        names = [called(child) for child in self.children]
        return join_words(list(dict.fromkeys(names))) if names else gettext("your child")

    def first_wrong(self, *, before: str = "") -> str:
        """The first step that isn't right yet, before the given one; "" where all are."""
        checked: dict[str, Any] = {"child": self.child, "days": self.need, "choices": self.wishes}
        for step, form in checked.items():
            if step == before:
                return ""
            if typed_in(self.draft, step) is None or not form.is_valid():
                return step
        return ""

    def asked(self) -> Asked:
        """What is looked for so far, for searching locations."""
        need = self.need
        need.is_valid()
        given = need.cleaned_data
        return Asked(
            desk=self.draft.desk,
            births=[day for child in self.children if (day := child.born or child.expected)],
            start=given.get("wanted_start"),
            pattern=WeekPattern(given.get("pattern") or 0),
            price=self.wishes.data.get("price") or "any",
            home=self.home,
        )

    @property
    def home(self) -> tuple[float, float] | None:
        """Longitude and latitude of the household's address, if it is known."""
        place: Any = self.household
        if place is None:
            place = self.child.located if self.child.is_valid() else None
        return None if place is None else point(place.longitude, place.latitude)

    def url(self, step: str) -> str:
        """Address of a step."""
        return reverse(f"enrolment:draft_{step}", args=[self.draft.desk.slug, self.draft.reference])

    def bar(self, current: str) -> dict[str, Any]:
        """The step bar: steps that were opened are links."""
        opened = [step for step in STEPS if step == "child" or typed_in(self.draft, step) is not None]
        return {
            "steps": [Step(str(LABELS[step]), self.url(step) if step in opened else "") for step in STEPS],
            "current": STEPS.index(current) + 1,
        }


def differences(form: forms.Form, saved: Typed, typed: Typed) -> list[Difference]:
    """The fields in which two versions of a step differ, in words."""
    names = [
        name
        for name in dict.fromkeys([*typed, *saved])
        if list(saved.get(name, [])) != list(typed.get(name, []))
    ]
    return [
        Difference(
            str(form.fields[name].label or name) if name in form.fields else str(LABELS["choices"]),
            _in_words(form, name, saved.get(name, [])),
            _in_words(form, name, typed.get(name, [])),
        )
        for name in names
        if name != "email_checked"
    ]


def _in_words(form: forms.Form, name: str, values: Sequence[str]) -> str:
    field = form.fields.get(name)
    if name.startswith(("pattern", "alternative")):
        return (
            week_words(
                sum(
                    1 << slot
                    for slot in {whole_number(text, otherwise=SLOTS) for text in values}
                    if slot < SLOTS
                )
            )
            or "–"
        )
    if isinstance(field, forms.ChoiceField):
        listed: Any = field.choices
        labels = {str(key): str(label) for key, label in listed}
        return join_words([labels.get(value, value) for value in values]) or "–"
    if isinstance(field, forms.BooleanField):
        return gettext("yes") if values else gettext("no")
    if name == "order":
        return gettext("another order")
    return ", ".join(values) or "–"

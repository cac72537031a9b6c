"""Reading the form of a location's register: what was changed, and what can't be read."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kribbe.enrolment.selectors.register import GroupNow, Register
from kribbe.enrolment.services.direct import Direct
from kribbe.enrolment.services.register_visit import Answers, Numbers, Staff
from kribbe.people.selectors import municipality_of
from kribbe.places.models import Group
from kribbe.rules.dates import default_end
from kribbe.rules.halfdays import SLOTS, WeekPattern
from kribbe.trust.text import day_of, whole_number
from kribbe.web.forms import DayField, HalfDayPicker, NameField, PatternField

DAY = timedelta(days=1)
MONTH = re.compile(r"(\d{4})-(\d{1,2})|(\d{1,2})[/-](\d{4})")
MOST_FREE = 99


class MonthField(forms.CharField):
    """A month of a year: `2026-03` as browsers send it, or `3/2026` as people type it."""

    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput(attrs={"type": "month", "class": "input--short", "placeholder": "2026-03"})
        super().__init__(widget=widget, max_length=7, **options)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        found = MONTH.fullmatch(text.strip())
        year, month = (int(found[1] or found[4]), int(found[2] or found[3])) if found else (0, 0)
        if not (2000 <= year <= 2100 and 1 <= month <= 12):
            raise forms.ValidationError(gettext("Write the month like 2026-03."))
        return date(year, month, 1)


class TakenForm(forms.Form):
    """A child that has an agreement outside the desk."""

    prefix = "taken"

    name = NameField(
        label=_("First name or initials"),
        max_length=40,
        help_text=_("Only so that you know the child again. The desk doesn't need more."),
    )
    birth_month = MonthField(label=_("Month of birth"))
    group = forms.ChoiceField(label=_("Group"))
    first = DayField(_("First day"))
    last = DayField(
        _("Last day"), required=False, help_text=_("Leave it empty: until the child can go to school.")
    )
    postcode = forms.CharField(
        label=_("Postcode of the family"),
        required=False,
        max_length=10,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "input--short"}),
    )
    pattern = PatternField(
        label=_("Half-days"),
        widget=HalfDayPicker(small=True),
        error_messages={"required": _("Choose at least one half-day.")},
    )

    def __init__(self, data: Any, *, groups: Sequence[Group]) -> None:
        super().__init__(data, prefix=self.prefix, empty_permitted=True, use_required_attribute=False)
        self.fields["group"].choices = [(str(group.pk), group.name) for group in groups]  # type: ignore[attr-defined]

    @property
    def is_filled(self) -> bool:
        """Whether anything was typed; the group is chosen by itself."""
        return self.is_bound and any(self[name].data for name in self.fields if name != "group")

    def told(self) -> Direct:
        """What was typed, once it is valid."""
        data = self.cleaned_data
        end = data["last"] + DAY if data["last"] else default_end(data["birth_month"])
        return Direct(
            group_id=int(data["group"]),
            name=data["name"],
            birth_month=data["birth_month"],
            start=data["first"],
            end=end,
            pattern=WeekPattern(data["pattern"]),
            municipality=municipality_of(data["postcode"]) if data["postcode"] else None,
        )


@dataclass
class Read:
    """What was read of the form: the answers, and an error by the name of its field."""

    left: dict[int, date] = field(default_factory=dict)
    started: dict[int, date] = field(default_factory=dict)
    direct_left: dict[int, date] = field(default_factory=dict)
    staff: list[Staff] = field(default_factory=list)
    numbers: list[Numbers] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)

    def answers(self, taken: TakenForm) -> Answers:
        """All of it."""
        return Answers(
            left=self.left,
            started=self.started,
            direct_left=self.direct_left,
            staff=self.staff,
            numbers=self.numbers,
            taken=taken.told() if taken.is_filled else None,
        )


def read(data: Mapping[str, str], register: Register, *, today: date) -> Read:
    """What the form changes; a field left as it was changes nothing."""
    found = Read()
    for placement in register.here:
        _put_day(found, data, f"left-{placement.pk}", found.left, placement.pk, None)
    for child in register.direct:
        _put_day(found, data, f"direct-{child.pk}", found.direct_left, child.pk, None)
    for placement in register.beginning:
        _put_day(found, data, f"start-{placement.pk}", found.started, placement.pk, placement.during.lower)
    for group in register.groups:
        _read_staff(found, data, group, today)
        _read_numbers(found, data, group)
    return found


def _put_day(
    found: Read, data: Mapping[str, str], name: str, into: dict[int, date], key: int, was: date | None
) -> None:
    text = data.get(name, "").strip()
    if not text:
        return
    day = day_of(text)
    if day is None:
        found.errors[name] = gettext("Write the day like 2026-03-31.")
    elif day != was:
        into[key] = day


def _read_staff(found: Read, data: Mapping[str, str], group: GroupNow, today: date) -> None:
    name = f"staff-{group.group.pk}"
    text, day = data.get(name, "").strip(), data.get(f"{name}-day", "").strip()
    if not text or text == str(group.staffed):
        return
    count, from_day = _count(text), day_of(day) if day else today
    if count is None or from_day is None:
        found.errors[name] = gettext("Write a number, and the day like 2026-03-31.")
    else:
        found.staff.append(Staff(group.group.pk, count, from_day))


def _read_numbers(found: Read, data: Mapping[str, str], group: GroupNow) -> None:
    said = {}
    for month in ("this", "next"):
        name = f"free-{group.group.pk}-{month}"
        typed = [_count(data.get(f"{name}-{slot}", "") or "0") for slot in range(group.slots)]
        numbers = [number for number in typed if number is not None]
        if len(numbers) < len(typed):
            found.errors[name] = gettext("Write whole numbers.")
            return
        is_changed = f"{name}-was" in data and ",".join(map(str, numbers)) != data[f"{name}-was"]
        said[month] = [*numbers, *[0] * (SLOTS - len(numbers))] if is_changed else None
    if any(said.values()):
        found.numbers.append(Numbers(group.group.pk, said["this"], said["next"]))


def _count(text: str) -> int | None:
    number = whole_number(text, otherwise=MOST_FREE + 1)
    return number if number <= MOST_FREE else None

"""When a group rests, as typed."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kribbe.enrolment.selectors.location import active_groups
from kribbe.places.models import Location
from kribbe.staff.forms import HalfHourField
from kribbe.web.forms import DayField


class RestForm(forms.Form):
    """The rest of a group from a day on; without times it has none."""

    group = forms.TypedChoiceField(label=_("Group"), coerce=int)
    first = DayField(_("From this day on"))
    start = HalfHourField(_("Rest from"), required=False)
    end = HalfHourField(
        _("Rest until"), required=False, help_text=_("Leave both times empty and the group has no rest.")
    )

    def __init__(self, *args: Any, location: Location, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["group"].choices = [(group.pk, group.name) for group in active_groups(location)]  # type: ignore[attr-defined]  # a choice field

    def clean(self) -> None:
        """Both times or none."""
        super().clean()
        if (self.cleaned_data.get("start") is None) != (
            self.cleaned_data.get("end") is None
        ) and not self.errors:
            self.add_error("end", _("Give both times, or leave both empty."))

    def rest(self) -> dict[str, Any]:
        """What was typed, once valid."""
        data = self.cleaned_data
        times = None if data["start"] is None else (data["start"], data["end"])
        return {"group_id": data["group"], "first": data["first"], "times": times}

"""The forms of the register."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.forms.utils import from_current_timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kribbe.attendance.models import Presence
from kribbe.trust.files import Kind
from kribbe.web.forms import NameField
from kribbe.web.uploads import UploadField

ROWS = 3
DAY = timedelta(days=1)


def moments(day: date, start: time, end: time, *, is_night: bool) -> tuple[datetime, datetime]:
    """A stay that began on a day; one by night ends on the day after.

    ValidationError for an hour that the clock leaves out or repeats.
    """
    last = day + DAY if is_night else day
    return from_current_timezone(datetime.combine(day, start)), from_current_timezone(
        datetime.combine(last, end)
    )


class CorrectionForm(forms.Form):
    """From when to when a child was there, up to three times a day, and why that is written down."""

    night = forms.BooleanField(label=_("The last stay ended on the day after"), required=False)
    reason = forms.CharField(
        label=_("Why"),
        max_length=300,
        widget=forms.TextInput(),
        help_text=_("The family reads it. It stays, as do the taps."),
    )

    def __init__(self, *args: Any, day: date, stays: Sequence[Presence] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.day = day
        ends = [localtime(stay.end).date() for stay in stays[:ROWS] if stay.end]
        self.fields["night"].initial = bool(ends) and max(ends) > day
        for row in range(ROWS):
            stay = stays[row] if row < len(stays) else None
            for part, label, at in (
                ("from", gettext("From"), stay.start if stay else None),
                ("to", gettext("Until"), stay.end if stay else None),
            ):
                self.fields[f"{part}{row}"] = forms.TimeField(
                    label=f"{label} ({row + 1})",
                    required=False,
                    initial=localtime(at).time() if at else None,
                    widget=forms.TimeInput(format="%H:%M", attrs={"type": "time", "class": "input--short"}),
                )

    def rows(self) -> list[list[Any]]:
        """The two fields of each stay, for the template."""
        return [[self[f"{part}{row}"] for part in ("from", "to")] for row in range(ROWS)]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for row in range(ROWS):
            given = [data.get(f"{part}{row}") for part in ("from", "to")]
            if (given[0] is None) != (given[1] is None):
                self.add_error(f"to{row}", gettext("Give both times, or neither."))
        return data

    def stays(self) -> list[tuple[datetime, datetime]]:
        """The stays typed. ValidationError for an hour that the clock leaves out or repeats."""
        given = [
            (start, end)
            for row in range(ROWS)
            if (start := self.cleaned_data[f"from{row}"]) is not None
            and (end := self.cleaned_data[f"to{row}"]) is not None
        ]
        is_night = self.cleaned_data["night"]
        return [moments(self.day, *each, is_night=is_night and each is given[-1]) for each in given]


class TimesForm(forms.Form):
    """From when to when a child by a typed name was there, and why that is written down."""

    start = forms.TimeField(error_messages={"required": _("Give both times.")})
    end = forms.TimeField(error_messages={"required": _("Give both times.")})
    night = forms.BooleanField(required=False)
    reason = forms.CharField(
        max_length=300, error_messages={"required": _("Say why. It stays beside what was tapped.")}
    )


class DeviceForm(forms.Form):
    """A tablet by the name that the location gives it."""

    name = NameField(
        label=_("Name of the tablet"),
        max_length=60,
        help_text=_("Such as the room in which it hangs."),
    )


class EnrolForm(forms.Form):
    """The code that lets a tablet in."""

    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"class": "input--code", "autocomplete": "one-time-code", "autocapitalize": "characters"}
        ),
        help_text=_("The location finds it on its page Tablets."),
    )


class FaceForm(forms.Form):
    """The photo of a child."""

    file = UploadField(
        label=_("Photo"),
        kind=Kind.FACE,
        help_text=_(
            "Only the face, in the middle. We cut it to a small square and take out where and when it was made."
        ),
    )


class PhotoForm(FaceForm):
    """The photo of one's own child, with one's consent."""

    agreed = forms.BooleanField(
        label=_("Whoever cares for my child may see this photo. I can take that back at any time."),
        error_messages={"required": _("Tick this box if you agree. Without it we keep no photo.")},
    )


class ToldPhotoForm(FaceForm):
    """The photo of a child whose parent told the location that it agrees."""

    agreed_name = NameField(
        label=_("Which parent agreed?"),
        max_length=200,
        help_text=_("Ask first. The parents see the photo and this name, and can take it back."),
    )


class DisputeForm(forms.Form):
    """What a family says is wrong with a day."""

    words = forms.CharField(
        label=_("What is wrong?"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )


class ConfirmForm(forms.Form):
    """The family signs by typing its name."""

    name = NameField(label=_("Your name, as signature"), max_length=200)

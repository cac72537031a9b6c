"""Form rendering: accessible markup for every Django form."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from hashlib import sha256
from typing import Any

from django import forms
from django.forms import BoundField
from django.forms.boundfield import BoundWidget
from django.forms.renderers import TemplatesSetting
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from kribbe.trust.text import FIRST_DAY, LAST_DAY, whole_number
from kribbe.trust.typed import NO_DIGITS, UNSEEN, has_digits, is_seen
from kribbe.web import weeks

_CLASSES: Mapping[str, str] = {
    "select": "ams-select",
    "selectmultiple": "ams-select",
    "checkbox": "check__input",
    "radio": "check__input",
    "file": "ams-file-input",
    "textarea": "ams-text-area",
}


class Renderer(TemplatesSetting):
    """Renders `{{ form }}` and `{{ field.as_field_group }}` with the desk's own markup."""

    form_template_name = "web/forms/form.html"
    field_template_name = "web/forms/field.html"
    bound_field_class = None


class RadioCards(forms.RadioSelect):
    """Radio buttons as cards, with a hint for each value."""

    template_name = "web/forms/radio_cards.html"

    def __init__(self, hints: Mapping[str, str | Promise] | None = None, **kwargs: object) -> None:
        super().__init__(**kwargs)  # type: ignore[arg-type]
        self.hints = dict(hints or {})

    def create_option(self, *args: object, **kwargs: object) -> dict[str, object]:
        """One option with its hint."""
        option = super().create_option(*args, **kwargs)  # type: ignore[arg-type]
        option["hint"] = self.hints.get(str(option["value"]), "")
        return option


class WebAddressField(forms.URLField):
    """A web address; `https` where none is typed before it."""

    default_error_messages = {"invalid": _("Give a web address, such as https://www.example.be.")}

    def __init__(self, **options: Any) -> None:
        super().__init__(assume_scheme="https", **options)


class NameField(forms.CharField):
    """What somebody or something is called, of which something can be seen; a signature too."""

    default_error_messages = {"unseen": UNSEEN}

    def validate(self, value: str) -> None:
        """Not only marks that turn a text around, or signs that are drawn as nothing."""
        super().validate(value)
        if value and not is_seen(value):
            raise forms.ValidationError(self.error_messages["unseen"], code="unseen")


class PhoneField(forms.CharField):
    """A telephone number as people write it; it need not be given."""

    default_error_messages = {"no_digits": NO_DIGITS}

    def __init__(self, *, max_length: int = 40, required: bool = False, **options: Any) -> None:
        widget = options.pop("widget", None) or forms.TextInput({"type": "tel"})
        super().__init__(max_length=max_length, required=required, widget=widget, **options)

    def validate(self, value: str) -> None:
        """Some digits at least."""
        super().validate(value)
        if value and not has_digits(value):
            raise forms.ValidationError(self.error_messages["no_digits"], code="no_digits")


class DayField(forms.DateField):
    """A day, given in the browser's own picker; `narrow` False lets it take the width of its column."""

    def __init__(self, label: Any = None, *, narrow: bool = True, **options: Any) -> None:
        attrs = {"type": "date", **({"class": "input--short"} if narrow else {})}
        picker = forms.DateInput(format="%Y-%m-%d", attrs=attrs)
        super().__init__(label=label, widget=picker, **options)

    def validate(self, value: date | None) -> None:
        """No day from which a sum with days would run off the calendar."""
        super().validate(value)
        if value is not None and not FIRST_DAY <= value <= LAST_DAY:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")


class HalfDayPicker(forms.Widget):
    """The half-days as tiles; the value is a pattern, a bit mask of slots.

    The four of the weekend stand folded under the ten others, and open where one is ticked; with `weekend` all
    fourteen stand side by side.
    """

    template_name = "web/forms/picker.html"
    use_fieldset = True

    def __init__(
        self, *, weekend: bool = False, morning: str = "", afternoon: str = "", small: bool = False
    ) -> None:
        super().__init__()
        self.weekend, self.morning, self.afternoon, self.small = weekend, morning, afternoon, small

    def id_for_label(self, id_: str | None) -> str:
        """A label cannot name the whole grid, so it has none; links of the error summary go to the first tile."""
        return f"{id_}_0" if id_ else ""

    def value_from_datadict(self, data: Mapping[str, object], files: object, name: str) -> int:
        """The pattern of the ticked tiles. Values that are no slot are left out."""
        given: Iterable[str] = data.getlist(name) if hasattr(data, "getlist") else []
        slots = {whole_number(one, otherwise=-1) for one in given} & set(range(2 * weeks.ALL_DAYS))
        return sum(1 << slot for slot in slots)

    def value_omitted_from_data(self, data: object, files: object, name: str) -> bool:
        """An empty grid sends nothing, which means an empty pattern."""
        return False

    def get_context(self, name: str, value: object, attrs: object) -> dict[str, object]:
        """Context of the widget's template."""
        context = super().get_context(name, value, attrs)  # type: ignore[arg-type]
        pattern = value if isinstance(value, int) else 0
        return context | picker_context(
            name=name,
            value=pattern,
            weekend=self.weekend,
            morning=self.morning,
            afternoon=self.afternoon,
            small=self.small,
            element_id=str(context["widget"]["attrs"].get("id") or f"id_{name}"),
        )


class PatternField(forms.IntegerField):
    """A pattern of half-days, chosen in the half-day picker. Empty is refused when required."""

    widget = HalfDayPicker

    def clean(self, value: object) -> int:
        """The pattern. Raises ValidationError for an empty one when required."""
        pattern = value if isinstance(value, int) else 0
        if self.required and not pattern:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        return pattern


def picker_context(
    *, name: str, value: int, element_id: str, weekend: bool, morning: str, afternoon: str, small: bool
) -> dict[str, object]:
    """What the half-day picker's template needs."""
    shown = range(weeks.ALL_DAYS if weekend else weeks.WEEKDAYS)
    folded = range(len(shown), weeks.ALL_DAYS)
    return {
        "name": name,
        "id": element_id,
        "grid": _grid(shown, value, (morning, afternoon)),
        "fold": _grid(folded, value, (morning, afternoon)) if folded else None,
        "fold_is_open": bool(value & ~weeks.WORKWEEK),
        "small": small,
        "value": value,
        "count": value.bit_count(),
        "words": weeks.picker_words(),
    }


def _grid(days: range, value: int, hours: Sequence[str]) -> dict[str, object]:
    """The tiles of these days in two rows: slot, name and whether it is ticked."""
    return {
        "days": [(weeks.DAY_SHORTS[day], weeks.DAY_NAMES[day]) for day in days],
        "parts": [
            {
                "part": part,
                "hours": text,
                "tiles": [_tile(2 * day + part, value) for day in days],
            }
            for part, text in enumerate(hours)
        ],
    }


def _tile(slot: int, value: int) -> tuple[int, str, bool]:
    return slot, weeks.slot_name(slot), bool(value >> slot & 1)


def styled(field: BoundField) -> SafeString:
    """The field's control with the library's classes; radio cards and the picker bring their own."""
    widget = field.field.widget
    kind = getattr(widget, "input_type", None) or type(widget).__name__.lower()
    classes = _CLASSES.get(kind, "ams-text-input")
    own = widget.attrs.get("class", "")
    attrs: dict[str, str | bool] = {"class": f"{classes} {own}".strip()}
    if isinstance(widget, forms.Textarea) and widget.attrs.get("rows") == "10":
        attrs["rows"] = "4"
    return field.as_widget(attrs=attrs)


def layout(field: BoundField) -> str:
    """How a field is laid out: `check` (one tick box), `group` (several controls) or `plain`."""
    widget = field.field.widget
    if isinstance(widget, forms.CheckboxInput):
        return "check"
    return "group" if field.use_fieldset or isinstance(widget, forms.RadioSelect) else "plain"


def has_own_markup(field: BoundField) -> bool:
    """Whether the field's widget draws its own choices, as the cards and the picker do."""
    return isinstance(field.field.widget, RadioCards | HalfDayPicker)


BESIDE = frozenset({"csrfmiddlewaretoken", "do", "looked", "name"})
"""What a form sends beside its terms: which button, and the signature."""


def looked_at(posted: QueryDict) -> str:
    """The terms typed in a form, in short: its page keeps them as `looked` beside the effect that it shows."""
    terms = sorted((name, values) for name, values in posted.lists() if name not in BESIDE)
    return sha256(repr(terms).encode()).hexdigest()[:32]


def changed_since_looked(posted: QueryDict) -> bool:
    """Whether the terms of a form are others than those of which its reader was shown the effect."""
    looked = looked_at(posted)
    return posted.get("looked", looked) != looked


def options(field: BoundField) -> list[BoundWidget]:
    """The tick boxes or radio buttons of a field with choices, one widget each."""
    attrs = field.build_widget_attrs({"id": field.auto_id, "class": "check__input"})
    widget = field.field.widget
    parts = widget.subwidgets(field.html_name, field.value(), attrs=attrs)
    return [BoundWidget(widget, part, field.form.renderer) for part in parts]

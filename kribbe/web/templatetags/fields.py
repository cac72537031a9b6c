"""Fields of forms, drawn by the design system."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from django import template
from django.forms import BaseForm, BoundField
from django.utils.safestring import SafeString

from kribbe.web import forms
from kribbe.web.components import Option

register = template.Library()


@register.filter
def styled(field: BoundField) -> SafeString:
    """A field's control alone, with its classes."""
    return forms.styled(field)


@register.filter
def layout(field: BoundField) -> str:
    """How a field is laid out."""
    return forms.layout(field)


@register.filter
def own_markup(field: BoundField) -> bool:
    """Whether a field's widget draws its own choices."""
    return forms.has_own_markup(field)


@register.filter
def options(field: BoundField) -> list[Any]:
    """The tick boxes or radio buttons of a field with choices."""
    return list(forms.options(field))


@register.filter
def as_json(value: object) -> str:
    """JSON for a data attribute."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


@register.inclusion_tag("web/forms/error_summary.html")
def error_summary(form: BaseForm) -> dict[str, object]:
    """All errors of a form with links to their fields; nothing when there are none."""
    found = [
        (field.id_for_label or f"{field.auto_id}_0", field.label, field.errors)
        for field in form
        if field.errors
    ]
    return {"errors": found, "general": form.non_field_errors()}


@register.inclusion_tag("web/components/radio_cards.html")
def radio_cards(
    name: str,
    options: Iterable[Option],
    value: str = "",
    legend: str = "",
    hint: str = "",
    errors: Sequence[str] = (),
) -> dict[str, object]:
    """Radio cards outside a Django form."""
    return {
        "name": name,
        "options": options,
        "value": str(value),
        "legend": legend,
        "hint": hint,
        "errors": errors,
    }

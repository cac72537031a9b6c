"""Step 3: the ranked locations."""

from collections.abc import Collection
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from kribbe.enrolment.models import Price
from kribbe.enrolment.services.check_wishes import check_wishes
from kribbe.trust.errors import RefusedError
from kribbe.trust.text import row_key


class ChoicesForm(forms.Form):
    """Step 3: the ranked locations. `order` holds their ids, best first."""

    price = forms.ChoiceField(label=_("Kind of price"), choices=Price.choices, required=False)

    def __init__(
        self, *args: Any, max_wishes: int | None, standing: Collection[int] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.max_wishes, self.standing = max_wishes, standing

    @property
    def order(self) -> list[int]:
        """The ids as given; what is no number is left out."""
        given: list[str] = self.data.getlist("order") if isinstance(self.data, QueryDict) else []
        return [key for text in given if (key := row_key(text))]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        try:
            check_wishes(self.order, self.max_wishes, standing=self.standing)
        except RefusedError as refused:
            self.add_error(None, str(refused.message))
        return cleaned

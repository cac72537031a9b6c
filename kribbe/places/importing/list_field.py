"""A file of rows that somebody gives on a form."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kribbe.places.importing.files import MAX_BYTES, TOO_LARGE, BadFileError, Table, read_bytes
from kribbe.web.uploads import sizes

ACCEPTED = ".csv,.txt,.tsv,.xlsx,.xls,.ods"


@dataclass(frozen=True, slots=True)
class GivenList:
    """A file by its name, its bytes, and what they say."""

    name: str
    content: bytes
    table: Table


class ListField(forms.FileField):
    """A list as CSV or XLSX. Cleaned it is a `GivenList`; what can't be read is told at the field.

    `header_words` counts the known names of columns in a row; `lacks`, where there is one, names the needed columns
    that a header doesn't have.
    """

    def __init__(
        self,
        *,
        header_words: Callable[[Sequence[str]], int],
        lacks: Callable[[Sequence[str]], Sequence[str | Promise]] | None = None,
        **given: Any,
    ) -> None:
        super().__init__(
            widget=forms.FileInput(attrs={"accept": ACCEPTED, **sizes(MAX_BYTES, TOO_LARGE)}),
            error_messages={
                "required": gettext_lazy("Choose a file."),
                "empty": gettext_lazy("The file is empty."),
            },
            **given,
        )
        self.header_words, self.lacks = header_words, lacks

    def clean(self, data: Any, initial: Any = None) -> GivenList:
        """The list of an upload."""
        file = super().clean(data, initial)
        if file.size > MAX_BYTES:
            raise forms.ValidationError(TOO_LARGE)
        content = file.read()
        try:
            table = read_bytes(content, header_words=self.header_words, name=file.name)
        except BadFileError as error:
            raise forms.ValidationError(str(error.message)) from None
        if missing := self.lacks(table.header) if self.lacks else ():
            raise forms.ValidationError(
                _("No column was found for: %(names)s. Name the columns as in the example.")
                % {"names": ", ".join(map(str, missing))}
            )
        return GivenList(file.name, content, table)

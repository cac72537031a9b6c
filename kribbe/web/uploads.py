"""The form field for a file: judged at once, and held, so that a mistake elsewhere in the form loses nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.functional import Promise

from kribbe.trust import files
from kribbe.trust.errors import RefusedError
from kribbe.trust.files import Kind
from kribbe.trust.models import StoredFile
from kribbe.trust.principal import VISITOR, Principal

PICTURES = "image/jpeg,image/png,image/webp,image/avif"
ACCEPT = {
    Kind.PHOTO: PICTURES,
    Kind.FACE: PICTURES,
    Kind.LOGO: PICTURES,
    Kind.PAPER: f"{PICTURES},application/pdf",
}
HELD = "-held"


def sizes(most: int, message: str | Promise) -> dict[str, Any]:
    """Attributes of a file input by which a browser tells a file of more than so many bytes before it travels."""
    return {"data-most": most, "data-too-large": message}


@dataclass(frozen=True, slots=True)
class Sent:
    """What a browser sent for the field: a new file, or the ticket of one that is held."""

    upload: "UploadedFile[bytes] | None"
    ticket: str


class UploadInput(forms.Widget):
    """A file input that says which file came already."""

    template_name = "web/forms/upload.html"
    input_type = "file"
    needs_multipart_form = True
    held: StoredFile | None = None

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Sent:
        """The new file, or else the ticket of the held one."""
        return Sent(files.get(name), str(data.get(f"{name}{HELD}", "")))

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        """Nothing was sent for the field."""
        return name not in files and f"{name}{HELD}" not in data

    def get_context(self, name: str, value: object, attrs: Any) -> dict[str, Any]:
        """The held file beside the input; a file input itself never has a value."""
        context = super().get_context(name, None, attrs)
        held = self.held
        ticket = files.ticket(held) if held else ""
        return context | {"held": held, "held_name": f"{name}{HELD}", "ticket": ticket}


class UploadField(forms.Field):
    """A photo or a paper. Cleans to a held `StoredFile`, which the service that uses it claims.

    Call `keep_for` before the form is validated.
    """

    widget = UploadInput

    def __init__(self, *, kind: Kind, **options: Any) -> None:
        super().__init__(**options)
        self.kind = kind
        self.widget.attrs |= {"accept": ACCEPT[kind], **sizes(files.MOST_BYTES, files.TOO_LARGE)}
        self._space, self._principal, self._now = "", VISITOR, datetime.min.replace(tzinfo=UTC)

    def keep_for(self, *, space: str, principal: Principal, now: datetime) -> None:
        """Say whose the file is, who sends it and when."""
        self._space, self._principal, self._now = space, principal, now

    def clean(self, value: object) -> StoredFile | None:
        """The held file, or None where none is needed. Raises ValidationError with what is wrong with it."""
        sent = value if isinstance(value, Sent) else Sent(None, "")
        row = self._taken(sent.upload) if sent.upload else self._held(sent.ticket)
        self.widget.held = row
        if row is None and self.required:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        return row

    def _taken(self, upload: "UploadedFile[bytes]") -> StoredFile:
        try:
            if (upload.size or 0) > files.MOST_BYTES:
                raise files.too_large()
            return files.take_in(
                data=upload.read(),
                name=upload.name or "",
                kind=self.kind,
                space=self._space,
                principal=self._principal,
                now=self._now,
                held=True,
            )
        except RefusedError as error:
            raise forms.ValidationError(str(error.message), code=error.code) from error

    def _held(self, ticket: str) -> StoredFile | None:
        return files.by_ticket(ticket, space=self._space, now=self._now) if ticket else None

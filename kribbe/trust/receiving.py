"""How much a request may bring: what goes past it is read off the line and kept nowhere."""

from collections.abc import Callable
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler

from kribbe.trust.files import MOST_BYTES


def takes(most_bytes: int) -> Callable[[Any], Any]:
    """For the view of a page whose files together may be of so many bytes, in place of `MOST_BYTES`."""

    def decorate(view: Any) -> Any:
        view.most_bytes = most_bytes
        return view

    return decorate


class LimitedUpload(TemporaryFileUploadHandler):
    """Keeps the files of a request while they are `MOST_BYTES` together, or as many as its view `takes`.

    What goes past it is let go of.

    Such a file reaches its form empty and with a size above the measure: its field says that it is too large,
    and the rest of the form stands as it was typed.
    """

    sent = 0
    """Bytes of all files of the request so far."""

    @property
    def most(self) -> int:
        """How many bytes the page takes; the view is known by then, since middleware reads no form before it is."""
        match = getattr(self.request, "resolver_match", None)
        return getattr(match.func, "most_bytes", MOST_BYTES) if match else MOST_BYTES

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Keep a piece, or forget what there is of a file that goes past the measure."""
        self.sent += len(raw_data)
        if self.sent <= self.most:
            super().receive_data_chunk(raw_data, start)
        else:
            self.file.truncate(0)
        return None

    def file_complete(self, file_size: int) -> "UploadedFile[bytes] | None":
        """The file, whole or empty."""
        return super().file_complete(file_size if self.sent <= self.most else self.sent)

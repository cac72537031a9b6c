"""How much a request may bring: what goes past it is read off the line and kept nowhere."""

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler

from kribbe.trust.files import MOST_BYTES


class LimitedUpload(TemporaryFileUploadHandler):
    """Keeps the files of a request while they are `MOST_BYTES` together, and lets go of what goes past it.

    Such a file reaches its form empty and with a size above the measure: its field says that it is too large,
    and the rest of the form stands as it was typed.
    """

    sent = 0
    """Bytes of all files of the request so far."""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Keep a piece, or forget what there is of a file that goes past the measure."""
        self.sent += len(raw_data)
        if self.sent <= MOST_BYTES:
            super().receive_data_chunk(raw_data, start)
        else:
            self.file.truncate(0)
        return None

    def file_complete(self, file_size: int) -> "UploadedFile[bytes] | None":
        """The file, whole or empty."""
        return super().file_complete(file_size if self.sent <= MOST_BYTES else self.sent)

"""A file that goes past the measure is never kept, and its form still hears of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory

from kribbe.trust.files import MOST_BYTES
from kribbe.trust.receiving import LimitedUpload


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How much of the file stands on disk after each piece."""
    sizes: list[int] = []
    receive = LimitedUpload.receive_data_chunk

    def counted(self: LimitedUpload, raw_data: bytes, start: int) -> bytes | None:
        answer = receive(self, raw_data, start)
        self.file.flush()
        sizes.append(self.file.file.seek(0, 2))
        return answer

    monkeypatch.setattr(LimitedUpload, "receive_data_chunk", counted)
    return sizes


@contextmanager
def sent(**files: bytes) -> Iterator[Any]:
    """A form with files, between two fields of text."""
    parts = {name: SimpleUploadedFile(f"{name}.jpg", data) for name, data in files.items()}
    request = RequestFactory().post("/proof/", {"before": "hello", **parts, "after": "goodbye"})
    yield request
    request.close()


def test_a_file_within_the_measure_comes_whole() -> None:
    with sent(paper=b"x" * MOST_BYTES) as request:
        assert request.FILES["paper"].size == MOST_BYTES
        assert request.FILES["paper"].read() == b"x" * MOST_BYTES


def test_a_file_past_the_measure_is_let_go_and_the_rest_of_the_form_stays(kept: list[int]) -> None:
    with sent(paper=b"x" * (2 * MOST_BYTES)) as request:
        assert request.FILES["paper"].size == 2 * MOST_BYTES
        assert request.FILES["paper"].read() == b""
        assert (request.POST["before"], request.POST["after"]) == ("hello", "goodbye")
        assert max(kept) <= MOST_BYTES
        assert kept[-1] == 0


def test_the_measure_counts_all_files_of_a_request_together() -> None:
    with sent(one=b"x" * (MOST_BYTES - 5), two=b"y" * 6) as request:
        assert request.FILES["one"].size == MOST_BYTES - 5
        assert request.FILES["two"].size > MOST_BYTES
        assert request.FILES["two"].read() == b""

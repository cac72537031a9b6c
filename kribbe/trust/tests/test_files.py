"""What people send: taken in by its bytes, drawn anew, refused in words, and given out through a door."""

from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from django.http import Http404
from django.utils import translation
from PIL import Image

from kribbe.testing import uploads
from kribbe.trust import files
from kribbe.trust.errors import RefusedError
from kribbe.trust.files import Kind
from kribbe.trust.models import StoredFile
from kribbe.trust.principal import SYSTEM

NOW = datetime(2027, 1, 11, 9, 0, tzinfo=UTC)
SPACE = "location:1"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.FILES_DIR = tmp_path
    return tmp_path


def take(data, *, kind=Kind.PHOTO, name="a.jpg", space=SPACE, held=False):
    return files.take_in(data=data, name=name, kind=kind, space=space, principal=SYSTEM, now=NOW, held=held)


def image_of(row, name):
    return Image.open(BytesIO((files.folder(row.key) / name).read_bytes()))


@pytest.mark.parametrize("suffix", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_a_photo_is_kept_at_three_widths_in_three_formats_and_says_nothing_of_its_maker(suffix):
    row = take(uploads.photo(suffix=suffix))
    assert (row.widths, row.width, row.height) == ([480, 960, 1600], 1600, 1067)
    assert files.names(row) == sorted(f"{w}.{s}" for w in (480, 960, 1600) for s in ("avif", "webp", "jpg"))
    for name in files.names(row):
        image = image_of(row, name)
        assert (dict(image.getexif()), image.info.get("xmp"), image.info.get("comment")) == ({}, None, None)
        assert b"Secret Phone" not in (files.folder(row.key) / name).read_bytes()


def test_the_side_that_was_up_is_up():
    turned = take(uploads.photo(1200, 800, orientation=6))
    image = image_of(turned, "480.jpg")
    assert image.width < image.height
    red, white = image.getpixel((image.width // 2, 20)), image.getpixel((image.width // 2, image.height - 20))
    assert red[1] < 60 < 200 < white[1]


def test_a_small_photo_is_never_blown_up():
    assert take(uploads.photo(700, 500)).widths == [480, 700]
    assert take(uploads.photo(300, 300)).widths == [300]


@pytest.mark.parametrize(
    ("made", "code"),
    [
        (uploads.vector, "unknown"),
        (uploads.page, "unknown"),
        (uploads.paper, "unknown"),
        (uploads.bomb, "too_many_pixels"),
        (uploads.picture_and_page, "disguised"),
        (uploads.picture_and_archive, "disguised"),
        (lambda: uploads.photo()[:2000], "damaged"),
        (lambda: uploads.photo(suffix="PNG")[:-400], "damaged"),
        (lambda: b"\xff\xd8\xff" + uploads.page(), "disguised"),
        (lambda: b"\xff\xd8\xff%PDF-1.7 %%EOF", "disguised"),
        (lambda: b"\x89PNG\r\n\x1a\n" + b"\0" * 200, "damaged"),
        (lambda: uploads.photo(150, 900), "too_small"),
        (lambda: b"\0" * (files.MOST_BYTES + 1), "too_large"),
        (lambda: b"", "unknown"),
    ],
)
def test_what_is_no_honest_photo_is_refused_in_words(made, code, folder):
    with pytest.raises(RefusedError) as refused:
        take(made(), name="holiday.jpg")
    assert refused.value.code == code
    assert len(str(refused.value.message)) > 20
    assert not list(folder.rglob("*.*"))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "This file is empty."),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "Save it as a JPEG"),
        (b"GIF89a" + b"\0" * 200, "Send a JPEG, PNG, WebP or AVIF."),
    ],
)
def test_what_a_phone_keeps_otherwise_is_told_with_its_remedy(data, said):
    with pytest.raises(RefusedError) as refused:
        take(data)
    with translation.override("en"):
        assert said in str(refused.value.message)


@pytest.mark.parametrize(
    ("made", "code"),
    [
        (uploads.paper_with_script, "active"),
        (uploads.paper_that_starts_something, "active"),
        (uploads.paper_with_hidden_script, "active"),
        (uploads.paper_with_a_file_in_it, "active"),
        (uploads.closed_paper, "closed"),
        (uploads.paper_and_archive, "damaged"),
        (lambda: uploads.paper()[:200], "damaged"),
        (lambda: b"%PDF-1.7\n%%EOF", "damaged"),
        (lambda: uploads.paper(201), "pages"),
        (uploads.page, "unknown"),
        (lambda: b"GIF89a" + uploads.paper(), "unknown"),
    ],
)
def test_a_paper_that_is_damaged_closed_or_active_is_refused(made, code):
    with pytest.raises(RefusedError) as refused:
        take(made(), kind=Kind.PAPER, name="proof.pdf")
    assert refused.value.code == code


def test_a_paper_is_a_pdf_or_a_photo_of_one():
    assert files.names(take(uploads.paper(3), kind=Kind.PAPER)) == ["file.pdf"]
    photo = take(uploads.photo(), kind=Kind.PAPER)
    assert files.names(photo) == ["file.jpg"]
    assert not dict(image_of(photo, "file.jpg").getexif())


def test_the_name_is_shown_and_never_used_on_disk(folder):
    row = take(uploads.photo(600, 400), name="../../etc/pass\nwd.php")
    assert row.name == "passwd.php"
    assert {path.suffix for path in folder.rglob("*.*")} == {".jpg", ".webp", ".avif"}


def test_a_space_has_its_quota(monkeypatch):
    monkeypatch.setattr(files, "QUOTA", 2 * take(uploads.photo(600, 400)).size)
    take(uploads.photo(600, 400))
    with pytest.raises(RefusedError) as refused:
        take(uploads.photo(600, 400))
    assert refused.value.code == "quota"
    take(uploads.photo(600, 400), space="location:2")


def test_pictures_are_shown_papers_are_saved_and_private_ones_stay_private():
    photo, paper = take(uploads.photo(600, 400)), take(uploads.paper(), kind=Kind.PAPER, name="Attest.pdf")
    public, private = files.give(photo, "480.webp", public=True), files.give(paper, "file.pdf", public=False)
    assert (public["Content-Type"], private["Content-Type"]) == ("image/webp", "application/pdf")
    assert public["Cache-Control"] == "public, max-age=86400, immutable"
    assert private["Cache-Control"] == "private, no-store"
    assert private["Content-Disposition"] == 'attachment; filename="Attest.pdf"'
    for response in (public, private):
        assert response["X-Content-Type-Options"] == "nosniff"
        response.close()


@pytest.mark.parametrize("name", ["481.webp", "../x.jpg", "..", "480.svg", "", "480.webp/..", "/etc/passwd"])
def test_no_name_leads_elsewhere(name):
    with pytest.raises(Http404):
        files.give(take(uploads.photo(600, 400)), name, public=True)


def test_a_removed_file_leaves_the_disk_after_the_transaction(folder, django_capture_on_commit_callbacks):
    row = take(uploads.photo(600, 400))
    with django_capture_on_commit_callbacks(execute=True):
        files.remove(row)
        assert files.folder(row.key).is_dir()
    assert not files.folder(row.key).exists()


@pytest.mark.django_db(transaction=True)
def test_held_files_are_found_by_their_own_space_and_swept_after_a_day():
    held, kept = take(uploads.photo(600, 400), held=True), take(uploads.photo(600, 400))
    ticket = files.ticket(held)
    assert files.by_ticket(ticket, space=SPACE, now=NOW) == held
    assert files.by_ticket(ticket, space="location:2", now=NOW) is None
    assert files.by_ticket(ticket + "x", space=SPACE, now=NOW) is None
    claimed = files.claim(take(uploads.photo(600, 400), held=True))
    assert files.sweep(NOW + timedelta(days=2)) == 1
    assert set(StoredFile.objects.all()) == {kept, claimed}
    assert not files.folder(held.key).exists()


def test_what_a_broken_transaction_left_on_disk_is_swept():
    row = take(uploads.photo(600, 400))
    StoredFile.objects.all().delete()
    assert files.sweep(datetime.now(UTC)) == 0
    assert files.sweep(datetime.now(UTC) + timedelta(days=2)) == 1
    assert not files.folder(row.key).exists()


def test_transparency_becomes_white():
    out = BytesIO()
    Image.new("RGBA", (500, 400), (0, 0, 0, 0)).save(out, "PNG")
    assert image_of(take(out.getvalue()), "480.jpg").convert("RGB").getpixel((5, 5)) == (255, 255, 255)

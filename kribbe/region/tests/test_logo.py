"""The desk's own logo: what is taken in, where it stands, and how it is taken back."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from PIL import Image
from pypdf import PdfReader

from kribbe.region import services
from kribbe.region.branding import brand_of
from kribbe.region.models import Desk
from kribbe.region.tests.test_pages import administrator, make_desk
from kribbe.testing import cast, uploads
from kribbe.testing.sessions import log_in
from kribbe.testing.worlds import built_once
from kribbe.trust import files
from kribbe.trust.errors import RefusedError
from kribbe.trust.files import Kind
from kribbe.trust.models import AuditEntry, StoredFile
from kribbe.trust.principal import Role, Scope
from kribbe.web.documents import pdf

pytestmark = pytest.mark.django_db

ENGLISH = {"accept-language": "en"}


@built_once
def desk() -> Desk:
    return make_desk()


@pytest.fixture
def office(desk: Desk) -> Client:
    """The browser of the desk's administrator."""
    ada = cast.make_user(
        "ada@proef.example",
        role=Role.ADMINISTRATOR,
        scope=Scope.DESK,
        scope_id=desk.pk,
        now=timezone.now(),
    )
    return log_in(Client(headers=ENGLISH), ada, second_factor=True)


def drawing(width: int = 900, height: int = 300, suffix: str = "PNG") -> bytes:
    """A logo of which the right half is see-through."""
    image = Image.new("RGBA", (width, height), (0, 0, 0, 0))
    image.paste((200, 30, 30, 255), (0, 0, width // 2, height))
    out = BytesIO()
    image.save(out, suffix)
    return out.getvalue()


def page_of(desk: Desk) -> str:
    return reverse("region:settings_logo", args=[desk.slug])


def send(office: Client, desk: Desk, data: bytes, alt: str = "Coat of arms") -> str:
    form = {"file": SimpleUploadedFile("logo.png", data, "image/png"), "alt": alt}
    return office.post(page_of(desk), form, follow=True).text


def take_in(desk: Desk, data: bytes | None = None) -> StoredFile:
    return files.take_in(
        data=data or drawing(),
        name="logo.png",
        kind=Kind.LOGO,
        space=services.space_of(desk.pk),
        principal=administrator(desk),
        now=timezone.now(),
    )


def give(desk: Desk, alt: str = "Coat of arms") -> StoredFile:
    file = take_in(desk)
    services.give_logo(principal=administrator(desk), desk=desk, file=file, alt=alt, now=timezone.now())
    return file


def test_an_administrator_gives_a_logo_and_every_page_shows_it(desk: Desk, office: Client) -> None:
    home = reverse("region:home", args=[desk.slug])
    assert "brand__logo" not in Client().get(home).text
    assert "The logo is on your pages and letters." in send(office, desk, drawing())
    desk.refresh_from_db()
    address = reverse("region:logo", args=[desk.slug, desk.logo_id])
    shown = Client().get(home).text
    assert f'<img class="brand__logo" src="{address}" alt="Coat of arms">' in shown
    assert "brand__mark" not in shown
    given = Client().get(address)
    assert given["Content-Type"] == "image/png"
    picture = Image.open(BytesIO(given.getvalue()))
    assert picture.size == (480, 160)
    assert (picture.getpixel((40, 80)), picture.getpixel((440, 80))[3]) == ((200, 30, 30, 255), 0)
    assert AuditEntry.objects.filter(action="desk.logo").count() == 1


def test_nothing_that_a_phone_noted_is_kept(desk: Desk, tmp_path: Path) -> None:
    row = take_in(desk, uploads.photo(800, 400))
    kept = (files.folder(row.key) / "logo.png").read_bytes()
    assert b"Secret Phone" not in kept
    assert Image.open(BytesIO(kept)).info == {}


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (
            b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
            "no photo that we can read",
        ),
        (uploads.picture_and_page(), "Something else is hidden"),
        (drawing(20, 20), "too small"),
        (b"", "empty"),
    ],
)
def test_what_is_no_plain_picture_is_refused_at_its_field(
    desk: Desk, office: Client, data: bytes, told: str
) -> None:
    assert told in send(office, desk, data)
    desk.refresh_from_db()
    assert desk.logo is None


def test_without_words_it_is_refused_and_the_file_is_held(desk: Desk, office: Client) -> None:
    told = send(office, desk, drawing(), alt="  ")
    assert "logo.png is received" in told
    assert not Desk.objects.exclude(logo=None).exists()


def test_it_is_taken_back_and_put_back(desk: Desk, office: Client) -> None:
    first, second = give(desk, "First"), give(desk, "Second")
    back = reverse("region:settings_logo_back", args=[desk.slug])

    def go(way: str) -> tuple[int | None, str]:
        office.post(back, {"way": way})
        desk.refresh_from_db()
        return desk.logo_id, desk.logo_alt

    assert go("undo") == (first.pk, "First")
    assert go("undo") == (second.pk, "Second")
    assert go("icon") == (None, "")
    assert not StoredFile.objects.filter(pk=first.pk).exists()
    assert go("undo") == (second.pk, "Second")
    assert go("away") == (second.pk, "Second")


def test_an_earlier_logo_is_not_given_out_and_the_oldest_goes(desk: Desk) -> None:
    first, second, third = give(desk), give(desk), give(desk)
    for row, status in ((first, 404), (second, 404), (third, 200)):
        given = Client().get(reverse("region:logo", args=[desk.slug, row.pk]))
        assert given.status_code == status
        assert b"PNG" in given.getvalue() or status == 404
    assert set(StoredFile.objects.values_list("pk", flat=True)) == {second.pk, third.pk}


def test_nothing_to_take_back_is_told(desk: Desk) -> None:
    for service in (services.drop_logo, services.put_logo_back):
        with pytest.raises(RefusedError):
            service(principal=administrator(desk), desk=desk, now=timezone.now())


def test_a_logo_costs_a_page_no_query(desk: Desk) -> None:
    def queries() -> int:
        found = Desk.objects.select_related("municipality").get(pk=desk.pk)
        with CaptureQueriesContext(connection) as asked:
            brand_of(found)
        return len(asked)

    before = queries()
    give(desk)
    assert (before, queries()) == (0, 0)


def test_a_letter_carries_the_logo_with_its_words(desk: Desk) -> None:
    give(desk, "Wapen van Leuven")
    desk.refresh_from_db()
    made = pdf("web/report", {"lead": "", "tables": []}, title="Brief", brand=brand_of(desk), language="nl")
    page = PdfReader(BytesIO(made)).pages[0]
    assert [image.image.size for image in page.images] == [(480, 160)]
    assert "Wapen van Leuven" in str(figures(PdfReader(BytesIO(made)).trailer["/Root"]["/StructTreeRoot"]))


def figures(node: object) -> list[str]:
    """The words of all figures of a document."""
    here = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(here, list):
        return [words for each in here for words in figures(each)]
    if not isinstance(here, dict):
        return []
    own = [str(here["/Alt"])] if "/Alt" in here else []
    return own + figures(here.get("/K", []))

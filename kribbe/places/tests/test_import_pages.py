"""The administrator's imports in the browser: look, import, take back; nobody else gets in."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone, translation
from playwright.sync_api import expect
from pytest_django.fixtures import Settings

from kribbe.people import middleware
from kribbe.places.importing import uploads
from kribbe.places.importing.asked import SILENT, work_off
from kribbe.places.models import ImportRun, Location
from kribbe.places.tasks import imports_resumed
from kribbe.places.tests.import_scene import DIRTY, Scene, make_scene
from kribbe.testing.browser import DESKTOP, PHONE, OpenPage, fits, screenshot, seen
from kribbe.testing.cast import make_user
from kribbe.testing.clock import Clock
from kribbe.testing.worlds import built_once
from kribbe.trust.principal import Role, Scope

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _surroundings(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A folder of the test's own, English, and a second factor that a test can simply set."""
    monkeypatch.setattr(
        middleware, "has_second_factor", lambda request: bool(request.session.get("second_factor"))
    )
    settings.ENVIRONMENT = configured.ENVIRONMENT.model_copy(update={"data_dir": tmp_path})
    with translation.override("en"):
        yield


@built_once
def scene() -> Scene:
    return make_scene()


def client_for(role: Role, scope: Scope, scope_id: int, *, clock: Clock, verified: bool = True) -> Client:
    """Somebody with one role, logged in."""
    user = make_user(
        f"ada@{role.value}-{scope.value}-{scope_id}.example",
        role=role,
        scope=scope,
        scope_id=scope_id,
        now=clock.now,
    )
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    if verified:
        session = client.session
        session["second_factor"] = True
        session.save()
    return client


@pytest.fixture
def admin(scene: Scene, clock: Clock) -> Client:
    return client_for(Role.ADMINISTRATOR, Scope.DESK, scene.lindedaal.pk, clock=clock)


START = "/office/lindedaal/import/"


def give(client: Client, content: bytes | None = None, name: str = "lijst.csv") -> Any:
    file = SimpleUploadedFile(name, DIRTY.read_bytes() if content is None else content)
    return client.post(START, {"file": file})


def body(response: HttpResponse) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def imported(client: Client, preview: str) -> str:
    """Ask for the import, have a worker do it, and give the address of its result."""
    waiting = client.post(f"{preview}run/")["Location"]
    assert "is being imported" in body(client.get(waiting))
    assert imports_resumed(timezone.now()) == 0
    assert imports_resumed(timezone.now() + SILENT * 2) == 1
    return client.get(waiting)["Location"]


def test_look_import_and_undo(admin: Client) -> None:
    preview = give(admin)["Location"]
    page = admin.get(preview)
    assert page.status_code == 200
    assert Location.objects.count() == 0
    assert "Import 15 locations" in body(page)
    assert "“Speelweide” is not in the list of kinds" in body(page)

    done = imported(admin, preview)
    assert Location.objects.count() == 15
    result = admin.get(done)
    assert result.status_code == 200
    assert "Undo this import" in body(result)
    assert "lijst.csv" in body(admin.get(START))
    assert "This file was imported already" in body(admin.get(preview))

    asked = admin.get(f"{done}undo/")
    assert "15 new locations go away again" in body(asked)
    back = admin.post(f"{done}undo/")
    assert Location.objects.count() == 0
    assert "This import was undone" in body(admin.get(back["Location"]))
    assert admin.post(f"{done}undo/").status_code == 409


def test_asked_twice_and_worked_off_twice_imports_once(admin: Client, scene: Scene) -> None:
    preview = give(admin)["Location"]
    token = preview.rstrip("/").rsplit("/", 1)[1]
    first, second = admin.post(f"{preview}run/"), admin.post(f"{preview}run/")
    assert first["Location"] == second["Location"]
    before = uploads.kept(scene.lindedaal.pk, token)
    assert before is not None
    run = work_off(scene.lindedaal.pk, token, now=timezone.now())
    assert work_off(scene.lindedaal.pk, token, now=timezone.now()) is None
    uploads._write(before)
    assert work_off(scene.lindedaal.pk, token, now=timezone.now()) == run
    assert ImportRun.objects.count() == 1
    assert ImportRun.objects.get().by == int(admin.session["_auth_user_id"])


def test_what_is_wrong_is_told_on_the_page_and_nothing_is_written(admin: Client, scene: Scene) -> None:
    preview = give(admin, b"Wie,Waar\nVer,Kade 2\n")["Location"]
    waiting = admin.post(f"{preview}run/")["Location"]
    assert work_off(scene.lindedaal.pk, preview.rstrip("/").rsplit("/", 1)[1], now=timezone.now()) is None
    assert "No column holds the name of a location" in body(admin.get(waiting))
    assert ImportRun.objects.count() == 0


def test_saying_which_column_is_what(admin: Client) -> None:
    preview = give(
        admin, b"Wie,Waar,Pc,Stad,Lon,Lat,Wat\nDe Merel,Dorpsstraat 2,3999,Lindedaal,4.71,50.88,Speelhuis\n"
    )["Location"]
    first = admin.get(preview)
    assert "No column holds the name of a location" in body(first)
    wanted = {"name": "Wie", "street": "Waar", "postcode": "Pc", "city": "Stad", "longitude": "Lon",
              "latitude": "Lat", "kind": "Wat", "date_format": "DD/MM/YYYY", "coordinates": "wgs84"}  # fmt: skip
    missing = admin.post(preview, {**wanted, "name": ""})
    assert missing.status_code == 422
    assert "Say which column holds the name." in body(missing)
    assert admin.post(preview, wanted).status_code == 302
    assert "“Speelhuis” is not in the list of kinds" in body(admin.get(preview))
    assert admin.post(preview, {**wanted, "kind:speelhuis": "family"}).status_code == 302
    assert "Import 1 location" in body(admin.get(preview))
    imported(admin, preview)
    assert Location.objects.get().kind == "family"


def test_report_of_doubts(admin: Client) -> None:
    preview = give(admin, b"naam;adres;gemeente;lon;lat\n=HYPERLINK(1);Dorpsstraat 2;Lindedaal;4,71;50,88\n")[
        "Location"
    ]
    report = admin.get(f"{preview}report.csv")
    lines = report.content.decode("utf-8-sig").splitlines()
    assert lines[0] == "line,level,code,name,message"
    assert (
        lines[1]
        == "2,warned,missing_licence,'=HYPERLINK(1),No licence number; recognised by name and address."
    )
    done = imported(admin, preview)
    assert admin.get(f"{done}report.csv").content.decode("utf-8-sig").splitlines() == lines


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"", "The file is empty."), (b"\x89PNG\0\0", "neither text"), (b"PK\x03\x04junk", "damaged")],
)
def test_a_bad_file_is_told_at_the_field(admin: Client, content: bytes, message: str) -> None:
    response = give(admin, content)
    assert response.status_code == 422
    assert message in body(response)
    assert "Choose a file." in body(admin.post(START, {}))


def test_a_file_from_elsewhere_is_told_before_it_is_taken(admin: Client) -> None:
    preview = give(admin, b"naam,adres,gemeente,lon,lat\nVer,Kade 2,Zeedorp,3.1,51.2\n")["Location"]
    assert "Zeedorp is no municipality of this installation" in body(admin.get(preview))


def every_page(run: int, token: str) -> list[str]:
    return [START, f"{START}file/{token}/", f"{START}file/{token}/report.csv", f"{START}{run}/",
            f"{START}{run}/report.csv", f"{START}{run}/undo/"]  # fmt: skip


def test_outsiders_find_nothing(scene: Scene, admin: Client, clock: Clock) -> None:
    preview = give(admin)["Location"]
    imported(admin, preview)
    run, token = ImportRun.objects.get().pk, preview.rstrip("/").rsplit("/", 1)[1]
    pages = every_page(run, token)
    assert [admin.get(page).status_code for page in pages] == [200] * len(pages)

    outsiders = [
        client_for(Role.ADMINISTRATOR, Scope.DESK, scene.beukhove.pk, clock=clock),
        client_for(Role.CLERK, Scope.DESK, scene.lindedaal.pk, clock=clock),
        client_for(Role.POLICY_OFFICER, Scope.REGION, scene.lindedaal.region_id, clock=clock),
        client_for(Role.PARENT, Scope.HOUSEHOLD, 1, clock=clock),
    ]
    for outsider in outsiders:
        assert [outsider.get(page).status_code for page in pages] == [404] * len(pages)
        assert outsider.post(f"{preview}run/").status_code == 404
        assert outsider.post(f"{START}{run}/undo/").status_code == 404
    unverified = client_for(
        Role.ADMINISTRATOR, Scope.REGION, scene.lindedaal.region_id, clock=clock, verified=False
    )
    assert {unverified.get(page).status_code for page in pages} == {302}
    assert {Client().get(page).status_code for page in pages} == {302}
    assert Location.objects.count() == 15


def test_a_file_of_another_desk_is_not_there(scene: Scene, admin: Client, clock: Clock) -> None:
    token = give(admin)["Location"].rstrip("/").rsplit("/", 1)[1]
    region = client_for(Role.ADMINISTRATOR, Scope.REGION, scene.lindedaal.region_id, clock=clock)
    assert region.get(f"{START}file/{token}/").status_code == 200
    assert region.get(f"/office/beukhove/import/file/{token}/").status_code == 404
    for wrong in ("..", "x", "x" * 22, "%2e%2e"):
        assert region.get(f"{START}file/{wrong}/").status_code == 404


def test_files_go_after_two_weeks(scene: Scene) -> None:
    now = timezone.now()
    old = uploads.keep(desk_id=1, name="oud.csv", content=b"x", now=now - timedelta(days=15))
    new = uploads.keep(desk_id=1, name="nieuw.csv", content=b"y", now=now - timedelta(days=13))
    uploads.keep(desk_id=1, name="nu.csv", content=b"z", now=now)
    assert uploads.kept(1, old.token) is None
    kept = uploads.kept(1, new.token)
    assert kept is not None
    assert kept.content == b"y"


def test_queries_do_not_grow_with_rows(admin: Client, django_assert_max_num_queries: Any) -> None:
    head = "naam,adres,gemeente,lon,lat\n"
    for count in (5, 60):
        rows = "".join(f"Huis {n},Dorpsstraat {n},Lindedaal,4.71,50.88\n" for n in range(count))
        preview = give(admin, (head + rows).encode())["Location"]
        with django_assert_max_num_queries(25):
            admin.get(preview)


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("size", "javascript"), [(DESKTOP, True), (PHONE, False)])
def test_the_journey_in_a_browser(
    admin: Client, open_page: OpenPage, tmp_path: Path, size: tuple[int, int], javascript: bool
) -> None:
    def check(name: str, heading: str) -> None:
        expect(page.get_by_role("heading", level=1)).to_have_text(heading)
        if not javascript:
            fits(page)
            return
        seen(page)
        screenshot(page, f"import-{name}")

    page = open_page(size=size, javascript=javascript)
    page.goto("/livez")
    page.context.add_cookies(
        [{"name": "sessionid", "value": admin.cookies["sessionid"].value, "url": page.url}]
    )
    page.goto(START)
    check("start", "Locaties inlezen")
    page.get_by_label("Bestand met locaties").set_input_files(DIRTY)
    page.get_by_role("button", name="Bekijk eerst de wijzigingen").press("Enter")
    page.locator("summary", has_text="twijfels").press("Enter")
    check("preview", "Wat dirty.csv zou wijzigen")
    page.get_by_role("button", name="Importeer 15 locaties").press("Enter")
    check("going", "dirty.csv wordt ingelezen")
    assert imports_resumed(timezone.now() + SILENT * 2) == 1
    if not javascript:
        page.get_by_role("link", name="Kijk opnieuw").press("Enter")
    check("result", "Import van dirty.csv")
    page.get_by_role("link", name="Maak deze import ongedaan").press("Enter")
    check("undo", "Deze import ongedaan maken?")
    page.get_by_role("button", name="Maak de import ongedaan").press("Enter")
    expect(page.get_by_text("Deze import is ongedaan gemaakt")).to_be_visible()
    assert Location.objects.count() == 0

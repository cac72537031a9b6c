"""The photo of a child: given with consent, shown to who cares for it, gone with the consent or the child."""

import zipfile
from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from kribbe.attendance.access import COOKIE
from kribbe.attendance.models import ChildPhoto
from kribbe.attendance.pages import day
from kribbe.attendance.selectors.photos import data_url
from kribbe.attendance.selectors.tablet import faces_held, held_by_tablet
from kribbe.attendance.services.devices import revoke
from kribbe.attendance.services.photos import forget_left, keep_photo, take_back_photo
from kribbe.attendance.tests.scene import monday_scene, tablet
from kribbe.enrolment.models import Placement
from kribbe.enrolment.tests.location_scene import client_of, manager_of
from kribbe.testing import uploads
from kribbe.trust import files
from kribbe.trust.errors import RefusedError
from kribbe.trust.export import archive, space_of
from kribbe.trust.files import Kind
from kribbe.trust.models import AuditEntry, StoredFile
from kribbe.trust.permissions import Action

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def scene(settings, tmp_path, monkeypatch):
    """Noon on a Monday, whenever the test runs."""
    settings.FILES_DIR = tmp_path
    made, _day = monday_scene()
    monkeypatch.setattr(timezone, "now", lambda: made.now)
    return made


def give(scene, placement=None, *, data=None, **more):
    child = (placement or scene.noor).child
    file = files.take_in(
        data=data or uploads.photo(),
        name="ik.jpg",
        kind=Kind.FACE,
        space=space_of(child.household_id),
        principal=scene.parent,
        now=scene.now,
        held=True,
    )
    told = {"agreed_name": "An Maes", "is_noted": False, "now": scene.now, **more}
    return keep_photo(principal=scene.parent, child_id=child.pk, file=file, **told)


def held(scene):
    groups = held_by_tablet(scene.location, now=scene.now)["groups"]
    return {child["name"]: child["face"] for group in groups for child in group["children"]}


def deeds():
    rows = AuditEntry.objects.filter(action__startswith="child_photo.").order_by("pk")
    return list(rows.values_list("action", flat=True))


def mine(scene):
    return reverse("attendance:my_photo", args=[scene.noor.reference])


def at(scene):
    return reverse("attendance:child_photo", args=[scene.location.slug, scene.noor.reference])


def sent(**more):
    return {"file": SimpleUploadedFile("ik.jpg", uploads.photo(), "image/jpeg"), **more}


def test_a_face_is_a_small_square_without_what_the_phone_noted(scene):
    noise = BytesIO()
    Image.effect_noise((900, 700), 255).convert("RGB").save(noise, "PNG")
    for data in (uploads.photo(), noise.getvalue()):
        photo = give(scene, data=data)
        (name,) = files.names(photo.file)
        kept = (files.folder(photo.file.key) / name).read_bytes()
        image = Image.open(BytesIO(kept))
        assert image.size == (144, 144)
        assert not image.getexif()
        assert len(data_url(photo.file.key)) <= 8_100
    assert ChildPhoto.objects.count() == StoredFile.objects.count() == 1


def test_a_program_that_calls_itself_a_photo_is_refused(scene):
    for data in (uploads.picture_and_archive(), uploads.vector(), uploads.paper()):
        with pytest.raises(RefusedError):
            give(scene, data=data)
    assert not ChildPhoto.objects.exists()


def test_without_a_parent_s_name_no_photo_is_kept(scene):
    with pytest.raises(RefusedError):
        give(scene, agreed_name=" ")


def test_the_tablet_holds_the_photos_of_its_own_children(scene):
    photo = give(scene)
    assert held(scene) == {"Noor M.": photo.file.key, "Lou C.": ""}
    assert faces_held(scene.location, now=scene.now) == {photo.file.key: data_url(photo.file.key)}


def test_a_tablet_asks_for_photos_until_it_is_shut_out(scene):
    give(scene)
    device, token = tablet(scene, now=scene.now)
    client = Client()
    address = reverse("attendance:tablet_faces", args=[scene.location.slug])
    assert client.get(address).status_code == 404
    client.cookies[COOKIE] = token
    assert client.get(address).status_code == 200
    revoke(principal=scene.manager, location=scene.location, reference=device.reference, now=scene.now)
    assert client.get(address).status_code == 404


def test_who_takes_the_consent_back_leaves_nothing(scene, django_capture_on_commit_callbacks):
    key = give(scene).file.key
    with django_capture_on_commit_callbacks(execute=True):
        assert take_back_photo(principal=scene.parent, child_id=scene.noor.child_id, now=scene.now)
    assert not take_back_photo(principal=scene.parent, child_id=scene.noor.child_id, now=scene.now)
    assert not StoredFile.objects.exists() and not files.folder(key).exists()
    assert held(scene)["Noor M."] == ""
    assert deeds() == ["child_photo.keep", "child_photo.take_back"]


def test_the_photo_goes_once_the_child_left(scene):
    give(scene)
    give(scene, scene.lou)
    assert forget_left(now=scene.now) == 0
    today = scene.now.date()
    Placement.objects.filter(pk=scene.noor.pk).update(during=(scene.start, today))
    assert forget_left(now=scene.now) == 1
    assert ChildPhoto.objects.get().child == scene.lou.child
    assert deeds()[-1] == "child_photo.forget"
    with pytest.raises(RefusedError):
        give(scene)


def test_a_photo_given_before_the_first_day_waits_for_it(scene):
    Placement.objects.filter(pk=scene.noor.pk).update(during=(scene.now.date() + 90 * DAY, None))
    give(scene)
    assert forget_left(now=scene.now) == 0


def test_the_family_takes_its_photo_along(scene):
    photo = give(scene)
    names = zipfile.ZipFile(BytesIO(archive(photo.child.household_id, reading=""))).namelist()
    assert f"files/{photo.file.pk}-face.jpg" in names


def test_a_parent_gives_it_with_consent_and_takes_it_back(scene):
    parent = client_of(scene.parent_user())
    answer = parent.post(mine(scene), sent())
    assert answer.status_code == 422 and not ChildPhoto.objects.exists()
    assert parent.post(mine(scene), sent(agreed="on")).status_code == 302
    photo = ChildPhoto.objects.get()
    assert (photo.agreed_name, photo.is_noted) == ("An", False)
    assert "data:image/jpeg" in parent.get(mine(scene)).content.decode()
    assert parent.post(mine(scene), {"do": "back"}).status_code == 302
    assert not ChildPhoto.objects.exists()


def test_the_location_notes_who_agreed_and_every_look(scene):
    manager = client_of(manager_of(scene.location, now=scene.now))
    assert manager.post(at(scene), sent()).status_code == 422
    assert manager.post(at(scene), sent(agreed_name="An\0 Maes")).status_code == 302
    photo = ChildPhoto.objects.get()
    assert (photo.agreed_name, photo.is_noted) == ("An Maes", True)
    before = AuditEntry.objects.filter(action="child_file.read").count()
    assert "An Maes" in manager.get(at(scene)).content.decode()
    assert AuditEntry.objects.filter(action="child_file.read").count() == before + 1


def test_the_page_of_the_day_shows_it_today_and_to_who_may_read_the_file(scene, monkeypatch):
    give(scene)
    manager = client_of(manager_of(scene.location, now=scene.now))
    page = reverse("attendance:day", args=[scene.location.slug])
    assert manager.get(page).content.decode().count("data:image/jpeg") == 1
    week_ago = scene.now.date() - 7 * DAY
    assert "data:image/jpeg" not in manager.get(f"{page}?on={week_ago}").content.decode()
    may_at = day.may_at
    monkeypatch.setattr(
        day,
        "may_at",
        lambda who, action, where: action != Action.CHILD_FILE_READ and may_at(who, action, where),
    )
    assert "data:image/jpeg" not in manager.get(page).content.decode()

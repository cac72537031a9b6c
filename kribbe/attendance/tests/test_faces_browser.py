"""Faces on the tablet, and a child that isn't planned; with the network cut, and on a page of the family."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from kribbe.attendance.models import ChildPhoto, Mark, Presence, Tap
from kribbe.attendance.services.photos import keep_photo, take_back_photo
from kribbe.attendance.tests.test_tablet_browser import TABLET, enrolled, kid, scene, synced
from kribbe.attendance.tests.test_tablet_in_sight_browser import held_names
from kribbe.enrolment.models import Placement
from kribbe.enrolment.tests.location_scene import manager_of
from kribbe.planning.models import Severity
from kribbe.planning.selectors.child_file import Allergy
from kribbe.planning.services.child_file import Kept, keep_file
from kribbe.testing import uploads
from kribbe.testing.browser import PHONE, axe, look_at
from kribbe.trust import files
from kribbe.trust.export import space_of
from kribbe.trust.files import Kind

__all__ = ["scene"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
look = look_at("photos")
OTHERS = "Er kwam nog iemand"


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.FILES_DIR = tmp_path


def give(scene, child):
    file = files.take_in(
        data=uploads.garden(),
        name="ik.jpg",
        kind=Kind.FACE,
        space=space_of(child.household_id),
        principal=scene.parent,
        now=scene.now,
    )
    keep_photo(
        principal=scene.parent,
        child_id=child.pk,
        file=file,
        agreed_name="An Maes",
        is_noted=False,
        now=scene.now,
    )


def ilyas():
    return Placement.objects.get(child__first_name="Ilyas").child


def cut(page):
    page.wait_for_function(
        "() => navigator.serviceWorker.ready.then(() => caches.keys()).then((k) => k.length)"
    )
    page.context.set_offline(True)


@pytest.mark.offline
def test_a_face_stays_without_network_and_goes_with_the_consent(open_page, scene):
    give(scene, ilyas())
    page = open_page(size=TABLET)
    enrolled(page, scene)
    face = kid(page, "Ilyas").locator("img")
    face.wait_for()
    assert kid(page, "Fien").locator(".kid__face").inner_text() == "FD"
    cut(page)
    page.reload()
    face.wait_for()
    assert face.evaluate("(image) => image.naturalWidth") == 144
    look(page, "tablet")
    page.context.set_offline(False)
    take_back_photo(principal=scene.parent, child_id=ilyas().pk, now=timezone.now())
    kid(page, "Fien").click()
    face.wait_for(state="detached")
    synced(page)
    page.wait_for_timeout(500)
    assert "data:image" not in f"{held_names(page)}"


@pytest.mark.offline
def test_a_child_that_isn_t_planned_comes_without_network(open_page, scene):
    tomorrow = timezone.localdate() + timedelta(days=1)
    Placement.objects.filter(pk=scene.noor.pk).update(pattern=0b11 << 2 * tomorrow.weekday())
    keep_file(
        principal=scene.parent,
        child_id=scene.noor.child_id,
        kept=Kept(allergies=[Allergy("noten", Severity.LIFE, "EpiPen, dan 112")]),
        seen_version=0,
        now=scene.now,
    )
    page = open_page(size=TABLET)
    enrolled(page, scene)
    assert not page.locator(".kid", has_text="Noor").count()
    cut(page)
    page.get_by_text(OTHERS).click()
    page.get_by_role("button", name="Noor M.").click()
    page.get_by_text("Noor M. is aanwezig").wait_for()
    assert page.locator(".kid", has_text="Noor").get_by_text("noten: EpiPen, dan 112").is_visible()
    assert "Kinderen: 1" in page.locator("[data-ratio]").inner_text()
    page.get_by_role("button", name="Ongedaan maken").click()
    page.locator(".kid", has_text="Noor").wait_for(state="detached")
    look(page, "others")
    page.get_by_role("button", name="Noor M.").click()
    page.get_by_text("Noor M. is aanwezig").wait_for()
    page.context.set_offline(False)
    synced(page)
    kept = Presence.objects.get()
    assert (kept.placement, kept.end) == (scene.noor, None)
    assert Mark.NOT_PLANNED in Tap.objects.latest("pk").marks


def test_a_parent_gives_the_photo_and_the_location_sees_it(open_as, scene, tmp_path):
    photo = tmp_path / "ik.jpg"
    photo.write_bytes(uploads.garden())
    page = open_as(scene.parent_user(), PHONE)
    page.goto(reverse("planning:my_file", args=[scene.noor.reference]))
    page.get_by_role("link", name="Een foto voor de begeleiders").click()
    page.get_by_label("Foto", exact=True).set_input_files(photo)
    page.get_by_role("button", name="Foto bewaren").click()
    page.get_by_text("Vink dit aan als je akkoord bent").first.wait_for()
    axe(page)
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Foto bewaren").click()
    page.get_by_alt_text("Foto van Noor").wait_for()
    assert ChildPhoto.objects.get().child == scene.noor.child
    look(page, "mine")
    give(scene, ilyas())
    page = open_as(manager_of(scene.location, now=scene.now))
    page.goto(reverse("attendance:day", args=[scene.location.slug]))
    assert (
        page.locator("tr", has_text="Ilyas").locator("img").evaluate("(image) => image.naturalWidth") == 144
    )
    look(page, "day")
    page.goto(reverse("attendance:child_photo", args=[scene.location.slug, scene.noor.reference]))
    page.get_by_label("Welke ouder gaf toestemming?").wait_for()
    look(page, "location")
    page.get_by_role("button", name="Toestemming intrekken").click()
    page.get_by_text("De foto is gewist").wait_for()
    assert not ChildPhoto.objects.filter(child=scene.noor.child).exists()

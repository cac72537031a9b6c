"""What a carer has in sight on the tablet, also without network; and a tablet that stays open overnight."""

from datetime import time, timedelta

import pytest
from django.utils import timezone

from kribbe.attendance.models import Mark, Tap
from kribbe.attendance.tests.test_tablet_browser import TABLET, enrolled, kid, scene, synced
from kribbe.enrolment.models import Placement
from kribbe.planning.models import Severity
from kribbe.planning.selectors.child_file import Allergy, Person
from kribbe.planning.services.child_file import Kept, keep_file
from kribbe.rules.halfdays import SLOTS
from kribbe.testing.browser import seen

__all__ = ["scene"]
pytestmark = [pytest.mark.browser, pytest.mark.offline, pytest.mark.django_db(transaction=True)]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def test_allergies_who_may_fetch_and_whom_to_call_are_in_sight(open_page, scene):
    """Without opening anything, with the network cut, once a child is in, and on the evacuation list."""
    keep_file(
        principal=scene.parent,
        child_id=scene.noor.child_id,
        kept=Kept(
            allergies=[Allergy("noten", Severity.LIFE, "EpiPen, dan 112")],
            fetchers=[Person("Rita Maes", "oma", "0470 11 22 33")],
            contacts=[Person("Rita Maes", "oma", "0470 11 22 33")],
        ),
        seen_version=0,
        now=scene.now,
    )
    Placement.objects.filter(pk=scene.noor.pk).update(pattern=2**SLOTS - 1)
    page = open_page(size=TABLET)
    enrolled(page, scene)
    noor = page.locator(".kid", has_text="Noor")

    def in_sight(*kinds):
        assert noor.get_by_text("noten: EpiPen, dan 112").is_visible()
        for kind in kinds:
            assert noor.locator(f".kid__{kind}", has_text="Rita Maes (oma) 0470 11 22 33").is_visible()

    in_sight("fetch")
    seen(page)
    page.wait_for_function(
        "() => navigator.serviceWorker.ready.then(() => caches.keys()).then((k) => k.length)"
    )
    page.context.set_offline(True)
    page.reload()
    kid(page, "Noor").click()
    page.get_by_text("Geen netwerk").wait_for()
    in_sight("fetch", "call")
    page.get_by_role("button", name="Evacuatielijst").click()
    row = page.locator("[data-list-rows] li", has_text="Noor")
    assert row.get_by_text("noten: EpiPen, dan 112").is_visible()
    assert row.get_by_text("0470 11 22 33").is_visible()


def test_a_tablet_that_stays_open_overnight_forgets_the_day_and_keeps_its_taps(open_page, scene):
    page = open_page(size=TABLET)
    page.clock.install()
    enrolled(page, scene)
    synced(page)
    page.context.set_offline(True)
    kid(page, "Fien").click()
    page.get_by_text("Geen netwerk").wait_for()
    page.clock.fast_forward(24 * 3600 * 1000)
    page.locator(".kid").first.wait_for(state="detached")
    assert "Fien" not in page.locator("main").inner_text().replace("Fien is", "")
    assert "1" in page.locator("[data-net]").inner_text(), "the tap waits to be sent"
    page.clock.set_system_time(timezone.now())
    page.context.set_offline(False)
    kid(page, "Fien").wait_for()
    synced(page)
    assert Tap.objects.get().placement.child.first_name == "Fien"
    assert kid(page, "Fien").get_attribute("aria-pressed") == "true"


def test_a_clock_that_is_an_hour_slow_is_told_and_set_right(open_page, scene):
    page = open_page(size=TABLET)
    page.clock.install(time=timezone.now() - HOUR)
    enrolled(page, scene)
    page.get_by_text("De klok van deze tablet loopt 60 minuten achter").wait_for()
    with page.expect_response("**/tablet/sync"):
        kid(page, "Fien").click()
    synced(page)
    found = Tap.objects.get()
    assert Mark.CLOCK in found.marks
    assert abs(found.at - found.told_at - HOUR) < timedelta(minutes=2)


@pytest.mark.offline
def test_a_clock_that_is_set_right_before_the_tablet_syncs(open_page, scene):
    """An hour slow, tapped without network, then set right by it: the tap is an hour later than it was told."""
    page = open_page(size=TABLET)
    page.clock.install(time=timezone.now() - HOUR)
    enrolled(page, scene)
    page.get_by_text("De klok van deze tablet loopt 60 minuten achter").wait_for()
    synced(page)
    page.context.set_offline(True)
    kid(page, "Fien").click()
    page.get_by_text("Geen netwerk").wait_for()
    page.clock.set_system_time(timezone.now())
    page.context.set_offline(False)
    synced(page)
    found = Tap.objects.get()
    assert Mark.CLOCK in found.marks
    assert abs(found.at - found.told_at - HOUR) < timedelta(minutes=2)
    assert Mark.CLOCK_SET not in found.marks


def held_names(page):
    """Everything that the tablet keeps, as text."""
    return page.evaluate(
        """async () => {
            const rows = [];
            for (const { name } of await indexedDB.databases()) {
                const database = await new Promise((resolve) => {
                    const asked = indexedDB.open(name); asked.onsuccess = () => resolve(asked.result);
                });
                rows.push(...await new Promise((resolve) => {
                    const asked = database.transaction("kept").objectStore("kept").getAll();
                    asked.onsuccess = () => resolve(asked.result);
                }));
            }
            return JSON.stringify(rows);
        }"""
    )


def test_a_morning_without_network_has_the_children_of_the_day(open_page, scene, monkeypatch):
    """Fetched after closing time, unseen until midnight; the day after, with no network still, nobody is left."""
    evening = timezone.localtime(scene.now).replace(hour=19, minute=0, second=0, microsecond=0)
    real, begun = timezone.now, timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: evening + (real() - begun))
    scene.location.closes_at = time(18)
    scene.location.save()
    page = open_page(size=TABLET)
    page.clock.install(time=evening)
    enrolled(page, scene)
    synced(page)
    page.wait_for_function(
        "() => navigator.serviceWorker.ready.then(() => caches.keys()).then((k) => k.length)"
    )
    assert f"{evening.date() + DAY}" in held_names(page)
    page.context.set_offline(True)
    page.clock.fast_forward(12 * HOUR.total_seconds() * 1000)
    page.get_by_text("Geen netwerk").wait_for()
    kid(page, "Fien").click()
    page.locator(".kid--in", has_text="Fien").wait_for()
    assert f'"day":"{evening.date()}"' not in held_names(page)
    page.clock.fast_forward(24 * HOUR.total_seconds() * 1000)
    page.locator(".kid").first.wait_for(state="detached")
    assert "Fien" not in held_names(page)

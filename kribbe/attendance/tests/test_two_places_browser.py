"""On the tablet, with the network cut: a baby that is tapped in where it visits is there alone, and counts there."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from kribbe.attendance.models import Presence, Tap
from kribbe.attendance.selectors import tablet
from kribbe.attendance.tests.test_tablet_browser import TABLET, enrolled, scene, synced
from kribbe.enrolment.models import Placement
from kribbe.planning.models import GettingUsedDay, GroupTeam
from kribbe.planning.tests.scene import MONDAY
from kribbe.rules.halfdays import SLOTS
from kribbe.rules.ratio import figures_on
from kribbe.testing import cast
from kribbe.testing.browser import PHONE, look_at

__all__ = ["scene"]
pytestmark = [pytest.mark.browser, pytest.mark.offline, pytest.mark.django_db(transaction=True)]
DAY = timedelta(days=1)
look = look_at("attendance", PHONE)


@pytest.fixture
def kevers(scene, monkeypatch):
    """Eight toddlers are in, by the law of 2027; Noor, a baby of the other group, visits them all day."""
    monkeypatch.setattr(
        tablet, "figures_on", lambda pack, _on, *, family: figures_on(pack, date(2027, 1, 11), family=family)
    )
    today = timezone.localdate()
    group = cast.make_group(
        scene.location,
        30,
        now=scene.now,
        name="Kevers",
        open_pattern=2**SLOTS - 1,
        from_months=12,
        to_months=36,
    )
    GroupTeam.objects.create(group=group, during=(scene.start, None), layout="toddlers", carers=[0] * SLOTS)
    for number in range(8):
        child = cast.make_child(
            cast.make_household(scene.desk, f"Peuter {number}", now=scene.now), "Kim", born=today - 800 * DAY
        )
        placed(child, group, scene.start, scene)
    Placement.objects.filter(pk=scene.noor.pk).update(during=(scene.start, today + DAY), pattern=2**SLOTS - 1)
    coming = placed(scene.noor.child, group, today + DAY, scene)
    GettingUsedDay.objects.create(placement=coming, day=today, start="00:00", end="23:59", made_at=scene.now)
    scene.coming = coming
    return group


def placed(child, group, start, scene):
    found = cast.make_placement(
        child, group, start=start, end=start + 900 * DAY, pattern=MONDAY, now=scene.now
    )
    Placement.objects.filter(pk=found.pk).update(pattern=2**SLOTS - 1)
    return found


def test_a_visit_without_network_counts_in_one_place_and_so_it_is_kept(open_page, scene, kevers):
    page = open_page(size=TABLET)
    enrolled(page, scene)
    page.wait_for_function(
        "() => navigator.serviceWorker.ready.then(() => caches.keys()).then((k) => k.length)"
    )
    page.context.set_offline(True)
    ratio = page.locator("[data-ratio]")
    groups = page.locator(".tablet__group")
    toddlers = groups.filter(has=page.get_by_role("heading", name="Kevers")).locator(
        ".kid__tap", has_text="Kim"
    )
    for number in range(8):
        toddlers.nth(number).click()
        page.get_by_text(f"Kinderen: {number + 1}").wait_for()
    own = groups.filter(has=page.get_by_role("heading", name="Vlinders")).locator(
        ".kid__tap", has_text="Noor"
    )
    own.click()
    page.get_by_text("kinderen: 9").wait_for()
    there = groups.filter(has=page.get_by_role("heading", name="Kevers")).locator(
        ".kid__tap", has_text="Noor"
    )
    there.click()
    page.get_by_text("in Kevers sinds").wait_for()
    assert (own.get_attribute("aria-pressed"), there.get_attribute("aria-pressed")) == ("false", "true")
    assert ratio.inner_text() == "Te weinig begeleiders: 1 van de 2 · kinderen: 9"
    look(page, "visit")
    page.get_by_role("button", name="Evacuatielijst").click()
    assert page.locator("[data-list-rows] li", has_text="Noor").count() == 1
    assert "Noor" not in page.locator("[data-list-out]").inner_text()
    page.context.set_offline(False)
    page.get_by_role("button", name="Terug").click()
    synced(page)
    assert Tap.objects.count() == 10
    inside = Presence.objects.filter(end=None)
    assert inside.count() == 9
    assert inside.filter(placement=scene.coming).exists()
    assert Presence.objects.get(placement=scene.noor).doubt == "no_out"

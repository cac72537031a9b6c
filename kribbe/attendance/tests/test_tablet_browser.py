"""A carer's day on the tablet with the network cut and back; the pages of location and parent; nothing for axe."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from kribbe.attendance.models import Confirmation, DayNote, Mark, Presence, Tap
from kribbe.attendance.services.devices import offer_code, revoke
from kribbe.attendance.tests.scene import carer, tap
from kribbe.enrolment.models import Placement
from kribbe.enrolment.tests.location_scene import manager_of
from kribbe.planning.models import GroupTeam
from kribbe.planning.tests.scene import notelaar, place
from kribbe.rules.calendar import monday_of
from kribbe.rules.halfdays import SLOTS, WeekPattern
from kribbe.staff.services.pins import set_pin
from kribbe.testing.browser import NARROWEST, PHONE, axe, fits, look_at, screenshot, seen

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
look = look_at("attendance")
DAY = timedelta(days=1)
TABLET = (1024, 768)
WORK_WEEK = WeekPattern.from_text("mon tue wed thu fri")
NAMES = (("Peeters", "Ilyas"), ("De Wael", "Fien"), ("Smets", "Mats"))


@pytest.fixture
def scene(monkeypatch):
    """Every day of the week is open and nobody stays away, whenever the test runs."""
    monkeypatch.setattr("kribbe.places.selectors.closed.public_holidays", lambda _year: {})
    now = timezone.now()
    made = notelaar(now=now, places=9, start=monday_of(now.date()) - 28 * DAY)
    for location_field, value in (("opens_at", "00:00"), ("closes_at", "23:59")):
        setattr(made.location, location_field, value)
    made.location.save()
    made.location.refresh_from_db()
    made.group.capacities.update(open_pattern=2**SLOTS - 1)
    for last_name, first_name in NAMES:
        each = place(made.desk, made.group, last_name, first_name, WORK_WEEK, made.start, now)
        Placement.objects.filter(pk=each.pk).update(pattern=2**SLOTS - 1)
    GroupTeam.objects.create(group=made.group, during=(made.start, None), layout="mixed", carers=[1] * SLOTS)
    sofie = carer(made)
    set_pin(principal=made.manager, location=made.location, carer=sofie, pin="2580", now=now)
    return made


def enrolled(page, scene):
    _device, code = offer_code(
        principal=scene.manager, location=scene.location, name="Leefgroep", now=timezone.now()
    )
    page.goto(reverse("attendance:enrol", args=[scene.location.slug]) + f"?code={code}")
    page.get_by_role("button", name="Toelaten").click()
    page.get_by_role("button", name="Ilyas").first.wait_for()


def synced(page):
    page.locator("[data-net]").wait_for(state="hidden")


def kid(page, name):
    return page.locator(".kid__tap", has_text=name)


@pytest.mark.offline
def test_a_day_on_the_tablet_with_the_network_cut_and_back(open_page, scene):
    page = open_page(size=TABLET)
    enrolled(page, scene)
    axe(page)
    page.get_by_role("button", name="Wie ben je?").click()
    page.get_by_label("Pincode").fill("1111")
    page.get_by_role("button", name="Dat ben ik").click()
    page.get_by_text("Dit is niet de juiste pincode.").wait_for()
    page.get_by_label("Pincode").fill("2580")
    page.get_by_role("button", name="Dat ben ik").click()
    page.get_by_role("button", name="Sofie").wait_for()
    kid(page, "Ilyas").click()
    page.get_by_text("Ilyas P. is aanwezig").wait_for()
    synced(page)
    assert Tap.objects.get().marks == []
    page.wait_for_function(
        "() => navigator.serviceWorker.ready.then(() => caches.keys()).then((k) => k.length)"
    )

    page.context.set_offline(True)
    kid(page, "Fien").click()
    kid(page, "Mats").click()
    page.get_by_role("button", name="Ongedaan maken").click()
    page.get_by_text("Geen netwerk").wait_for()
    page.reload()
    page.get_by_text("Geen netwerk").wait_for()
    assert kid(page, "Fien").get_attribute("aria-pressed") == "true"
    assert kid(page, "Mats").get_attribute("aria-pressed") == "false"
    kid(page, "Ilyas").click()
    page.get_by_role("button", name="Nota: Fien").click()
    page.get_by_text("Eten", exact=True).click()
    page.get_by_role("button", name="At alles op").click()
    page.get_by_role("button", name="Noteren").click()
    page.get_by_text("Eten: at alles op").wait_for()
    page.get_by_role("button", name="Evacuatielijst").click()
    page.locator("[data-list-rows] li").wait_for()
    assert page.locator("[data-list-rows] li").count() == 1
    axe(page)
    page.get_by_role("button", name="Terug").click()
    screenshot(page, "attendance-tablet-offline")
    assert Tap.objects.count() == 1

    page.context.set_offline(False)
    synced(page)
    kinds = list(Tap.objects.order_by("received_at", "at").values_list("pressed", flat=True))
    assert kinds == ["in", "in", "in", "cancel", "out"]
    assert DayNote.objects.get().words == "at alles op"
    assert {stay.placement.child.first_name: bool(stay.end) for stay in Presence.objects.all()} == {
        "Fien": False,
        "Ilyas": True,
    }
    page.reload()
    synced(page)
    assert Tap.objects.count() == 5
    screenshot(page, "attendance-tablet")


@pytest.mark.offline
def test_a_tablet_that_is_shut_out_forgets_and_loses_nothing(open_page, scene):
    page = open_page(size=PHONE)
    enrolled(page, scene)
    fits(page)
    page.context.set_offline(True)
    kid(page, "Fien").click()
    page.get_by_text("Geen netwerk").wait_for()
    device = scene.location.devices.get()
    revoke(principal=scene.manager, location=scene.location, reference=device.reference, now=timezone.now())
    page.context.set_offline(False)
    page.wait_for_url("**/tablet/in/")
    assert Mark.REVOKED in Tap.objects.get().marks
    assert not Presence.objects.exists()
    assert "Fien" not in page.content()
    left = page.evaluate(
        """async () => {
            const open = (name) => new Promise((resolve) => {
                const asked = indexedDB.open(name); asked.onsuccess = () => resolve(asked.result);
            });
            const rows = [];
            for (const { name } of await indexedDB.databases()) {
                const database = await open(name);
                for (const store of database.objectStoreNames) {
                    rows.push(await new Promise((resolve) => {
                        const asked = database.transaction(store).objectStore(store).count();
                        asked.onsuccess = () => resolve(asked.result);
                    }));
                }
            }
            return [rows, (await caches.keys()).length];
        }"""
    )
    assert left == [[0, 0], 0]


def test_a_childminder_s_day_on_a_phone_and_on_a_screen(open_as, scene):
    """In and out by hand, the list for an evacuation, a correction, the month, a tablet's code."""
    at = {name: reverse(f"attendance:{name}", args=[scene.location.slug]) for name in
          ("day", "month", "evacuation", "devices")}  # fmt: skip
    page = open_as(manager_of(scene.location, now=scene.now), PHONE)
    page.goto(at["day"])
    page.get_by_role("button", name="In Ilyas P.").click()
    page.get_by_role("button", name="Uit Ilyas P.").wait_for()
    assert Presence.objects.get().end is None
    look(page, "day")
    page.goto(at["evacuation"])
    page.get_by_text("Ilyas Peeters").wait_for()
    look(page, "evacuation")
    page.goto(at["day"])
    page.get_by_role("link", name="Ilyas P.").click()
    page.get_by_label("Vanaf (1)").fill("00:00")
    page.get_by_label("Tot (1)").fill("00:01")
    page.get_by_label("Waarom").fill("Vergeten te tikken.")
    look(page, "correct")
    page.get_by_role("button", name="Noteren").click()
    page.get_by_text("Vergeten te tikken.").first.wait_for()
    assert Tap.objects.count() == 1
    page.goto(at["month"])
    page.get_by_text("Ilyas Peeters").first.click()
    look(page, "month")
    page.goto(at["devices"])
    page.get_by_label("Naam van de tablet").fill("Leefgroep")
    page.get_by_role("button", name="Vraag een code").click()
    page.get_by_alt_text("Het adres met de code").wait_for()
    seen(page)


def test_a_parent_reads_the_day_asks_and_confirms(open_as, scene):
    yesterday = timezone.localtime(scene.now).replace(hour=8, minute=5, second=0, microsecond=0) - DAY
    for pressed, hours in (("in", 0), ("out", 8)):
        tap(scene, scene.noor, pressed, yesterday + timedelta(hours=hours))
    DayNote.objects.create(
        key="6a9c8d4e-5f0b-4c53-8f7e-0b9f6b1f2a11", placement=scene.noor, day=yesterday.date(), about="food",
        words="at alles op", at=yesterday,
    )  # fmt: skip
    page = open_as(scene.parent_user(), PHONE)
    page.goto(reverse("attendance:my_month", args=[scene.noor.reference]) + f"?month={yesterday:%Y-%m}")
    page.get_by_text("8:05–16:05").wait_for()
    assert page.get_by_text("at alles op").is_visible()
    look(page, "mine")
    page.get_by_label("Je naam, als handtekening").fill("An Maes")
    page.get_by_role("button", name="Bevestig", exact=True).click()
    page.get_by_text("Bevestigd. Dank je wel.").wait_for()
    assert Confirmation.objects.get().lines == {f"{yesterday.date()}": ["8:05–16:05"]}
    page.get_by_role("link", name="Dit klopt niet").click()
    page.get_by_label("Wat klopt er niet?").fill("We waren er al om acht uur.")
    axe(page)
    page.get_by_role("button", name="Versturen").click()
    page.get_by_text("We waren er al om acht uur.").wait_for()


def test_outside_a_place_nothing_is_enrolled(open_page, scene):
    page = open_page(size=NARROWEST)
    page.goto(reverse("attendance:tablet", args=[scene.location.slug]))
    page.wait_for_url("**/tablet/in/")
    page.get_by_label("Code").fill("AAAA-BBBB-CCCC")
    page.get_by_role("button", name="Toelaten").click()
    page.get_by_text("Deze code is fout").first.wait_for()
    axe(page)
    fits(page)

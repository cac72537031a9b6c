"""A service places the children of a carer who is ill; a family answers on a phone; somebody takes a shift over."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localtime

from kribbe.enrolment.tests.location_scene import manager_of
from kribbe.places.models import Kind
from kribbe.planning.tests.scene import notelaar
from kribbe.rules.calendar import monday_of
from kribbe.staff.models import LeaveKind, Shift, StandIn, StandInState
from kribbe.staff.services.contracts import report_leave
from kribbe.staff.services.roster import Hours, set_shift
from kribbe.staff.services.stand_in import Choice, arrange
from kribbe.staff.tests.scene import busy, hire, open_monday
from kribbe.testing import cast
from kribbe.testing.browser import PHONE, look_at
from kribbe.testing.worlds import built_once
from kribbe.trust.principal import SYSTEM, Role, Scope

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
look = look_at("staff")
DAY = timedelta(days=1)


@built_once
def scene():
    """De Notelaar, a family carer's home, and two other carers of its organiser."""
    now = timezone.now()
    made = notelaar(now=now, start=monday_of(now.date()) - 28 * DAY, kind=Kind.FAMILY)
    made.day = open_monday(localtime(now).date() + DAY)
    made.hosts = [
        cast.make_group(
            cast.make_location(
                made.desk, name, kind=Kind.FAMILY, latitude=made.location.latitude + 0.01 * number
            ),
            4,
            now=now,
        )
        for number, name in enumerate(("Onthaalhuis Bea", "Het Nestje"), 1)
    ]
    hire(made, "Greet Vos")
    return made


def organiser(scene):
    return cast.make_user(
        "dienst@brug.example", role=Role.ORGANISER, scope=Scope.ORGANISER,
        scope_id=scene.location.organiser_id, now=scene.now,
    )  # fmt: skip


def test_a_service_places_the_children_of_a_carer_who_is_ill(open_as, scene):
    page = open_as(organiser(scene))
    carer = scene.location.carers.get()
    page.goto(reverse("staff:carer", args=[scene.location.slug, carer.reference]))
    page.get_by_label("Waarom").select_option("illness")
    page.get_by_label("Eerste dag").fill(f"{scene.day}")
    page.get_by_role("button", name="Noteer").last.click()
    page.get_by_role("heading", name="Onthaalouder ziek").wait_for()
    assert (
        page.locator("select").evaluate_all("all => all.map(one => one.selectedOptions[0].text)")
        == [page.locator("select").first.evaluate("one => one.selectedOptions[0].text")] * 2
    )
    look(page, "stand-in")
    page.get_by_role("button", name="Regel het en verwittig de gezinnen").click()
    page.get_by_text("De gezinnen zijn verwittigd").wait_for()
    assert set(StandIn.objects.values_list("group", flat=True)) == {scene.hosts[0].pk}
    look(page, "stand-in-arranged")
    page.goto(reverse("staff:service", args=[scene.location.slug]) + f"?week={scene.day}")
    page.get_by_role("heading", name="Onthaalouders naast elkaar").wait_for()
    look(page, "service")
    page.goto(reverse("staff:stand_in", args=[scene.location.slug]))
    page.get_by_role("button", name="Ongedaan maken").click()
    page.get_by_text("Ongedaan gemaakt").wait_for()
    assert set(StandIn.objects.values_list("state", flat=True)) == {StandInState.UNDONE}


def test_a_family_reads_where_its_child_goes_and_answers(open_as, scene):
    arrange(
        principal=cast.acting(Role.ORGANISER, Scope.ORGANISER, scene.location.organiser_id),
        location=scene.location,
        choices=[
            Choice(placement_id=scene.noor.pk, day=scene.day, group_id=scene.hosts[0].pk),
            Choice(placement_id=scene.noor.pk, day=scene.day + DAY, group_id=scene.hosts[1].pk),
        ],
        now=scene.now,
    )
    page = open_as(scene.parent_user(), PHONE)
    page.goto(reverse("staff:my_stand_in"))
    look(page, "my-stand-in")
    page.get_by_role("button", name="We gaan akkoord").first.click()
    page.get_by_text("jullie gaan akkoord").wait_for()
    page.get_by_role("button", name="We houden ons kind thuis").last.click()
    page.get_by_text("wordt niet aangerekend").first.wait_for()
    states = StandIn.objects.order_by("day").values_list("state", flat=True)
    assert list(states) == [StandInState.AGREED, StandInState.DECLINED]


def test_somebody_takes_over_the_shift_of_who_is_ill(open_as):
    scene = busy(timezone.now(), children=12)
    day = open_monday(localtime(scene.now).date() + DAY)
    team = [hire(scene, name, group_id=scene.group.pk) for name in ("An Jacobs", "Bo Smets", "Cas Peeters")]
    for carer in team[:2]:
        set_shift(
            principal=SYSTEM, location=scene.location, carer=carer, day=day,
            hours=Hours(group_id=scene.group.pk, start=16, end=32), now=scene.now,
        )  # fmt: skip
    report_leave(
        principal=SYSTEM, location=scene.location, carer=team[0], first=day, last=day,
        kind=LeaveKind.ILLNESS, now=scene.now,
    )  # fmt: skip
    page = open_as(manager_of(scene.location, now=scene.now))
    page.goto(reverse("staff:carer", args=[scene.location.slug, team[0].reference]))
    page.get_by_role("link", name="Wie neemt de diensten over?").click()
    page.get_by_role("heading", name="In de plaats van An Jacobs").wait_for()
    look(page, "cover")
    page.get_by_role("button", name="Neemt over").click()
    page.get_by_text("Cas Peeters neemt de dienst over").wait_for()
    assert Shift.objects.get(carer=team[2]).day == day

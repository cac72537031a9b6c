"""Who may act on an agreement: its own parent by its own account, every parent where it names none, staff by role."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from kribbe.attendance.selectors.months import Month
from kribbe.attendance.services.answers import confirm, dispute
from kribbe.enrolment.models import Placement
from kribbe.enrolment.tests.location_scene import client_of
from kribbe.people.models import Adult
from kribbe.planning.access import acts_on, why_only_read
from kribbe.planning.models import Absence, DayChange, TellingSide
from kribbe.planning.services.absences import report_absence, take_back_absence
from kribbe.planning.services.days import Wish, ask_day, take_back_day
from kribbe.planning.services.papers import send_paper, sign_paper
from kribbe.planning.services.short_notice import listen
from kribbe.planning.services.terms import Terms
from kribbe.planning.tests.pages import open_day
from kribbe.planning.tests.scene import notelaar
from kribbe.rules.calendar import monday_of
from kribbe.staff.services.stand_in import answer
from kribbe.testing import cast
from kribbe.testing.worlds import built_once
from kribbe.trust.errors import RefusedError
from kribbe.trust.principal import SYSTEM, Role, Scope

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@built_once
def scene():
    now = timezone.now()
    return notelaar(now=now, start=monday_of(now.date()) - 28 * DAY, day_price=30)


@pytest.fixture
def mother(scene):
    """An has an account, and the agreement is with her."""
    user = scene.parent_user()
    adult = Adult.objects.get(household=scene.noor.child.household_id, is_applicant=True)
    Adult.objects.filter(pk=adult.pk).update(user=user)
    Placement.objects.filter(pk=scene.noor.pk).update(parent=adult)
    return user


@pytest.fixture
def father(scene):
    """Bram has a log-in of his own to the same household."""
    user = cast.make_user(
        "bram@ouders.example", role=Role.CO_PARENT, scope=Scope.HOUSEHOLD,
        scope_id=scene.noor.child.household_id, now=scene.now,
    )  # fmt: skip
    Adult.objects.create(
        household=scene.noor.child.household,
        first_name="Bram",
        last_name="Claes",
        name_key="claes bram",
        user=user,
    )
    return user


def as_parent(scene, user):
    household = scene.noor.child.household_id
    return cast.acting(Role.PARENT, Scope.HOUSEHOLD, household, user_id=user.pk)


def noor(scene):
    return Placement.objects.select_related("parent", "child", "group__location").get(pk=scene.noor.pk)


def deeds(scene, by):
    """Each deed of a family on an agreement."""
    placement, monday = noor(scene), open_day(scene)
    of = {"principal": by, "placement_id": placement.pk, "now": scene.now}
    told = {**of, "days": [monday], "side": TellingSide.FAMILY}
    paper = send_paper(
        principal=scene.manager, placement_id=placement.pk, name="Mia", now=scene.now,
        terms=Terms(first=placement.during.lower, weeks=({0: ((480, 1020),), 1: ((480, 1020),)},)),
    )  # fmt: skip
    change = DayChange.objects.create(
        placement=placement, day=monday + 3 * DAY, halves=1, asked_at=scene.now, asked_by=by.user_id
    )
    yesterday = localday(scene) - DAY
    return {
        "absence": lambda: report_absence(**told),
        "comes after all": lambda: take_back_absence(**told),
        "extra day": lambda: ask_day(**of, wish=Wish(day=monday + 2 * DAY, halves=3)),
        "takes back": lambda: take_back_day(principal=by, change_id=change.pk, now=scene.now),
        "listens": lambda: listen(**of, wanted=True),
        "signs": lambda: sign_paper(principal=by, paper_id=paper.pk, name="Bram", now=scene.now),
        "answers a replacement": lambda: answer(
            principal=by, placement=placement, days=[monday], agrees=False, now=scene.now
        ),
        "questions a time": lambda: dispute(
            principal=by, placement=placement, day=yesterday, words="Hm", now=scene.now
        ),
        "confirms the times": lambda: confirm(
            principal=by, placement=placement, month=Month.of(yesterday), name="Bram", now=scene.now
        ),
    }


def localday(scene):
    return timezone.localtime(scene.now).date()


def refused_as_other(deed):
    try:
        deed()
    except RefusedError as refused:
        return refused.code == "other_parent"
    return False


def test_the_table_of_who_acts(scene, mother, father):
    """Each row: who, and whether it acts on an agreement with nobody named, with mother, with one without account."""
    placement = noor(scene)
    without = Adult(household=placement.child.household, first_name="Cas", last_name="Smet")
    named = (None, Adult.objects.get(user=mother), without)
    who = {
        "mother": as_parent(scene, mother),
        "father": as_parent(scene, father),
        "clerk": cast.acting(Role.CLERK, Scope.DESK, scene.desk.pk),
        "manager": scene.manager,
        "system": SYSTEM,
    }
    found = {}
    for name, principal in who.items():
        found[name] = []
        for parent in named:
            placement.parent = parent
            found[name].append(acts_on(principal, placement))
            assert bool(why_only_read(principal, placement)) is not found[name][-1]
    assert found == {
        "mother": [True, True, False],
        "father": [True, False, False],
        "clerk": [True, True, True],
        "manager": [True, True, True],
        "system": [True, True, True],
    }


def test_no_deed_of_the_other_parent_goes_through(scene, mother, father):
    answers = {name: refused_as_other(deed) for name, deed in deeds(scene, as_parent(scene, father)).items()}
    assert answers == dict.fromkeys(answers, True)
    assert not Absence.objects.exists()


def test_no_deed_of_the_own_parent_is_refused_for_that(scene, mother, father):
    answers = {name: refused_as_other(deed) for name, deed in deeds(scene, as_parent(scene, mother)).items()}
    assert answers == dict.fromkeys(answers, False)


def test_the_other_parent_reads_with_a_sentence_and_finds_no_button(scene, mother, father):
    pages = [
        reverse(f"planning:{name}", args=[scene.noor.reference])
        for name in ("my_agreement", "my_absence", "my_extra")
    ] + [reverse("attendance:my_month", args=[scene.noor.reference])]
    theirs, own = client_of(father), client_of(mother)
    for page in pages:
        seen = theirs.get(page)
        assert seen.status_code == 200
        assert seen.context["only_read"], page
        main = seen.content.decode().split("<main")[1].split("</main")[0]
        assert "<form" not in main, page
        assert "An Maes" in main
        assert not own.get(page).context["only_read"]
    days = theirs.get(reverse("planning:my_days")).content.decode()
    assert reverse("planning:my_absence", args=[scene.noor.reference]) not in days
    assert reverse("planning:my_agreement", args=[scene.noor.reference]) in days


def test_what_the_other_parent_posts_all_the_same_is_refused_in_words(scene, mother, father):
    client, monday = client_of(father), open_day(scene)
    absent = client.post(
        reverse("planning:my_absence", args=[scene.noor.reference]),
        {"first": f"{monday}", "last": f"{monday}", "do": "report"},
    )
    assert absent.status_code == 422
    extra = client.post(
        reverse("planning:my_extra", args=[scene.noor.reference]),
        {"day": f"{monday + 2 * DAY}", "halves": "3", "do": "ask"},
    )
    assert extra.status_code == 422
    back = client.post(
        reverse("planning:my_short_notice", args=[scene.noor.reference]), {"wanted": "yes"}, follow=True
    )
    assert "An Maes" in back.content.decode()
    assert not Absence.objects.exists()
    assert not DayChange.objects.exists()

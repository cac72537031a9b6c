"""What a family says of the register and the location answers; what the register holds on paper and as a table."""

import csv
import io
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from kribbe.attendance.models import Dispute
from kribbe.attendance.selectors.months import Month
from kribbe.attendance.services.answers import answer, confirm, dispute
from kribbe.attendance.services.register import correct
from kribbe.attendance.tests.scene import at, open_monday, tap, who
from kribbe.contact.models import Notice
from kribbe.enrolment.tests.location_scene import client_of, manager_of
from kribbe.planning.services.absences import report_absence
from kribbe.planning.tests.scene import notelaar
from kribbe.testing import cast
from kribbe.testing.worlds import built_once
from kribbe.trust.errors import RefusedError

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@built_once
def scene():
    """The children began eight weeks ago."""
    now = timezone.now()
    return notelaar(now=now, places=9, start=open_monday(timezone.localdate(now)) - 56 * DAY)


@pytest.fixture
def day(scene):
    """A Monday that is over, on which Noor was there from 8:05 to 16:50."""
    found = open_monday(timezone.localdate(scene.now) - DAY)
    tap(scene, scene.noor, "in", at(found, "8:05"))
    tap(scene, scene.noor, "out", at(found, "16:50"))
    return found


def asked(scene, day, words="We kwamen om acht uur."):
    return dispute(principal=scene.parent, placement=scene.noor, day=day, words=words, now=scene.now)


def test_the_location_answers_and_the_family_reads_it(scene, day):
    parent, manager = client_of(scene.parent_user()), client_of(manager_of(scene.location, now=scene.now))
    mine = reverse("attendance:my_month", args=[scene.noor.reference]) + f"?month={Month.of(day)}"
    here = reverse("attendance:child_day", args=[scene.location.slug, scene.noor.reference, f"{day}"])
    sends = reverse("attendance:answer", args=[scene.location.slug, scene.noor.reference, f"{day}"])
    ask = reverse("attendance:my_dispute", args=[scene.noor.reference, f"{day}"])
    parent.post(ask, {"words": "We kwamen om acht uur."})
    assert "We kwamen om acht uur." in manager.get(here).content.decode()
    manager.post(sends, {"answer": "  "})
    assert Dispute.objects.get().answered_at is None, "an answer has words"
    manager.post(sends, {"answer": "Klopt, we passen het aan."})
    assert "Klopt, we passen het aan." in parent.get(mine).content.decode()
    manager.post(sends, {"answer": "Toch niet."})
    assert Dispute.objects.get().answer == "Klopt, we passen het aan."


def test_question_answer_and_correction_of_a_signed_day_are_told(scene, day):
    def correction(reason):
        times = [(at(day, "8:00"), at(day, "17:00"))]
        given = {"who": who(scene.noor), "day": day, "stays": times, "reason": reason, "now": scene.now}
        correct(principal=scene.manager, location=scene.location, **given)

    def told():
        return list(
            Notice.objects.filter(kind__startswith="attendance/")
            .order_by("pk")
            .values_list("kind", flat=True)
        )

    asked(scene, day)
    (question,) = Notice.objects.filter(kind="attendance/day_asked")
    assert question.location_id == scene.location.pk and "We kwamen om acht uur." in question.body
    answer(principal=scene.manager, placement=scene.noor, day=day, words="Klopt.", now=scene.now)
    correction("Om acht uur gekomen")
    assert told() == ["attendance/day_asked", "attendance/day_answered"], "nobody signed yet"
    confirm(principal=scene.parent, placement=scene.noor, month=Month.of(day), name="An Maes", now=scene.now)
    correction("Tot vijf uur gebleven")
    (changed,) = Notice.objects.filter(kind="attendance/day_corrected")
    assert changed.household_id == scene.noor.child.household_id and "Tot vijf uur gebleven" in changed.body


def test_another_location_answers_nothing(scene, day):
    asked(scene, day)
    other = cast.make_location(scene.desk, "De Linde")
    stranger = client_of(manager_of(other, now=scene.now))
    for slug in (other.slug, scene.location.slug):
        sends = reverse("attendance:answer", args=[slug, scene.noor.reference, f"{day}"])
        assert stranger.post(sends, {"answer": "Nee."}).status_code == 404
    assert Dispute.objects.get().answered_at is None


def test_a_day_that_was_asked_about_is_signed_for_after_the_answer(scene, day):
    asked(scene, day)
    with pytest.raises(RefusedError):
        asked(scene, day, "Nog eens.")
    signs = {"principal": scene.parent, "placement": scene.noor, "month": Month.of(day), "name": "An Maes"}
    with pytest.raises(RefusedError):
        confirm(**signs, now=scene.now)
    answer(principal=scene.manager, placement=scene.noor, day=day, words="Klopt.", now=scene.now)
    assert confirm(**signs, now=scene.now).lines == {f"{day}": ["8:05–16:50"]}
    assert asked(scene, day, "Toch niet.").answered_at is None


@pytest.fixture
def kept(scene, day):
    """Noor's day was corrected and signed for; Lou was ill."""
    correct(
        principal=scene.manager, location=scene.location, who=who(scene.noor), day=day,
        stays=[(at(day, "8:00"), at(day, "12:00")), (at(day, "13:00"), at(day, "16:50"))],
        reason="Naar de dokter geweest.", now=scene.now,
    )  # fmt: skip
    confirm(principal=scene.parent, placement=scene.noor, month=Month.of(day), name="An Maes", now=scene.now)
    report_absence(
        principal=scene.manager, placement_id=scene.lou.pk, days=[day], side="location", now=scene.now
    )
    return day


def told(scene, name, day):
    manager = client_of(manager_of(scene.location, now=scene.now))
    answer = manager.get(
        reverse(f"attendance:{name}", args=[scene.location.slug]) + f"?month={Month.of(day)}"
    )
    assert answer.status_code == 200
    return answer.content


def test_the_table_has_each_stay_with_its_reason_and_who_confirmed_it(scene, kept):
    text = told(scene, "month_csv", kept).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text), csv.Sniffer().sniff(text.splitlines()[0], ",;")))
    own = [row for row in rows if row[1] == f"{scene.noor.child}"]
    today = f"{timezone.localdate(scene.now)}"
    assert [row[3:7] for row in own] == [
        [f"{kept}", "08:00", "12:00", "470"],
        [f"{kept}", "13:00", "16:50", ""],
    ]
    assert {tuple(row[9:12]) for row in own} == {("Naar de dokter geweest.", "An Maes", today)}
    assert own[0][2] == f"{scene.noor.child.birth}"
    (away,) = [row for row in rows if row[1] == f"{scene.lou.child}"]
    assert away[4:7] == ["", "", ""] and away[7]


def test_the_document_says_the_same_to_an_inspector(scene, kept):
    reader = PdfReader(io.BytesIO(told(scene, "month_pdf", kept)))
    text = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
    for said in (
        scene.location.name,
        f"{scene.noor.child}",
        f"{scene.lou.child}",
        "8:00–12:00, 13:00–16:50",
        "Naar de dokter geweest.",
        "An Maes",
    ):
        assert said in text

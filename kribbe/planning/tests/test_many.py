"""Many children get other days at once: looked at first, all or none, and what isn't signed is taken back."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from kribbe.enrolment.tests.location_scene import client_of, manager_of
from kribbe.places.ledger import miscounted
from kribbe.planning.models import ManyChange, Paper
from kribbe.planning.services.many import Many, change_many, look_at_many, undo_many
from kribbe.planning.services.papers import send_paper, sign_paper
from kribbe.planning.services.terms import Terms
from kribbe.planning.tests.pages import looked_of
from kribbe.planning.tests.scene import notelaar, place
from kribbe.planning.written import opening_hours
from kribbe.rules.halfdays import WeekPattern
from kribbe.rules.many import MoveDay, OtherHours
from kribbe.testing import cast
from kribbe.testing.worlds import built_once
from kribbe.trust.errors import RefusedError

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
MONDAY, TUESDAY, WEDNESDAY, SATURDAY = 0, 1, 2, 5


@built_once
def scene():
    """Noor comes on Mondays and Tuesdays, Lou on Mondays; both signed."""
    made = notelaar(now=timezone.now(), places=3)
    for placement in (made.noor, made.lou):
        agree(made, placement)
    return made


def agree(scene, placement):
    weeks = opening_hours(WeekPattern(placement.pattern), scene.location)
    paper = send_paper(
        principal=scene.manager,
        placement_id=placement.pk,
        terms=Terms(first=scene.start, weeks=weeks),
        name="Mia Claes",
        now=scene.now,
    )
    sign_paper(principal=scene.parent, paper_id=paper.pk, name="An", now=scene.now)


def many(scene, change, *placements):
    chosen = placements or (scene.noor, scene.lou)
    return Many(change=change, first=scene.start + 14 * DAY, placement_ids=[each.pk for each in chosen])


def change(scene, asked):
    return change_many(
        principal=scene.manager, location=scene.location, many=asked, name="Mia Claes", now=scene.now
    )


def test_whoever_comes_that_day_gets_a_paper_to_sign(scene):
    lines = look_at_many(scene.location, many(scene, MoveDay(TUESDAY, WEDNESDAY)))
    assert [f"{line.placement.child}" for line in lines] == ["Noor Maes"]
    made = change(scene, many(scene, MoveDay(TUESDAY, WEDNESDAY)))
    paper = Paper.objects.get(pk__in=made.papers)
    assert (paper.is_addendum, sorted(paper.weeks[0])) == (True, ["0", "2"])
    sign_paper(principal=scene.parent, paper_id=paper.pk, name="An", now=scene.now)
    assert not miscounted(group_ids=[scene.group.pk], today=scene.now.date())


def test_undone_what_isnt_signed_goes_and_the_rest_stays(scene):
    made = change(scene, many(scene, OtherHours(frozenset({MONDAY}), 540, 900)))
    first, _second = made.papers
    sign_paper(principal=scene.parent, paper_id=first, name="An", now=scene.now)
    assert undo_many(principal=scene.manager, change_id=made.pk, now=scene.now) == (1, 1)
    with pytest.raises(RefusedError):
        undo_many(principal=scene.manager, change_id=made.pk, now=scene.now)


def test_a_day_that_is_full_or_closed_is_told_before(scene):
    for name in ("Vos", "Smets"):
        place(scene.desk, scene.group, name, "Kim", WeekPattern.from_text("wed"), scene.start, scene.now)
    problems = [
        bool(line.problem) for line in look_at_many(scene.location, many(scene, MoveDay(MONDAY, WEDNESDAY)))
    ]
    assert problems == [False, True]
    shut = look_at_many(scene.location, many(scene, MoveDay(MONDAY, SATURDAY)))
    assert all(line.problem for line in shut)
    with pytest.raises(RefusedError):
        change(scene, many(scene, MoveDay(MONDAY, SATURDAY)))
    assert not ManyChange.objects.exists()


def test_who_comes_on_that_day_already_isnt_given_less(scene):
    """Noor comes on Mondays and Tuesdays: her Monday can't become a Tuesday. Lou's can."""
    with override("en"):
        lines = look_at_many(scene.location, many(scene, MoveDay(MONDAY, TUESDAY)))
    assert [(f"{line.placement.child}", line.problem) for line in lines] == [
        ("Lou Claes", ""),
        ("Noor Maes", "It comes on that day already, so it would come less."),
    ]


def test_hours_outside_the_opening_hours_are_told(scene):
    lines = look_at_many(scene.location, many(scene, OtherHours(frozenset({MONDAY}), 300, 900)))
    assert all(" 7:00 " in line.problem for line in lines)


def test_without_an_agreement_or_with_one_that_waits_a_child_stays(scene):
    new = place(scene.desk, scene.group, "Vos", "Kim", WeekPattern.from_text("mon"), scene.start, scene.now)
    change(scene, many(scene, OtherHours(frozenset({MONDAY}), 540, 900), scene.noor))
    lines = look_at_many(
        scene.location, many(scene, OtherHours(frozenset({MONDAY}), 540, 960), scene.noor, new)
    )
    assert all(line.problem for line in lines)


def test_a_failure_at_one_child_sends_nothing(scene, monkeypatch):
    before = Paper.objects.count()
    told = []

    def fails(*_args, **_more):
        told.append(1)
        if len(told) == 2:
            raise RefusedError("no")

    monkeypatch.setattr("kribbe.planning.services.papers.telling.about_paper", fails)
    with pytest.raises(RefusedError):
        change(scene, many(scene, OtherHours(frozenset({MONDAY}), 540, 900)))
    assert Paper.objects.count() == before


def test_a_first_day_that_is_over_is_refused(scene):
    late = Many(change=MoveDay(MONDAY, TUESDAY), first=scene.now.date() - DAY, placement_ids=[scene.lou.pk])
    with pytest.raises(RefusedError):
        change(scene, late)


def test_the_page_looks_sends_and_undoes(scene):
    client = client_of(manager_of(scene.location, now=scene.now))
    address = reverse("planning:many", args=[scene.location.slug])
    asked = {
        "children": [scene.noor.pk, scene.lou.pk],
        "what": "hours",
        "before": MONDAY,
        "after": TUESDAY,
        "start": "09:00",
        "end": "15:00",
        "first": f"{scene.start + 14 * DAY}",
    }
    looked = client.post(address, {**asked, "do": "look"}).content.decode()
    assert "9:00–15:00" in looked
    assert not ManyChange.objects.exists()
    unsigned = client.post(address, {**asked, "do": "send"})
    assert (unsigned.status_code, 'name="name"' in unsigned.content.decode()) == (422, True)
    signed = {**asked, "name": "Mia Claes", "looked": looked_of(unsigned), "do": "send"}
    other = client.post(address, {**signed, "end": "16:00"})
    assert "nothing is sent yet" in other.text
    assert "9:00–16:00" in other.text
    assert not ManyChange.objects.exists()
    assert client.post(address, signed).status_code == 302
    made = ManyChange.objects.get()
    assert client.post(address, {"do": "undo", "change": made.pk}).status_code == 302
    assert not Paper.objects.filter(signed_at=None, withdrawn_at=None).exists()


def test_a_whole_group_is_chosen_at_once_with_single_children_of_others(scene):
    other = cast.make_group(scene.location, 3, now=scene.now, name="Beren")
    kim = place(scene.desk, other, "Vos", "Kim", WeekPattern.from_text("mon"), scene.start, scene.now)
    place(scene.desk, other, "Smets", "Bo", WeekPattern.from_text("mon"), scene.start, scene.now)
    client = client_of(manager_of(scene.location, now=scene.now))
    address = reverse("planning:many", args=[scene.location.slug])
    asked = {"what": "hours", "before": MONDAY, "after": TUESDAY, "start": "09:00", "end": "15:00"}
    asked |= {"first": f"{scene.start + 14 * DAY}", "do": "look"}
    assert "Choose at least one child." in client.post(address, asked).text
    looked = client.post(address, {**asked, "everybody": scene.group.pk, "children": kim.pk}).text
    shown = looked.partition('id="lines"')[2]
    assert all(name in shown for name in ("Noor Maes", "Lou Claes", "Kim Vos"))
    assert "Bo Smets" not in shown


def test_the_page_says_what_was_taken_back_and_what_stays(scene):
    client = client_of(manager_of(scene.location, now=scene.now))
    address = reverse("planning:many", args=[scene.location.slug])
    hours = OtherHours(frozenset({MONDAY}), 540, 900)
    made = change(scene, many(scene, hours))
    sign_paper(principal=scene.parent, paper_id=made.papers[0], name="An", now=scene.now)
    page = client.post(address, {"do": "undo", "change": made.pk}, follow=True).text
    assert "1 change is taken back. 1 change stays: the family has signed it." in page
    signed = change(scene, many(scene, OtherHours(frozenset({MONDAY}), 540, 960), scene.noor))
    sign_paper(principal=scene.parent, paper_id=signed.papers[0], name="An", now=scene.now)
    page = client.post(address, {"do": "undo", "change": signed.pk}, follow=True).text
    assert "1 change stays: the family has signed it." in page
    assert "taken back." not in page


def test_looking_costs_as_many_queries_for_many_children(scene):
    client = client_of(manager_of(scene.location, now=scene.now))
    address = reverse("planning:many", args=[scene.location.slug])
    counts = []
    chosen = [scene.noor]
    for _round in range(2):
        asked = {
            "children": [each.pk for each in chosen],
            "what": "move",
            "before": MONDAY,
            "after": WEDNESDAY,
            "first": f"{scene.start + 14 * DAY}",
            "do": "look",
        }
        with CaptureQueriesContext(connection) as captured:
            assert client.post(address, asked).status_code == 200
        counts.append(len(captured))
        chosen.append(scene.lou)
        for name, week in (("Vos", "wed"), ("Smets", "thu"), ("Aerts", "fri")):
            pattern = WeekPattern.from_text(week)
            chosen.append(place(scene.desk, scene.group, name, "Kim", pattern, scene.start, scene.now))
    assert counts[0] == counts[1] <= 30

"""A stay that is cut into pieces stands in every list once, and the row says how it goes on."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from kribbe.attendance.models import Confirmation, Correction
from kribbe.enrolment.models import Placement
from kribbe.enrolment.selectors.coming_free import coming_free
from kribbe.enrolment.selectors.location import placed
from kribbe.enrolment.selectors.register import register_of
from kribbe.enrolment.selectors.stays import home_on, stays
from kribbe.enrolment.selectors.topics import topics_of_household
from kribbe.enrolment.services.stays import move_up
from kribbe.enrolment.tests.location_scene import client_of, manager_of
from kribbe.planning.models import Absence, DayChange, HouseRules, Paper, TellingSide
from kribbe.planning.selectors.agreements import places_of
from kribbe.planning.services.absences import report_absences
from kribbe.planning.services.days import Wish, give_day
from kribbe.planning.services.many import Many, change_many, look_at_many
from kribbe.planning.services.moving_days import OWN_RULES, copy_week
from kribbe.planning.services.papers import send_paper, sign_paper
from kribbe.planning.services.terms import Terms
from kribbe.planning.tests.scene import notelaar
from kribbe.rules.forecast import Cause
from kribbe.rules.halfdays import WeekPattern
from kribbe.rules.many import OtherHours
from kribbe.testing import cast
from kribbe.testing.worlds import built_once
from kribbe.trust.errors import RefusedError

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 4, 8, tzinfo=UTC)
TODAY, START, JUNE = date(2026, 5, 4), date(2026, 1, 5), date(2026, 6, 1)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
FULL = ((480, 1020),)
MONDAY = 0


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """It is 4 May 2026, 10 o'clock."""
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@built_once
def scene():
    """Noor comes on Mondays and Tuesdays, and from 1 June on on Thursdays; all of it signed."""
    made = notelaar(now=NOW, start=START, day_price=30)
    agree(made, made.noor, START, {0: FULL, 1: FULL})
    agree(made, made.noor, JUNE, {3: FULL})
    made.noor.refresh_from_db()
    return made


def agree(scene, place, first, *weeks, last=None):
    paper = send_paper(
        principal=scene.manager,
        placement_id=place.pk,
        terms=Terms(first=first, weeks=weeks, last=last),
        name="Mia",
        now=NOW,
    )
    sign_paper(principal=scene.parent, paper_id=paper.pk, name="An Maes", now=NOW)


def later(scene):
    return Placement.objects.get(child=scene.noor.child, during__startswith=JUNE)


def manager(scene):
    return client_of(manager_of(scene.location, now=NOW))


def parent(scene):
    return client_of(scene.parent_user())


def text(client, name, *args, **asked):
    answer = client.get(reverse(name, args=args), asked)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_stay_is_one_row_with_what_follows(scene):
    (row,) = stays(Placement.objects.filter(child=scene.noor.child), TODAY)
    assert (row.home, list(row.later), row.first) == (scene.noor, [later(scene)], START)
    (row,) = stays(Placement.objects.filter(child=scene.noor.child), JUNE)
    assert (row.home, list(row.later)) == (later(scene), [])
    assert home_on(scene.noor, JUNE) == later(scene)
    assert home_on(later(scene), TODAY) == scene.noor


def test_two_agreements_of_parents_who_live_apart_stay_two_rows(scene):
    other = cast.make_placement(
        scene.noor.child, scene.group, start=START, end=None, pattern=WeekPattern.from_text("wed"), now=NOW
    )
    rows = stays(Placement.objects.filter(child=scene.noor.child).order_by("pk"), TODAY)
    assert [row.home for row in rows] == [scene.noor, other]


def test_lists_of_the_location_have_each_child_once(scene):
    assert [f"{each.home.child}" for each in placed(scene.location, since=TODAY)] == [
        "Lou Claes",
        "Noor Maes",
    ]
    assert len(places_of(scene.location, since=TODAY)) == 2
    client = manager(scene)
    for name in ("planning:agreements", "enrolment:location_children", "planning:many"):
        page = text(client, name, scene.location.slug)
        assert page.count("From 1 June 2026: Thursday") == 1, name
        assert page.count("Noor Maes") <= 2, name


def test_the_download_tells_later_days_in_the_childs_row(scene):
    lines = text(
        manager(scene), "enrolment:location_children", scene.location.slug, format="csv"
    ).splitlines()
    assert len(lines) == 3
    assert "From 1 June 2026: Thursday the whole day" in lines[2]


def test_who_comes_on_other_days_doesnt_begin_anew(scene):
    assert register_of(scene.location, today=TODAY).beginning == []
    (found,) = coming_free(scene.location, today=TODAY).groups
    causes = {change.cause for month in found.agreed[:3] for change in month.changes}
    assert causes == {Cause.GOES_ON}
    assert "changes days or group" in text(manager(scene), "enrolment:coming_free", scene.location.slug)


def test_a_family_sees_its_place_once(scene):
    assert [topic.key for topic in topics_of_household(scene.noor.child.household_id)] == [
        f"placement:{scene.noor.pk}"
    ]
    client = parent(scene)
    for name in ("planning:my_days", "enrolment:my"):
        page = text(client, name)
        assert page.count("From 1 June 2026: Thursday") == 1, name
        assert page.count(scene.location.name) <= 2, name


def test_from_one_page_a_family_tells_absences_of_later_days_too(scene):
    client = parent(scene)
    address = reverse("planning:my_absence", args=[scene.noor.reference])
    asked = {"first": "2026-06-04", "last": "2026-06-04", "do": "report"}
    assert client.post(address, asked).status_code == 302
    assert Absence.objects.get().placement == later(scene)
    back = reverse("planning:my_absence_back", args=[scene.noor.reference])
    assert client.post(back, {"day": "2026-06-04"}).status_code == 302
    assert Absence.objects.get().taken_back_at is not None


def test_an_absence_over_the_day_of_other_days_is_one_report(scene):
    client = parent(scene)
    address = reverse("planning:my_absence", args=[scene.noor.reference])
    asked = {"first": "2026-05-26", "last": "2026-06-11"}
    looked = client.post(address, {**asked, "do": "look"}).text
    assert "for 3 days" in looked
    assert not Absence.objects.exists()
    sent = client.post(address, {**asked, "do": "report"}, follow=True).text
    assert "Reported: Tue 26 May, Thu 4 June, Thu 11 June" in sent
    assert {(each.placement_id, each.day) for each in Absence.objects.all()} == {
        (scene.noor.pk, date(2026, 5, 26)),
        (later(scene).pk, date(2026, 6, 4)),
        (later(scene).pk, date(2026, 6, 11)),
    }
    assert "Comes after all on all 3 days, from 26 May 2026 on" in sent
    whole = re.findall(
        r'name="day" value="([^"]+)"', sent.partition("on all 3 days")[0].rpartition("<form")[2]
    )
    assert whole == ["2026-05-26", "2026-06-04", "2026-06-11"]
    back = reverse("planning:my_absence_back", args=[scene.noor.reference])
    assert "Taken back: Tue 26 May, Thu 4 June" in client.post(back, {"day": whole}, follow=True).text
    assert not Absence.objects.filter(taken_back_at=None).exists()


def test_where_one_piece_refuses_nothing_of_the_report_is_kept(scene):
    with pytest.raises(RefusedError):
        report_absences(
            principal=scene.parent, placement_id=scene.noor.pk, side=TellingSide.FAMILY, now=NOW,
            days=[date(2026, 5, 26), date(2026, 6, 5)],
        )  # fmt: skip
    assert not Absence.objects.exists()


def test_an_absence_over_the_turn_of_the_year_is_one_report(scene):
    HouseRules.objects.create(
        location=scene.location, version=1, from_day=date(2020, 1, 1), absence_full=25, absence_half=15,
        allowance_days=18, published_at=NOW,
    )  # fmt: skip
    client = parent(scene)
    address = reverse("planning:my_absence", args=[scene.noor.reference])
    asked = {"first": "2026-12-24", "last": "2027-01-07"}
    looked = client.post(address, {**asked, "do": "look"}).text
    assert "for 3 days" in looked
    assert "2026: It uses 2 of your free days" in looked
    assert "2027: It uses 1 of your free days" in looked
    sent = client.post(address, {**asked, "do": "report"}, follow=True).text
    assert "7 January 2027" in sent
    assert Absence.objects.count() == 3


def test_an_extra_day_is_asked_and_taken_back_on_later_days_too(scene):
    client = parent(scene)
    address = reverse("planning:my_extra", args=[scene.noor.reference])
    assert client.post(address, {"day": "2026-06-05", "halves": "3", "do": "ask"}).status_code == 302
    change = DayChange.objects.get()
    assert change.placement == later(scene)
    assert f'value="{change.pk}"' in client.get(address).content.decode()
    back = reverse("planning:my_extra_back", args=[scene.noor.reference])
    assert client.post(back, {"change": change.pk}).status_code == 302
    change.refresh_from_db()
    assert change.state == "withdrawn"


def test_times_of_a_month_are_confirmed_at_once_for_all_pieces(scene, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW + 56 * DAY)
    for piece, day in ((scene.noor, date(2026, 5, 26)), (later(scene), date(2026, 6, 4))):
        at = datetime(day.year, day.month, day.day, 6, tzinfo=UTC)
        Correction.objects.create(
            placement=piece, day=day, starts=[at], ends=[at + 9 * HOUR], reason="forgotten", made_at=NOW
        )
    client = parent(scene)
    answer = client.get(reverse("attendance:my"))
    assert answer.status_code == 302
    june = client.post(f"{answer['Location']}?month=2026-06", {"name": "An Maes"})
    assert june.status_code == 302
    assert [each.placement for each in Confirmation.objects.all()] == [later(scene)]
    may = client.post(f"{answer['Location']}?month=2026-05", {"name": "An Maes"})
    assert may.status_code == 302
    assert Confirmation.objects.order_by("-pk")[0].placement == scene.noor


def test_a_change_of_many_tells_what_it_comes_in_the_place_of(scene):
    change = OtherHours(frozenset({MONDAY}), 540, 900)
    many = Many(change=change, first=date(2026, 5, 11), placement_ids=[scene.noor.pk])
    (line,) = look_at_many(scene.location, many)
    assert [(each.start, sorted(each.weeks[0])) for each in line.replaces] == [(JUNE, [3])]
    asked = {
        "children": [scene.noor.pk], "what": "hours", "before": 0, "after": 1, "start": "09:00", "end": "15:00",
        "first": "2026-05-11", "do": "look",
    }  # fmt: skip
    page = manager(scene).post(reverse("planning:many", args=[scene.location.slug]), asked).content.decode()
    assert "Also instead of what is agreed from 1 June 2026" in page
    (line,) = look_at_many(scene.location, Many(change=change, first=many.first, last=date(2026, 5, 31),
                                                placement_ids=[scene.noor.pk]))  # fmt: skip
    assert line.replaces == []


def test_a_change_of_many_from_a_later_day_is_one_of_the_piece_of_that_day(scene):
    thursdays = OtherHours(frozenset({3}), 540, 900)
    many = Many(change=thursdays, first=date(2026, 6, 11), placement_ids=[scene.noor.pk])
    made = change_many(principal=scene.manager, location=scene.location, many=many, name="Mia", now=NOW)
    paper = Paper.objects.get(pk__in=made.papers)
    sign_paper(principal=scene.parent, paper_id=paper.pk, name="An Maes", now=NOW)
    assert later(scene).agreed_weeks.filter(paper=paper).exists()


def test_a_child_that_moves_up_keeps_one_row(scene):
    older = cast.make_group(scene.location, 3, now=NOW, name="Kevers", from_months=12, to_months=36)
    move_up(
        principal=scene.manager, placement_id=scene.lou.pk, group_id=older.pk, start=date(2026, 9, 7), now=NOW
    )
    page = text(manager(scene), "enrolment:location_children", scene.location.slug)
    assert "From 7 September 2026 in Kevers: Monday the whole day" in page
    assert "<h2>Kevers" not in page


def test_a_copied_week_goes_on_in_the_piece_of_its_days(scene):
    wish = Wish(day=date(2026, 5, 27), halves=3)
    give_day(principal=scene.manager, placement_id=scene.noor.pk, wish=wish, rules=OWN_RULES, now=NOW)
    batch, left = copy_week(
        principal=scene.manager, location=scene.location, monday=date(2026, 5, 25), count=2, now=NOW
    )
    assert left == []
    made = DayChange.objects.filter(pk__in=batch.changes).order_by("day")
    assert [(each.day, each.placement) for each in made] == [
        (date(2026, 6, 3), later(scene)),
        (date(2026, 6, 10), later(scene)),
    ]


def test_a_childs_file_stands_once(scene, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW + 21 * DAY)
    assert text(manager(scene), "planning:files", scene.location.slug).count("Noor Maes") == 1


def test_a_day_for_another_lies_on_the_same_side_of_other_days(scene, monkeypatch):
    """On 20 May, Mondays and Tuesdays until the end of the month, Thursdays from June on: all are offered."""
    monkeypatch.setattr(timezone, "now", lambda: NOW + 16 * DAY)
    client = parent(scene)
    address = reverse("planning:my_extra", args=[scene.noor.reference])
    page = client.get(address).text
    assert all(f'value="2026-{day}"' in page for day in ("05-26", "06-04"))
    asked = {"day": "2026-06-03", "halves": "3", "do": "ask"}
    across = client.post(address, {**asked, "instead_of": "2026-05-26"}).text
    assert "From 1 June 2026 on other days are agreed." in across
    assert not DayChange.objects.exists()
    looked = client.post(address, {**asked, "instead_of": "2026-06-04"})
    assert looked.status_code == 302
    assert DayChange.objects.get().placement == later(scene)


def test_days_of_next_year_that_are_closed_arent_offered(scene, monkeypatch):
    """Noor comes on Fridays since September; 1 January 2027 is one, and a holiday."""
    agree(scene, later(scene), date(2026, 9, 7), {4: FULL})
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 12, 14, 8, tzinfo=UTC))
    page = parent(scene).get(reverse("planning:my_extra", args=[scene.noor.reference])).text
    assert 'value="2027-01-08"' in page
    assert 'value="2027-01-01"' not in page

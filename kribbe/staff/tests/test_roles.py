"""Who counts on the roster: interns, volunteers and a coach don't, logistic help for a quarter from 2027 on."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse

from kribbe.enrolment.tests.location_scene import client_of, manager_of
from kribbe.planning.selectors.short import short_weeks
from kribbe.planning.selectors.week import week_of
from kribbe.rules.at_work import Role
from kribbe.staff.models import Contract, LeaveKind, Shift
from kribbe.staff.selectors.cover import gaps_of
from kribbe.staff.selectors.needs import needs_of, on_roster, shifts_of, short_halves
from kribbe.staff.selectors.terms import task_of
from kribbe.staff.services.contracts import report_leave
from kribbe.staff.services.proposals import ask_proposal, calculate, take_over
from kribbe.staff.tests.scene import busy, hire, open_monday
from kribbe.staff.tests.test_roster import work
from kribbe.testing import cast
from kribbe.trust.principal import SYSTEM

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
NOW = datetime(2026, 11, 5, 9, tzinfo=UTC)
NOON = 20


def at_work(scene, monday, *, carers=0, **others):
    """So many carers, and others by role, all day on Monday."""
    for role, number in {"carer": carers, **others}.items():
        for n in range(number):
            work(scene, hire(scene, f"{role.title()} Nr{n}", role=Role(role)), monday, 14, 36, 25)


def counted(scene, day):
    need = needs_of(scene.location, day, day)[0]
    return need, on_roster(scene.location, shifts_of(scene.location, day, day), [need])[day][NOON]


@pytest.mark.parametrize("role", ["intern", "volunteer", "coach"])
def test_who_does_not_count_leaves_the_half_day_short(role):
    """Ten children need two carers; there is one, and somebody who doesn't count."""
    scene = busy(NOW)
    monday = open_monday(scene.now.date() + DAY)
    at_work(scene, monday, carers=1, **{role: 1})
    assert counted(scene, monday)[1] == 1
    week = week_of(scene.location, monday, today=scene.now.date())
    assert week.carers[:2] == [0, 1], "nobody in the carer's pause"
    [ahead] = short_weeks(scene.location, first=monday, weeks=1, today=scene.now.date())
    assert (ahead.half_days, ahead.most) == (2, 2)


@pytest.mark.parametrize(("carers", "logistic", "counts"), [(3, 1, 4), (3, 2, 4), (1, 3, 1)])
def test_logistic_help_counts_for_a_quarter_of_those_needed_in_2027(carers, logistic, counts):
    """Twenty-eight children of a mixed group need four."""
    scene = busy(NOW, children=28, start=date(2026, 11, 2))
    day = date(2027, 1, 11)
    at_work(scene, day, carers=carers, logistic=logistic)
    need, there = counted(scene, day)
    assert (need.carers[NOON], there) == (4, counts)


def test_a_proposal_reckons_with_roles():
    """Interns are left to the location; logistic help is proposed, and counts where the law lets it."""
    scene = busy(NOW, children=28, start=date(2026, 11, 2))
    monday = date(2027, 1, 11)
    helper = hire(scene, "Lou Smets", role=Role.LOGISTIC)
    intern = hire(scene, "Kim Maes", role=Role.INTERN)
    task = task_of(scene.location, needs_of(scene.location, monday, monday + 6 * DAY))
    assert [(each.carer, bool(each.helps)) for each in task.carers] == [(helper.pk, True)]
    assert intern.pk not in {each.carer for each in task.carers}
    assert task.most_logistic(monday, NOON) == 1


def test_a_proposal_says_where_logistic_help_does_not_count_in_its_group():
    """Twenty-eight children need four: three carers are each of another group, so nobody can help beside two."""
    scene = busy(NOW, children=28, start=date(2026, 11, 2))
    monday = date(2027, 1, 11)
    groups = [scene.group, *(cast.make_group(scene.location, 3, now=NOW, name=f"Nr {n}") for n in range(2))]
    for number, group in enumerate(groups):
        hire(scene, f"An Nr{number}", group_id=group.pk)
    hire(scene, "Lou Smets", role=Role.LOGISTIC)
    proposal = ask_proposal(principal=SYSTEM, location=scene.location, first=monday, weeks=1, now=NOW)
    calculate(proposal.pk, now=NOW)
    proposal.refresh_from_db()
    days = [monday + n * DAY for n in range(7)]
    take_over(principal=SYSTEM, location=scene.location, proposal=proposal, days=days, now=NOW)
    needs = needs_of(scene.location, days[0], days[-1])
    there = on_roster(scene.location, shifts_of(scene.location, days[0], days[-1]), needs)
    left = [each for day in needs if day.day in there for each in short_halves(day, there[day.day])]
    told = [row for row in proposal.lacks if date.fromisoformat(row[0]) in there]
    assert sum((each.end - each.start) * each.missing for each in left) == sum(
        (end - start) * missing for _day, start, end, missing, _why in told
    )
    assert Shift.objects.filter(carer__name="Lou Smets").exists()


def test_nobody_who_does_not_count_is_named_to_take_over_a_shift():
    scene = busy(NOW)
    monday = open_monday(scene.now.date() + DAY)
    gone = hire(scene, "An Jacobs")
    work(scene, gone, monday, 14, 36, 25)
    hire(scene, "Kim Maes", role=Role.INTERN)
    spare = hire(scene, "Bo Smets")
    report_leave(
        principal=SYSTEM,
        location=scene.location,
        carer=gone,
        first=monday,
        last=monday,
        kind=LeaveKind.ILLNESS,
        now=scene.now,
    )
    [gap] = gaps_of(scene.location, gone, monday, monday)
    assert [cover.carer for cover in gap.covers] == [spare]


def test_the_pages_say_what_somebody_does_and_that_it_does_not_count():
    scene = busy(NOW)
    monday = open_monday(NOW.date() + DAY)
    at_work(scene, monday, intern=1)
    client = client_of(manager_of(scene.location, now=scene.now))
    slug, carer = scene.location.slug, Contract.objects.get().carer
    for name, more, asked in (
        ("team", [], {}),
        ("carer", [carer.reference], {}),
        ("roster", [], {"week": f"{monday}"}),
        ("roster_day", [], {"on": f"{monday}"}),
    ):
        page = client.get(reverse(f"staff:{name}", args=[slug, *more]), asked)
        assert "Intern: doesn&#x27;t count" in page.content.decode(), name

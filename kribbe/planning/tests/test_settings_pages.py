"""Carers of a group and rules of the house on their pages."""

from datetime import date, timedelta

import pytest
from django.utils.timezone import localtime

from kribbe.planning.models import GroupTeam, HouseRules
from kribbe.planning.tests.pages import at, open_day
from kribbe.planning.tests.scene import place
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing import cast

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def test_carers_and_the_weeks_that_fall_short(scene, manager):
    for number in range(7):
        place(scene.desk, cast.make_group(scene.location, 9, now=scene.now, name=f"G{number}"), f"V{number}", "Kim",
              WeekPattern.from_text("mon"), scene.start, scene.now)  # fmt: skip
    team = at(scene, "team")
    carers = {f"carers{slot}": "0" for slot in range(10)}
    refused = manager.post(team, {"group": scene.group.pk, "first": "morgen", "layout": "babies", **carers})
    assert refused.status_code == 422
    saved = manager.post(
        team,
        {
            "group": scene.group.pk,
            "first": f"{scene.now.date()}",
            "layout": "babies",
            **carers,
            "carers2": "1",
        },
    )
    assert saved.status_code == 302
    assert GroupTeam.objects.get().carers[2] == 1
    assert manager.get(team).status_code == 200
    from kribbe.planning.selectors.short import short_weeks

    short = short_weeks(scene.location, first=open_day(scene), weeks=2, today=scene.now.date())
    assert short and short[0].most >= 1


def test_carers_are_set_on_the_half_days_on_which_a_group_is_open(scene, manager):
    """Vlinders works from Monday to Friday; the other group on Thursdays and on Saturday mornings."""
    weekend = cast.make_group(
        scene.location, 9, now=scene.now, name="Uilen", from_months=30, open_pattern=0b01_00_11_00_00_00
    )
    team = at(scene, "team")
    forms = {each["group"].pk: each for each in manager.get(team).context["groups"]}
    shown = {
        key: [[cell and cell[0] for cell in cells] for _name, cells in form["rows"]]
        for key, form in forms.items()
    }
    assert shown == {
        scene.group.pk: [[0, 2, 4, 6, 8], [1, 3, 5, 7, 9]],
        weekend.pk: [[6, 10], [7, None]],
    }
    first = f"{scene.now.date()}"
    typed = {"group": weekend.pk, "first": first, "layout": "toddlers", "carers6": "1", "carers10": "2"}
    assert manager.post(team, typed).status_code == 302
    assert GroupTeam.objects.get(group=weekend).carers[10] == 2
    [_name, mornings] = manager.get(team).context["groups"][1]["rows"][0]
    assert [cell[2] for cell in mornings] == [1, 2]


def test_a_small_edit_today_keeps_the_plan_of_next_year(scene, manager):
    """Babies with two carers are planned from January on; then this week gets one carer more."""
    team, today = at(scene, "team"), localtime(scene.now).date()
    january = date(today.year + 1, 1, 1)
    mondays = {"group": scene.group.pk, "carers0": "1", "carers1": "1"}
    first = {**mondays, "first": f"{today - DAY}", "layout": "mixed"}
    ahead = {**mondays, "first": f"{january}", "layout": "babies", "carers0": "2"}
    for typed in (first, ahead, {**first, "first": f"{today}", "carers1": "3"}):
        assert manager.post(team, typed).status_code == 302
    rows = list(GroupTeam.objects.order_by("during"))
    found = [(each.during.lower, each.during.upper, each.layout, each.carers[:2]) for each in rows]
    assert found == [
        (today - DAY, today, "mixed", [1, 1]),
        (today, january, "mixed", [1, 3]),
        (january, None, "babies", [2, 1]),
    ]
    [form] = manager.get(team).context["groups"]
    assert (form["rows"][1][1][0][2], [each["pk"] for each in form["later"]]) == (3, [rows[2].pk])
    assert "Mon 2/1" in manager.get(team).content.decode()
    assert manager.post(team, {"do": "remove", "team": rows[1].pk}).status_code == 422
    assert manager.post(team, {"do": "remove", "team": rows[2].pk}).status_code == 302
    assert [each.during.upper for each in GroupTeam.objects.order_by("during")] == [today, None]
    assert manager.get(team).context["groups"][0]["later"] == []


def test_house_rules_are_published_and_never_changed(scene, manager):
    address = at(scene, "house_rules")
    typed = {
        "from_day": f"{scene.now.date() + DAY}",
        "notice_days": "30",
        "rounding": "up",
        "absence_full": "20",
    }
    assert manager.post(address, typed).status_code == 422
    assert manager.post(address, {**typed, "absence_half": "12", "told_days_before": "1"}).status_code == 422
    said = {"absence_half": "12", "told_days_before": "1", "told_by": "18:00"}
    assert manager.post(address, {**typed, **said}).status_code == 302
    assert HouseRules.objects.get().version == 1
    assert HouseRules.objects.get().told_days_before == 1

"""Closing days of one group: what may stand beside what, and which days each group is told; against a plain count."""

from datetime import date, datetime, timedelta
from random import Random

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kribbe.places.models import ClosingDay
from kribbe.places.selectors.closed import (
    calendar_of_group,
    calendars_of,
    closed_days,
    closed_days_of,
    closed_days_of_group,
)
from kribbe.places.selectors.location import view_of
from kribbe.places.selectors.search import Search, find
from kribbe.places.services.closing_days import add_closing, remove_closing
from kribbe.places.tests.scene import LEUVEN
from kribbe.rules.calendar import public_holidays
from kribbe.rules.closing import Calendar, Closing
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing import cast
from kribbe.testing.clock import BRUSSELS
from kribbe.testing.races import side_by_side
from kribbe.testing.sessions import log_in
from kribbe.testing.worlds import built_once
from kribbe.trust import locks
from kribbe.trust.errors import RefusedError
from kribbe.trust.models import AuditEntry
from kribbe.trust.principal import SYSTEM, Role, Scope

pytestmark = pytest.mark.django_db

NOW = datetime(2027, 1, 11, 9, tzinfo=BRUSSELS)
DAY = timedelta(days=1)
FIRST, LAST = date(2027, 3, 1), date(2027, 4, 30)
EASTER = {date(2027, 3, 28), date(2027, 3, 29)}
TENTH = Closing(date(2027, 3, 10), date(2027, 3, 12), "Studiedagen")


@built_once
def notelaar():
    return cast.make_location(cast.make_desk(), "De Notelaar")


def group_of(location, name="Vlinders"):
    return cast.make_group(location, 4, now=NOW, name=name)


def close(location, closing, group=None):
    return add_closing(
        principal=SYSTEM,
        location_id=location.pk,
        closing=closing,
        group_id=group.pk if group else None,
        now=NOW,
    )


@pytest.mark.parametrize("seed", range(6))
def test_random_closings_are_kept_and_told_as_by_a_plain_count(notelaar, seed):
    chance = Random(seed)  # noqa: S311
    locations = [notelaar, cast.make_location(notelaar.desk, "De Eik")]
    groups = {
        each.pk: [group_of(each, name) for name in ("Bijen", "Kevers", "Vlinders")] for each in locations
    }
    kept: list[tuple[int, int | None, date, date]] = []
    for _try in range(60):
        location = chance.choice(locations)
        group = chance.choice([None, *groups[location.pk]])
        key = group.pk if group else None
        first = FIRST + chance.randrange(75) * DAY
        last = first + chance.randrange(5) * DAY
        is_free = not any(
            at == location.pk and first <= end and start <= last and (None in (key, own) or key == own)
            for at, own, start, end in kept
        )
        try:
            with transaction.atomic():
                ClosingDay.objects.create(location=location, group=group, during=(first, last + DAY))
        except IntegrityError:
            assert not is_free
        else:
            assert is_free
            kept.append((location.pk, key, first, last))
    assert 20 < len(kept) < 60
    days = [FIRST + n * DAY for n in range((LAST - FIRST).days + 1)]
    with CaptureQueriesContext(connection) as queries:
        found = closed_days_of([each.pk for each in locations], FIRST, LAST)
    assert len(queries) == 1
    calendars = calendars_of([each.pk for each in locations], FIRST, LAST)
    for location in locations:
        for group in [None, *groups[location.pk]]:
            mine = {None, group.pk if group else None}
            plain = {
                day
                for day in days
                if day in public_holidays(day.year)
                or any(at == location.pk and own in mine and a <= day <= b for at, own, a, b in kept)
            }
            told = found.of(group) if group else found.at[location.pk]
            calendar = calendars.of(group) if group else calendars.at[location.pk]
            assert told == plain
            assert {day for day in days if calendar.is_closed(day)} == plain
            assert list(calendar.closings) == sorted(calendar.closings, key=lambda each: each.first)


def test_of_one_group_and_of_the_whole_location(notelaar):
    bijen, kevers = group_of(notelaar, "Bijen"), group_of(notelaar, "Kevers")
    close(notelaar, TENTH, bijen)
    assert closed_days(notelaar.pk, FIRST, LAST) == EASTER
    assert closed_days_of_group(kevers, FIRST, LAST) == EASTER
    assert closed_days_of_group(bijen, FIRST, LAST) == EASTER | {*(TENTH.first + n * DAY for n in range(3))}
    assert calendars_of([notelaar.pk], FIRST, None).at[notelaar.pk] == Calendar()
    assert calendar_of_group(kevers, FIRST) == Calendar()
    assert calendar_of_group(bijen, FIRST).closings == (TENTH,)


def test_a_group_of_another_location_cannot_close_here(notelaar):
    strange = group_of(cast.make_location(notelaar.desk, "De Eik"))
    with pytest.raises(IntegrityError, match="closing_of_its_location"), transaction.atomic():
        ClosingDay.objects.create(location=notelaar, group=strange, during=(FIRST, LAST))
    with pytest.raises(RefusedError) as refused:
        close(notelaar, TENTH, strange)
    assert refused.value.field == "group"


def test_what_is_closed_already_is_refused_with_the_remedy(notelaar):
    bijen, kevers = group_of(notelaar, "Bijen"), group_of(notelaar, "Kevers")
    close(notelaar, TENTH, bijen)
    with pytest.raises(RefusedError, match=r"De groep Bijen is al gesloten .* Verwijder eerst die dagen"):
        close(notelaar, TENTH)
    with pytest.raises(RefusedError, match=r"De groep Bijen is al gesloten .* 12 maart 2027\.$"):
        close(notelaar, TENTH, bijen)
    close(notelaar, TENTH, kevers)
    summer = Closing(date(2027, 7, 19), date(2027, 8, 6))
    close(notelaar, summer)
    with pytest.raises(RefusedError, match="Jullie zijn al gesloten"):
        close(notelaar, summer, bijen)
    assert ClosingDay.objects.count() == 3


def test_the_audit_trail_names_the_group(notelaar):
    row = close(notelaar, TENTH, bijen := group_of(notelaar))
    remove_closing(principal=SYSTEM, location_id=notelaar.pk, closing_id=row.pk, now=NOW)
    said = (
        AuditEntry.objects.filter(action__startswith="closing.")
        .order_by("pk")
        .values_list("action", "data__group")
    )
    assert list(said) == [("closing.add", bijen.pk), ("closing.remove", bijen.pk)]


def test_a_group_that_is_deleted_takes_its_closings_along(notelaar):
    group = group_of(notelaar)
    close(notelaar, TENTH, group)
    close(notelaar, Closing(LAST, LAST))
    group.capacities.all().delete()
    group.delete()
    assert list(ClosingDay.objects.values_list("group", flat=True)) == [None]


def test_a_place_of_a_closed_group_is_told_as_closed_in_the_search(notelaar):
    bijen = group_of(notelaar, "Bijen")
    asked = Search(
        region_id=notelaar.desk.region_id,
        longitude=LEUVEN[0],
        latitude=LEUVEN[1],
        start=TENTH.first,
        today=NOW.date(),
        pattern=WeekPattern.from_text("wed"),
    )
    close(notelaar, Closing(LAST, LAST))
    close(notelaar, TENTH, bijen)
    whole, own = Closing(LAST, LAST), Closing(TENTH.first, TENTH.last)
    assert find(asked).rows[0].closings == (own, whole)
    # the best group for the search is now another one, which is open
    bijen.availability.delete()
    group_of(notelaar, "Kevers")
    assert find(asked).rows[0].closings == (whole,)


def test_the_page_of_a_location_says_which_group_is_closed(notelaar):
    bijen = group_of(notelaar, "Bijen")
    group_of(notelaar, "Kevers")
    april = Closing(date(2027, 4, 1), date(2027, 4, 30), "Verbouwing")
    close(notelaar, april, bijen)
    page = view_of(notelaar, today=NOW.date())
    assert ("1 april tot 30 april 2027", "Verbouwing, alleen de groep Bijen") in page.closings
    shut = {group.name: [month.shut for month in group.months if month.shut] for group in page.groups}
    assert shut["Kevers"] == []
    assert len(shut["Bijen"]) == 1


def typed(**fields):
    return {"first": "2027-03-10", "last": "2027-03-12", "reason": "Studiedagen"} | fields


@pytest.fixture
def client(notelaar, clock):
    manager = cast.make_user(
        "mia@notelaar.example", role=Role.MANAGER, scope=Scope.LOCATION, scope_id=notelaar.pk, now=clock.now
    )
    made = log_in(Client(), manager, second_factor=True)
    made.cookies.load({"django_language": "en"})
    return made


def address(location, name="closing_days", *more):
    return reverse(f"places:{name}", args=[location.slug, *more])


def test_who_has_one_group_has_nothing_to_choose(notelaar, client):
    group_of(notelaar)
    assert 'name="group"' not in client.get(address(notelaar)).content.decode()


def test_one_group_is_closed_on_the_page_and_put_back(notelaar, client):
    bijen = group_of(notelaar, "Bijen")
    group_of(notelaar, "Kevers")
    first = NOW.date().replace(year=client.get(address(notelaar)).context["year"] + 1, month=3, day=10)
    sent = typed(first=f"{first}", last=f"{first}", group=bijen.pk)
    shown = client.post(address(notelaar), sent, follow=True)
    assert (
        "Bijen"
        in shown.context["rows"][[row["id"] > 0 for row in shown.context["rows"]].index(True)]["group"]
    )
    assert shown.context["days"] == 0, "the location itself is open"
    row = ClosingDay.objects.get()
    assert row.group == bijen
    page = client.post(address(notelaar, "remove_closing_days", row.pk), follow=True).context["removed"]
    assert not ClosingDay.objects.exists()
    again = {name: page[name] for name in ("first", "last", "reason", "group")} | {
        "knowing": page["families"]
    }
    client.post(address(notelaar), again)
    assert ClosingDay.objects.get().group == bijen


@pytest.mark.parametrize(
    ("kept", "offered"),
    [
        ([], {"group": "whole", "first": "2027-03-10"}),
        ([None], {"group": "whole", "first": "2027-03-10"}),
        ([10**6], None),
        ([None, 10**6], None),
    ],
    ids=["before groups", "before locations", "a group that is gone", "another location"],
)
def test_an_undo_that_an_earlier_version_or_another_page_kept_breaks_nothing(notelaar, client, kept, offered):
    session = client.session
    session["closing_removed"] = ["2027-03-10", "2027-03-12", "Studiedagen", *kept]
    session.save()
    page = client.get(address(notelaar))
    removed = page.context["removed"]
    assert page.status_code == 200
    assert (removed and {name: removed[name] for name in ("group", "first")}) == offered
    assert client.get(address(notelaar)).context["removed"] is None


def test_a_group_of_elsewhere_is_no_choice(notelaar, client):
    group_of(notelaar, "Bijen")
    group_of(notelaar, "Kevers")
    strange = group_of(cast.make_location(notelaar.desk, "De Eik"))
    assert client.post(address(notelaar), typed(group=strange.pk)).status_code == 422
    assert not ClosingDay.objects.exists()


def test_the_undo_of_a_group_that_went_out_of_use_closes_nothing_else(notelaar, client):
    group_of(notelaar, "Kevers")
    gone = group_of(notelaar, "Bijen")
    gone.active = False
    gone.save()
    assert client.post(address(notelaar), typed(group=gone.pk)).status_code == 422
    assert not ClosingDay.objects.exists()


def test_closings_of_groups_cost_the_page_no_query(notelaar, client):
    groups = [group_of(notelaar, name) for name in ("Bijen", "Kevers", "Vlinders")]
    counts = []
    for number, group in enumerate(groups):
        year = client.get(address(notelaar)).context["year"]
        day = date(year, 12, 1) + number * DAY
        ClosingDay.objects.create(location=notelaar, group=group, during=(day, day + DAY))
        with CaptureQueriesContext(connection) as queries:
            client.get(address(notelaar))
        counts.append(len(queries))
    assert counts[0] == counts[-1] <= 30


class TestAtOnce:
    """The whole location and one group of it, closed on the same day at the same moment."""

    pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

    def outcomes(self, notelaar):
        group = group_of(notelaar)
        work = [lambda each=each: close(notelaar, TENTH, each) for each in (None, group) * 4]
        return side_by_side(work)

    def test_the_first_closes_and_the_others_are_told(self, notelaar):
        refused = [each for each in self.outcomes(notelaar) if isinstance(each, RefusedError)]
        assert ClosingDay.objects.count() == 1
        assert len(refused) == 7

    def test_control_without_locks_the_database_alone_refuses(self, notelaar, monkeypatch):
        monkeypatch.setattr(locks, "ENABLED", False)
        monkeypatch.setattr("kribbe.places.services.closing_days._check_once", lambda *_given: None)
        outcomes = self.outcomes(notelaar)
        assert ClosingDay.objects.count() == 1
        assert any(isinstance(each, IntegrityError) for each in outcomes), outcomes

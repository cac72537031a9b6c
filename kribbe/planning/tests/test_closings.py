"""A closing that comes or goes: who has planned days in it is told, once a family."""

from datetime import date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import translation

from kribbe.contact.models import Mail, Notice
from kribbe.enrolment.models import PlacementState
from kribbe.enrolment.tests.location_scene import client_of
from kribbe.places.models import ClosingDay
from kribbe.places.services.closing_days import add_closing, remove_closing
from kribbe.planning.services.closings import families_of_closing
from kribbe.planning.tests.pages import at, open_day
from kribbe.planning.tests.scene import FULL_MONDAY_TUESDAY, notelaar, place
from kribbe.rules.closing import Closing
from kribbe.testing import cast
from kribbe.testing.clock import BRUSSELS
from kribbe.testing.worlds import built_once
from kribbe.trust.errors import RefusedError
from kribbe.trust.models import AuditEntry

pytestmark = pytest.mark.django_db
NOW = datetime(2027, 3, 9, 10, tzinfo=BRUSSELS)
MONDAY, TUESDAY, WEDNESDAY = (date(2027, 4, day) for day in (12, 13, 14))
DAY = timedelta(days=1)


@built_once
def kept():
    """Noor comes on Mondays and Tuesdays, Lou on Mondays; both began on 1 February."""
    return notelaar(now=NOW, start=date(2027, 2, 1))


def close(kept, first, last=None, now=NOW, **more):
    closing = Closing(first, last or first, "studiedag")
    return add_closing(principal=kept.manager, location_id=kept.location.pk, closing=closing, now=now, **more)


def households(kind):
    return sorted(Notice.objects.filter(kind=f"planning/{kind}").values_list("household_id", flat=True))


def of(*placements):
    return sorted(each.child.household_id for each in placements)


@pytest.mark.parametrize(
    ("first", "last", "told"),
    [
        (MONDAY, None, ("noor", "lou")),
        (TUESDAY, None, ("noor",)),
        (WEDNESDAY, None, ()),
        (TUESDAY, TUESDAY + 6 * DAY, ("noor", "lou")),
        # Easter Monday: nobody would come
        (date(2027, 3, 29), None, ()),
        # yesterday, and from yesterday to today, a Tuesday
        (date(2027, 3, 8), None, ()),
        (date(2027, 3, 8), date(2027, 3, 9), ("noor",)),
    ],
)
def test_who_has_planned_days_that_are_not_over_is_told(kept, first, last, told):
    close(kept, first, last)
    assert households("location_closes") == of(*(getattr(kept, name) for name in told))
    assert AuditEntry.objects.get(action="closing.add").data["families"] == len(told)


def test_a_place_that_is_not_certain_or_is_elsewhere_is_not_told(kept):
    kept.lou.state, kept.lou.sign_by = PlacementState.TO_SIGN, NOW + DAY
    kept.lou.save()
    other = cast.make_location(kept.desk, "De Eik")
    group = cast.make_group(other, 3, now=NOW)
    place(kept.desk, group, "Peeters", "Mats", FULL_MONDAY_TUESDAY, date(2027, 2, 1), NOW)
    close(kept, MONDAY)
    assert households("location_closes") == of(kept.noor)


def test_a_family_with_two_children_is_told_once_of_both(kept):
    child = kept.lou.child
    child.household_id = kept.noor.child.household_id
    child.save()
    close(kept, MONDAY)
    notice = Notice.objects.get(kind="planning/location_closes")
    assert "Lou en Noor" in notice.body
    assert "studiedag" in notice.subject
    assert "12 april 2027" in notice.subject
    assert notice.location_id == kept.location.pk
    assert notice.link == reverse("planning:my_days")


def test_days_that_are_taken_away_again_are_told_too(kept):
    row = close(kept, MONDAY, TUESDAY)
    remove_closing(principal=kept.manager, location_id=kept.location.pk, closing_id=row.pk, now=NOW)
    assert households("location_opens") == of(kept.noor, kept.lou)
    assert "toch open" in Notice.objects.filter(kind="planning/location_opens")[0].subject
    assert AuditEntry.objects.get(action="closing.remove").data["families"] == 2


def test_days_that_are_over_are_taken_away_without_a_word(kept):
    row = close(kept, MONDAY)
    later = NOW + timedelta(days=60)
    remove_closing(principal=kept.manager, location_id=kept.location.pk, closing_id=row.pk, now=later)
    assert households("location_opens") == []


def test_the_mail_stays_behind_in_quiet_hours(kept):
    close(kept, MONDAY, now=NOW.replace(hour=23))
    mail = Mail.objects.get(notice__kind="planning/location_closes")
    assert mail.due_at == (NOW + DAY).replace(hour=7)


def test_more_families_than_was_known_are_not_told(kept):
    with pytest.raises(RefusedError, match="2 gezinnen"):
        close(kept, MONDAY, knowing=1)
    assert not ClosingDay.objects.exists()
    assert not Notice.objects.exists()
    close(kept, MONDAY, knowing=2)
    assert families_of_closing(kept.location.pk, None, MONDAY, MONDAY, NOW) == 2


@pytest.mark.parametrize(
    ("language", "words"),
    [("nl", "gesloten op"), ("fr", "fermé le"), ("de", "geschlossen"), ("en", "closed on")],
)
def test_a_family_reads_it_in_its_language(kept, language, words):
    household = kept.noor.child.household
    household.language = language
    household.save()
    kept.desk.letter_languages = ["nl", "fr", "de", "en"]
    kept.desk.save()
    with translation.override("nl"):
        close(kept, TUESDAY)
    assert words in Notice.objects.get(kind="planning/location_closes").subject


def test_the_page_says_how_many_are_told_before_it_closes(scene, manager):
    day = open_day(scene)
    page = reverse("places:closing_days", args=[scene.location.slug])
    typed = {"first": f"{day}", "last": "", "reason": "Studiedag"}
    asked = manager.post(page, typed).content.decode()
    assert "2 families get a message that you are closed" in asked
    assert "Close and tell 2 families" in asked
    assert 'name="knowing" value="2"' in asked
    assert not ClosingDay.objects.exists()
    done = manager.post(page, typed | {"knowing": "2"}, follow=True).content.decode()
    assert "2 families get a message." in done
    assert households("location_closes") == of(scene.noor, scene.lou)
    back = reverse("places:remove_closing_days", args=[scene.location.slug, ClosingDay.objects.get().pk])
    removed = manager.post(back, follow=True).content.decode()
    assert "2 families get a message." in removed
    assert 'name="knowing" value="2"' in removed


def test_a_family_is_told_at_its_own_page(scene, manager):
    day = open_day(scene, weekday=1)
    page = reverse("places:closing_days", args=[scene.location.slug])
    manager.post(page, {"first": f"{day}", "last": "", "reason": "", "knowing": "1"})
    assert "Noor" not in manager.get(at(scene, "day") + f"?on={day}").content.decode()
    assert client_of(scene.parent_user()).get(Notice.objects.get().link).status_code == 200

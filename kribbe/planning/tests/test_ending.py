"""The end of an agreement by both sides: the term, an earlier day, a serious fault, the letter, and the undo."""

import io
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from kribbe.contact.models import Notice as Told
from kribbe.enrolment.models import Placement, PlacementState
from kribbe.enrolment.services.stays import change_days
from kribbe.enrolment.tests.location_scene import client_of, manager_of
from kribbe.places.models import LicenceState, Location
from kribbe.planning.ending_paper import ending_pdf
from kribbe.planning.models import DayRules, DayState, Ending, Ground, HouseRules, TellingSide
from kribbe.planning.selectors.ending import ends_of, notice_days
from kribbe.planning.services.days import Wish, give_day
from kribbe.planning.services.ending import Notice, answer_ending, end_agreement, take_back_ending
from kribbe.planning.services.papers import send_paper
from kribbe.planning.services.terms import Terms
from kribbe.planning.tests.pages import at, signed
from kribbe.planning.tests.scene import notelaar
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing.pdf import tags_of
from kribbe.testing.worlds import built_once
from kribbe.trust.errors import RefusedError
from kribbe.trust.models import AuditEntry

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
NOW = datetime(2026, 11, 25, 10, tzinfo=UTC)
FAMILY, LOCATION = TellingSide.FAMILY, TellingSide.LOCATION


@pytest.fixture
def today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@built_once
def scene():
    return notelaar(now=NOW, start=date(2026, 9, 7), day_price=30)


@pytest.fixture
def agreed(scene):
    """Signed by both, with the term of version 1: thirty days."""
    Placement.objects.filter(pk=scene.noor.pk).update(reserved_at=NOW - 200 * DAY)
    HouseRules.objects.create(
        location=scene.location,
        version=1,
        from_day=date(2026, 1, 1),
        notice_days=30,
        published_at=NOW - 300 * DAY,
    )
    return signed(scene)


TODAY = date(2026, 11, 25)
BY_TERM = date(2026, 12, 25)


def end(scene, last, *, side=FAMILY, now=None, **fields):
    return end_agreement(
        principal=scene.parent if side == FAMILY else scene.manager,
        placement_id=scene.noor.pk,
        notice=Notice(side=side, last=last, name="An Maes" if side == FAMILY else "Mia", **fields),
        now=now or NOW,
    )


def last_of(scene):
    return Placement.objects.get(pk=scene.noor.pk).during.upper - DAY


def told(scene):
    kinds = (
        Told.objects.filter(kind__startswith="planning/ending").order_by("pk").values_list("kind", flat=True)
    )
    return [kind.removeprefix("planning/ending_") for kind in kinds]


def test_the_term_is_of_what_was_signed(scene, agreed):
    HouseRules.objects.create(
        location=scene.location,
        version=2,
        from_day=date(2026, 10, 1),
        notice_days=90,
        published_at=NOW - 200 * DAY,
    )
    assert notice_days(scene.noor, TODAY) == 30
    assert notice_days(scene.lou, TODAY) == 90
    for side in (FAMILY, LOCATION):
        assert ends_of(scene.noor, side, TODAY).by_term == BY_TERM


def test_a_family_ends_by_the_term_and_both_are_told(scene, agreed):
    ending = end(scene, BY_TERM, reason="We move")
    assert last_of(scene) == BY_TERM
    assert (ending.ends_on, ending.waits) == (BY_TERM, False)
    assert told(scene) == ["told", "told_location"]
    assert not Told.objects.filter(kind="enrolment/place_ends").exists()
    assert AuditEntry.objects.filter(
        action="agreement.end", household_id=scene.noor.child.household_id
    ).exists()


def test_an_earlier_day_holds_once_the_location_agrees(scene, agreed):
    earlier = TODAY + 9 * DAY
    ending = end(scene, earlier)
    assert last_of(scene) == BY_TERM
    assert ending.waits
    for again in (FAMILY, LOCATION):
        with pytest.raises(RefusedError):
            end(scene, BY_TERM, side=again)
    with pytest.raises(RefusedError) as own:
        answer_ending(
            principal=scene.parent, ending_id=ending.pk, side=FAMILY, agrees=True, name="An", now=NOW
        )
    assert own.value.code == "answered"
    answer_ending(
        principal=scene.manager, ending_id=ending.pk, side=LOCATION, agrees=True, name="Mia", now=NOW
    )
    assert last_of(scene) == earlier
    assert Ending.objects.get().held_by is Ground.BOTH
    assert told(scene) == ["told", "told_location", "answered"]


def test_refused_the_day_by_the_term_stays(scene, agreed):
    ending = end(scene, TODAY)
    answer_ending(principal=scene.manager, ending_id=ending.pk, side=LOCATION, agrees=False, name="", now=NOW)
    assert last_of(scene) == BY_TERM
    assert not Ending.objects.get().waits


def test_told_of_worse_house_rules_a_family_ends_at_once(scene, agreed):
    HouseRules.objects.create(
        location=scene.location,
        version=2,
        from_day=date(2027, 2, 1),
        told_by=time(8),
        published_at=NOW - 10 * DAY,
    )
    assert ends_of(scene.noor, LOCATION, TODAY).by_term == BY_TERM
    assert ends_of(scene.noor, FAMILY, TODAY).by_term == TODAY
    assert ends_of(scene.noor, FAMILY, TODAY + 60 * DAY).by_term == TODAY + 90 * DAY
    end(scene, TODAY + DAY)
    assert last_of(scene) == TODAY + DAY


def test_a_location_keeps_the_term_too(scene, agreed):
    with pytest.raises(RefusedError) as short:
        end(scene, BY_TERM - DAY, side=LOCATION)
    assert short.value.field == "last"
    end(scene, BY_TERM, side=LOCATION)
    assert last_of(scene) == BY_TERM
    assert told(scene) == ["told"]


def test_by_serious_fault_at_once_with_the_reason(scene, agreed):
    with pytest.raises(RefusedError) as without:
        end(scene, TODAY, side=LOCATION, ground=Ground.FAULT)
    assert without.value.field == "reason"
    end(scene, TODAY, side=LOCATION, ground=Ground.FAULT, reason="Nothing was paid since June.")
    assert last_of(scene) == TODAY


def test_a_family_too_ends_at_once_by_serious_fault_and_the_papers_say_whose(scene, agreed):
    with pytest.raises(RefusedError) as without:
        end(scene, TODAY, ground=Ground.FAULT)
    assert without.value.field == "reason"
    made = end(scene, TODAY, ground=Ground.FAULT, reason="Nobody was there on Monday.")
    assert last_of(scene) == TODAY
    letter = PdfReader(io.BytesIO(ending_pdf(made))).pages[0].extract_text()
    assert "Zware fout van de opvang" in letter


@pytest.mark.usefixtures("today")
def test_where_the_licence_stopped_the_page_offers_to_end_at_once(scene, agreed):
    Location.objects.filter(pk=scene.location.pk).update(licence_state=LicenceState.SUSPENDED)
    parent = client_of(scene.parent_user())
    mine = reverse("planning:my_ending", args=[scene.noor.reference])
    page = parent.get(mine)
    assert "counts as a serious fault of the location" in page.content.decode()
    assert page.context["form"].initial == {"last": TODAY, "ground": Ground.FAULT}
    typed = {"ground": "fault", "last": f"{TODAY}", "reason": "No licence.", "name": "An Maes", "do": "end"}
    assert parent.post(mine, typed).status_code == 302
    assert last_of(scene) == TODAY


def test_together_the_family_signs_on_screen(scene, agreed):
    day = TODAY + 5 * DAY
    ending = end(scene, day, side=LOCATION, ground=Ground.BOTH)
    assert ending.ends_on is None
    assert last_of(scene) == scene.noor.during.upper - DAY
    with pytest.raises(RefusedError) as unsigned:
        answer_ending(
            principal=scene.parent, ending_id=ending.pk, side=FAMILY, agrees=True, name=" ", now=NOW
        )
    assert unsigned.value.field == "name"
    answer_ending(
        principal=scene.parent, ending_id=ending.pk, side=FAMILY, agrees=True, name="An Maes", now=NOW
    )
    assert last_of(scene) == day
    assert told(scene) == ["asked", "answered", "answered_location"]


def test_together_signed_on_paper(scene, agreed):
    both = {"side": LOCATION, "ground": Ground.BOTH, "other_name": "An Maes"}
    with pytest.raises(RefusedError) as unsigned:
        end(scene, TODAY + DAY, **both, other_day=TODAY + DAY)
    assert unsigned.value.field == "other_day"
    ending = end(scene, TODAY + DAY, **both, other_day=TODAY - DAY)
    assert last_of(scene) == TODAY + DAY
    assert ending.on_paper


def test_taken_back_every_piece_stands_again(scene, agreed):
    """A temporary change lies ahead: its pieces are given up, then stand again, after an earlier day too."""
    before = scene.noor.during.upper
    change_days(
        principal=scene.manager, placement_id=scene.noor.pk, pattern=WeekPattern.from_text("mon"),
        first=date(2027, 3, 1), last=date(2027, 3, 31), now=NOW,
    )  # fmt: skip
    pieces = [each.during for each in Placement.objects.filter(child=scene.noor.child).order_by("pk")]
    assert len(pieces) == 3
    ending = end(scene, TODAY + DAY)
    answer_ending(
        principal=scene.manager, ending_id=ending.pk, side=LOCATION, agrees=True, name="Mia", now=NOW
    )
    assert Placement.objects.filter(child=scene.noor.child, state=PlacementState.FINAL).count() == 1
    with pytest.raises(RefusedError) as other:
        take_back_ending(principal=scene.manager, ending_id=ending.pk, side=LOCATION, now=NOW)
    assert other.value.code == "late"
    with pytest.raises(RefusedError):
        take_back_ending(principal=scene.parent, ending_id=ending.pk, side=FAMILY, now=NOW + 2 * DAY)
    take_back_ending(principal=scene.parent, ending_id=ending.pk, side=FAMILY, now=NOW + DAY)
    again = Placement.objects.filter(child=scene.noor.child, state=PlacementState.FINAL).order_by("pk")
    assert [each.during for each in again] == pieces
    assert again.last().during.upper == before
    assert told(scene)[-2:] == ["undone", "undone_location"]


def test_what_cannot_be(scene, agreed):
    end_of_stay = scene.noor.during.upper
    for last in (TODAY - DAY, end_of_stay):
        with pytest.raises(RefusedError) as refused:
            end(scene, last)
        assert refused.value.field == "last"
    with pytest.raises(RefusedError) as early:
        end(scene, date(2026, 9, 20), now=NOW - 100 * DAY)
    assert early.value.code == "not_begun"


def test_the_letter_says_it_all(scene, agreed):
    end(scene, TODAY, side=LOCATION, ground=Ground.FAULT, reason="Nothing was paid since June.")
    pdf = ending_pdf(Ending.objects.get())
    assert tags_of(pdf).count("/Table") == 0
    page = PdfReader(io.BytesIO(pdf)).pages[0].extract_text()
    for text in ("Noor Maes", "Mia", "Nothing was paid since June.", "25 november 2026"):
        assert text in page


@pytest.mark.usefixtures("today")
def test_both_pages(scene, agreed):
    parent = client_of(scene.parent_user())
    manager = client_of(manager_of(scene.location, now=NOW))
    mine = reverse("planning:my_ending", args=[scene.noor.reference])
    theirs = at(scene, "ending", scene.noor.reference)
    assert parent.get(mine).context["form"].initial["last"] == BY_TERM
    assert manager.get(theirs).context["form"].initial["last"] == BY_TERM
    unsigned = parent.post(mine, {"last": f"{TODAY + 3 * DAY}", "do": "end"})
    assert unsigned.status_code == 422
    typed = {"ground": "notice", "last": f"{TODAY + 3 * DAY}", "name": "An Maes", "do": "end"}
    assert parent.post(mine, typed).status_code == 302
    shown = manager.get(theirs)
    assert shown.context["rows"][0]["may_answer"]
    ending = Ending.objects.get()
    answer = {"ending": f"{ending.pk}", "do": "agree", "name": "Mia"}
    assert manager.post(theirs, answer).status_code == 302
    assert last_of(scene) == TODAY + 3 * DAY
    for client, name, args in (
        (parent, "my_letter", [ending.reference]),
        (manager, "letter", [scene.location.slug, ending.reference]),
    ):
        assert client.get(reverse(f"planning:{name}", args=args)).content.startswith(b"%PDF")
    assert parent.post(mine, {"ending": f"{ending.pk}", "do": "back"}).status_code == 302
    assert last_of(scene) == scene.noor.during.upper - DAY


@pytest.mark.usefixtures("today")
def test_before_the_first_day_it_is_given_up(scene):
    Placement.objects.filter(pk=scene.noor.pk).update(during=DateRange(TODAY + 40 * DAY, TODAY + 400 * DAY))
    parent = client_of(scene.parent_user())
    answer = parent.get(reverse("planning:my_ending", args=[scene.noor.reference]))
    assert answer["Location"] == reverse("enrolment:give_up", args=[scene.noor.reference])


def test_an_earlier_day_that_nobody_answered_lapses(scene, agreed, monkeypatch):
    """The other side can answer on that day still; after it the family ends again, which closes the old question."""
    earlier = TODAY + 9 * DAY
    first = end(scene, earlier)
    with pytest.raises(RefusedError):
        end(scene, earlier + 5 * DAY, now=NOW + 9 * DAY)
    manager, address = (
        client_of(manager_of(scene.location, now=NOW)),
        at(scene, "ending", scene.noor.reference),
    )
    for days, offers in ((9, True), (10, False)):
        monkeypatch.setattr(timezone, "now", lambda days=days: NOW + days * DAY)
        shown = manager.get(address)
        assert shown.context["rows"][0]["may_answer"] is offers
        assert ('value="agree"' in shown.content.decode()) is offers
        assert shown.context["waits"] is offers
    again = end(scene, earlier + 5 * DAY, now=NOW + 10 * DAY)
    first.refresh_from_db()
    assert (first.refused_at, again.waits) == (NOW + 10 * DAY, True)
    assert last_of(scene) == BY_TERM
    assert AuditEntry.objects.filter(action="agreement.end_lapse", subject_id=first.pk).exists()


def test_taken_back_after_two_cuts_what_the_first_took_stands_again(scene, agreed):
    """The location agrees an hour later: the extra day and the paper after the term went with the first cut."""
    change, _place = give_day(
        principal=scene.manager,
        placement_id=scene.noor.pk,
        wish=Wish(day=date(2027, 1, 14), halves=3),
        rules=DayRules(),
        now=NOW - DAY,
    )
    paper = send_paper(
        principal=scene.manager,
        placement_id=scene.noor.pk,
        now=NOW - DAY,
        name="Mia",
        terms=Terms(first=date(2027, 2, 1), weeks=({0: ((480, 1020),)},)),
    )
    ending = end(scene, TODAY + 9 * DAY)
    answer_ending(
        principal=scene.manager,
        ending_id=ending.pk,
        side=LOCATION,
        agrees=True,
        name="Mia",
        now=NOW + timedelta(hours=1),
    )
    paper.refresh_from_db()
    assert paper.withdrawn_at == NOW
    take_back_ending(principal=scene.parent, ending_id=ending.pk, side=FAMILY, now=NOW + timedelta(hours=2))
    change.refresh_from_db()
    paper.refresh_from_db()
    assert (change.state, paper.withdrawn_at) == (DayState.GRANTED, None)

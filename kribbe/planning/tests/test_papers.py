"""Agreements and addenda: both sign, weeks follow, half-days are held, and nothing lies outside place or licence."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.utils import timezone

from kribbe.enrolment.models import Placement, PlacementState
from kribbe.places import ledger
from kribbe.places.models import LedgerTake
from kribbe.planning.models import AgreedWeeks, CareAgreement, Paper
from kribbe.planning.selectors.planned import planned_at
from kribbe.planning.services.papers import send_paper, sign_paper, withdraw_paper
from kribbe.planning.services.terms import Terms, agreed_of
from kribbe.planning.tests.scene import notelaar
from kribbe.rules.agreed import there_on
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing.worlds import built_once
from kribbe.trust.errors import RefusedError
from kribbe.trust.models import AuditEntry

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
FULL = ((8 * 60, 17 * 60),)
AGREED = ({0: FULL, 1: FULL},)


@built_once
def scene():
    return notelaar(now=timezone.now())


def send(scene, **terms):
    given = {"first": scene.start, "weeks": AGREED, **terms}
    return send_paper(
        principal=scene.manager, placement_id=given.pop("placement", scene.noor).pk,
        terms=Terms(**given), name="Mia Manager", now=scene.now,
    )  # fmt: skip


def sign(scene, paper):
    return sign_paper(principal=scene.parent, paper_id=paper.pk, name="An Maes", now=scene.now)


@pytest.fixture
def signed(scene):
    return sign(scene, send(scene))


def there(scene, first, days):
    """The days on which Noor is planned, by all of her places."""
    planned = [
        each for each in planned_at(scene.location, first, first + days * DAY)
        if each.child == scene.noor.child
    ]  # fmt: skip
    found = []
    for day in (first + n * DAY for n in range(days)):
        parts = [part for each in planned for part in each.parts(day, frozenset())]
        if parts:
            found.append((day, parts))
    return found


def test_both_sign_and_the_hours_hold(scene, signed):
    assert (signed.number, signed.location_name, signed.signed_name) == (0, "Mia Manager", "An Maes")
    assert there(scene, scene.start, 7) == [(scene.start, [(480, 1020)]), (scene.start + DAY, [(480, 1020)])]
    row = AgreedWeeks.objects.get()
    assert (row.during.lower, row.during.upper, row.masks) == (None, None, [0b1111])
    assert AuditEntry.objects.filter(action__startswith="agreement.").count() == 2


def test_before_the_signature_the_place_counts_with_the_opening_hours(scene):
    send(scene)
    assert there(scene, scene.start, 2)[0] == (scene.start, [(420, 1080)])


def test_weeks_in_turn(scene, signed):
    """Mondays and Tuesdays in turn: the ledger holds both, the plan has one a week."""
    weeks = ({0: FULL}, {1: FULL})
    change = send(scene, first=scene.start + 14 * DAY, weeks=weeks)
    sign(scene, change)
    days = [day for day, _parts in there(scene, scene.start + 14 * DAY, 28)]
    assert days == [scene.start + n * DAY for n in (14, 22, 28, 36)]
    assert Placement.objects.filter(child=scene.noor.child).count() == 1


def test_other_days_from_a_day_on_make_another_place(scene, signed):
    first = scene.start + 28 * DAY
    sign(scene, send(scene, first=first, weeks=({0: FULL, 3: FULL},)))
    before, after = Placement.objects.filter(child=scene.noor.child).order_by("during")
    assert (before.during.upper, after.during.lower) == (first, first)
    assert WeekPattern(after.pattern).to_text() == "mon thu"
    assert [day for day, _ in there(scene, first - 7 * DAY, 14)] == [
        first - 7 * DAY, first - 6 * DAY, first, first + 3 * DAY,
    ]  # fmt: skip
    assert ledger.miscounted(group_ids=[scene.group.pk], today=scene.now.date()) == []


def test_other_days_for_a_time_go_back_to_what_was(scene, signed):
    first, last = scene.start + 28 * DAY, scene.start + 41 * DAY
    sign(scene, send(scene, first=first, last=last, weeks=({2: FULL},)))
    assert Placement.objects.filter(child=scene.noor.child).count() == 3
    days = [(day - scene.start).days for day, _ in there(scene, first - 7 * DAY, 28)]
    assert days == [21, 22, 30, 37, 42, 43]
    assert ledger.miscounted(group_ids=[scene.group.pk], today=scene.now.date()) == []


def test_other_days_from_the_first_day_on(scene):
    sign(scene, send(scene))
    sign(scene, send(scene, first=scene.start, weeks=({4: FULL},)))
    assert [day for day, _ in there(scene, scene.start, 7)] == [scene.start + 4 * DAY]
    scene.noor.refresh_from_db()
    assert (scene.noor.state, scene.noor.pattern) == (PlacementState.FINAL, WeekPattern.from_text("fri").mask)
    assert Placement.objects.filter(child=scene.noor.child).count() == 1


def test_half_days_are_held_until_the_family_answers(scene, signed):
    """Two of three Thursdays are taken; the change holds the third, and lets it go when it is withdrawn."""
    first = scene.start + 7 * DAY
    held = send(scene, first=first, weeks=({0: FULL, 3: FULL},))
    taken = LedgerTake.objects.get(holder=f"paper:{held.pk}")
    assert WeekPattern(taken.pattern).to_text() == "thu"
    with pytest.raises(RefusedError) as refused:
        send(scene, first=first, weeks=({0: FULL},))
    assert refused.value.code == "open"
    withdraw_paper(principal=scene.manager, paper_id=held.pk, now=scene.now)
    assert not LedgerTake.objects.filter(holder=f"paper:{held.pk}").exists()
    with pytest.raises(RefusedError):
        sign(scene, held)


def test_no_more_than_there_is(scene, signed):
    """The group has one place; on Mondays it would be promised twice."""
    small = notelaar_of_one(scene)
    with pytest.raises(RefusedError) as refused:
        send(scene, placement=small, first=small.during.lower + 7 * DAY, weeks=({3: FULL, 4: FULL},))
    assert refused.value.code == "full"


def notelaar_of_one(scene):
    from kribbe.planning.tests.scene import place
    from kribbe.testing import cast

    group = cast.make_group(scene.location, 1, now=scene.now, name="Kevers")
    place(scene.desk, group, "Vos", "Ida", WeekPattern.from_text("thu"), scene.start, scene.now)
    small = place(scene.desk, group, "Smets", "Bo", WeekPattern.from_text("fri"), scene.start, scene.now)
    sign(scene, send(scene, placement=small, weeks=({4: FULL},)))
    return small


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        ({"weeks": ({0: FULL},)}, "weeks"),
        ({"weeks": ({0: ((360, 1020),), 1: FULL},)}, "weeks"),
        ({"weeks": ({0: ((600, 540),), 1: FULL},)}, "weeks"),
        ({"weeks": ({},)}, "weeks"),
        ({"first": date(2020, 1, 6)}, "first"),
    ],
)
def test_the_first_agreement_is_the_place_in_hours(scene, terms, field):
    with pytest.raises(RefusedError) as refused:
        send(scene, **terms)
    assert refused.value.field == field
    assert not CareAgreement.objects.exists()


def test_nothing_outside_the_opening_days_or_on_closed_days_alone(scene, signed):
    with pytest.raises(RefusedError) as refused:
        send(scene, first=scene.start + 7 * DAY, weeks=({5: FULL},))
    assert refused.value.field == "weeks"
    closed = scene.start + 7 * DAY
    scene.location.closing_days.create(during=(closed, closed + 7 * DAY))
    with pytest.raises(RefusedError) as refused:
        send(scene, first=closed, last=closed + 6 * DAY, weeks=({2: FULL},))
    assert refused.value.field == "first"


def test_a_stay_that_ends_earlier_takes_its_weeks_along(scene, signed):
    from kribbe.enrolment.services.stays import end_stay, move_start

    move_start(
        principal=scene.manager, placement_id=scene.noor.pk, start=scene.start - 7 * DAY, now=scene.now
    )
    end_stay(principal=scene.manager, placement_id=scene.noor.pk, last=scene.start + 7 * DAY, now=scene.now)
    days = [(day - scene.start).days for day, _ in there(scene, scene.start - 14 * DAY, 42)]
    assert days == [-7, -6, 0, 1, 7]


def test_a_signed_paper_never_changes(scene, signed):
    with pytest.raises(ProgrammingError), transaction.atomic():
        Paper.objects.filter(pk=signed.pk).update(first=scene.start + DAY)


def test_weeks_of_a_place_never_overlap(scene, signed):
    row = AgreedWeeks.objects.get()
    row.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()
        connection.check_constraints()


def test_what_holds_is_what_the_papers_say_in_their_order(scene, signed):
    """A change of hours on the same days keeps the place and cuts its weeks in two."""
    first = scene.start + 10 * DAY
    late = ((9 * 60, 18 * 60),)
    sign(scene, send(scene, first=first, weeks=({0: late, 1: late},)))
    scene.noor.refresh_from_db()
    before, after = agreed_of(scene.noor)
    assert (before.end, after.start) == (first - DAY, first)
    assert there_on([before, after], scene.start + 14 * DAY) == late
    assert AgreedWeeks.objects.filter(placement=scene.noor).count() == 2


def test_a_price_holds_from_the_signature(scene, signed):
    agreement = signed.agreement
    given = {"placement_id": scene.noor.pk, "terms": Terms(first=scene.start, weeks=AGREED), "name": "Mia"}
    paper = send_paper(principal=scene.manager, **given, now=scene.now, day_fee=Decimal("24.00"))
    agreement.refresh_from_db()
    assert (agreement.day_fee, paper.day_fee) == (None, Decimal("24.00"))
    sign(scene, paper)
    agreement.refresh_from_db()
    assert agreement.day_fee == Decimal("24.00")


def test_a_child_that_moves_up_keeps_its_hours(scene, signed):
    """The agreed hours hold in the next group too, in the same turn; until then in the first."""
    from kribbe.enrolment.services.stays import move_up, undo_move_up
    from kribbe.rules.calendar import add_months
    from kribbe.testing import cast

    sign(scene, send(scene, first=scene.start + 14 * DAY, weeks=({0: FULL}, {1: FULL})))
    scene.noor.refresh_from_db()
    older = cast.make_group(scene.location, 3, now=scene.now, name="Peuters", from_months=12)
    day = max(add_months(scene.noor.child.birth, 13), scene.start + 35 * DAY)
    before = there(scene, day, 28)
    following = move_up(
        principal=scene.manager, placement_id=scene.noor.pk, group_id=older.pk, start=day, now=scene.now
    )
    assert there(scene, day, 28) == before
    assert before and all(parts == [(480, 1020)] for _day, parts in before)
    row = AgreedWeeks.objects.get(placement=following)
    assert (row.during.lower, row.during.upper, len(row.masks)) == (None, None, 2)
    undo_move_up(principal=scene.manager, placement_id=following.pk, now=scene.now)
    assert there(scene, day, 28) == before


def test_families_are_told_of_a_paper_and_reminded_once(scene):
    from kribbe.contact.models import Notice
    from kribbe.planning.services.reminding import remind_due

    paper = send(scene)
    kinds = Notice.objects.filter(kind__startswith="planning/paper").order_by("pk")
    assert [each.kind for each in kinds] == ["planning/paper_sent"]
    assert remind_due(now=scene.now + 6 * DAY) == 0
    assert remind_due(now=scene.now + 7 * DAY) == 1
    assert remind_due(now=scene.now + 8 * DAY) == 0
    sign(scene, paper)
    assert [each.kind for each in kinds.all()][1:] == ["planning/paper_waits", "planning/paper_signed"]

"""A child that goes to school: its short stays by income, with the sums written out.

Noor is three and a half in March 2026 and stays two hours on Mondays, the 2nd, 9th, 16th, 23rd and 30th, at 12.34 for
a full day. Short is 40 %: 12.34 x 0.40 = 4.936, 4.94. Half is 60 %: 7.404, 7.40.
"""

from datetime import date, time

import pytest
from django.urls import reverse

from kribbe.billing.selectors.expected import expected
from kribbe.billing.tests.marched import FEE, NEW_YEAR, NOW, THE_2ND, THE_20TH, euros, march
from kribbe.billing.tests.month import MARCH, absent, came, certificate, house_rules, lines_of, run
from kribbe.billing.tests.scene import with_books
from kribbe.enrolment.tests.location_scene import client_of
from kribbe.people.services import record_school
from kribbe.planning.services.papers import send_paper, sign_paper
from kribbe.planning.services.terms import Terms
from kribbe.rules.halfdays import WeekPattern
from kribbe.testing import cast
from kribbe.testing.worlds import built_once
from kribbe.trust.errors import RefusedError
from kribbe.trust.models import AuditEntry
from kribbe.trust.principal import SYSTEM, Role, Scope

pytestmark = pytest.mark.django_db
MONDAY_AFTERNOON = WeekPattern.from_text("mon-pm").mask
MONDAY_16_TO_18 = {0: ((960, 1080),)}


@built_once
def kept():
    made = with_books(now=NOW, start=date(2026, 1, 5))
    noor = made.scene.noor
    noor.child.born = date(2022, 9, 12)
    noor.child.save()
    noor.pattern = MONDAY_AFTERNOON
    noor.save()
    paper = send_paper(
        principal=made.scene.manager,
        placement_id=noor.pk,
        terms=Terms(first=made.scene.start, weeks=(MONDAY_16_TO_18,)),
        name="Mia",
        now=NOW,
    )
    sign_paper(principal=made.scene.parent, paper_id=paper.pk, name="An Maes", now=NOW)
    certificate(made, noor, FEE, NEW_YEAR)
    return made


def to_school(kept, day):
    record_school(child=kept.scene.noor.child, school_from=day, principal=SYSTEM, now=NOW)


def test_nothing_is_preset_for_a_child_of_that_age(kept):
    # 5 x 7.40
    assert run(kept, MARCH, THE_2ND) == {"An Maes": euros("37.00")}


def test_two_hours_of_a_school_child_cost_forty_percent(kept):
    to_school(kept, date(2025, 9, 1))
    (foreseen,) = expected(kept.books, MARCH, [kept.scene.noor.child.household_id])
    # 5 x 4.94
    assert foreseen.result.total == euros("24.70")
    assert run(kept, MARCH, THE_2ND) == {"An Maes": euros("24.70")}
    assert {what for _day, what, _amount in lines_of("An Maes")} == {"stay.short"}


def test_school_begins_in_mid_month(kept):
    to_school(kept, march(16))
    # the 2nd and 9th: 2 x 7.40 = 14.80; the 16th, 23rd and 30th: 3 x 4.94 = 14.82
    assert run(kept, MARCH, THE_2ND) == {"An Maes": euros("29.62")}


def test_a_stay_of_three_hours_is_a_half_day_of_a_school_child_too(kept):
    to_school(kept, date(2025, 9, 1))
    came(kept.scene.noor, march(2), "15:00", "18:00")
    # 7.40 + 4 x 4.94
    assert run(kept, MARCH, THE_2ND) == {"An Maes": euros("27.16")}


def test_an_absence_that_was_not_told_costs_at_most_forty_percent_of_the_highest_fee(kept):
    to_school(kept, date(2025, 9, 1))
    house_rules(kept, told_by=time(9))
    absent(kept.scene.noor, march(9), kind="untold")
    # 4 x 4.94, and the 9.00 of the house rules (40 % of the highest fee, 35.89, is 14.36)
    assert run(kept, MARCH, THE_2ND) == {"An Maes": euros("28.76")}


def test_a_day_that_is_told_late_sets_the_month_right(kept):
    run(kept, MARCH, THE_2ND)
    to_school(kept, march(16))
    # 29.62 - 37.00
    assert run(kept, MARCH, THE_20TH) == {"An Maes": euros("-7.38")}


def test_too_young_for_school_is_refused_and_what_was_told_can_be_taken_back(kept):
    child = kept.scene.noor.child
    with pytest.raises(RefusedError) as refused:
        to_school(kept, date(2025, 3, 11))
    assert refused.value.field == "school_from"
    to_school(kept, date(2025, 3, 12))
    to_school(kept, None)
    child.refresh_from_db()
    assert child.school_from is None
    trail = AuditEntry.objects.filter(action="child.school").order_by("pk")
    assert [each.data["since"] for each in trail] == ["2025-03-12", ""]


def test_the_location_types_it_where_it_types_certificates(kept):
    user = cast.make_user(
        "m@notelaar.example", role=Role.ORGANISER, scope=Scope.ORGANISER,
        scope_id=kept.books.organiser_id, now=NOW,
    )  # fmt: skip
    client = client_of(user)
    address = reverse("billing:fee", args=[kept.scene.location.slug, kept.scene.noor.reference])
    young = client.post(address, {"do": "school", "school_from": "2024-09-01"})
    assert young.status_code == 422
    assert list(young.context["school"].errors) == ["school_from"]
    assert client.post(address, {"do": "school", "school_from": "2025-09-01"}).status_code == 302
    kept.scene.noor.child.refresh_from_db()
    assert kept.scene.noor.child.school_from == date(2025, 9, 1)
    assert 'value="2025-09-01"' in client.get(address).content.decode()


def test_a_family_changes_no_month_that_is_over(kept):
    """In the first days of January it may say so from the 1st on; of December, the location."""
    child, told = kept.scene.noor.child, {"principal": SYSTEM, "now": NOW, "by_family": True}
    child.born = date(2022, 1, 1)
    child.save()
    with pytest.raises(RefusedError) as refused:
        record_school(child=child, school_from=date(2025, 12, 31), **told)
    assert refused.value.field == "school_from"
    record_school(child=child, school_from=date(2026, 1, 1), **told)
    record_school(child=child, school_from=date(2025, 12, 31), principal=SYSTEM, now=NOW)
    with pytest.raises(RefusedError):
        record_school(child=child, school_from=None, **told)
    child.refresh_from_db()
    assert child.school_from == date(2025, 12, 31)

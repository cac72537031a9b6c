"""Out-of-school care invoiced with the run of its organiser: once, set right, shared, paid and certified.

An hour is 3.20 and a day 14.00; time is charged in begun quarters.
"""

from datetime import date, datetime, time
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kribbe.billing.models import Invoice, InvoiceLine, Payer, Share, UnplacedCare
from kribbe.billing.papers import invoice_pdf, invoice_sheet, with_lines
from kribbe.billing.selectors.drafts import drafted, parties
from kribbe.billing.selectors.preview import foreseen
from kribbe.billing.services.payers import Part, share_out, undo_shares
from kribbe.billing.services.run import start_run, work_off
from kribbe.billing.tests.club_scene import club_of, payer_of, stay
from kribbe.billing.tests.marched import NEW_YEAR, NOW, THE_2ND, THE_20TH, euros
from kribbe.billing.tests.month import MARCH, certificate, lines_of, run
from kribbe.billing.tests.scene import make_payer
from kribbe.billing.ubl import invoice_xml
from kribbe.enrolment.tests.location_scene import client_of
from kribbe.outofschool.models import ClubRules, HolidayPlace
from kribbe.outofschool.services.social import grant_social
from kribbe.outofschool.tests.scene import make_pupil, make_week
from kribbe.testing import cast
from kribbe.trust.models import AuditEntry
from kribbe.trust.principal import SYSTEM, Role, Scope

pytestmark = pytest.mark.django_db
MONDAY, TUESDAY, NEXT_MONDAY = date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 9)


@pytest.fixture
def club(kept):
    return club_of(kept)


def test_stays_are_asked_of_the_parent_who_registered_the_child(kept, club):
    stay(club, MONDAY, "07:15", "08:30", part="before")
    stay(club, MONDAY)
    stay(club, TUESDAY, child=1)
    name = f"{club.children[0].household.adults.get()}"
    # 75 minutes: 5 quarters = 4.00; 90 minutes: 4.80
    asked = run(kept, MARCH, THE_2ND)
    assert sorted(asked.values()) == [euros("4.80"), euros("8.80")]
    invoice = Invoice.objects.get(payer=payer_of(club))
    assert lines_of(invoice.payer.name) == [
        (MONDAY, "club.before", euros("4.00")), (MONDAY, "club.after", euros("4.80")),
    ]  # fmt: skip
    assert name in invoice.payer.name


def test_a_run_repeated_asks_nothing_twice(kept, club):
    stay(club, MONDAY)
    assert list(run(kept, MARCH, THE_2ND).values()) == [euros("4.80")]
    assert run(kept, MARCH, THE_20TH) == {}
    assert InvoiceLine.objects.count() == 1


def test_a_parent_with_a_child_in_both_gets_one_invoice(kept, noor, fee, club):
    pupil = cast.make_child(noor.child.household, "Mats", born=date(2019, 1, 5))
    stay(club, MONDAY, child=pupil)
    # 10 days of day care at 12.34, and 1.5 h x 3.20
    assert run(kept, MARCH, THE_2ND) == {"An Maes": euros("128.20")}
    paper = invoice_sheet(with_lines([Invoice.objects.get().pk])[0])
    assert [each["name"] for each in paper.data["children"]] == [
        "Noor Maes, De Notelaar",
        "Mats Maes, De Speelvogel",
    ]


def test_late_corrections_give_a_credit_note_and_a_further_invoice(kept, club):
    first = stay(club, MONDAY)
    run(kept, MARCH, THE_2ND)
    first.left_at = time(16, 30)
    first.save()
    # 1 h x 3.20 in place of 4.80
    assert list(run(kept, MARCH, THE_20TH).values()) == [euros("-1.60")]
    credit = Invoice.objects.get(kind="credit")
    assert credit.corrects == Invoice.objects.get(kind="invoice")
    assert [line.amount for line in credit.lines.order_by("amount")] == [euros("-4.80"), euros("3.20")]
    stay(club, TUESDAY)
    assert list(run(kept, MARCH, date(2026, 4, 25)).values()) == [euros("4.80")]


def test_a_social_tariff_that_comes_late_gives_back_what_was_asked(kept, club):
    club.club.tariffs.update(social_discount=Decimal("0.5"))
    stay(club, MONDAY)
    run(kept, MARCH, THE_2ND)
    grant_social(
        principal=SYSTEM, club=club.club, household=club.children[0].household, first=NEW_YEAR,
        last=date(2026, 8, 31), now=NOW,
    )  # fmt: skip
    assert list(run(kept, MARCH, THE_20TH).values()) == [euros("-2.40")]


def test_siblings_of_one_family_share_an_invoice_with_the_discount(kept, club):
    club.club.tariffs.update(sibling_discount=Decimal("0.25"))
    sister = cast.make_child(club.children[0].household, "Fien", born=date(2018, 3, 1))
    stay(club, MONDAY)
    stay(club, MONDAY, left="16:30", child=sister)
    # 4.80 whole, and 3.20 less a quarter
    assert list(run(kept, MARCH, THE_2ND).values()) == [euros("7.20")]


def test_a_stay_without_an_end_waits(kept, club):
    open_one = stay(club, MONDAY, left=None)
    assert run(kept, MARCH, THE_2ND) == {}
    (held,) = (each for each in drafted(kept.books, MARCH).held if isinstance(each.about, UnplacedCare))
    assert (held.about.child, held.day, held.why[0].code) == (club.children[0], MONDAY, "billing.held.end")
    open_one.left_at = time(17)
    open_one.save()
    assert list(run(kept, MARCH, THE_20TH).values()) == [euros("4.80")]


def test_a_week_given_up_too_late_is_asked_by_the_desks_rule(kept, club):
    ClubRules.objects.create(
        desk=kept.scene.desk, during=(date(2025, 9, 1), None), criteria=[], cancel_days=7, unused_percent=50
    )
    week = make_week(club.club, opens_at=NOW, first=MONDAY, name="Krokus")
    HolidayPlace.objects.create(
        week=week, child=club.children[0], state="cancelled", state_at=NOW, asked_at=NOW,
        given_up_on=date(2026, 2, 27),
    )  # fmt: skip
    # five days at half of 14.00
    assert list(run(kept, MARCH, THE_2ND).values()) == [euros("35.00")]
    assert {line.what for line in InvoiceLine.objects.all()} == {"absence.club"}


def test_two_parents_share_and_the_change_is_undone(kept, club):
    stay(club, MONDAY)
    run(kept, MARCH, THE_2ND)
    care = UnplacedCare.objects.get()
    assert care.during.lower == date(2025, 9, 1), "from the first day of the school year"
    father = make_payer(kept.books, "Bram Claes", now=NOW)
    halves = [Part(payer_of(club), Decimal(50)), Part(father, Decimal(50))]
    change = share_out(principal=SYSTEM, placement=care, parts=halves, first=MARCH, now=NOW)
    # what was asked whole is given back, and half of 4.80 asked of each
    assert run(kept, MARCH, THE_20TH) == {payer_of(club).name: euros("-2.40"), "Bram Claes": euros("2.40")}
    undo_shares(principal=SYSTEM, placement=care, change_id=change.pk, now=NOW)
    assert [str(each.percent) for each in Share.objects.filter(care=care)] == ["100.00"]


def test_who_has_no_applicant_any_more_is_held(kept, club):
    stay(club, MONDAY)
    club.children[0].household.adults.update(is_applicant=False)
    assert run(kept, MARCH, THE_2ND) == {}
    held = [each for each in drafted(kept.books, MARCH).held if isinstance(each.about, UnplacedCare)]
    assert [(each.day, each.why[0].code) for each in held] == [(MONDAY, "billing.held.payer")]


def test_nothing_of_another_organiser_is_asked(kept, club):
    stay(club, MONDAY)
    club.club.organiser = cast.make_location(kept.scene.desk, "Elders").organiser
    club.club.save()
    assert run(kept, MARCH, THE_2ND) == {}


def test_a_line_is_of_a_place_or_of_a_club_never_both_nor_neither(kept, noor, club):
    stay(club, MONDAY)
    run(kept, MARCH, THE_2ND)
    line = InvoiceLine.objects.get()
    for fields in ({"placement": noor}, {"care": None}):
        line.pk = None
        line.placement, line.care = fields.get("placement"), fields.get("care", line.care)
        with pytest.raises(IntegrityError, match="invoice_line_of_one"), transaction.atomic():
            line.save(force_insert=True)
        line.care = UnplacedCare.objects.get()


def test_the_papers_say_what_and_why(kept, club):
    stay(club, MONDAY)
    stay(club, NEXT_MONDAY)
    run(kept, MARCH, THE_2ND)
    invoice = with_lines([Invoice.objects.get().pk])[0]
    ((days, what, why, amount),) = invoice_sheet(invoice).data["children"][0]["lines"]
    assert (days, what) == ("2, 9 maart", "Na school, 2 × €\xa04,80")
    assert "1:30" in why and "€\xa03,20" in why
    assert "9,60" in amount
    assert invoice_pdf(invoice, now=NOW).startswith(b"%PDF")
    Payer.objects.update(enterprise_number="0403019261")
    invoice.parties["buyer"]["enterprise_number"] = "0403019261"
    assert "Kind0 Familie0" in invoice_xml(invoice).decode()


def test_the_preview_tells_what_changed_and_a_part_keeps_a_family_together(kept, club):
    stay(club, date(2026, 2, 2))
    run(kept, date(2026, 2, 1), date(2026, 3, 2))
    stay(club, MONDAY, left="16:30")
    household = club.children[0].household_id
    assert [household in part for part in parties(kept.books, MARCH, size=50)] == [True]
    (row,) = foreseen(kept.books, MARCH, drafted(kept.books, MARCH, [household]).drafts)
    assert [each.code for each in row.changes] == ["billing.change.club"]
    assert row.before == euros("4.80")


def test_a_month_costs_as_many_queries_for_many_as_for_few(kept, club):
    stay(club, MONDAY)
    start_run(principal=SYSTEM, books=kept.books, month=MARCH, on=THE_2ND, now=NOW)

    def cost():
        with CaptureQueriesContext(connection) as captured:
            drafted(kept.books, MARCH)
        return len(captured)

    few = cost()
    for number in range(20, 30):
        stay(club, MONDAY, child=make_pupil(kept.scene.desk, number, now=NOW))
    assert cost() == few


def test_a_run_that_was_cut_off_is_resumed_without_doubles(kept, club, noor):
    certificate(kept, noor, "12.34", NEW_YEAR)
    stay(club, MONDAY)
    stay(club, MONDAY, child=1)
    made = start_run(principal=SYSTEM, books=kept.books, month=MARCH, on=THE_2ND, now=NOW)
    now = datetime(2026, 4, 2, 9, tzinfo=NOW.tzinfo)
    assert work_off(made.pk, now=now) == 3
    assert work_off(made.pk, now=now) == 0
    assert sorted(Invoice.objects.values_list("number", flat=True)) == [1, 2, 3]


def organiser(kept):
    return client_of(
        cast.make_user(
            "bas@notelaar.example", role=Role.ORGANISER, scope=Scope.ORGANISER, scope_id=kept.books.organiser_id,
            now=NOW,
        )
    )  # fmt: skip


def test_the_organiser_sees_what_waits_and_who_pays(kept, club):
    stay(club, MONDAY, left=None)
    stay(club, TUESDAY, child=1)
    client, slug = organiser(kept), kept.scene.location.slug
    page = client.get(reverse("billing:month", args=[slug, "2026-03"])).content.decode()
    day = reverse("outofschool:day", args=[club.desk.slug, club.club.slug])
    assert f"{day}?on=2026-03-02" in page, "a stay without an end is mended on the day list"
    run(kept, MARCH, THE_2ND)
    payers = client.get(reverse("billing:club_payers", args=[slug])).content.decode()
    care = UnplacedCare.objects.get(child=club.children[1])
    shares = reverse("billing:shares", args=[slug, care.reference])
    assert shares in payers and "Kind1" in payers
    assert "De Speelvogel" in client.get(shares).content.decode()
    invoice = Invoice.objects.get()
    shown = client.get(reverse("billing:invoice", args=[slug, invoice.reference])).content.decode()
    assert "Kind1" in shown and "After school" in shown
    home = club.children[1].household_id
    seen = AuditEntry.objects.filter(data__households__contains=[home], action="list.read")
    assert seen.count() >= 4


def test_care_of_another_organiser_isnt_found(kept, club):
    stay(club, MONDAY)
    run(kept, MARCH, THE_2ND)
    care = UnplacedCare.objects.get()
    club.club.organiser = cast.make_location(kept.scene.desk, "Elders").organiser
    club.club.save()
    page = reverse("billing:shares", args=[kept.scene.location.slug, care.reference])
    assert organiser(kept).get(page).status_code == 404

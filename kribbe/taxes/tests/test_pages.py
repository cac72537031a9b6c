"""What an organiser sees and does: the year, the file for the tax office, the months, the figures; and who may."""

from datetime import date, datetime, time, timedelta
from fractions import Fraction

import pytest
from defusedxml.ElementTree import fromstring
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from kribbe.attendance.models import Presence
from kribbe.billing.models import FeeCertificate
from kribbe.billing.tests.scene import make_payer, share, with_books
from kribbe.enrolment.tests.location_scene import client_of
from kribbe.people.models import Child
from kribbe.places.models import GroupCapacity
from kribbe.planning.models import Absence
from kribbe.planning.tests.scene import MONDAY, place
from kribbe.rules.calendar import add_months, first_of_month, monday_of
from kribbe.rules.halfdays import WORK_WEEK
from kribbe.taxes.models import AuthorityFile, ChildReported, TaxCertificate
from kribbe.taxes.selectors.months import months_of
from kribbe.taxes.selectors.report import year_of
from kribbe.taxes.services.certificates import issue_year
from kribbe.taxes.services.identities import give_identity
from kribbe.taxes.services.year_runs import work_off_waiting
from kribbe.taxes.tests.scene import PARENT_NUMBER, child_number, invoice, pay, stay
from kribbe.taxes.writing.check_belcotax import faults
from kribbe.taxes.writing.income_month import Block, Length
from kribbe.testing import cast
from kribbe.testing.worlds import built_once
from kribbe.trust.models import AuditEntry
from kribbe.trust.principal import SYSTEM, Role, Scope

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@built_once
def kept():
    now = timezone.now()
    made = with_books(now=now, start=monday_of(date(now.year, 1, 1)), licence_number="910001234", places=9)
    made.books.started_on, made.books.email = date(now.year, 1, 1), "info@notelaar.example"
    made.books.save()
    return made


@pytest.fixture
def organiser(kept):
    user = cast.make_user(
        "org@rol.example", role=Role.ORGANISER, scope=Scope.ORGANISER, scope_id=kept.books.organiser_id,
        now=kept.scene.now,
    )  # fmt: skip
    return client_of(user)


def at(kept, name, *more):
    return reverse(f"taxes:{name}", args=[kept.scene.location.slug, *more])


def paid(kept, placement=None, payer=None, price="12.00"):
    day = kept.scene.noor.during.lower + 7 * DAY
    invoice(kept, [stay(placement or kept.scene.noor, day, price)], on=day, now=kept.scene.now, payer=payer)
    pay(kept, price, on=kept.scene.now.date(), now=kept.scene.now, payer=payer)


def known(kept):
    child = kept.scene.noor.child
    for person, number in ((child.household.adults.get(), PARENT_NUMBER), (child, child_number(child.born))):
        give_identity(principal=SYSTEM, person=person, number=number, now=kept.scene.now)


def queries(client, address):
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(address)
    assert answer.status_code == 200
    return len(captured), answer.content.decode()


def issued(kept, organiser):
    assert organiser.post(at(kept, "issue")).status_code == 302
    assert work_off_waiting(now=kept.scene.now) == 1


def test_the_year_from_what_is_paid_to_the_file_and_its_replacement(kept, organiser):
    paid(kept)
    assert organiser.post(at(kept, "issue")).status_code == 302
    assert "0 of 1 parents" in organiser.get(at(kept, "year")).content.decode()
    assert work_off_waiting(now=kept.scene.now) == 1
    page = organiser.get(at(kept, "year")).content.decode()
    assert "An Maes" in page
    assert TaxCertificate.objects.count() == 1
    assert organiser.post(at(kept, "belcotax")).status_code == 302
    assert not AuthorityFile.objects.exists()
    known(kept)
    file = organiser.post(at(kept, "belcotax"))
    assert file["Content-Type"] == "application/xml"
    assert file["Cache-Control"] == "private, no-store"
    assert faults(file.content) == []
    assert fromstring(file.content).findtext(".//f2011_nationaalnr") == PARENT_NUMBER
    assert AuditEntry.objects.filter(action="tax_number.use").count() == 2
    sent = at(kept, "sent", AuthorityFile.objects.get().reference)
    organiser.post(sent, {"answer": "no good!"})
    assert AuthorityFile.objects.get().sent_at is None
    organiser.post(sent, {"answer": "123456"})
    paid(kept, price="14.00")
    issued(kept, organiser)
    again = fromstring(organiser.post(at(kept, "belcotax")).content)
    assert (again.findtext(".//v0025_typeenvoi"), again.findtext(".//v0026_referte")) == ("1", "123456")
    assert again.findtext(".//f2028_typetraitement") == "1"
    assert again.findtext(".//f86_2064_totalamount") == "2600"


def test_no_page_of_the_organiser_tells_a_number(kept, organiser):
    paid(kept)
    known(kept)
    issue_year(principal=SYSTEM, books=kept.books, year=kept.scene.now.year, now=kept.scene.now)
    payer = at(kept, "payer", kept.payer.reference)
    for address in (at(kept, "year"), payer, at(kept, "months"), at(kept, "report")):
        assert PARENT_NUMBER not in organiser.get(address).content.decode()
    copy = organiser.post(at(kept, "copy", TaxCertificate.objects.get().reference))
    assert copy["Content-Type"] == "application/pdf"


def test_certificates_of_parents_without_mail_wait_to_be_printed_once(kept, organiser):
    paid(kept)
    issued(kept, organiser)
    first = organiser.post(at(kept, "print"))
    assert first.content.startswith(b"%PDF")
    assert organiser.post(at(kept, "print")).status_code == 302


def test_pages_ask_the_same_however_many_pay(kept, organiser):
    paid(kept)
    issued(kept, organiser)
    addresses = [at(kept, name) for name in ("year", "months", "report")]
    before = [queries(organiser, address)[0] for address in addresses]
    for number in range(3):
        other = place(
            kept.scene.desk, kept.scene.group, f"Vos{number}", "Kim", MONDAY, kept.scene.start, kept.scene.now
        )
        payer = make_payer(
            kept.books, f"Ouder {number}", adult=other.child.household.adults.get(), now=kept.scene.now
        )
        share(other, payer)
        paid(kept, other, payer)
    issued(kept, organiser)
    assert TaxCertificate.objects.count() == 4
    assert [queries(organiser, address)[0] for address in addresses] == before
    assert max(before) <= 30


def past_month(kept):
    """A month that is over, and its Mondays on which the location was open."""
    return add_months(first_of_month(kept.scene.now.date()), -1)


def told(kept, month):
    (found,) = months_of(kept.books, [kept.scene.location], month, responsible="Mia")
    return found


def counts(kept, month):
    return {key: line.counts for line in told(kept, month).income.lines for key in [line.code]}


def test_a_month_counts_who_came_and_who_stayed_away(kept):
    month = past_month(kept)
    kept.scene.group.price_kind = "income"
    kept.scene.group.save()
    certificate = FeeCertificate.objects.create(
        books=kept.books, child=kept.scene.noor.child, during=(date(month.year - 1, 1, 1), None), day_fee=10,
        code="25040212301", recorded_at=kept.scene.now,
    )  # fmt: skip
    before = counts(kept, month)["25040212301"]
    full = before[Block.CAME, Length.FULL]
    assert 6 <= full <= 10
    assert [str(each) for each in told(kept, month).without_code] == ["Lou Claes"]
    away = next(month + n * DAY for n in range(31) if (month + n * DAY).weekday() == 1)
    Absence.objects.create(
        placement=kept.scene.noor, day=away, kind="told", side="family", told_at=kept.scene.now
    )
    after = counts(kept, month)["25040212301"]
    assert after[Block.CAME, Length.FULL] == full - 1
    assert after[Block.JUSTIFIED, Length.FULL] == 1
    certificate.delete()
    assert told(kept, month).income.lines == []


def test_a_free_price_is_reported_by_the_register_once_the_sex_is_known(kept, organiser):
    month = past_month(kept)
    kept.scene.group.price_kind = "free"
    kept.scene.group.save()
    day = next(month + n * DAY for n in range(7) if (month + n * DAY).weekday() == 0)
    start = datetime.combine(day, time(8), timezone.get_default_timezone())
    Presence.objects.create(
        placement=kept.scene.noor, day=day, number=1, start=start, end=start + timedelta(hours=8), halves=3
    )
    assert [str(each) for each in told(kept, month).without_sex] == ["Noor Maes"]
    page = organiser.get(at(kept, "months") + f"?month={month:%Y-%m}").content.decode()
    note = at(kept, "reported", kept.scene.noor.reference)
    assert note in page
    assert organiser.post(note, {"sex": "?"}).status_code == 422
    assert organiser.post(note, {"sex": "V"}).status_code == 302
    assert ChildReported.objects.get().sex == "V"
    file = organiser.post(at(kept, "take_month", "free"), {"month": f"{month:%Y-%m}"})
    assert f"{day}T08:00:00" in file.content.decode()
    assert AuthorityFile.objects.get().rows == 1


def test_the_figures_of_a_year_as_page_spreadsheet_and_document(kept, organiser):
    page = organiser.get(at(kept, "report")).content.decode()
    assert kept.scene.location.name in page
    table = organiser.get(at(kept, "report") + "?as=csv").content.decode()
    assert table.count("\n") == 2
    assert ";2;" in table
    assert organiser.get(at(kept, "report") + "?as=pdf").content.startswith(b"%PDF")


def test_the_three_grounds_of_a_need_of_care_are_counted_apart_once_they_are_noted(kept, organiser):
    noor, lou = kept.scene.noor, kept.scene.lou
    Child.objects.filter(pk__in=[noor.child_id, lou.child_id]).update(care_need=True)
    today = kept.scene.now.date()

    def counted():
        (found,) = year_of([kept.scene.location], today.year, today=today)
        assert found.priority == 2
        return {name: found.grounds[name] for name in ("disability", "self_care", "social", "care_need")}

    assert counted() == {"disability": 0, "self_care": 0, "social": 0, "care_need": 2}
    page = organiser.get(at(kept, "report")).content.decode()
    note = at(kept, "grounds", noor.reference)
    assert note in page and at(kept, "grounds", lou.reference) in page
    assert noor.child.household_id in AuditEntry.objects.filter(action="list.read").last().data["households"]
    assert organiser.post(note, {"grounds": ["no ground"]}).status_code == 422
    assert organiser.post(note, {"grounds": ["social", "disability"]}).status_code == 302
    assert counted() == {"disability": 1, "self_care": 0, "social": 1, "care_need": 1}
    assert note not in organiser.get(at(kept, "report")).content.decode()
    assert organiser.post(note, {}).status_code == 302
    assert counted()["care_need"] == 2, "taken back"
    assert AuditEntry.objects.filter(action="grounds_report.note").count() == 2


def test_groups_that_follow_each_other_are_licensed_once_and_those_side_by_side_together(kept):
    """3 places until August, then 3 in their stead, and 2 beside them from October on: 5 at most, not 8."""
    location, year = kept.scene.location, kept.scene.now.year
    GroupCapacity.objects.filter(group__location=location).delete()
    spans = [
        (3, date(year, 1, 1), date(year, 9, 1)),
        (3, date(year, 9, 1), None),
        (2, date(year, 10, 1), date(year, 12, 1)),
    ]
    for number, (places, first, end) in enumerate(spans):
        group = location.groups.create(name=f"Groep {number}", price_kind="income")
        GroupCapacity.objects.create(
            group=group, during=DateRange(first, end), licensed_places=places, staffed_places=places,
            bookable_places=places, open_pattern=WORK_WEEK,
        )  # fmt: skip
    (found,) = year_of([location], year, today=date(year, 12, 31))
    assert found.licensed == 5
    assert found.child_place_ratio == Fraction(found.children, 5)


def test_without_books_the_pages_say_what_to_do(kept, organiser):
    kept.scene.noor.shares.all().delete()
    kept.payer.delete()
    kept.books.delete()
    for name in ("year", "months", "report"):
        assert organiser.get(at(kept, name)).status_code == 200
    assert organiser.post(at(kept, "issue")).status_code == 404


@pytest.mark.parametrize(
    "query", ["?year=²", "?year=99999", "?month=2026-13", "?month=x", "?after=²&before=-1"]
)
def test_odd_questions_are_answered(kept, organiser, query):
    for name in ("year", "months", "report"):
        assert organiser.get(at(kept, name) + query).status_code == 200

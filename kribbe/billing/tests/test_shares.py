"""Who pays is changed from a day on, seen first, and undone; what it does to invoices is summed by hand."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from kribbe.billing.models import Delivery, Invoice, Payer, PayerKind, Share, ShareChange
from kribbe.billing.selectors.shares import payer_of
from kribbe.billing.services.payers import Part, share_out, undo_shares
from kribbe.billing.tests.marched import THE_2ND
from kribbe.billing.tests.month import MARCH, certificate, run
from kribbe.billing.tests.scene import make_payer, organiser_of, with_books
from kribbe.enrolment.tests.location_scene import client_of
from kribbe.people.models import Adult
from kribbe.testing.races import side_by_side
from kribbe.testing.worlds import built_once
from kribbe.trust import locks
from kribbe.trust.errors import RefusedError
from kribbe.trust.principal import SYSTEM

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 1, 2, 9, tzinfo=UTC)
APRIL = date(2026, 4, 1)


@built_once
def kept():
    found = with_books(now=NOW, start=date(2026, 1, 5))
    certificate(found, found.scene.noor, "12.34", date(2026, 1, 1))
    return found


@pytest.fixture
def client(kept):
    manager = organiser_of(kept.books, now=NOW)
    return client_of(manager)


@pytest.fixture
def ocmw(kept):
    return make_payer(kept.books, "OCMW Leuven", now=NOW, enterprise_number="0212214125")


def address(kept, name="shares"):
    return reverse(f"billing:{name}", args=[kept.scene.location.slug, kept.scene.noor.reference])


def rows(placement):
    return [
        (each.payer.name, each.percent, each.during.lower, each.during.upper)
        for each in Share.objects.filter(placement=placement).order_by("during", "pk")
    ]


def shared(kept, *parts, first=MARCH):
    return share_out(
        principal=SYSTEM, placement=kept.scene.noor, first=first, now=NOW,
        parts=[Part(payer, Decimal(percent)) for payer, percent in parts],
    )  # fmt: skip


def test_the_preview_shows_the_sums_and_saves_nothing(kept, client, ocmw):
    """March has ten agreed days at 12.34, 123.40: three quarters of each day are 9.25, cut down, and 3.09 is left."""
    before = rows(kept.scene.noor)
    page = client.get(f"{address(kept)}?payer={ocmw.reference}")
    assert "OCMW Leuven pays, in percent" in page.content.decode()
    typed = {"first": "2026-03-01", "percent_0": "25", "other": ocmw.reference, "percent_other": "75"}
    seen = client.post(address(kept), {**typed, "do": "preview"})
    assert [(each.payer.name, each.now, each.then) for each in seen.context["foreseen"]] == [
        ("An Maes", Decimal("123.40"), Decimal("30.90")), ("OCMW Leuven", Decimal(0), Decimal("92.50")),
    ]  # fmt: skip
    assert (rows(kept.scene.noor), ShareChange.objects.count()) == (before, 0)
    assert client.post(address(kept), {**typed, "do": "save"}).status_code == 302
    assert run(kept, MARCH, THE_2ND) == {"An Maes": Decimal("30.90"), "OCMW Leuven": Decimal("92.50")}


def test_a_change_is_undone_and_a_run_gives_back_what_it_asked(kept, client, ocmw):
    before = rows(kept.scene.noor)
    shared(kept, (ocmw, 100))
    assert run(kept, MARCH, THE_2ND) == {"OCMW Leuven": Decimal("123.40")}
    change = ShareChange.objects.get()
    assert client.post(address(kept), {"do": "undo", "change": change.pk}).status_code == 302
    assert rows(kept.scene.noor) == before
    assert run(kept, MARCH, date(2026, 4, 20)) == {
        "An Maes": Decimal("123.40"), "OCMW Leuven": Decimal("-123.40"),
    }  # fmt: skip


def test_only_the_last_change_is_undone(kept, ocmw):
    first, second = shared(kept, (ocmw, 100)), shared(kept, (kept.payer, 50), (ocmw, 50), first=APRIL)
    with pytest.raises(RefusedError):
        undo_shares(principal=SYSTEM, placement=kept.scene.noor, change_id=first.pk, now=NOW)
    for change in (second, first):
        undo_shares(principal=SYSTEM, placement=kept.scene.noor, change_id=change.pk, now=NOW)
    assert rows(kept.scene.noor) == [("An Maes", Decimal(100), date(2026, 1, 5), None)]


def test_days_before_a_first_change_have_the_usual_payer(kept, ocmw):
    Share.objects.all().delete()
    shared(kept, (ocmw, 100), first=date(2026, 3, 16))
    assert rows(kept.scene.noor) == [
        ("An Maes", Decimal(100), date(2026, 1, 5), date(2026, 3, 16)),
        ("OCMW Leuven", Decimal(100), date(2026, 3, 16), None),
    ]


def test_a_parent_who_is_no_payer_yet_becomes_one(kept, client):
    home = kept.scene.noor.child.household
    Adult.objects.create(household=home, first_name="Tom", last_name="Claes", name_key="tom claes",
                         other_street="Dorp 2", other_postcode="3020", other_city="Herent")  # fmt: skip
    typed = {"first": "2026-03-01", "percent_0": "50", "percent_1": "50", "do": "save"}
    assert client.post(address(kept), typed).status_code == 302
    assert Payer.objects.get(name="Tom Claes").city == "Herent"
    assert run(kept, MARCH, THE_2ND) == {"An Maes": Decimal("61.70"), "Tom Claes": Decimal("61.70")}


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"percent_0": "99"}, "percent_0"),
        ({"percent_0": "100", "percent_other": "1"}, "other"),
        ({"percent_0": "100", "first": ""}, "first"),
        ({"percent_0": "101"}, "percent_0"),
    ],
)
def test_what_is_wrong_is_told_at_its_field(kept, client, ocmw, typed, field):
    answer = client.post(address(kept), {"first": "2026-03-01", "do": "save", **typed})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert not ShareChange.objects.exists()


def test_an_organisation_is_written_down_and_a_parent_reached_elsewhere(kept, client):
    typed = {"name": "Bakkerij Janssens", "street": "Markt 1", "postcode": "3000", "city": "Leuven", "language": "nl",
             "enterprise_number": "", "delivery": Delivery.PEPPOL}  # fmt: skip
    refused = client.post(address(kept, "new_payer"), typed)
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["enterprise_number"])
    made = client.post(address(kept, "new_payer"), {**typed, "enterprise_number": "0403.019.261"})
    employer = Payer.objects.get(kind=PayerKind.ORGANISATION)
    assert made.url == f"{address(kept)}?payer={employer.reference}"
    page = reverse("billing:payer", args=[kept.scene.location.slug, kept.payer.reference])
    typed |= {"name": "An Maes", "delivery": Delivery.PAPER}
    assert client.post(page, typed).status_code == 302
    kept.payer.refresh_from_db()
    assert (kept.payer.street, kept.payer.delivery, kept.payer.adult_id is None) == (
        "Markt 1",
        "paper",
        False,
    )


def test_the_page_asks_little(kept, client, ocmw, django_assert_max_num_queries):
    shared(kept, (ocmw, 100))
    with django_assert_max_num_queries(30):
        assert client.get(address(kept)).status_code == 200


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_clerks_change_at_once_and_the_shares_still_make_a_hundred(kept, ocmw):
    both = [lambda: shared(kept, (ocmw, 100)), lambda: shared(kept, (kept.payer, 50), (ocmw, 50))] * 2
    side_by_side(both)
    on_day = Share.objects.filter(placement=kept.scene.noor, during__contains=MARCH)
    assert sum(each.percent for each in on_day) == 100


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_control_without_locks_two_changes_at_once_collide(kept, ocmw, monkeypatch):
    monkeypatch.setattr(locks, "ENABLED", False)
    employer = make_payer(kept.books, "Bakkerij", now=NOW)
    for _turn in range(12):
        outcomes = side_by_side(
            [lambda: shared(kept, (ocmw, 100)), lambda: shared(kept, (employer, 50), (ocmw, 50))] * 2
        )
        on_day = Share.objects.filter(placement=kept.scene.noor, during__contains=MARCH)
        if sum(each.percent for each in on_day) != 100 or any(
            isinstance(each, Exception) for each in outcomes
        ):
            return
    pytest.fail("the lock guards nothing that the database doesn't")


def test_a_payer_that_is_written_meanwhile_is_used(kept):
    adult = kept.payer.adult
    shared(kept, (payer_of(kept.books, adult, NOW), 100))
    assert Payer.objects.filter(adult=adult).count() == 1
    assert Invoice.objects.count() == 0

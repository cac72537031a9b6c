"""Certificates by list with faults by cell and undo, by look-up, and who must renew, asked once."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import Workbook

from kribbe.billing import lookup
from kribbe.billing.importing.plan import plan
from kribbe.billing.importing.rows import known_words
from kribbe.billing.importing.run import carry_out, forget_lists, keep_list, undo_list
from kribbe.billing.lookup import FeeRegister, Found, look_up, register_fee_register
from kribbe.billing.lookup.demo import DemoRegister
from kribbe.billing.models import CertificateImport, FeeCertificate
from kribbe.billing.selectors.renewals import indexed_on, to_renew
from kribbe.billing.services.mailings import work_off_mailings
from kribbe.billing.services.renewals import ask_to_renew
from kribbe.billing.tests.month import certificate
from kribbe.billing.tests.scene import organiser_of, with_books
from kribbe.contact.models import Mail
from kribbe.enrolment.tests.location_scene import client_of
from kribbe.places.importing.files import read_bytes
from kribbe.testing.worlds import built_once
from kribbe.trust.errors import RefusedError
from kribbe.trust.principal import SYSTEM

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 9, 2, 9, tzinfo=UTC)
NEW_YEAR, OCTOBER = date(2026, 1, 1), date(2026, 10, 1)
CODE = "12345678901"
HEADER = "Kindcode;Voornaam;Naam;Geboortedatum;Dagtarief;Vanaf;Tot;Soort"


@built_once
def kept():
    return with_books(now=NOW, start=date(2026, 1, 5))


@pytest.fixture
def client(kept):
    user = organiser_of(kept.books, now=NOW)
    return client_of(user)


def line(placement, *, code="", fee="13,00", first="01/10/2026", last="", kind="", born=""):
    child = placement.child
    born = born or f"{child.born:%d/%m/%Y}"
    return f"{code};{child.first_name};{child.last_name};{born};{fee};{first};{last};{kind}"


def table(*lines):
    return read_bytes("\n".join([HEADER, *lines]).encode(), header_words=known_words)


def given(kept, *lines):
    return keep_list(principal=SYSTEM, books=kept.books, name="attesten.csv", table=table(*lines), now=NOW)


def standing(placement):
    rows = FeeCertificate.objects.filter(child=placement.child_id).order_by("during")
    return [(each.during.lower, each.during.upper, each.day_fee) for each in rows]


def test_a_list_is_taken_over_and_undone(kept):
    noor, lou = kept.scene.noor, kept.scene.lou
    certificate(kept, noor, "12.34", NEW_YEAR)
    before = standing(noor)
    run = given(kept, line(noor, code=CODE), line(lou, fee="€ 6,47", last="30/09/2027", kind="verminderd"))
    assert carry_out(principal=SYSTEM, run_id=run.pk, now=NOW).totals["new"] == 2
    assert standing(noor) == [
        (NEW_YEAR, OCTOBER, Decimal("12.34")), (OCTOBER, None, Decimal("13.00")),
    ]  # fmt: skip
    assert standing(lou) == [(OCTOBER, date(2027, 10, 1), Decimal("6.47"))]
    again = plan(table(line(noor, code=CODE)), kept.books)
    assert again.totals == {"new": 0, "known": 1, "refused": 0, "rows": 1}
    undone = undo_list(principal=SYSTEM, run_id=run.pk, now=NOW)
    assert (standing(noor), standing(lou), undone.totals["gone"]) == (before, [], 2)
    with pytest.raises(RefusedError):
        undo_list(principal=SYSTEM, run_id=run.pk, now=NOW)


def test_what_a_later_certificate_leans_on_stays_when_a_list_is_undone(kept):
    run = given(kept, line(kept.scene.noor), line(kept.scene.lou))
    carry_out(principal=SYSTEM, run_id=run.pk, now=NOW)
    later = given(kept, line(kept.scene.noor, first="01/01/2027", fee="14"))
    carry_out(principal=SYSTEM, run_id=later.pk, now=NOW)
    totals = undo_list(principal=SYSTEM, run_id=run.pk, now=NOW).totals
    assert (totals["gone"], totals["kept"]) == (1, 1)
    assert [row[2] for row in standing(kept.scene.noor)] == [Decimal(13), Decimal(14)]


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"fee": ""}, ("Dagtarief", "missing")),
        ({"fee": "veel"}, ("Dagtarief", "fee")),
        ({"fee": "-1"}, ("Dagtarief", "fee")),
        ({"fee": "1234"}, ("Dagtarief", "much")),
        ({"first": "31/02/2026"}, ("Vanaf", "date")),
        ({"last": "30/09/2026"}, ("Tot", "end_early")),
        ({"code": "123"}, ("Kindcode", "code")),
        ({"kind": "zomaar"}, ("Soort", "kind")),
        ({"born": "01/01/2020"}, ("Naam", "unknown")),
        ({"first": "01/12/2025"}, ("Vanaf", "later")),
        ({"first": "01/02/2026", "last": "28/02/2026"}, ("Tot", "inside")),
    ],
)
def test_a_fault_is_told_by_its_cell(kept, change, found):
    certificate(kept, kept.scene.noor, "12.34", NEW_YEAR)
    (fault,) = plan(table(line(kept.scene.noor, **change)), kept.books).faults
    assert (fault.line, fault.column, fault.code) == (2, *found)
    assert fault.message


def test_judging_asks_as_much_for_many_rows_as_for_few(kept):
    def queries(count):
        with CaptureQueriesContext(connection) as caught:
            plan(table(*[line(kept.scene.noor)] * count), kept.books)
        return len(caught)

    assert queries(2) == queries(50)


def test_a_workbook_is_seen_taken_over_and_reported(kept, client):
    book = Workbook()
    book.active.append(["Voornaam", "Naam", "Geboortedatum", "Tarief", "Vanaf"])
    child = kept.scene.noor.child
    book.active.append([child.first_name, child.last_name, child.born, 13.5, OCTOBER])
    book.active.append(["Niemand", "Nergens", child.born, 13.5, OCTOBER])
    out = BytesIO()
    book.save(out)
    page = reverse("billing:import", args=[kept.scene.location.slug])
    seen = client.post(page, {"file": SimpleUploadedFile("attesten.xlsx", out.getvalue())})
    look = client.get(seen.url)
    assert (look.context["totals"]["new"], look.context["totals"]["refused"]) == (1, 1)
    assert not FeeCertificate.objects.exists()
    reference = CertificateImport.objects.get().reference
    report = client.get(reverse("billing:import_report", args=[kept.scene.location.slug, reference]))
    assert "Naam" in report.content.decode().splitlines()[1]
    client.post(seen.url, {"do": "take"})
    assert FeeCertificate.objects.get().day_fee == Decimal("13.50")
    client.post(seen.url, {"do": "undo"})
    assert not FeeCertificate.objects.exists()
    refused = client.post(page, {"file": SimpleUploadedFile("x.csv", b"Naam;Vanaf\nMaes;01/10/2026\n")})
    assert refused.status_code == 422


def test_lists_that_nobody_takes_over_are_let_go_of(kept):
    given(kept, line(kept.scene.noor))
    assert forget_lists(now=NOW + timedelta(days=13)) == 0
    assert forget_lists(now=NOW + timedelta(days=15)) == 1


class Broken(FeeRegister):
    name = label = "broken"

    def find(self, code, on):
        raise OSError


class Nonsense(FeeRegister):
    name = label = "nonsense"

    def find(self, code, on):
        return Found(Decimal(-1), on, None)


def test_a_register_fills_the_form_in_and_a_broken_one_harms_nothing(kept, client, monkeypatch):
    monkeypatch.setattr(lookup, "_registers", {})
    page = reverse("billing:fee", args=[kept.scene.location.slug, kept.scene.noor.reference])
    assert client.get(page).context["look_up"] is None
    register_fee_register(Broken())
    register_fee_register(Nonsense())
    assert look_up("12345678902", OCTOBER) is None
    refused = client.post(page, {"do": "look_up", "code": "12345678902"})
    assert (refused.status_code, list(refused.context["look_up"].errors)) == (422, ["code"])
    register_fee_register(DemoRegister())
    found = client.post(page, {"do": "look_up", "code": "12345678902"})
    assert found.context["certificate"].initial["day_fee"] == Decimal("14.02")
    assert not FeeCertificate.objects.exists(), "nothing is written before somebody saves it"


@pytest.mark.parametrize(
    ("today", "day"),
    [
        (date(2026, 2, 1), NEW_YEAR), (date(2026, 6, 30), NEW_YEAR), (date(2026, 7, 1), OCTOBER),
        (date(2027, 3, 1), OCTOBER), (date(2025, 3, 1), date(2025, 1, 1)),
    ],
)  # fmt: skip
def test_the_day_of_indexation(today, day):
    assert indexed_on(today) == day


def test_who_must_renew_is_asked_once(kept):
    certificate(kept, kept.scene.noor, "12.34", NEW_YEAR)
    certificate(kept, kept.scene.lou, "12.34", OCTOBER)
    waiting = list(to_renew(kept.books, OCTOBER))
    assert [str(each.child) for each in waiting] == ["Noor Maes"]
    asks = {"principal": SYSTEM, "books": kept.books, "placements": waiting, "on": OCTOBER}
    assert ask_to_renew(**asks, now=NOW) == 1
    assert ask_to_renew(**asks, now=NOW) == 0
    assert Mail.objects.count() == 1


def test_the_work_list_mails_and_tells_who_was_asked(kept, client):
    page = reverse("billing:renewals", args=[kept.scene.location.slug])
    assert client.get(page).context["waiting"] == 2
    client.post(page)
    work_off_mailings(now=timezone.now())
    assert client.get(page).context["waiting"] == 0

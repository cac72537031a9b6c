"""One click lets all that waits leave: a worker does it, goes on after a fault, and sends nothing twice."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import OperationalError
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from procrastinate.contrib.django.models import ProcrastinateJob

from kribbe.billing import papers
from kribbe.billing.models import Mailing, MailingKind, Reminder, Run, RunState, Sending, Stuck, StuckAt
from kribbe.billing.selectors.mailings import going
from kribbe.billing.services import mailings, reminders, renewals, sending
from kribbe.billing.services.mailings import start_mailing, try_again, work_off_mailing, work_off_mailings
from kribbe.billing.tests.issued import MARCH, NOW, ON, issued, paid, stay
from kribbe.billing.tests.scene import organiser_of, with_books
from kribbe.contact.models import Mail, Notice
from kribbe.enrolment.models import Placement
from kribbe.enrolment.tests.location_scene import client_of
from kribbe.testing.races import side_by_side
from kribbe.testing.worlds import built_once
from kribbe.trust.errors import RefusedError
from kribbe.trust.models import AuditEntry
from kribbe.trust.principal import SYSTEM

pytestmark = pytest.mark.django_db
OVERDUE = datetime(2026, 4, 17, 9, tzinfo=UTC)
"""The day after invoices of 2 April were due."""
SEPTEMBER = datetime(2026, 9, 2, 9, tzinfo=UTC)
"""A month before fees are indexed."""


@built_once
def kept():
    return with_books(now=NOW, start=date(2026, 3, 2))


@pytest.fixture
def client(kept):
    manager = organiser_of(kept.books, now=NOW)
    return client_of(manager)


def asked(kept, kind, now=NOW):
    return start_mailing(principal=SYSTEM, books=kept.books, kind=kind, now=now)


def invoices(kept, count, **fields):
    return [issued(kept, [stay(kept.scene.noor, date(2026, 3, 2), "100.00")], **fields) for _ in range(count)]


def test_all_leave_however_many_parts_and_once(kept, monkeypatch):
    monkeypatch.setattr(mailings, "PART", 2)
    invoices(kept, 5)
    made = asked(kept, MailingKind.INVOICES)
    assert ProcrastinateJob.objects.get(task_name=mailings.TASK).args == {"mailing_id": made.pk}
    assert (made.count, AuditEntry.objects.get(action="billing.mailing").subject_id) == (5, made.pk)
    assert work_off_mailing(made.pk, now=NOW) == 5
    assert work_off_mailing(made.pk, now=NOW) == 0
    assert Mail.objects.count() == Sending.objects.count() == 5
    with pytest.raises(RefusedError):
        asked(kept, MailingKind.INVOICES)


def test_one_that_lost_its_worker_goes_on_where_it_was(kept, monkeypatch):
    monkeypatch.setattr(mailings, "PART", 2)
    invoices(kept, 5)
    asked(kept, MailingKind.INVOICES)
    send = mailings.send_invoices

    def falls_over(**given):
        if Sending.objects.count() == 2:
            raise OSError("the worker is gone")
        return send(**given)

    monkeypatch.setattr(mailings, "send_invoices", falls_over)
    assert work_off_mailings(now=NOW) == 1, "the fault of one keeps no other back"
    progress = going(kept.books, MailingKind.INVOICES)
    assert (progress.gone, progress.left) == (2, 3)
    with pytest.raises(RefusedError):
        asked(kept, MailingKind.INVOICES)
    monkeypatch.setattr(mailings, "send_invoices", send)
    assert work_off_mailings(now=NOW) == 1
    assert (going(kept.books, MailingKind.INVOICES), Mail.objects.count()) == (None, 5)
    assert work_off_mailings(now=NOW) == 0


def test_what_is_issued_after_the_click_waits_for_the_next_one(kept):
    invoices(kept, 1)
    made = asked(kept, MailingKind.INVOICES)
    (later,) = invoices(kept, 1, now=NOW + timedelta(minutes=1))
    work_off_mailing(made.pk, now=NOW + timedelta(minutes=2))
    assert not Sending.objects.filter(invoice=later).exists()


def test_all_reminders_that_are_due_leave_and_what_is_paid_meanwhile_does_not(kept):
    first, second = invoices(kept, 2)
    made = asked(kept, MailingKind.REMINDERS, OVERDUE)
    paid(kept, "100.00", on=ON, first=[first])
    assert (made.count, work_off_mailing(made.pk, now=OVERDUE)) == (2, 1)
    assert [each.invoice for each in Reminder.objects.all()] == [second]
    with pytest.raises(RefusedError):
        asked(kept, MailingKind.REMINDERS, OVERDUE)


def test_all_families_are_asked_to_renew_once(kept):
    made = asked(kept, MailingKind.RENEWALS, SEPTEMBER)
    assert (made.count, work_off_mailing(made.pk, now=SEPTEMBER)) == (2, 2)
    assert Notice.objects.count() == 2
    with pytest.raises(RefusedError):
        asked(kept, MailingKind.RENEWALS, SEPTEMBER)


@pytest.mark.parametrize("name", ["post", "reminders", "renewals"])
def test_one_button_starts_it_and_the_page_shows_how_far_it_is(kept, client, name):
    now, today = timezone.now(), timezone.localdate()
    Placement.objects.update(during=(today - timedelta(days=365), None))
    invoices(kept, 3, now=now, on=today - timedelta(days=40))
    page = reverse(f"billing:{name}", args=[kept.scene.location.slug])
    for _click in range(2):
        assert client.post(page, {"do": "all"}).status_code == 302
    mailing = Mailing.objects.get()
    shown = client.get(page)
    assert (shown.context["going"].gone, shown.context["going"].left) == (0, mailing.count)
    assert 'hx-trigger="every 5s"' in shown.content.decode()
    assert work_off_mailings(now=now) == 1
    assert client.get(page).context["going"] is None


@pytest.mark.parametrize("name", ["post", "reminders", "renewals"])
def test_looking_on_while_they_leave_is_one_look(kept, client, name):
    now, today = timezone.now(), timezone.localdate()
    Placement.objects.update(during=(today - timedelta(days=365), None))
    invoices(kept, 2, now=now, on=today - timedelta(days=40))
    page = reverse(f"billing:{name}", args=[kept.scene.location.slug])
    client.post(page, {"do": "all"})
    looks = AuditEntry.objects.filter(action="list.read")
    assert f'hx-get="{page}?going"' in client.get(page).content.decode()
    for _poll in range(3):
        part = client.get(page, {"going": ""}, headers={"HX-Request": "true"})
        assert "hx-trigger" in part.content.decode()
        assert kept.payer.name not in part.content.decode()
    assert looks.count() == 1
    work_off_mailings(now=now)
    over = client.get(page, {"going": ""}, headers={"HX-Request": "true"})
    assert (over.content, over.headers["HX-Refresh"], looks.count()) == (b"", "true", 1)


def test_a_run_names_its_payers_once_it_is_done(kept, client):
    run = Run.objects.create(books=kept.books, month=MARCH, issued_on=ON, started_at=NOW)
    invoices(kept, 1, run=run)
    page = reverse("billing:run", args=[kept.scene.location.slug, run.reference])
    looks = AuditEntry.objects.filter(action="list.read")
    for _poll in range(3):
        shown = client.get(page)
        assert shown.context["count"] == 1
        assert kept.payer.name not in shown.content.decode()
    assert not looks.exists()
    Run.objects.update(state=RunState.DONE, done_at=NOW)
    assert kept.payer.name in client.get(page).content.decode()
    assert looks.count() == 1


def broken_paper(monkeypatch, bad):
    """One invoice of which no paper can be made."""
    sheet = papers.invoice_sheet

    def fails(invoice):
        if invoice.pk == bad.pk:
            raise KeyError("seller")
        return sheet(invoice)

    monkeypatch.setattr(papers, "invoice_sheet", fails)


def broken_notice(monkeypatch, room, name, calls):
    """The second notice of a kind fails, as a wrong template would."""
    tell = getattr(room, name)

    def fails(**given):
        calls.append(given)
        if len(calls) == 2:
            raise ValueError("a wrong template")
        return tell(**given)

    monkeypatch.setattr(room, name, fails)


def test_a_bad_paper_keeps_no_other_invoice_back_and_is_tried_again(kept, client, monkeypatch):
    monkeypatch.setattr(mailings, "PART", 2)
    now = timezone.now()
    first, bad, last = invoices(kept, 3, now=now, on=timezone.localdate())
    page = reverse("billing:post", args=[kept.scene.location.slug])
    with monkeypatch.context() as broken:
        broken_paper(broken, bad)
        made = asked(kept, MailingKind.INVOICES, timezone.now())
        assert work_off_mailing(made.pk, now=timezone.now()) == 2
        assert {each.invoice for each in Sending.objects.all()} == {first, last}
        assert going(kept.books, MailingKind.INVOICES) is None, "the mailing is over"
        shown = client.get(page)
        (stuck,) = shown.context["stuck"]
        assert (stuck.invoice, stuck.where, stuck.detail) == (bad, StuckAt.PAPER, "KeyError: 'seller'")
        assert escape(stuck.get_where_display()) in shown.content.decode()
        answer = client.post(page, {"again": stuck.pk}, follow=True)
        assert "can&#x27;t leave" in answer.content.decode()
        assert not Sending.objects.filter(invoice=bad).exists()
    client.post(page, {"again": stuck.pk})
    assert Sending.objects.filter(invoice=bad).exists()
    assert (client.get(page).context["stuck"], Stuck.objects.count(), Mail.objects.count()) == ([], 0, 3)


def test_what_was_stuck_leaves_with_the_next_mailing_too(kept, monkeypatch):
    _good, bad = invoices(kept, 2)
    with monkeypatch.context() as broken:
        broken_paper(broken, bad)
        work_off_mailing(asked(kept, MailingKind.INVOICES).pk, now=NOW)
    later = NOW + timedelta(hours=1)
    assert work_off_mailing(asked(kept, MailingKind.INVOICES, later).pk, now=later) == 1
    assert Sending.objects.count() == 2
    assert not Stuck.objects.exists()


def test_a_reminder_that_fails_keeps_no_other_back(kept, monkeypatch):
    invoices(kept, 3)
    with monkeypatch.context() as broken:
        broken_notice(broken, reminders, "tell_one", [])
        assert work_off_mailing(asked(kept, MailingKind.REMINDERS, OVERDUE).pk, now=OVERDUE) == 2
    stuck = Stuck.objects.get()
    assert not Reminder.objects.filter(invoice=stuck.invoice).exists()
    try_again(principal=SYSTEM, stuck=stuck, now=OVERDUE + timedelta(hours=1))
    assert Reminder.objects.count() == 3
    assert not Stuck.objects.exists()


def test_a_request_to_renew_that_fails_keeps_no_other_back(kept, monkeypatch):
    with monkeypatch.context() as broken:
        broken_notice(broken, renewals, "tell_household", [])
        assert work_off_mailing(asked(kept, MailingKind.RENEWALS, SEPTEMBER).pk, now=SEPTEMBER) == 1
    stuck = Stuck.objects.get()
    try_again(principal=SYSTEM, stuck=stuck, now=SEPTEMBER + timedelta(hours=1))
    assert Notice.objects.count() == 2
    assert not Stuck.objects.exists()


def test_a_database_that_is_away_stops_all_and_blames_none(kept, monkeypatch):
    invoices(kept, 2)
    asked(kept, MailingKind.INVOICES)

    def away(**_given):
        raise OperationalError("the connection is lost")

    with monkeypatch.context() as broken:
        broken.setattr(sending, "send_invoice", away)
        work_off_mailings(now=NOW)
    assert not Stuck.objects.exists()
    assert going(kept.books, MailingKind.INVOICES).left == 2
    work_off_mailings(now=NOW)
    assert Sending.objects.count() == 2


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_workers_at_one_mailing_send_each_once(kept):
    invoices(kept, 6)
    made = asked(kept, MailingKind.INVOICES)
    side_by_side([lambda: work_off_mailing(made.pk, now=NOW)] * 2)
    assert Mail.objects.count() == Sending.objects.count() == 6

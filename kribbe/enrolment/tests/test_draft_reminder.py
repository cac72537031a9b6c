"""Who left a request halfway is reminded once, at an address that is known to be theirs, unless they said no."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from kribbe.contact.models import ContactPolicy, Mail
from kribbe.enrolment.models import RequestDraft
from kribbe.enrolment.services.drafts import mail_link, remind_of_drafts, sign_link, start_draft
from kribbe.testing import cast
from kribbe.testing.worlds import built_once
from kribbe.trust.principal import VISITOR

NOW = datetime(2027, 1, 11, 9, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@built_once
def draft():
    """A request for which the link was mailed."""
    made = start_draft(principal=VISITOR, desk=cast.make_desk(), now=NOW)
    mail_link(draft=made, email="els@ouders.example", language="nl", now=NOW)
    Mail.objects.all().delete()
    return made


def after(**span):
    return remind_of_drafts(now=NOW + timedelta(**span))


def test_one_reminder_after_the_days_that_the_desk_chose(draft):
    assert after(days=4, hours=23) == 0
    assert after(days=5) == 1
    mail = Mail.objects.get()
    assert (mail.address, mail.is_secret) == ("els@ouders.example", True)
    assert reverse("enrolment:continue_request", args=[draft.desk.slug, sign_link(draft)])[:30] in mail.body
    assert mail.stop_url in mail.body
    RequestDraft.objects.update(saved_at=NOW + timedelta(days=6))
    assert after(days=20) == 0
    assert Mail.objects.count() == 1


def test_the_desk_chooses_another_term_or_none(draft):
    policy = ContactPolicy.objects.create(desk=draft.desk, draft_reminder_days=10)
    assert after(days=9) == 0
    policy.draft_reminder_days = None
    policy.save()
    assert after(days=40) == 0
    policy.draft_reminder_days = 10
    policy.save()
    assert after(days=10) == 1


@pytest.mark.parametrize(
    "change",
    [{"email": ""}, {"on_behalf": True}, {"no_reminder": True}],
    ids=["typed only", "clerk", "said no"],
)
def test_nobody_else_is_reminded(draft, change):
    RequestDraft.objects.update(answers={"child": {"typed": {"email": ["x@ouders.example"]}}}, **change)
    assert after(days=30) == 0
    assert not Mail.objects.exists()


def test_a_reminder_waits_for_the_end_of_the_quiet_hours(draft):
    assert after(days=5, hours=13) == 1
    assert Mail.objects.get().due_at > NOW + timedelta(days=5, hours=13)


def test_the_link_asks_first_and_a_post_stops(draft):
    there = reverse("enrolment:stop_reminder", args=[draft.desk.slug, sign_link(draft)])
    client = Client(enforce_csrf_checks=True)
    assert client.get(there).status_code == 200
    assert not RequestDraft.objects.get().no_reminder
    assert client.post(there).status_code == 200
    assert RequestDraft.objects.get().no_reminder
    assert after(days=30) == 0
    wrong = reverse("enrolment:stop_reminder", args=[draft.desk.slug, "x"])
    assert client.get(wrong).status_code == 410

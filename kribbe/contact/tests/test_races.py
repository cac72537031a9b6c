"""A mail that did not arrive is sent again once, however many clerks press the button."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from kribbe.contact import outbox
from kribbe.contact.models import Letter, Mail, MailState, Notice
from kribbe.contact.services import tell_household
from kribbe.contact.services.undelivered import post_instead, send_again
from kribbe.testing import cast
from kribbe.testing.races import side_by_side
from kribbe.testing.worlds import built_once
from kribbe.trust import locks
from kribbe.trust.errors import RefusedError
from kribbe.trust.principal import SYSTEM

NOW = datetime(2027, 1, 11, 9, 0, tzinfo=ZoneInfo("Europe/Brussels"))
CLERKS = 8

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@built_once
def lost() -> Mail:
    household = cast.make_household(cast.make_desk(), "Maes", now=NOW, email="an.maes@example.org")
    tell_household(
        household_id=household.pk, kind="testing/place_offered", context={"child": "Noor"}, now=NOW
    )
    mail = Mail.objects.get()
    Mail.objects.update(state=MailState.BOUNCED)
    return mail


def again(mail: Mail) -> list[Callable[[], Mail]]:
    """Every clerk sends it again, at the same moment."""
    return [lambda: send_again(mail=mail, address="an.maes@example.org", principal=SYSTEM, now=NOW)] * CLERKS


def test_clerks_at_once_send_one_mail(lost: Mail) -> None:
    outcomes = side_by_side(again(lost))
    assert Mail.objects.filter(state=MailState.QUEUED).count() == 1
    refused = [outcome for outcome in outcomes if isinstance(outcome, RefusedError)]
    assert len(refused) == CLERKS - 1, outcomes
    assert {refusal.code for refusal in refused} <= {"handled", "busy"}


def test_control_without_the_lock_the_family_gets_it_more_than_once(
    lost: Mail, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each clerk at a moment of their own, so that the mails have different Message-IDs."""
    monkeypatch.setattr(locks, "ENABLED", False)
    side_by_side(
        [
            lambda second=second: send_again(  # type: ignore[misc]
                mail=lost, address=lost.address, principal=SYSTEM, now=NOW.replace(second=second)
            )
            for second in range(CLERKS)
        ]
    )
    assert Mail.objects.filter(state=MailState.QUEUED).count() > 1


def test_one_clerk_sends_it_and_another_posts_it(lost: Mail) -> None:
    side_by_side([*again(lost)[:1], lambda: post_instead(mail=lost, principal=SYSTEM, now=NOW)])
    mails, letters = Mail.objects.filter(state=MailState.QUEUED).count(), Letter.objects.count()
    assert mails + letters == 1


def test_a_mail_is_claimed_by_one_worker(lost: Mail) -> None:
    notice = Notice.objects.get()
    mail = outbox.put(
        notice=notice, address="an@example.org", subject="Hier", body="Dag", message_id="<R1@x>", now=NOW
    )
    outcomes = side_by_side([lambda: outbox.claim(mail.pk, now=NOW)] * CLERKS)
    assert sum(isinstance(outcome, Mail) for outcome in outcomes) == 1

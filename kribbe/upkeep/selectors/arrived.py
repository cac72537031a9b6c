"""Whether the question if a place is still needed reached anybody."""

from django.db.models import QuerySet

from kribbe.contact.models import Mail, MailState, Notice
from kribbe.upkeep.models import Confirmation

QUESTIONS = ("upkeep/still_needed", "upkeep/still_needed_reminder")
"""The kinds of notices that ask it."""


def questions_of(found: Confirmation) -> "QuerySet[Notice]":
    """What was told of this question: it and its reminder."""
    return Notice.objects.filter(
        kind__in=QUESTIONS, about=f"request:{found.request_id}", created_at__gte=found.asked_at
    )


def none_arrived(found: Confirmation) -> bool:
    """Whether every mail that asked it was refused or came back, those that a clerk sent again too."""
    mails = Mail.objects.filter(notice__in=questions_of(found))
    lost = mails.filter(state__in=[MailState.FAILED, MailState.BOUNCED])
    return lost.exists() and lost.count() == mails.count()

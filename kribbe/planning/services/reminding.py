"""Families that leave a paper unsigned are reminded, once."""

from datetime import datetime, timedelta

from django.db import transaction

from kribbe.planning.models import Paper
from kribbe.planning.services import telling
from kribbe.planning.services.papers import place_on
from kribbe.trust.locks import lock_rows

REMINDED_AFTER = timedelta(days=7)


def remind_due(*, now: datetime) -> int:
    """Remind, once, the families that leave a paper unsigned for a week. Returns how many."""
    due = Paper.objects.filter(
        signed_at=None, withdrawn_at=None, reminded_at=None, made_at__lte=now - REMINDED_AFTER
    )
    return sum(_remind(key, now) for key in due.order_by("pk").values_list("pk", flat=True))


def _remind(paper_id: int, now: datetime) -> bool:
    with transaction.atomic():
        lock_rows((Paper, paper_id))
        paper = Paper.objects.select_related("agreement").get(pk=paper_id)
        if not paper.is_open or paper.reminded_at is not None:
            return False
        paper.reminded_at = now
        paper.save(update_fields=["reminded_at"])
        telling.about_paper(paper, place_on(paper.agreement, paper.first), "paper_waits", now=now)
    return True

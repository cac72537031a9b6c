"""De Speelvogel, run by the organiser of De Notelaar, for the tests of its invoices."""

from __future__ import annotations

from datetime import time

from kribbe.billing.models import Payer
from kribbe.billing.tests.marched import NOW
from kribbe.billing.tests.scene import Kept
from kribbe.outofschool.models import Stay
from kribbe.outofschool.tests.scene import Scene, speelvogel


def club_of(kept: Kept) -> Scene:
    """De Speelvogel of the organiser of De Notelaar, and two families."""
    made = speelvogel(now=NOW, families=2, desk=kept.scene.desk)
    made.club.organiser = kept.books.organiser
    made.club.save()
    return made


def stay(club, day, came="15:30", left="17:00", *, child=0, part="after"):
    pupil = club.children[child] if isinstance(child, int) else child
    return Stay.objects.create(
        club=club.club, child=pupil, day=day, part=part, came_at=time.fromisoformat(came),
        left_at=left and time.fromisoformat(left), noted_at=NOW,
    )  # fmt: skip


def payer_of(club, number=0) -> Payer:
    return Payer.objects.get(adult__household=club.children[number].household_id)

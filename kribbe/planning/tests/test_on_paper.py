"""A family without an account: the location notes that it signed on paper, who and when."""

import io
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from kribbe.contact.models import Notice
from kribbe.enrolment.tests.location_scene import client_of, manager_of
from kribbe.planning.models import AgreedWeeks
from kribbe.planning.papers import paper_pdf
from kribbe.planning.services.papers import send_paper, sign_on_paper
from kribbe.planning.services.terms import Terms
from kribbe.planning.tests.scene import notelaar
from kribbe.rules.calendar import monday_of
from kribbe.testing.worlds import built_once
from kribbe.trust.errors import RefusedError
from kribbe.trust.models import AuditEntry

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@built_once
def scene():
    """Lou's family has no account."""
    now = timezone.now()
    return notelaar(now=now, start=monday_of(now.date()) - 28 * DAY)


@pytest.fixture
def paper(scene):
    terms = Terms(first=scene.lou.during.lower, weeks=({0: ((480, 1020),)},))
    return send_paper(
        principal=scene.manager, placement_id=scene.lou.pk, terms=terms, name="Mia", now=scene.now
    )


def test_the_location_notes_a_signature_on_paper(scene, paper):
    manager = client_of(manager_of(scene.location, now=scene.now))
    mine = reverse("planning:agreement", args=[scene.location.slug, scene.lou.reference])
    address = reverse("planning:on_paper", args=[scene.location.slug, paper.reference])
    assert address in manager.get(mine).content.decode()
    day = timezone.localdate() - 2 * DAY
    assert manager.post(address, {"name": "Els Claes", "day": f"{day}"}).status_code == 302
    paper.refresh_from_db()
    assert (paper.signed_name, paper.on_paper) == ("Els Claes", True)
    assert timezone.localtime(paper.signed_at).date() == day
    assert AgreedWeeks.objects.get().placement_id == scene.lou.pk
    entry = AuditEntry.objects.get(action="agreement.sign_on_paper")
    assert entry.household_id == scene.lou.child.household_id
    assert set(entry.data) & {"day", "name"} == {"day"}, "who signed is on the paper alone"
    told = Notice.objects.get(kind="planning/paper_on_paper")
    assert told.household_id == scene.lou.child.household_id
    assert "Els Claes" in told.body
    assert "Els Claes" in manager.get(mine).content.decode()
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(paper_pdf(paper))).pages)
    assert "op papier ondertekend op" in text


@pytest.mark.parametrize(("name", "ahead", "field"), [(" ", 0, "name"), ("Els", 1, "day")])
def test_it_names_who_and_a_day_that_was(scene, paper, name, ahead, field):
    with pytest.raises(RefusedError) as refused:
        sign_on_paper(
            principal=scene.manager, paper_id=paper.pk, name=name,
            day=timezone.localdate() + ahead * DAY, now=scene.now,
        )  # fmt: skip
    assert refused.value.field == field
    paper.refresh_from_db()
    assert paper.is_open

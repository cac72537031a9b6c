"""The document of an agreement names with whom of the family it is made, as it was when it was sent."""

import io

import pytest
from django.utils import timezone
from pypdf import PdfReader

from kribbe.people.models import Adult
from kribbe.planning.papers import paper_pdf
from kribbe.planning.selectors.holders import holders_of
from kribbe.planning.services.papers import send_paper
from kribbe.planning.services.terms import Terms
from kribbe.planning.tests.scene import notelaar
from kribbe.testing.worlds import built_once

pytestmark = pytest.mark.django_db
FULL = ((8 * 60, 17 * 60),)


@built_once
def scene():
    return notelaar(now=timezone.now())


def send(scene):
    terms = Terms(first=scene.start, weeks=({0: FULL, 1: FULL},))
    return send_paper(
        principal=scene.manager, placement_id=scene.noor.pk, terms=terms, name="Mia", now=scene.now
    )


def second(scene, **fields):
    household = scene.noor.child.household
    return Adult.objects.create(
        household=household, first_name="Bram", last_name="Vos", name_key="bram vos", **fields
    )


def text(pdf):
    return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def test_a_family_of_one_parent_is_named_with_its_address(scene):
    (own,) = holders_of(scene.noor)
    adult, household = scene.noor.child.household.adults.get(), scene.noor.child.household
    assert own == f"{adult}, {household.street}, {household.postcode} {household.city}"
    shown = text(paper_pdf(send(scene)))
    assert "De contracthouder" in shown and f"{adult}" in shown


def test_both_parents_are_named_the_applicant_first(scene):
    second(scene)
    first, other = holders_of(scene.noor)
    assert other.startswith("Bram Vos") and not first.startswith("Bram")


def test_of_parents_who_live_apart_the_one_with_whom_it_is_agreed(scene):
    scene.noor.parent = second(scene, other_street="Kaai 1", other_postcode="3012", other_city="Wilsele")
    scene.noor.save()
    assert holders_of(scene.noor) == ["Bram Vos, Kaai 1, 3012 Wilsele"]


def test_what_was_sent_says_the_same_after_the_family_moved(scene):
    paper = send(scene)
    before = paper_pdf(paper)
    household = scene.noor.child.household
    household.street = "Nieuwstraat 99"
    household.save()
    paper = type(paper).objects.get(pk=paper.pk)
    assert paper_pdf(paper) == before
    assert "Nieuwstraat 99" in holders_of(scene.noor)[0]

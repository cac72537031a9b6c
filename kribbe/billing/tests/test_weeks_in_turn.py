"""Three weeks that take turns, in the lines of an invoice."""

import pytest

from kribbe.billing.tests.marched import FEE, NEW_YEAR, NOW, THE_2ND, euros, march
from kribbe.billing.tests.month import MARCH, certificate, lines_of, run
from kribbe.billing.tests.scene import with_books
from kribbe.planning.services.papers import send_paper, sign_paper
from kribbe.planning.services.terms import Terms

pytestmark = pytest.mark.django_db
FULL, MORNING = ((480, 1020),), ((480, 720),)


def test_each_week_is_charged_in_its_turn():
    """From Monday 5 January: two full days, no day, Monday morning. 2 March is the ninth Monday: a third week.

    Full are 9, 10, 30 and 31 March (4 x 12.34), mornings of four hours 2 and 23 March (60 %: 2 x 7.40).
    """
    kept = with_books(now=NOW, start=NEW_YEAR.replace(day=5))
    terms = Terms(first=kept.scene.start, weeks=({0: FULL, 1: FULL}, {}, {0: MORNING}))
    paper = send_paper(
        principal=kept.scene.manager, placement_id=kept.scene.noor.pk, terms=terms, name="Mia", now=NOW
    )
    sign_paper(principal=kept.scene.parent, paper_id=paper.pk, name="An Maes", now=NOW)
    certificate(kept, kept.scene.noor, FEE, NEW_YEAR)
    assert run(kept, MARCH, THE_2ND) == {"An Maes": euros("64.16")}
    assert [line[0] for line in lines_of("An Maes")] == [march(day) for day in (2, 9, 10, 23, 30, 31)]

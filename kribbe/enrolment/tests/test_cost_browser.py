"""A visitor estimates the fee by income, by year and by month, and is told what the estimate leaves open."""

import pytest
from django.urls import reverse

from kribbe.testing import cast
from kribbe.testing.browser import PHONE, look_at

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
look = look_at("cost")


def test_a_visitor_estimates_the_fee_by_income(open_page):
    desk = cast.make_desk()
    page = open_page(size=PHONE)
    page.goto(reverse("enrolment:cost", args=[desk.slug]))
    look(page, "what-it-costs")
    page.get_by_label("Inkomen in euro").fill("40000")
    page.get_by_role("button", name="Schatting").click()
    # 40 000 x 0.000385, the first band of the ladder
    page.get_by_text("€ 15,40").first.wait_for()
    page.get_by_text("voor een volle dag, een schatting").wait_for()
    page.get_by_role("heading", name="Alleen het attest telt").wait_for()
    look(page, "what-it-costs-estimate")
    page.get_by_label("Inkomen in euro").fill("-1")
    page.get_by_role("button", name="Schatting").click()
    page.get_by_role("alert").first.wait_for()
    assert not page.get_by_text("voor een volle dag, een schatting").count(), "a wrong income has no estimate"

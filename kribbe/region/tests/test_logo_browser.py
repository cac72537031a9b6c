"""The administrator gives the desk a logo: sees it before it is saved, saves it, and takes it back."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from kribbe.region.models import Desk
from kribbe.region.tests.test_logo import drawing, page_of
from kribbe.region.tests.test_pages import make_desk
from kribbe.testing import cast
from kribbe.testing.browser import OpenAs, seen
from kribbe.trust.principal import Role, Scope

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PNG = {"name": "logo.png", "mimeType": "image/png"}


def test_a_logo_is_seen_before_it_is_saved_and_taken_back(open_as: OpenAs) -> None:
    desk = make_desk()
    ada = cast.make_user(
        "ada@proef.example", role=Role.ADMINISTRATOR, scope=Scope.DESK, scope_id=desk.pk, now=timezone.now()
    )
    page = open_as(ada)
    page.goto(page_of(desk))
    preview = page.get_by_role("region", name="Hoe het nieuwe eruitziet")
    expect(preview).to_be_hidden()
    page.locator("input[type=file]").set_input_files([{**PNG, "buffer": drawing()}])
    page.get_by_label("Wat staat erop?").fill("Wapenschild van Leuven")
    expect(preview.get_by_role("img", name="Wapenschild van Leuven")).to_be_visible()
    assert preview.locator("img").evaluate("image => image.naturalWidth") == 900
    expect(preview).to_contain_text("Er is nog niets bewaard.")
    assert not Desk.objects.exclude(logo=None).exists()
    seen(page)
    page.get_by_role("button", name="Gebruik dit logo").click()
    expect(page.locator(".bar").get_by_role("img", name="Wapenschild van Leuven")).to_be_visible()
    seen(page)
    page.get_by_role("button", name="Gebruik weer het pictogram").click()
    expect(page.locator(".bar .brand__mark")).to_be_visible()
    expect(page.locator(".bar .brand__logo")).to_have_count(0)

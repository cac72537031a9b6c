"""Pages of the gallery and the errors."""

import re

import pytest
from django.test import Client, RequestFactory

from kribbe.web import errors

pytestmark = pytest.mark.urls("kribbe.web.tests.urls")

SCREENS = ["/_web/gallery/", "/_web/gallery/search/", "/_web/gallery/request/", "/_web/gallery/waiting-list/"]


@pytest.fixture
def _demo(settings: object) -> None:
    settings.DEMO = True  # type: ignore[attr-defined]


@pytest.mark.parametrize("address", SCREENS)
@pytest.mark.usefixtures("_demo")
@pytest.mark.django_db
def test_screens_render_with_one_title_and_no_inline_code(client: Client, address: str) -> None:
    html = client.get(address).content.decode()
    assert len(re.findall(r"<h1[ >]", html)) == 1
    assert 'href="#main"' in html
    assert 'id="main"' in html
    assert " style=" not in html
    assert not re.findall(r"<script(?![^>]* src=)", html)
    assert not re.findall(r" on[a-z]+=", html)
    ids = re.findall(r' id="([^"]+)"', html)
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("address", SCREENS)
@pytest.mark.django_db
def test_the_gallery_is_closed_outside_the_demo(client: Client, settings: object, address: str) -> None:
    settings.DEMO = settings.DEBUG = False  # type: ignore[attr-defined]
    assert client.get(address).status_code == 404


@pytest.mark.parametrize(
    ("view", "status"),
    [
        (lambda request: errors.bad_request(request, ValueError()), 400),
        (lambda request: errors.forbidden(request, ValueError()), 403),
        (lambda request: errors.not_found(request, ValueError()), 404),
        (errors.server_error, 500),
        (errors.stale_form, 403),
        (errors.session_ended, 401),
        (lambda request: errors.too_large(request, 12_000_000), 413),
    ],
)
def test_error_pages_stand_alone(view: object, status: int) -> None:
    response = view(RequestFactory().post("/request/step-2/?a=<b>"))  # type: ignore[operator]
    assert response.status_code == status
    html = response.content.decode()
    assert "<h1>" in html
    assert "a=<b>" not in html


@pytest.mark.usefixtures("_demo")
@pytest.mark.django_db
def test_the_page_speaks_the_readers_language(client: Client) -> None:
    english = client.get(SCREENS[1], headers={"Accept-Language": "en"}).content.decode()
    assert '<html lang="en"' in english
    assert "Find childcare" in english

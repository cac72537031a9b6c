"""The language by the address, before cookie and browser; what nobody speaks here is passed over."""

import pytest
from django.test import Client

from kribbe.testing.cast import make_desk
from kribbe.web.language import in_language

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("language", "words"), [("fr", 'lang="fr"'), ("de", 'lang="de"'), ("xx", 'lang="nl"')]
)
def test_a_page_in_the_language_of_its_address(language: str, words: str) -> None:
    desk = make_desk()
    page = Client(headers={"accept-language": "nl"}).get(in_language(f"/{desk.slug}/", language))
    assert words in page.content.decode()


def test_the_language_is_remembered() -> None:
    desk, client = make_desk(), Client(headers={"accept-language": "nl"})
    client.get(f"/{desk.slug}/?lang=fr")
    assert 'lang="fr"' in client.get(f"/{desk.slug}/").content.decode()


def test_an_address_with_a_question_keeps_it() -> None:
    assert in_language("/leuven/search/?days=3", "de") == "/leuven/search/?days=3&lang=de"

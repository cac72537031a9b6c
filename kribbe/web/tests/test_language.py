"""The language by the address, before cookie and browser; what nobody speaks here is passed over."""

import pytest
from django.test import Client
from django.utils import timezone

from kribbe.testing.cast import make_desk, make_user
from kribbe.trust.principal import Role, Scope
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


def test_a_public_page_names_its_address_in_each_language_of_the_desk(settings) -> None:
    desk = make_desk()
    page = Client().get(f"/{desk.slug}/search/?start=2027-01&lang=de").content.decode()
    here = f"{settings.BASE_URL}/{desk.slug}/search/?start=2027-01"
    for code in desk.public_languages:
        assert f'<link rel="alternate" hreflang="{code}" href="{here}&amp;lang={code}">' in page
    assert f'hreflang="x-default" href="{here}"' in page


def test_who_is_logged_in_needs_no_other_addresses() -> None:
    client = Client()
    client.force_login(
        make_user(
            "an@ouders.example", role=Role.PARENT, scope=Scope.HOUSEHOLD, scope_id=1, now=timezone.now()
        )
    )
    assert "hreflang" not in client.get(f"/{make_desk().slug}/").content.decode()

"""A form is carried out once; its token is worth nothing at another form."""

from datetime import UTC, datetime

import pytest

from kribbe.trust.once import new_token, once

NOW = datetime(2027, 1, 11, 9, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def test_the_second_sending_finds_the_first_outcome() -> None:
    token = new_token()
    assert once(token, at="/a/", now=NOW, work=lambda: "/done/") == "/done/"
    assert once(token, at="/a/", now=NOW, work=lambda: "/again/") == "/done/"


def test_a_token_of_one_form_is_not_taken_at_another() -> None:
    token = new_token()
    once(token, at="/a/", now=NOW, work=lambda: "/done/")
    assert once(token, at="/b/", now=NOW, work=lambda: "/other/") == "/other/"

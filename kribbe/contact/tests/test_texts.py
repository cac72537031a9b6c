"""A desk's own words: places only, mistakes at the field, versions kept, and the Dutch text binding."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from kribbe.contact.kinds import Kind, kind_of, kinds
from kribbe.contact.models import DeskText
from kribbe.contact.services import texts as services
from kribbe.contact.writing import compose, filled, standard_words
from kribbe.people.models import Household
from kribbe.testing.cast import make_user
from kribbe.testing.clock import Clock
from kribbe.testing.sessions import log_in
from kribbe.trust.errors import RefusedError
from kribbe.trust.principal import SYSTEM, Role, Scope

pytestmark = pytest.mark.django_db
BOOKED = "contact/visit_booked"


def visit_booked() -> Kind:
    kind = kind_of(BOOKED)
    assert kind is not None
    return kind


def save(household: Household, clock: Clock, **more: Any) -> DeskText:
    given = {"language": "nl", "subject": "Tot {day}!", "body": "Welkom bij {location} om {from}."}
    return services.save_text(
        desk=household.desk, kind=visit_booked(), principal=SYSTEM, now=clock.now, **(given | more)
    )


def written(household: Household, language: str = "nl") -> Any:
    context = visit_booked().sample()
    return compose(BOOKED, context, desk=household.desk, language=language, names="An", link="/my/")


def test_a_desk_uses_its_own_words(household: Household, clock: Clock) -> None:
    save(household, clock)
    text = written(household)
    assert text.subject == "Tot zaterdag 3 april 2027!"
    assert text.body.startswith("Dag An,\n\nWelkom bij De Voorbeeldboom om 10.15 uur.\n\n")
    services.reset_text(
        desk=household.desk, kind=visit_booked(), language="nl", principal=SYSTEM, now=clock.now
    )
    assert written(household).subject != text.subject


def test_the_dutch_text_still_stands_below_another_language(household: Household, clock: Clock) -> None:
    save(household, clock, language="en", subject="See you {day}!", body="Welcome.")
    save(household, clock)
    body = written(household, "en").body
    english, _, dutch = body.partition("-" * 60)
    assert "Welcome." in english
    assert "Welkom bij De Voorbeeldboom" in dutch


@pytest.mark.parametrize(
    ("field", "words", "code"),
    [
        ("subject", "Dag {kind}", "unknown"),
        ("body", "Dag {location", "stray"),
        ("body", "{{ desk.phone }}", "stray"),
        ("body", "{% include 'x' %}", "stray"),
        ("body", "{location.desk}", "stray"),
    ],
)
def test_mistakes_are_refused_at_their_field(
    household: Household, clock: Clock, field: str, words: str, code: str
) -> None:
    with pytest.raises(RefusedError) as refused:
        save(household, clock, **{field: words})
    assert (refused.value.field, refused.value.code) == (field, code)
    assert not DeskText.objects.exists()


def test_versions_keep_their_period(household: Household, clock: Clock) -> None:
    first = save(household, clock)
    clock.advance(days=1)
    second = save(household, clock, subject="Welkom")
    first.refresh_from_db()
    assert (first.until, second.since - first.since, second.until) == (clock.now, timedelta(days=1), None)


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_standard_words_open_and_fill_to_the_same(household: Household, language: str) -> None:
    """What a desk begins from says the same as the standard, for every kind."""
    for kind in kinds():
        words = standard_words(kind, desk=household.desk, language=language)
        sample = kind.sample()
        again = filled(kind, words.body, sample, language=language)
        template = kind.name.replace("/", "/notices/", 1) + ".txt"
        assert again in compose_plain(template, {**sample, "desk": household.desk}, language), kind.name


def compose_plain(template: str, context: Any, language: str) -> str:
    from django.utils import translation

    from kribbe.contact.writing import _plain

    with translation.override(language):
        return _plain(template, context)


def test_an_administrator_changes_words_over_the_pages(household: Household, clock: Clock) -> None:
    user = make_user(
        "ada@desk.example",
        role=Role.ADMINISTRATOR,
        scope=Scope.DESK,
        scope_id=household.desk_id,
        now=clock.now,
    )
    ada = log_in(Client(), user, second_factor=True)
    there = reverse("contact:text", args=["lindedaal", "contact", "visit_booked", "nl"])
    assert "{location}" in ada.get(there).content.decode()
    typed = {"subject": "Tot {day}", "body": "Tot bij {location}"}
    assert "Tot bij De Voorbeeldboom" in ada.post(there, typed | {"look": "1"}).content.decode()
    assert not DeskText.objects.exists()
    assert ada.post(there, typed | {"body": "{niets}"}).status_code == 422
    assert ada.post(there, typed).url == there
    assert "eigen woorden" in ada.get(reverse("contact:texts", args=["lindedaal"])).content.decode()

"""A desk's own words: places only, mistakes at the field, versions kept, and the Dutch text binding."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from kribbe.contact.kinds import Kind, kind_of, kinds
from kribbe.contact.models import DeskText
from kribbe.contact.services import texts as services
from kribbe.contact.writing import compose, example_of, filled, plain, standard_words
from kribbe.people.models import Household
from kribbe.rules.placeholders import absent, stray, unknown
from kribbe.testing.cast import make_user
from kribbe.testing.clock import Clock
from kribbe.testing.sessions import log_in
from kribbe.trust.errors import RefusedError
from kribbe.trust.principal import SYSTEM, Role, Scope

pytestmark = pytest.mark.django_db
BOOKED = "contact/visit_booked"
ROOT = Path(__file__).resolve().parents[2]


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
    assert text.body.startswith("Dag An,\n\nWelkom bij De Voorbeeldboom om 10:15.\n\n")
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


def test_every_notice_of_every_room_is_a_kind() -> None:
    """A new template needs a Kind: the notice_kinds.py of its room tells how."""
    templates = {
        f"{path.parts[-3]}/{path.stem}"
        for path in ROOT.glob("*/templates/*/notices/[a-z]*.txt")
        if path.stem != "base"
    }
    assert {kind.name for kind in kinds()} == templates


@pytest.mark.parametrize("language", ["nl", "en", "fr", "de"])
def test_the_standard_words_open_and_fill_to_the_same(household: Household, language: str) -> None:
    """What a desk begins from says the same as the standard, holds what is needed, and can be saved."""
    for kind in kinds():
        words = standard_words(kind, desk=household.desk, language=language)
        example = example_of(kind, household.desk)
        again = filled(kind, words.body, example, language=language)
        with translation.override(language):
            assert again in plain(kind.template, example), kind.name
        assert absent(words.body, kind.needed) == [], kind.name
        assert unknown(words.subject + words.body, kind.places) == [], kind.name
        assert stray(words.subject + words.body) == "", kind.name


@pytest.mark.parametrize("language", ["nl", "fr", "de"])
def test_no_value_of_the_example_is_left_in_the_standard_words(household: Household, language: str) -> None:
    """Otherwise every family would read of the invented one."""
    for kind in kinds():
        words = standard_words(kind, desk=household.desk, language=language)
        with translation.override(language):
            values = kind.values(example_of(kind, household.desk))
        left = [value for value in values.values() if value and value in words.subject + words.body]
        assert left == [], kind.name


def test_a_line_with_nothing_to_say_is_left_out(household: Household, clock: Clock) -> None:
    kind = kind_of("enrolment/offer_made")
    assert kind is not None
    services.save_text(
        desk=household.desk,
        kind=kind,
        language="nl",
        subject="Een plaats voor {child}",
        body="Antwoord voor {answer_by}.\n{difference}\nDe locatie zegt: {message}\n\nTot dan.",
        principal=SYSTEM,
        now=clock.now,
    )
    example = kind.sample()
    example["offer"].message, example["offer"].kind = "", "same"
    body = compose(kind.name, example, desk=household.desk, language="nl", names="An", link="").body
    assert body.startswith("Dag An,\n\nAntwoord voor 11 februari 2027.\n\nTot dan.\n\nVriendelijke groeten")


def test_what_a_reader_must_know_stays_in_the_text(household: Household, clock: Clock) -> None:
    kind = kind_of("enrolment/wish_refused")
    assert kind is not None
    with pytest.raises(RefusedError) as refused:
        services.save_text(
            desk=household.desk,
            kind=kind,
            language="nl",
            subject="Geen plaats",
            body="{location} heeft geen plaats: {reason}",
            principal=SYSTEM,
            now=clock.now,
        )
    assert (refused.value.field, refused.value.code) == ("body", "needed")
    assert "{authority}" in str(refused.value.message)


def test_words_that_no_longer_fit_give_way_to_the_standard(household: Household, clock: Clock) -> None:
    save(household, clock)
    DeskText.objects.update(body="Tot {ooit}")
    assert "Tot {ooit}" not in written(household).body
    DeskText.objects.update(subject="{note}", body="Tot dan")
    nothing = visit_booked().sample()
    nothing["moment"].note = ""
    text = compose(BOOKED, nothing, desk=household.desk, language="nl", names="An", link="/my/")
    assert "Voorbeeldboom" in text.subject


@pytest.mark.parametrize(
    ("language", "words"), [("nl", "geen plaats"), ("fr", "pas de place"), ("de", "kein Platz")]
)
def test_a_refusal_gives_its_reason_in_the_language_of_the_family(
    household: Household, language: str, words: str
) -> None:
    kind = kind_of("enrolment/wish_refused")
    assert kind is not None
    first = compose(
        kind.name, kind.sample(), desk=household.desk, language=language, names="An", link=""
    ).body.partition("-" * 60)[0]
    assert words in first


def test_an_administrator_changes_words_over_the_pages(household: Household, clock: Clock) -> None:
    user = make_user(
        "ada@desk.example",
        role=Role.ADMINISTRATOR,
        scope=Scope.DESK,
        scope_id=household.desk_id,
        now=clock.now,
    )
    ada = log_in(Client(), user, second_factor=True)
    assert len(ada.get(reverse("contact:texts", args=["lindedaal"])).context["groups"]) == 3
    there = reverse("contact:text", args=["lindedaal", "contact", "visit_booked", "nl"])
    assert "{location}" in ada.get(there).content.decode()
    typed = {"subject": "Tot {day}", "body": "Tot bij {location}"}
    assert "Tot bij De Voorbeeldboom" in ada.post(there, typed | {"look": "1"}).content.decode()
    assert not DeskText.objects.exists()
    assert ada.post(there, typed | {"body": "{niets}"}).status_code == 422
    assert ada.post(there, typed).url == there
    assert "eigen woorden" in ada.get(reverse("contact:texts", args=["lindedaal"])).content.decode()


def test_every_kind_has_a_page_with_an_example(household: Household, clock: Clock) -> None:
    user = make_user(
        "ada@desk.example",
        role=Role.ADMINISTRATOR,
        scope=Scope.DESK,
        scope_id=household.desk_id,
        now=clock.now,
    )
    ada = log_in(Client(), user, second_factor=True)
    for kind in kinds():
        page = ada.get(reverse("contact:text", args=["lindedaal", kind.room, kind.short_name, "nl"]))
        assert page.context["example"]["subject"], kind.name
        assert "{" not in page.context["example"]["body"], kind.name

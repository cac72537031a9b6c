"""Sealed text is read with the key that it was kept under, with no other, and never found by what it says."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.exceptions import FieldError
from django.db import connection, models
from django.test.utils import isolate_apps
from hypothesis import given
from hypothesis import strategies as st

from kribbe.config.resealing import reseal
from kribbe.trust.fields import EncryptedText
from kribbe.trust.sealing import WrongKeyError, is_newest, seal, unseal

OLD, NEW, OTHER = "k" * 32, "l" * 32, "m" * 32


@pytest.fixture
def key(settings: Any) -> Any:
    def use(newest: str, *former: str) -> None:
        settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = newest, list(former)

    use(OLD)
    return use


@pytest.fixture
def notes(db: None) -> Iterator[Any]:
    """A table of its own with a sealed column."""
    with isolate_apps("kribbe.trust"):

        class Note(models.Model):
            text = EncryptedText(null=True, blank=True)

            class Meta:
                app_label = "trust"

            def __str__(self) -> str:
                return str(self.pk)

        with connection.schema_editor() as editor:
            editor.create_model(Note)
        yield Note


def kept(model: Any) -> list[str | None]:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT "text" FROM "{model._meta.db_table}" ORDER BY id')  # noqa: S608  a name of the test's
        return [row[0] for row in cursor.fetchall()]


@given(st.text())
def test_what_is_unsealed_is_what_was_sealed(text: str) -> None:
    assert unseal(seal(text)) == text


def test_two_sealings_differ_and_tell_nothing() -> None:
    first, second = seal("85.07.30-033.28"), seal("85.07.30-033.28")
    assert first != second
    assert "033" not in first


def test_a_wrong_key_says_which_setting_to_mend(key: Any) -> None:
    sealed = seal("allergy to nuts")
    key(OTHER)
    with pytest.raises(WrongKeyError, match=r"KRIBBE_SECRET_KEY.*KRIBBE_FORMER_KEYS"):
        unseal(sealed)


@pytest.mark.parametrize("changed", ["plain text", "gAAAAAB", ""])
def test_what_was_never_sealed_isnt_taken_for_it(changed: str) -> None:
    with pytest.raises(WrongKeyError):
        unseal(changed)


def test_a_key_used_before_still_reads_and_the_newest_seals(key: Any) -> None:
    sealed = seal("bear")
    key(NEW, OTHER, OLD)
    assert unseal(sealed) == "bear"
    assert not is_newest(sealed)
    again = seal("bear")
    assert is_newest(again)
    key(NEW)
    assert unseal(again) == "bear"


def test_the_database_holds_the_sealed_text_only(notes: Any) -> None:
    for text in ("asthma", "", None):
        notes.objects.create(text=text)
    assert [row.text for row in notes.objects.order_by("pk")] == ["asthma", "", None]
    sealed, empty, missing = kept(notes)
    assert sealed is not None
    assert (unseal(sealed), empty, missing) == ("asthma", "", None)


def test_a_sealed_column_answers_whether_it_is_there_and_nothing_else(notes: Any) -> None:
    notes.objects.create(text="asthma")
    assert notes.objects.filter(text__isnull=False).count() == 1
    for lookup in ("text", "text__contains", "text__in"):
        with pytest.raises(FieldError, match="kept sealed"):
            notes.objects.filter(**{lookup: "asthma"})


def test_resealing_moves_every_text_to_the_newest_key_once(
    notes: Any, key: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kribbe.config.resealing.BATCH", 2)
    notes.objects.bulk_create(notes(text=text) for text in ("a", "", "b", None, "c"))
    column = (notes, notes._meta.get_field("text"))
    key(NEW, OLD)
    assert reseal(column) == 3
    assert reseal(column) == 0
    key(NEW)
    assert [row.text for row in notes.objects.order_by("pk")] == ["a", "", "b", None, "c"]


def test_resealing_without_the_former_key_stops_and_loses_nothing(notes: Any, key: Any) -> None:
    notes.objects.create(text="a")
    key(NEW)
    with pytest.raises(WrongKeyError):
        reseal((notes, notes._meta.get_field("text")))
    key(OLD)
    assert notes.objects.get().text == "a"

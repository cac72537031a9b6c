"""No text leaves number or gender to its reader, in any of the languages, and one thing has one name."""

import pytest

from kribbe.config.commands.messages import HEDGE, INCLUSIVE, MEANT, TRANSLATED, hedged, strayed


@pytest.mark.parametrize("locale", TRANSLATED)
def test_every_catalogue_says_number_and_gender(locale):
    assert list(hedged(locale)) == []


@pytest.mark.parametrize(
    "text",
    [
        "%(count)d place(s) libre(s)", "Kind(er)", "vous êtes prévenu·e", "Betreuer:in", "Leiter*innen",
        "BetreuerInnen", "hij/zij komt", "il/elle vient",
    ],
)  # fmt: skip
def test_what_leaves_it_to_the_reader_is_seen(text):
    assert HEDGE.search(text)


@pytest.mark.parametrize(
    "text",
    ["%(n)s places", "De Notelaar (Leuven)", "nl/fr", "Termin in Löwen", INCLUSIVE],
)
def test_other_brackets_and_strokes_are_left_alone(text):
    assert not HEDGE.search(text.replace(INCLUSIVE, ""))


@pytest.mark.parametrize("locale", TRANSLATED)
def test_one_thing_has_one_name(locale):
    assert list(strayed(locale)) == []


def test_another_name_is_seen_but_where_it_means_something_else(monkeypatch):
    """The authority's counted needs are called so in the figures alone."""
    ((word, instead, _rooms),) = MEANT["nl"]
    monkeypatch.setitem(MEANT, "nl", ((word, instead, frozenset()),))
    found = list(strayed("nl"))
    assert found
    assert {line.split()[0] for line in found} == {"policy"}

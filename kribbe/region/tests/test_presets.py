"""The presets load, can be applied, and say what their sources say."""

from dataclasses import fields
from datetime import date

import pytest
from django.utils import translation

from kribbe.region.models import Desk, DeskPolicy, Municipality, Region
from kribbe.region.presets import POLICY_FIELDS, Preset, apply_preset, presets, standard_reasons
from kribbe.region.selectors import policy_on
from kribbe.testing.worlds import built_once

GIVEN = {
    "leuven": {
        "max_wishes": None,
        "earliest_answer_months": 9,
        "urgent_days": 30,
        "tell_vacancies": True,
        "list_weeks": 1,
    },
    "kinderopvanginmijnbuurt": {},
    "brussel": {"max_wishes": 5, "earliest_answer_months": 7, "reaction_days": 10, "open_urgent": True},
    "gent": {"earliest_answer_months": 9},
    "antwerpen": {"max_wishes": 2, "answer_days": 21, "most_changes": 1, "end_months": 3},
    "turnhout": {"earliest_answer_months": 4, "date_rule": "lottery"},
    "kinder-opvang": {"answer_days": 21, "ranking_shown": False},
    "koksijde": {"reaction_days": 14, "list_weeks": 2},
}
"""Copied by hand from the published facts; every other field is assumed."""


@built_once
def desk() -> Desk:
    region = Region.objects.create(name="Proef", slug="proef")
    place = Municipality.objects.create(
        region=region, nis_code="24062", name_nl="Leuven", longitude=4.7, latitude=50.88
    )
    return Desk.objects.create(region=region, municipality=place, slug="leuven", name="Leuven")


def test_the_presets_are_the_known_desks() -> None:
    assert presets().keys() == GIVEN.keys()


@pytest.mark.parametrize("slug", GIVEN)
def test_what_the_source_gives_is_as_it_says_and_the_rest_is_marked(slug: str) -> None:
    preset = presets()[slug]
    assert {name: getattr(preset, name) for name in GIVEN[slug]} == GIVEN[slug]
    assert preset.assumed == set(POLICY_FIELDS) - GIVEN[slug].keys()
    assert preset.source


@pytest.mark.parametrize("language", ["nl", "en", "fr", "de"])
def test_what_is_said_of_a_preset_is_in_the_readers_language(language: str) -> None:
    with translation.override(language):
        notes = {str(preset.note) for preset in presets().values()}
    with translation.override("nl" if language != "nl" else "fr"):
        assert notes.isdisjoint(str(preset.note) for preset in presets().values())
    with translation.override("fr"):
        assert str(presets()["turnhout"].source) == "vrt.be (1er mai 2020)"


def test_every_field_of_a_policy_is_in_a_preset() -> None:
    own = {"id", "desk", "during", "lottery_seed", "rule_pack"}
    policy = {field.name for field in DeskPolicy._meta.concrete_fields} - own
    assert policy == {*POLICY_FIELDS, "source"}
    assert policy <= {field.name for field in fields(Preset)}


@pytest.mark.django_db
@pytest.mark.parametrize("slug", GIVEN)
def test_a_preset_can_be_applied(slug: str, desk: Desk) -> None:
    apply_preset(desk=desk, preset=presets()[slug], since=date(2025, 1, 1))
    policy = policy_on(desk, date(2026, 3, 2))
    assert {name: getattr(policy, name) for name in POLICY_FIELDS} == {
        name: getattr(presets()[slug], name) for name in POLICY_FIELDS
    }
    assert desk.pass_over_reasons.count() == len(standard_reasons())


@pytest.mark.django_db
def test_a_later_preset_ends_the_earlier_one_and_replaces_what_was_planned(desk: Desk) -> None:
    for slug, since in [("leuven", 2024), ("gent", 2027), ("brussel", 2026)]:
        apply_preset(desk=desk, preset=presets()[slug], since=date(since, 1, 1))
    assert policy_on(desk, date(2025, 12, 31)).max_wishes is None
    assert policy_on(desk, date(2026, 1, 1)).max_wishes == 5
    assert policy_on(desk, date(2028, 1, 1)).max_wishes == 5
    assert desk.policies.count() == 2


@pytest.mark.django_db
def test_a_desks_own_reasons_stay(desk: Desk) -> None:
    apply_preset(desk=desk, preset=presets()["leuven"], since=date(2024, 1, 1))
    desk.pass_over_reasons.filter(code="other-age-group").update(text_nl="Andere leeftijd.", active=False)
    apply_preset(desk=desk, preset=presets()["gent"], since=date(2025, 1, 1))
    kept = desk.pass_over_reasons.get(code="other-age-group")
    assert (kept.text_nl, kept.active) == ("Andere leeftijd.", False)


def test_there_are_reasons_to_pass_over_and_reasons_to_refuse() -> None:
    reasons = standard_reasons()
    assert len({reason.code for reason in reasons}) == len(reasons)
    assert {reason.refusal for reason in reasons} == {True, False}

"""Forms: labels, hints and errors belong to their fields; nothing typed is lost."""

import re

import pytest
from django import forms
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from kribbe.web.forms import HalfDayPicker, PatternField, RadioCards, Renderer, WebAddressField

CHOICES = [("no", "No"), ("yes", "Yes")]


class Sample(forms.Form):
    default_renderer = Renderer

    name = forms.CharField(help_text="As on the certificate.")
    note = forms.CharField(required=False, widget=forms.Textarea)
    flex = forms.ChoiceField(choices=CHOICES, widget=RadioCards(hints={"no": "Only these days."}))
    plain = forms.ChoiceField(choices=CHOICES, widget=forms.RadioSelect)
    pattern = PatternField(widget=HalfDayPicker())
    agree = forms.BooleanField()


def html_of(data: QueryDict | None = None) -> str:
    return str(Sample(data))


def test_every_control_has_a_label() -> None:
    html = html_of()
    for element_id in re.findall(r'<(?:input|textarea)[^>]* id="([^"]+)"', html):
        labelled = f'for="{element_id}"' in html
        wrapped = re.search(
            rf'<label class="(?:tile|choice|check)"[^>]*>\s*<input[^>]* id="{element_id}"', html
        )
        assert labelled or wrapped, element_id


def test_errors_are_tied_to_their_field_and_listed_on_top() -> None:
    html = html_of(QueryDict("note=hello"))
    assert html.index("data-error-summary") < html.index('id="id_name"')
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert 'id="id_name_error"' in html
    for target in re.findall(r'<a href="#([^"]+)"', html):
        assert f'id="{target}"' in html, target


def test_what_was_typed_comes_back() -> None:
    html = html_of(QueryDict("note=hello+there&pattern=0&pattern=3&flex=yes"))
    assert "hello there" in html
    assert len(re.findall(r'name="pattern"[^>]* checked', html)) == 2
    assert re.search(r'value="yes"[^>]*checked', html)


def test_hints_of_cards_show() -> None:
    assert "Only these days." in html_of()


@given(st.sets(st.integers(0, 13)))
def test_the_picker_reads_what_it_shows(slots: set[int]) -> None:
    widget = HalfDayPicker(weekend=True)
    pattern = sum(1 << slot for slot in slots)
    html = widget.render("pattern", pattern, {"id": "x"}, renderer=Renderer())
    ticked = [
        re.search(r'value="(\d+)"', tag)[1] for tag in re.findall(r"<input[^>]*>", html) if " checked" in tag
    ]
    data = QueryDict("&".join(f"pattern={slot}" for slot in ticked))
    assert widget.value_from_datadict(data, {}, "pattern") == pattern


@pytest.mark.parametrize("given_slots", ["99", "-1", "x", "1e3", "٣"])
def test_values_that_are_no_slot_are_left_out(given_slots: str) -> None:
    data = QueryDict(mutable=True)
    data["pattern"] = given_slots
    assert HalfDayPicker().value_from_datadict(data, {}, "pattern") in (0, 8)


def test_an_empty_pattern_is_refused_only_when_required() -> None:
    with pytest.raises(forms.ValidationError):
        PatternField().clean(0)
    assert PatternField(required=False).clean(0) == 0
    assert PatternField().clean(79) == 79


@pytest.mark.parametrize("typed", ["geen adres", "javascript:alert(1)", "https://", "http://-"])
def test_what_is_no_web_address_is_told_how_one_looks(typed: str) -> None:
    with pytest.raises(forms.ValidationError) as refused:
        WebAddressField().clean(typed)
    assert "https://www.example.be" in refused.value.messages[0]


def test_a_web_address_without_its_beginning_gets_one() -> None:
    assert WebAddressField().clean("www.molentje.example") == "https://www.molentje.example"

"""What is alike in all rows of a page."""

from __future__ import annotations

from django.test import RequestFactory
from django.urls import reverse
from django.utils.safestring import SafeString

from kribbe.web.rows import addresses, piece


def test_an_address_is_that_of_its_page() -> None:
    address = addresses("planning:absence", "de-notelaar")
    assert address("k3m-9") == reverse("planning:absence", args=["de-notelaar", "k3m-9"])


def test_a_piece_holds_what_its_template_draws_with_the_values_of_a_row_escaped() -> None:
    request = RequestFactory().get("/")
    comes = piece(request, "planning/day_comes.html", {"on_text": "2026-05-04"}, "name", "address")
    drawn = comes(name="<b>Fien</b> & address", address="/at/a?x=1&y=2")
    assert 'value="2026-05-04"' in drawn
    assert "&lt;b&gt;Fien&lt;/b&gt; &amp; address" in drawn
    assert 'action="/at/a?x=1&amp;y=2"' in drawn
    assert "Noor" in comes(name="Noor", address="/")
    assert "Fien" not in comes(name="Noor", address="/")


def test_what_was_drawn_before_goes_into_a_piece_as_it_is() -> None:
    request = RequestFactory().get("/")
    comes = piece(request, "planning/day_comes.html", {"on_text": "2026-05-04"}, "name", "address")
    assert "<b>Fien</b>" in comes(name=SafeString("<b>Fien</b>"), address="/")

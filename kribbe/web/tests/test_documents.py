"""Documents read back: tagged, titled, in their language, and no text is ever markup."""

import io
import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from kribbe.web import documents
from kribbe.web.branding import Brand
from kribbe.web.documents import ROOMS, Sheet, pdf, pdfs

BRAND = Brand(
    name="Lindedaal", subtitle="Loket kinderopvang", slug="lindedaal", phone="016 00 00 00", tokens={}
)
NASTY = '#import "/etc/passwd": x $ \\ [ ] { } @ref *b* _c_ `raw` // /* */ <label> #eval("1") ~ -- "quoted"'


def report(lead: str = "Een tekst.", language: str = "nl", rows: int = 2) -> bytes:
    table = {
        "heading": "Plaatsen",
        "columns": ["Gemeente", "Plaatsen"],
        "rows": [[f"Gemeente {number}", str(number)] for number in range(rows)],
        "numbers": [1],
    }
    return pdf(
        "web/report", {"lead": lead, "tables": [table]}, title="Jaarverslag", brand=BRAND, language=language
    )


def read(made: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(made), strict=True)


def words(made: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in read(made).pages).split())


def tags(node: Any) -> set[str]:
    """The kinds of all elements of the structure tree below a node."""
    here = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(here, list):
        return set().union(*map(tags, here)) if here else set()
    if not isinstance(here, dict):
        return set()
    return ({str(here["/S"])} if "/S" in here else set()) | tags(here.get("/K", []))


def test_a_document_is_tagged_titled_and_in_its_language() -> None:
    reader = read(report())
    root: Any = reader.trailer["/Root"]
    assert root["/Lang"] == "nl"
    assert bool(root["/MarkInfo"]["/Marked"])
    assert bool(root["/ViewerPreferences"]["/DisplayDocTitle"])
    assert tags(root["/StructTreeRoot"]) >= {"/Document", "/H1", "/P", "/Table", "/TR", "/TH", "/TD"}
    assert reader.metadata is not None
    assert reader.metadata.title == "Jaarverslag"
    assert "pdfuaid" in root["/Metadata"].get_data().decode()


def test_the_desk_shows_its_face_and_the_pages_are_counted() -> None:
    made = report(rows=90)
    pages = read(made).pages
    assert len(pages) > 1
    last = pages[-1].extract_text()
    assert f"Pagina {len(pages)} van {len(pages)}" in last
    assert "016 00 00 00" in last
    assert "Lindedaal" in pages[0].extract_text()
    assert (float(pages[0].mediabox.width), float(pages[0].mediabox.height)) == pytest.approx(
        (595.28, 841.89), abs=0.01
    )


def test_words_of_the_page_are_in_the_language_of_the_document() -> None:
    assert "Page 1 of 1" in words(report(language="en"))
    assert read(report(language="en")).trailer["/Root"]["/Lang"] == "en"  # type: ignore[index]


def test_nasty_text_is_shown_as_it_is() -> None:
    assert NASTY in words(report(lead=NASTY))


def test_lines_and_paragraphs_stay() -> None:
    shown = read(report(lead="een\ntwee\n\ndrie")).pages[0].extract_text()
    assert "een\ntwee\ndrie" in shown


def test_the_same_input_gives_the_same_bytes() -> None:
    assert report(lead="Zoë") == report(lead="Zoë")
    assert report(lead="Zoë") != report(lead="Zoe")


def test_one_that_cannot_be_made_keeps_no_other_back() -> None:
    good = Sheet("web/report", {"lead": "Een", "tables": []}, title="Een", brand=BRAND, language="nl")
    bad = replace(good, template="web/nowhere")
    assert [made[:4] for made in pdfs([good, bad, good], workers=1)] == [b"%PDF", b"", b"%PDF"]


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=40))
def test_no_text_whatever_breaks_a_document(text: str) -> None:
    assert words(report(lead=text))


HARD = st.text(
    st.characters() | st.sampled_from('"\\\\#$[]{}()@*_`~-/<>u\n\r\t\0\x7f\u2028\ufeff😀'), max_size=60
)
NAMES = st.text(st.characters(codec="utf-8") | st.sampled_from('"\\#$[]{}()'), max_size=60)
LEAVES = HARD | st.integers(-(2**53), 2**53) | st.booleans() | st.none()


@settings(max_examples=150, deadline=None)
@given(
    st.recursive(LEAVES, lambda each: st.lists(each) | st.dictionaries(NAMES, each, max_size=3), max_leaves=9)
)
def test_what_is_given_reaches_the_compiler_as_it_is(given: Any) -> None:
    """Quotes, backslashes, escapes, lines and marks of its language: the literal reads as what came another way."""
    shown = json.dumps(documents._shown([given]))
    same = f"#assert.eq(json(bytes({documents._literal(shown)})), json(bytes(sys.inputs.given)))"
    source = f'#set document(title: "-", date: none)\n{same}\n-'.encode()
    documents._compiler().compile(input=source, format="pdf", sys_inputs={"given": shown})


@pytest.mark.parametrize("base", ["0", "a", "б", "α", "ש"])
def test_a_mark_that_the_font_cannot_put_on_a_letter_is_left_out(base: str) -> None:
    assert words(report(lead=f"{base}\u0488\u0591\u20e3"))


def test_what_the_font_cannot_show_becomes_a_question_mark() -> None:
    assert "Lin ?? en Zoë ?." in words(report(lead="Lin 林婷 en Zo\u0065\u0308 😀.\x01"))


def test_the_font_has_every_letter_that_is_taken_for_certain() -> None:
    letters = "".join(map(chr, range(0x20, ord(documents.CERTAIN) + 1)))
    shown = documents._shown(letters)
    assert len(shown) == len(letters) - len([*range(0x7F, 0xA0), 0xAD])
    assert documents.compiled(documents.plain_source(shown))


def test_a_brand_with_unreadable_colours_falls_back() -> None:
    brand = Brand(name="X", subtitle="", slug="x", logo_icon="no-such-icon", tokens={"primary": "#ffff00"})
    assert pdf("web/report", {"lead": "a", "tables": []}, title="T", brand=brand, language="nl")


def test_no_template_evaluates_text() -> None:
    """The one way in which text could become markup is not used anywhere."""
    templates = list(ROOMS.glob("*/documents/*.typ"))
    assert templates
    for template in templates:
        source = template.read_text()
        assert "eval(" not in source, template
        assert 'mode: "markup"' not in source, template

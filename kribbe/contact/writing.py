"""The words of a notice, in the languages that the law allows, the Dutch text binding."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.template import Context, engines
from django.utils import translation
from django.utils.translation import gettext

from kribbe.contact.kinds import Kind, kind_of
from kribbe.contact.models import DeskText
from kribbe.region.models import Desk
from kribbe.rules.placeholders import absent, fill, opened, unknown
from kribbe.web.language import PARAMETER, in_language

BINDING_LANGUAGE = "nl"
WRAPPER = "contact/notices/base.txt"
SUBJECT_LENGTH = 200
RULE = "-" * 60


@dataclass(frozen=True, slots=True)
class Text:
    """A subject of one line and a plain text."""

    subject: str
    body: str


def allowed_language(desk: Desk, wanted: str) -> str:
    """The language of the reader where the desk may write in it, otherwise Dutch."""
    return wanted if wanted in desk.letter_languages else BINDING_LANGUAGE


def compose(
    kind: str,
    context: Mapping[str, Any],
    *,
    desk: Desk,
    language: str,
    names: str,
    link: str,
    reader: str | None = None,
) -> Text:
    """The notice of that kind; below another language than Dutch stands the Dutch text, which binds.

    `kind` "enrolment/offer_made" is the template "enrolment/notices/offer_made.txt": the subject on its first
    line, a blank line, the body. Greeting, link and signature are added around it. Links of it open in the
    language of the `reader`, where that is known, also in a desk that may write in Dutch only.
    """
    room, _, name = kind.partition("/")
    given = {**context, "desk": desk, "names": names, "url": f"{settings.BASE_URL}{link}" if link else ""}
    first = _own_text(kind, given, desk, language) or _text(f"{room}/notices/{name}.txt", given, language)
    if reader and not context.get("on_paper"):
        first = replace(first, body=_opening_in(reader, first.body))
    if language == BINDING_LANGUAGE:
        return first
    binding = _own_text(kind, given, desk, BINDING_LANGUAGE) or _text(
        f"{room}/notices/{name}.txt", given, BINDING_LANGUAGE
    )
    return Text(
        first.subject, f"{first.body}\n\n{_separator(language)}\n\n{binding.subject}\n\n{binding.body}"
    )


def _opening_in(language: str, body: str) -> str:
    """The text, with its links into the desk opening in that language."""
    return re.sub(
        rf"{re.escape(settings.BASE_URL)}/[^\s<>\"]*[^\s<>\".,;:!?)]",
        lambda found: found[0] if f"{PARAMETER}=" in found[0] else in_language(found[0], language),
        body,
    )


def filled(kind: Kind, text: str, context: Mapping[str, Any], *, language: str) -> str:
    """A text of the desk's own with its places filled. KeyError for a place that nobody can fill."""
    with translation.override(language):
        return fill(text, kind.values(context))


def example_of(kind: Kind, desk: Desk) -> dict[str, Any]:
    """The context of the kind's invented example, at this desk."""
    return {**kind.sample(), "desk": desk}


def standard_words(kind: Kind, *, desk: Desk, language: str) -> Text:
    """The standard words of a kind with its places open, for a desk to begin from."""
    sample = example_of(kind, desk)
    with translation.override(language):
        shown = plain(kind.template, sample)
        opened_text = opened(shown, kind.values(sample))
    subject, _, body = opened_text.partition("\n")
    return Text(subject.strip(), body.strip())


def plain(template: str, context: Mapping[str, Any]) -> str:
    """A template rendered as plain text: nothing escaped, at most one blank line in a row."""
    backend: Any = engines["django"]
    text = backend.engine.get_template(template).render(Context(dict(context), autoescape=False))
    lines = "\n".join(line.strip() for line in text.strip().splitlines())
    return re.sub(r"\n{3,}", "\n\n", lines)


def _own_text(kind_name: str, context: Mapping[str, Any], desk: Desk, language: str) -> Text | None:
    """The desk's own words filled in; None where it uses the standard ones, or they no longer fit the kind."""
    kind = kind_of(kind_name)
    if kind is None:
        return None
    own = DeskText.objects.filter(desk=desk, kind=kind_name, language=language, until=None).first()
    if own is None or not _fits(kind, own):
        return None
    subject = filled(kind, own.subject, context, language=language)
    if not subject.strip():
        return None
    message = filled(kind, own.body, context, language=language)
    with translation.override(language):
        return Text(
            " ".join(subject.split())[:SUBJECT_LENGTH],
            plain(WRAPPER, {**context, "message": message.strip()}),
        )


def _fits(kind: Kind, own: DeskText) -> bool:
    return not unknown(own.subject + own.body, kind.places) and not absent(own.body, kind.needed)


def _text(template: str, context: Mapping[str, Any], language: str) -> Text:
    with translation.override(language):
        subject, _, message = plain(template, context).partition("\n")
        body = plain(WRAPPER, {**context, "message": message.strip()})
    return Text(subject.strip()[:SUBJECT_LENGTH], body)


def _separator(language: str) -> str:
    lines = [RULE]
    for each in (language, BINDING_LANGUAGE):
        with translation.override(each):
            lines.append(gettext("The Dutch text below is the one that counts in law."))
    return "\n".join([*lines, RULE])

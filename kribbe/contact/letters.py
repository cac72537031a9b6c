"""Letters as a document to print: one or many, each with its address in the window of the envelope."""

from collections.abc import Sequence
from typing import Any

from django.utils import translation
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from kribbe.contact.models import Letter
from kribbe.contact.writing import BINDING_LANGUAGE, RULE
from kribbe.people.models import Household
from kribbe.region.branding import brand_of
from kribbe.region.models import Desk
from kribbe.web.documents import pdf
from kribbe.web.templatetags.telling import long_date


def letters_pdf(letters: Sequence[Letter], *, desk: Desk) -> bytes:
    """A tagged PDF of these letters of one desk; their households come with their adults."""
    title = letters[0].notice.subject if len(letters) == 1 else _("Letters of %s") % desk.shown_name
    return pdf(
        "contact/letter",
        {"letters": [_letter(each, desk) for each in letters]},
        title=title,
        brand=brand_of(desk),
        language=BINDING_LANGUAGE,
    )


def address_lines(household: Household) -> list[str]:
    """Names and address as they stand on the envelope."""
    names = [str(adult) for adult in household.adults.all()]
    return [*names, household.street, f"{household.postcode} {household.city}"]


def _letter(letter: Letter, desk: Desk) -> dict[str, Any]:
    notice = letter.notice
    if notice.household is None:
        raise ValueError("a letter is for a household")
    with translation.override(notice.language):
        day = long_date(localtime(notice.created_at).date())
    return {
        "sender": "\n".join(filter(None, desk.address.splitlines())),
        "address": "\n".join(address_lines(notice.household)),
        "place_and_day": f"{desk.municipality.name_in(notice.language)}, {day}",
        "subject": notice.subject,
        "parts": _parts(notice.body, notice.language),
    }


def _parts(body: str, language: str) -> list[dict[str, str]]:
    """The text, each part in its own language: a translation, what binds, the Dutch text."""
    parts = [part.strip() for part in body.split(RULE)]
    languages = [language] * (len(parts) - 1) + [BINDING_LANGUAGE]
    return [{"language": each, "text": part} for each, part in zip(languages, parts, strict=True)]

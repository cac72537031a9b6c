"""A child's file as a document, to hang in the kitchen or to take along."""

from django.utils import translation
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from kribbe.enrolment.models import Placement
from kribbe.planning.file_words import file_lists, file_rows, part_names, person_line
from kribbe.planning.models import ChildFile
from kribbe.region.branding import brand_of
from kribbe.web.documents import pdf
from kribbe.web.templatetags.telling import long_date

LANGUAGE = "nl"
"""Whoever cares reads it in the language of the location."""


def file_pdf(placement: Placement, file: ChildFile | None) -> bytes:
    """A tagged PDF of the file of a place's child; the same bytes for the same file."""
    location = placement.group.location
    file = file or ChildFile(child=placement.child)
    with translation.override(LANGUAGE):
        names, lists = part_names(), file_lists(file)
        checked = long_date(localtime(file.checked_at).date()) if file.checked_at else _("never")
        return pdf(
            "planning/child_file",
            {
                "who": [
                    [_("Born"), long_date(placement.child.birth)],
                    [_("Location"), f"{location.name}, {placement.group.name}"],
                    [_("Looked at by a parent"), checked],
                ],
                "allergies": [
                    [each.what, str(each.severity.label), each.to_do or "–"] for each in lists["allergies"]
                ],
                "people": [
                    {"name": names[part], "lines": [person_line(each) for each in lists[part]]}
                    for part in ("fetchers", "contacts")
                ],
                "rows": [list(row) for row in file_rows(file)],
                "words": {
                    "allergies": names["allergies"],
                    "columns": [_("Allergic to"), _("How bad"), _("What to do")],
                    "none": _("none known"),
                },
            },
            title=f"{placement.child}",
            brand=brand_of(location.desk),
            language=LANGUAGE,
        )

"""The desk's work lists of this room."""

from django.utils.translation import gettext_lazy as _

from kribbe.upkeep.pages.pairs import count_pairs
from kribbe.web.worklists import WorkList, register


def register_work_lists() -> None:
    """Hang them on the clerk's first page; a second call does nothing more."""
    register(
        WorkList(
            "duplicates",
            _("Perhaps the same child"),
            _("Compare two registrations, and merge them or set them apart."),
            "copy",
            "upkeep:pairs",
            count=count_pairs,
            order=40,
        )
    )

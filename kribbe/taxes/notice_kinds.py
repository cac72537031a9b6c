"""Every notice of taxes: whom it tells, when, and what it can say."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from kribbe.contact.kinds import Place, Recipient
from kribbe.enrolment.notice_kinds import register_all
from kribbe.taxes.models import TaxCertificate

PLACES = {
    "year": Place(_("the year in which was paid"), lambda context: str(context["certificate"].year)),
    "organiser": Place(_("the name of the organiser"), lambda context: context["organiser"]),
}


def _sample() -> dict[str, Any]:
    return {"certificate": TaxCertificate(year=2026, kind="original"), "organiser": "De Notelaar vzw"}


def register_kinds() -> None:
    """Offer them to the desks; a second call changes nothing."""
    register_all("taxes", Recipient.FAMILY, FAMILY)


FAMILY = (
    (
        "certificate",
        _("A tax certificate is ready"),
        "As soon as the organiser issues the certificates of a year, or a correction of one.",
        PLACES,
        _sample,
    ),
)

"""What becomes of a family's tax certificates, and how long they are needed."""

from collections.abc import Collection, Iterator
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from kribbe.rules.packs import load_pack
from kribbe.taxes.models import TaxCertificate
from kribbe.trust.forgetting import Need, erase, forget, hollow, need

PACK = "flanders"
KEPT = "tax_certificate.keep_years"
OWN = ("payer", "child")


def forget_families() -> None:
    """Names on certificates, whose numbers and amounts stay; national numbers and what was told for a file."""
    need(_certified)
    forget("taxes.TaxCertificate", "payer__adult__household", parties=_without_family)
    erase("taxes.TaxIdentity", "adult__household")
    erase("taxes.TaxIdentity", "child__household")
    erase("taxes.ChildReported", "child__household")
    erase("taxes.GroundsReported", "household")


def _without_family(row: Any) -> dict[str, object]:
    return {name: hollow(each) if name in OWN else each for name, each in row.parties.items()}


def _certified(household_ids: Collection[int], today: date) -> Iterator[Need]:
    """Whole years after that of the certificate, for the payer's household and for the child's."""
    years = load_pack(PACK).integer(KEPT, today)
    for path in ("payer__adult__household", "child__household"):
        rows = TaxCertificate.objects.filter(**{f"{path}__in": household_ids})
        for key, year in rows.values_list(path, "year").distinct():
            yield Need(key, date(year, 12, 31), _("The law has tax certificates kept."), years)

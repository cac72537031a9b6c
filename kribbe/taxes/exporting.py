"""What this room tells in a family's own file."""

from django.db.models import Q

from kribbe.trust.export import export


def tell_families() -> None:
    """The certificates of a payer, and what was told for them.

    A national number stays out of the file, which travels in clear: the family's page says which are known.
    """
    export(
        "taxes.TaxCertificate",
        "payer__adult__household",
        but=("issued_by",),
        personal=lambda account: Q(payer__adult__user=account),
    )
    export(
        "taxes.CertificateCopy",
        "certificate__payer__adult__household",
        but=("taken_by",),
        personal=lambda account: Q(certificate__payer__adult__user=account),
    )
    export(
        "taxes.TaxIdentity",
        lambda household: Q(adult__household=household) | Q(child__household=household),
        but=("number", "given_by"),
        personal=lambda account: Q(adult=None) | Q(adult__user=account),
    )
    export("taxes.ChildReported", "child__household", but=("noted_by",))
    export("taxes.GroundsReported", "household", but=("noted_by",))

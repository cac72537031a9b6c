"""The tables of taxes, by what they are about."""

from kribbe.taxes.models.certificates import CertificateCopy, CertificateKind, TaxCertificate, Way
from kribbe.taxes.models.files import (
    AuthorityFile,
    ChildReported,
    FileKind,
    Ground,
    GroundsReported,
    Sex,
)
from kribbe.taxes.models.identities import TaxIdentity
from kribbe.taxes.models.runs import YearRun

__all__ = [
    "AuthorityFile",
    "CertificateCopy",
    "CertificateKind",
    "ChildReported",
    "FileKind",
    "Ground",
    "GroundsReported",
    "Sex",
    "TaxCertificate",
    "TaxIdentity",
    "Way",
    "YearRun",
]

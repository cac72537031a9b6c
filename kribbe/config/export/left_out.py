"""Models that are in no table of an export, each with the reason in words."""

from collections.abc import Mapping

from django.apps import apps
from django.db.models import Model

from kribbe.config.export.columns import Counts, Table

ROOT = "kribbe."

FAMILY = "are facts of one family; what may be told of families is counted"
PERSON = "are facts of one person of the staff; carers are counted"
BETWEEN = "is between an organiser and its families; a city has no part in it"
TALK = "is what people write or are told; it stays between them"
WORKING = "is the program's own working, and says nothing of care"
UNDO = "is kept so that a change can be undone"
MADE = "is made anew from other tables at any time"
DOCUMENT = "is a document or picture; a backup has it"
PRIVATE = "is a visitor's own, and tells what somebody looks for"
PLANNED = "is the plan of one location from week to week; occupancy and attendance tell what came of it"

LEFT_OUT: Mapping[str, Mapping[str, str]] = {
    "api": {"CallWindow": WORKING},
    "attendance": {
        **dict.fromkeys(("Confirmation", "Correction", "DayListener", "DayNote", "Dispute", "Tap"), FAMILY),
        **dict.fromkeys(("TypedChild", "TypedTap"), FAMILY),
        **dict.fromkeys(("Device", "Heard"), WORKING),
        "ChildPhoto": DOCUMENT,
    },
    "banking": dict.fromkeys(
        (
            "BankFile",
            "Collection",
            "Creditor",
            "DebitFile",
            "Mandate",
            "Match",
            "Movement",
            "Refund",
            "RefundFile",
            "Statement",
        ),
        BETWEEN,
    ),
    "billing": dict.fromkeys(
        (
            "Books",
            "CertificateImport",
            "UnplacedCare",
            "Counter",
            "Deposit",
            "Mailing",
            "DepositMove",
            "FeeCertificate",
            "ImportedCertificate",
            "Instalment",
            "Invoice",
            "InvoiceLine",
            "InvoicePaper",
            "JournalEntry",
            "JournalLine",
            "MonthCount",
            "OneCharge",
            "OnlinePayment",
            "Payer",
            "PaymentPlan",
            "PlannedInvoice",
            "PriceList",
            "Reminder",
            "Run",
            "Sending",
            "Settlement",
            "Share",
            "ShareChange",
            "Stuck",
            "WriteOff",
        ),
        BETWEEN,
    ),
    "contact": {
        **dict.fromkeys(("Letter", "Mail", "Note", "Notice", "Post", "Task", "Thread"), TALK),
        **dict.fromkeys(("CalendarFeed", "ListMark"), WORKING),
        **dict.fromkeys(("ContactPolicy", "DeskText"), "is how a desk words its mails"),
        "VisitMoment": "tells hours of one location; visits are counted",
    },
    "enrolment": {
        **dict.fromkeys(
            (
                "DirectMatch",
                "DirectQuestion",
                "LookAgain",
                "PositionChange",
                "RequestAlternative",
                "RequestSwitches",
                "StartAnswer",
            ),
            FAMILY,
        ),
        "RequestDraft": "isn't sent yet, so it isn't the desk's",
        **dict.fromkeys(("Chance", "ChanceLesson", "ChanceRun", "FreeThen"), MADE),
        "LookMail": "tells that a location was asked; locations say when they last looked",
        "RegisterVisit": UNDO,
    },
    "outofschool": {
        "HolidayPlace": "is one child's; `holiday_weeks` tells how many are taken",
        "SocialTariff": FAMILY,
    },
    "people": {
        **dict.fromkeys(("Adult", "Child", "Household", "HouseholdFact"), FAMILY),
        **dict.fromkeys(("HouseholdDue", "HouseholdKeys"), MADE),
        **dict.fromkeys(("RoleGrant", "User"), "are accounts of single people"),
    },
    "places": {
        **dict.fromkeys(("Favourite", "SavedSearch", "SavedSearchFit"), PRIVATE),
        **dict.fromkeys(("ImportChange", "ImportRun"), UNDO),
        "LedgerTake": "are half-days of one child each; occupancy adds them up",
        "NameKey": MADE,
        "Photo": DOCUMENT,
        "Street": "is a street of the address register, which publishes it itself",
    },
    "planning": {
        **dict.fromkeys(("AgreedWeeks", "ChildFile", "Ending", "GettingUsedDay", "ShortNotice"), FAMILY),
        **dict.fromkeys(("AgreementImport", "DayBatch", "ImportedPlace", "ManyChange"), UNDO),
        "DayRules": PLANNED,
    },
    "policy": {"RegionCount": MADE},
    "region": dict.fromkeys(("OfficialFigureChange", "OfficialFigureRun"), UNDO),
    "rounds": {
        "Calculation": "holds every child of a round byte for byte, to replay it; results are counted"
    },
    "sickcare": {
        "CarerDay": PERSON,
        "Proposal": "tells whom a carer at home was asked for; calls are counted with what came of them",
    },
    "staff": {
        **dict.fromkeys(
            ("Available", "Document", "HomeChild", "Leave", "PinGuard", "ShiftFeed", "Warned"), PERSON
        ),
        **dict.fromkeys(("Replacement", "RosterChange"), UNDO),
        **dict.fromkeys(("GroupRest", "RosterProposal", "Shift", "StandIn"), PLANNED),
    },
    "taxes": dict.fromkeys(
        (
            "AuthorityFile",
            "CertificateCopy",
            "ChildReported",
            "GroundsReported",
            "TaxCertificate",
            "TaxIdentity",
            "YearRun",
        ),
        BETWEEN,
    ),
    "trust": {"OnceToken": WORKING, "StoredFile": DOCUMENT},
    "upkeep": {
        **dict.fromkeys(
            ("ChildKey", "Pair"), "points at two children that are perhaps one; merges are counted"
        ),
        **dict.fromkeys(("ForgettingHold", "Invitation"), FAMILY),
        "Forgotten": "is the number of a family that is forgotten; what was done is counted",
        "MergeChange": UNDO,
    },
}
"""By room and model."""


def models() -> list[type[Model]]:
    """Every model of the project, but the histories that triggers keep: those are versions of the rows of others."""
    return [
        model
        for model in apps.get_models()
        if (model.__module__).startswith(ROOT) and not hasattr(model, "pgh_tracked_model")
    ]


def fed(tables: tuple[Table | Counts, ...]) -> set[type[Model]]:
    """The models that a table shows or counts."""
    shown = {table.model for table in tables if isinstance(table, Table)}
    return shown | {model for table in tables for model in table.feeds}


def reason(model: type[Model]) -> str:
    """Why a model is left out; empty where it isn't."""
    return LEFT_OUT.get(model._meta.app_label, {}).get(model.__name__, "")

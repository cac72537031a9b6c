"""The tables of staff."""

from kribbe.staff.models.carers import Carer, PinGuard
from kribbe.staff.models.contracts import Available, Contract, Leave, LeaveKind, RoleKind
from kribbe.staff.models.documents import Document, DocumentKind, Warned
from kribbe.staff.models.home import HomeChild, HomeTie
from kribbe.staff.models.rest import GroupRest
from kribbe.staff.models.roster import (
    ChangeKind,
    ProposalState,
    RosterChange,
    RosterProposal,
    Shift,
    ShiftFeed,
)
from kribbe.staff.models.stand_in import HOLDS, Replacement, StandIn, StandInState

__all__ = [
    "HOLDS",
    "Available",
    "Carer",
    "ChangeKind",
    "Contract",
    "Document",
    "DocumentKind",
    "GroupRest",
    "HomeChild",
    "HomeTie",
    "Leave",
    "LeaveKind",
    "PinGuard",
    "ProposalState",
    "Replacement",
    "RoleKind",
    "RosterChange",
    "RosterProposal",
    "Shift",
    "ShiftFeed",
    "StandIn",
    "StandInState",
    "Warned",
]

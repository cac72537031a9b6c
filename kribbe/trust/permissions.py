"""Who may do what, as one table of data. Doors in each room's `access.py` read it; a page shows it."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from kribbe.trust.principal import PARENTS, Principal, Role, Scope


class Action(StrEnum):
    """Everything that is guarded."""

    HOUSEHOLD_READ = "household.read"
    HOUSEHOLD_CHANGE = "household.change"
    HOUSEHOLD_INVITE = "household.invite"
    HOUSEHOLD_CONSENT = "household.consent"
    HOUSEHOLD_LOG_INS = "household.log_ins"
    HOUSEHOLD_FILE = "household.file"
    COMPLAINT_MAKE = "complaint.make"
    REQUEST_MAKE = "request.make"
    REQUEST_ANSWER_OFFER = "request.answer_offer"
    LIST_READ = "list.read"
    OFFER_MAKE = "offer.make"
    PLACEMENT_SIGN = "placement.sign"
    PLACEMENT_FIRST_DAY = "placement.first_day"
    LOCATION_READ = "location.read"
    LOCATION_CHANGE = "location.change"
    LOCATION_LICENCE = "location.licence"
    DESK_SEARCH = "desk.search"
    DESK_FIGURES = "desk.figures"
    SIMULATION_READ = "simulation.read"
    POLICY_REPORT = "policy.report"
    POLICY_FILES = "policy.files"
    POLICY_LICENCES = "policy.licences"
    DESK_SETTINGS = "desk.settings"
    DESK_IMPORT = "desk.import"
    DESK_AUDIT = "desk.audit"
    DESK_LETTERS = "desk.letters"
    DESK_TASKS = "desk.tasks"
    DESK_REFERRERS = "desk.referrers"
    DESK_HAND_OVER = "desk.hand_over"
    REFERRER_FAMILIES = "referrer.families"
    DESK_UPKEEP = "desk.upkeep"
    DESK_COMPLAINTS = "desk.complaints"
    LOCATION_TALK = "location.talk"
    DESK_TALK = "desk.talk"
    DESK_ROUNDS = "desk.rounds"
    PLAN_READ = "plan.read"
    PLAN_CHANGE = "plan.change"
    AGREEMENT_SIGN = "agreement.sign"
    ABSENCE_REPORT = "absence.report"
    STAFF_READ = "staff.read"
    STAFF_CHANGE = "staff.change"
    CHILD_FILE_READ = "child_file.read"
    CHILD_FILE_KEEP = "child_file.keep"
    REGISTER_READ = "register.read"
    REGISTER_KEEP = "register.keep"
    REGISTER_DEVICES = "register.devices"
    REGISTER_CONFIRM = "register.confirm"
    CLUB_READ = "club.read"
    CLUB_CHANGE = "club.change"
    CLUB_RULES = "club.rules"
    SICK_CARE = "sick.care"
    BILLING_READ = "billing.read"
    BILLING_CHANGE = "billing.change"
    INVOICE_READ = "invoice.read"


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the table: the role may do these actions within its scope."""

    role: Role
    scopes: tuple[Scope, ...]
    actions: frozenset[Action]


_LOCATION = frozenset(
    {
        Action.LOCATION_READ,
        Action.LOCATION_CHANGE,
        Action.LIST_READ,
        Action.OFFER_MAKE,
        Action.PLACEMENT_SIGN,
        Action.PLACEMENT_FIRST_DAY,
        Action.LOCATION_TALK,
        Action.SIMULATION_READ,
        Action.PLAN_READ,
        Action.PLAN_CHANGE,
        Action.STAFF_READ,
        Action.STAFF_CHANGE,
        Action.CHILD_FILE_READ,
        Action.REGISTER_READ,
        Action.REGISTER_KEEP,
        Action.REGISTER_DEVICES,
        Action.CLUB_READ,
        Action.CLUB_CHANGE,
        Action.BILLING_READ,
        Action.BILLING_CHANGE,
    }
)
_HOUSEHOLD = frozenset(
    {
        Action.HOUSEHOLD_READ,
        Action.HOUSEHOLD_CHANGE,
        Action.REQUEST_MAKE,
        Action.REQUEST_ANSWER_OFFER,
    }
)
_FAMILY = _HOUSEHOLD | {Action.COMPLAINT_MAKE, Action.HOUSEHOLD_FILE, Action.ABSENCE_REPORT}
_PARENT = _FAMILY | {
    Action.AGREEMENT_SIGN,
    Action.CHILD_FILE_KEEP,
    Action.REGISTER_CONFIRM,
    Action.INVOICE_READ,
}

TABLE: tuple[Rule, ...] = (
    Rule(Role.REFERRER, (Scope.HOUSEHOLD,), _HOUSEHOLD),
    Rule(Role.REFERRER, (Scope.REFERRER,), frozenset({Action.REFERRER_FAMILIES})),
    Rule(Role.PARENT, (Scope.HOUSEHOLD,), _PARENT | {Action.HOUSEHOLD_INVITE, Action.HOUSEHOLD_CONSENT}),
    Rule(Role.CO_PARENT, (Scope.HOUSEHOLD,), _PARENT),
    Rule(Role.MANAGER, (Scope.LOCATION,), _LOCATION),
    Rule(Role.ORGANISER, (Scope.ORGANISER,), _LOCATION),
    Rule(
        Role.CLERK,
        (Scope.DESK, Scope.REGION),
        _FAMILY
        | {
            Action.HOUSEHOLD_CONSENT,
            Action.HOUSEHOLD_LOG_INS,
            Action.DESK_SEARCH,
            Action.DESK_LETTERS,
            Action.DESK_FIGURES,
            Action.DESK_TASKS,
            Action.DESK_HAND_OVER,
            Action.DESK_UPKEEP,
            Action.DESK_COMPLAINTS,
            Action.DESK_TALK,
            Action.DESK_ROUNDS,
            Action.LOCATION_READ,
            Action.LOCATION_LICENCE,
            Action.POLICY_LICENCES,
            Action.SIMULATION_READ,
            Action.CLUB_READ,
            Action.CLUB_CHANGE,
            Action.SICK_CARE,
        },
    ),
    Rule(
        Role.POLICY_OFFICER,
        (Scope.DESK, Scope.REGION),
        frozenset(
            {
                Action.DESK_FIGURES,
                Action.POLICY_REPORT,
                Action.POLICY_FILES,
                Action.POLICY_LICENCES,
                Action.SIMULATION_READ,
            }
        ),
    ),
    Rule(
        Role.ADMINISTRATOR,
        (Scope.DESK, Scope.REGION),
        frozenset(
            {
                Action.DESK_SETTINGS,
                Action.DESK_IMPORT,
                Action.DESK_AUDIT,
                Action.DESK_REFERRERS,
                Action.DESK_FIGURES,
                Action.POLICY_LICENCES,
                Action.LOCATION_READ,
                Action.LOCATION_CHANGE,
                Action.LOCATION_LICENCE,
                Action.CLUB_RULES,
            }
        ),
    ),
)


@cache
def roles_for(action: Action, scope: Scope) -> tuple[Role, ...]:
    """The roles that may do this when held over this kind of scope."""
    return tuple(rule.role for rule in TABLE if scope in rule.scopes and action in rule.actions)


def scope_ids(principal: Principal, action: Action, scope: Scope) -> frozenset[int]:
    """Ids of that scope within which the principal may do this. Staff need their second factor."""
    roles = roles_for(action, scope)
    if not principal.verified:
        roles = tuple(role for role in roles if role in PARENTS)
    return principal.scope_ids(scope, *roles, action=action)

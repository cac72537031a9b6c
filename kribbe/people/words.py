"""Roles, actions and facts in plain words."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kribbe.people.models import FactKind
from kribbe.trust.permissions import Action
from kribbe.trust.principal import Role

ROLES: Mapping[Role, Promise] = {
    Role.PARENT: _("Parent"),
    Role.CO_PARENT: _("Second parent"),
    Role.MANAGER: _("Manager of a location"),
    Role.ORGANISER: _("Organiser"),
    Role.CLERK: _("Desk clerk"),
    Role.POLICY_OFFICER: _("Policy officer"),
    Role.ADMINISTRATOR: _("Administrator"),
    Role.REFERRER: _("Referrer"),
}

ACTIONS: Mapping[Action, Promise] = {
    Action.HOUSEHOLD_READ: _("Read the data of a household"),
    Action.HOUSEHOLD_CHANGE: _("Change the data of a household"),
    Action.HOUSEHOLD_INVITE: _("Invite a second parent, and take the invitation back"),
    Action.HOUSEHOLD_CONSENT: _("Let an organisation act for a household, or withdraw that"),
    Action.HOUSEHOLD_LOG_INS: _("Let somebody log in for a household, or take that back"),
    Action.HOUSEHOLD_FILE: _("Take along all that the desk holds of a household"),
    Action.COMPLAINT_MAKE: _("Complain about a decision"),
    Action.REQUEST_MAKE: _("Make and change a request"),
    Action.REQUEST_ANSWER_OFFER: _("Answer an offer"),
    Action.LIST_READ: _("Read the waiting list of a location"),
    Action.OFFER_MAKE: _("Offer a place"),
    Action.PLACEMENT_SIGN: _("Sign for a location"),
    Action.PLACEMENT_FIRST_DAY: _("Say whether a child came on its first day"),
    Action.LOCATION_READ: _("Read the data of a location"),
    Action.LOCATION_CHANGE: _("Change the data of a location"),
    Action.LOCATION_LICENCE: _("Note the state of a location's licence"),
    Action.DESK_SEARCH: _("Search households of the desk"),
    Action.DESK_FIGURES: _("See the figures of the desk"),
    Action.SIMULATION_READ: _("See what rounds would change"),
    Action.POLICY_REPORT: _("Make and fix the yearly report"),
    Action.POLICY_FILES: _("Keep expansion files and grants"),
    Action.POLICY_LICENCES: _("Hold the list of licences beside the register"),
    Action.DESK_SETTINGS: _("Change the settings and roles of the desk"),
    Action.DESK_IMPORT: _("Import locations"),
    Action.DESK_AUDIT: _("See who did what"),
    Action.DESK_LETTERS: _("Print and post letters"),
    Action.DESK_TASKS: _("Keep tasks, notes and questions of the desk"),
    Action.DESK_HAND_OVER: _("Hand a household over to another desk"),
    Action.DESK_REFERRERS: _("Let organisations act for families that agree"),
    Action.REFERRER_FAMILIES: _("See the families that agreed to the organisation"),
    Action.DESK_UPKEEP: _("Keep the list true: duplicates, questions to families, first days"),
    Action.DESK_COMPLAINTS: _("Answer complaints"),
    Action.CHILD_FILE_READ: _("See the file of a child that is cared for"),
    Action.CHILD_FILE_KEEP: _("Keep the file of a child"),
}

FACTS: Mapping[FactKind, Promise] = {
    FactKind.WORK: _("We work, look for work or follow training for work"),
    FactKind.WORK_4_5: _("We work at least four fifths"),
    FactKind.SINGLE: _("I raise my child alone"),
    FactKind.LOW_INCOME: _("Our income is low"),
    FactKind.CARE_NEED: _("Somebody in our household needs care"),
    FactKind.NO_DIPLOMA: _("No parent has a diploma of secondary school"),
    FactKind.DUTCH_SPEAKING: _("At least one parent speaks Dutch well"),
}

FACT_HINTS: Mapping[FactKind, Promise] = {
    FactKind.WORK: _("A course of Dutch or of integration counts too."),
    FactKind.WORK_4_5: _("Each adult of the household, counted over a normal week."),
    FactKind.CARE_NEED: _("A disability, or too little strength to care for oneself."),
}

DEEDS: Mapping[str, Promise] = {
    "household.read": _("Looked at your data"),
    "child_file.read": _("Looked at the file of your child"),
    "child_photo.keep": _("Kept the photo of your child"),
    "child_photo.take_back": _("Took back the consent to the photo of your child; it is deleted"),
    "child_photo.forget": _("Removed the photo of your child, after the care"),
    "household.export": _("Took your data along as a file"),
    "household.registered": _("Registered your household"),
    "household.address_changed": _("Changed your address"),
    "household.language_changed": _("Changed your language"),
    "adult.changed": _("Changed the data of an adult"),
    "child.added": _("Added a child"),
    "child.born": _("Recorded a birth"),
    "child.school": _("Noted from when your child goes to school"),
    "fact.recorded": _("Recorded a fact about your household"),
    "fact.ended": _("Ended a fact about your household"),
    "fact.reopened": _("Undid the end of a fact about your household"),
    "household.invite": _("Invited a second parent"),
    "household.joined": _("Joined your household as a second parent"),
    "household.invitation_ended": _("Took back an invitation of a second parent"),
    "child.merged": _("Brought two registrations of your child together"),
    "child.merge_undone": _("Undid that two registrations were brought together"),
    "consent.given": _("Noted that you let an organisation act for you"),
    "consent.withdrawn": _("Noted that an organisation no longer acts for you"),
    "role.granted": _("Gave an account access to your household"),
    "role.revoked": _("Took away an account's access to your household"),
    "letter.posted": _("Posted a letter to you"),
    "letter.posted_undone": _("Noted that a letter to you wasn't posted after all"),
}
